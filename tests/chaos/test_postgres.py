"""A case on PostgreSQL, which goes away and dies on the way: a plain page says so, and nothing is lost."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import sql

from service.demo.browser import Browser
from tests.chaos import checker
from tests.chaos.checker import Shown
from tests.chaos.people import Patient
from tests.support.postgres import Postgres
from tests.support.samples import SAMPLES
from tests.support.stack import Town, leicester, town, until
from workflows.model import State

pytestmark = pytest.mark.chaos

BEGINS = datetime(2004, 7, 20, 8, tzinfo=UTC)
NO_CONCERN = {
    "fit": "no_concern",
    "infrastructure": "no_concern",
    "network_security": "no_concern",
    "choice": "note",
}
APPROVE = {"choice": "approve"}


@dataclass
class Database:
    """The installation's database, as whoever runs the server can reach it."""

    server: Postgres
    name: str

    def run(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        where = f"host={self.server.folder} user=app dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            found = connection.execute(sql.SQL(statement).format(sql.Identifier(self.name)), values)
            return found.fetchall() if found.description else []

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Let nobody in, and turn out whoever is there."""
        self.run("ALTER DATABASE {} ALLOW_CONNECTIONS false")
        out = self.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", self.name)
        assert out, "nobody was connected, so nobody was turned out"
        try:
            yield
        finally:
            self.run("ALTER DATABASE {} ALLOW_CONNECTIONS true")

    def is_without(self, session: int) -> bool:
        """Say whether the server answers, and no longer knows a session."""
        try:
            return session not in self.sessions()
        except psycopg.OperationalError:
            return False

    def sessions(self) -> list[int]:
        found = self.run("SELECT pid FROM pg_stat_activity WHERE datname = %s", self.name)
        return [pid for (pid,) in found if isinstance(pid, int)]


@pytest.fixture(scope="module")
async def scene(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: Postgres
) -> AsyncIterator[tuple[Town, Database]]:
    with postgres_server.database() as name:
        url = postgres_server.url(name)
        database = Database(postgres_server, name)
        # The tests' server is quick rather than safe. Here it is to be killed, and keeps what it promised.
        database.run("ALTER DATABASE {} SET synchronous_commit = on")
        async with town(tmp_path_factory.mktemp("postgres"), BEGINS, database_url=url) as city:
            yield city, database


async def test_a_case_on_postgresql_is_decided_while_the_database_goes_away_and_is_killed(
    scene: tuple[Town, Database],
) -> None:
    city, database = scene
    diary: list[Shown] = []

    async def decides(post: str, says: str, answers: dict[str, str]) -> Shown:
        letter = await city.asked(post, says, ref)
        return await Patient(city, leicester().posts[post].email, diary).decides(letter, answers)

    parties = [{"post": "bh-dmh", "share_percent": 50}, {"post": "bh-sports", "share_percent": 50}]
    document = SAMPLES["PROP-07"] | {"decision_needed_by": "2004-09-01", "funding_parties": parties}
    token = await city.token("pmo")
    ref = await city.submits(token, document)
    await decides("sd-ict-ca", "Reply by", NO_CONCERN)
    await city.becomes(ref, State.WITH_FUNDERS)

    letter = await city.asked("bh-dmh", "Decide by", ref)
    funder = Patient(city, "budget-dmh@leicester.example", diary)
    browser = Browser(city.url)
    page = await funder.to_check(browser, letter, APPROVE)
    with database.refusing():
        city.fired["refuse connections"] += 1
        answer = await browser.press(page, "Confirm")
        assert answer.status == 503
        assert answer.headers["retry-after"] == "60"
        assert "Nothing you entered has been acted on" in answer.text
        assert "Traceback" not in answer.html
        opened = await browser.open(letter.link)
        assert opened.status == 503, "a link is not called unknown because nobody can look it up"
        async with city.program(token) as program:
            api = await program.get(f"/cases/{ref}")
        assert (api.status_code, api.json()["code"]) == (503, "unavailable")
        said = await city.not_ready()
        assert said["database"] is False
    await browser.close()
    await city.ready()
    assert [made.seat for made in city.decisions(ref)] == ["sd-ict-ca"], "what was refused was not done"
    assert (await funder.decides(letter, APPROVE)).page == "recorded"

    # A backend that is killed takes all others with it, and the server recovers.
    victims = database.sessions()
    os.kill(victims[0], signal.SIGKILL)
    city.fired["kill database"] += 1
    await until(lambda: database.is_without(victims[0]), "the database has recovered")
    await decides("bh-sports", "Decide by", APPROVE)
    await city.becomes(ref, State.APPROVED)
    await decides("hoict-rc", "Confirm by", {"choice": "verify"})
    await city.becomes(ref, State.CLOSED)
    await city.settles()
    # A letter that was on its way as the database went may have left, and nobody could write it down.
    assert checker.faults(city, diary, again=city.fired.total()) == []
    assert await checker.unattended(city) == []
    status, told, wrong = await city.command("audit", "verify")
    assert (status, wrong) == (0, ""), told
