"""All twelve sample proposals, each from submission to its end, by email, on the whole stack.

They are played in the order of their days, under the shipped editions and under the one that follows the
2004 framework to the letter. Everybody answers at once, and the Clock jumps from day to day.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from service import handbook, telling
from service.demo.people import Received
from service.handbook import Edition
from service.store import cases as records
from service.store import letters, steps
from tests.chaos import checker
from tests.support.samples import SAMPLES, expected
from tests.support.stack import Town, town, until
from workflows.model import Ending, Size, State
from workflows.rules import calendar, course

BEGINS = datetime(2004, 5, 4, 8, tzinfo=UTC)
"""The day on which the first of them is submitted."""
YES: Mapping[str, Mapping[str, str]] = {
    "embargo_exception": {"choice": "approve"},
    "head_of_profession": {"choice": "support"},
    "challenge": {"choice": "not_support", "reason": "The corporate map viewer shows all of this."},
    "consent": {"choice": "support"},
    "notification": {
        "choice": "note",
        "fit": "no_concern",
        "infrastructure": "no_concern",
        "network_security": "no_concern",
    },
    "dataset": {"choice": "approve", "master_source": "Land and Property Gazetteer", "reason": ""},
    "parameter": {"choice": "support"},
    "solution": {"choice": "approve", "solution": "A gateway to Oracle, run by ICT Services."},
    "bid_outcome": {"choice": "approve"},
    "funding": {"choice": "approve"},
    "authority": {"choice": "approve"},
    "srg": {"choice": "approve"},
    "completion": {"choice": "verify"},
}
"""What everybody answers: all say yes but the Principal Customer whose system is duplicated."""
REVISED = {
    "summary": "The corporate Mapping system is used instead of a map viewer of its own.",
    "corporate_system": {"relation": "integrates", "ids": ["CS8"]},
    "principles": SAMPLES["PROP-05"]["principles"] | {"P08": "met"},
}
"""What the sponsor of PROP-05 then proposes."""
END = date(2008, 6, 2)
"""The day on which the story ends."""
EDITIONS = {"as shipped": "leicester", "to the letter of 2004": "leicester/framework-2004"}


class Council:
    """Two organisations on one installation, whose people all answer at once."""

    def __init__(self, town: Town, editions: Mapping[str, Edition]) -> None:
        self.town, self.editions = town, editions
        self.refs: dict[str, str] = {}
        self._tokens: dict[str, str] = {}

    async def submits(self, sample: str) -> None:
        document = SAMPLES[sample]
        await self.until(document["submitted_on"]["date"])
        organisation = document["organisation"]
        if organisation not in self._tokens:
            post = self.editions[organisation].roles["pmo"]
            self._tokens[organisation] = await self.town.token(post)
        self.refs[sample] = await self.town.submits(self._tokens[organisation], document)
        await self.answer()

    async def until(self, day: date) -> None:
        """Let the Clock go on to a day, from each moment that something waits for to the next."""
        await self.answer()
        end = calendar.opening(day)
        while True:
            moments = [wait.at for ref in self.refs.values() for wait in self.town.waits(ref) if wait.at]
            coming = min((moment for moment in moments if moment <= end), default=None)
            if coming is None:
                break
            await self.town.jumps(coming)
            await self.answer()
        await self.town.jumps(end)

    async def answer(self) -> None:
        """Answer whatever is asked, until nobody is asked anything."""
        while True:
            await self.town.settles()
            await self._resubmit()
            open_steps = [step for ref in self.refs.values() for step in self.town.steps(ref) if step.open]
            if not open_steps:
                return
            step = open_steps[0]
            seat = next(seat for seat in step.seats if not seat.answered)
            edition = self.editions[self.town.case(step.case).organisation]
            holder = seat.holders[0]
            address = edition.address(holder.post, holder.person, BEGINS.date())
            letter = await self._letter(step.id, seat.key, holder.person)
            await self.town.at(address).decide(letter, YES[step.kind])
            # What it came to is in the register with the answer itself: until then others seem to be asked.
            await until(partial(self._recorded, step.id, seat.key), f"the answer of {seat.key} to {step.id}")

    def _recorded(self, step: str, seat: str) -> bool:
        made = self.town.decisions(steps.case_of(step))
        return any(one.recorded_at for one in made if (one.step, one.seat) == (step, seat))

    async def _letter(self, step: str, seat: str, person: str) -> Received:
        """Return the letter by which somebody is asked one thing, and not another one about the same case."""
        with self.town.store.reading() as tx:
            link = next(
                row.link_id
                for row in letters.of_step(tx, step)
                if (row.seat, row.person) == (seat, person) and row.link_id
            )

        def caught() -> Received | None:
            found = (one for one in self.town.mail.caught() if f".{link}." in one.text)
            return next((Received(one.id, one.to, one.subject, one.text, one.links) for one in found), None)

        return await until(caught, f"the letter that asks {person} about {step}")

    async def _resubmit(self) -> None:
        for sample, ref in self.refs.items():
            case = self.town.case(ref)
            if case.state == State.RETURNED and case.version == 1:
                assert sample == "PROP-05", f"{sample} is returned, and nobody returned it"
                async with self.town.program(self._tokens[case.organisation]) as program:
                    changed = await program.patch(f"/proposals/{ref}", json=REVISED)
                    assert changed.status_code == 200, changed.text
                    again = await program.post(f"/proposals/{ref}/submit")
                assert again.status_code == 200, again.text
                await self.town.settles()

    def asked(self, sample: str) -> list[str]:
        """The legs on which somebody was asked about a sample, each once, in the order of its way."""
        ref = self.refs[sample]
        asked = [step.key for step in self.town.steps(ref)]
        with self.town.store.reading() as tx:
            ways = [course.walked(each.route, each.branches, asked) for each in records.versions(tx, ref)]
        put = [leg.leg for way in ways for leg in way if any(ask.key in asked for ask in leg.asks)]
        return list(dict.fromkeys(put))


@pytest.fixture(scope="module", params=[*EDITIONS.values()], ids=[*EDITIONS])
async def council(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Council]:
    chosen: str = request.param
    editions = {"leicester": handbook.load(chosen), "herefordshire": handbook.load("herefordshire")}
    folder: Path = tmp_path_factory.mktemp("council")
    async with town(folder, BEGINS, handbook=(chosen, "herefordshire")) as running:
        played = Council(running, editions)
        for sample in sorted(SAMPLES, key=lambda sample: SAMPLES[sample]["submitted_on"]["date"]):
            await played.submits(sample)
        await played.until(END)
        yield played


@pytest.mark.parametrize("sample", SAMPLES)
def test_each_sample_asks_whom_its_expected_path_names_and_nobody_else(council: Council, sample: str) -> None:
    document = SAMPLES[sample]
    path = [leg for leg in expected(document["expected_path"]) if leg not in AFTERWARDS]
    minor = document["size"]["value"] == Size.MINOR
    shipped = council.editions["leicester"].route.srg_decides_major
    if shipped and not minor and document["organisation"] == "leicester":
        path.append("srg")
    if minor:
        path.append("completion")
    assert council.asked(sample) == path
    assert not {*path} & {*expected(document.get("not_expected", ()))} - ({"srg"} if shipped else set())


AFTERWARDS = ("project", "post_implementation_review")
"""Legs that begin once the project does."""


@pytest.mark.parametrize("sample", SAMPLES)
def test_each_sample_comes_to_its_end_and_everybody_asked_has_answered(council: Council, sample: str) -> None:
    case = council.town.case(council.refs[sample])
    # What is major goes on in its project, of which nobody answers anything here.
    assert case.state == (State.CLOSED if case.size is Size.MINOR else State.IN_PROJECT)
    endings = {step.ending for step in council.town.steps(case.ref)}
    assert endings == {Ending.DECIDED}
    assert case.version == (2 if sample == "PROP-05" else 1)


@pytest.mark.parametrize("sample", SAMPLES)
def test_whoever_a_letter_says_is_next_is_asked_next(council: Council, sample: str) -> None:
    ref = council.refs[sample]
    case, asked = council.town.case(ref), council.town.steps(ref)
    edition = council.editions[case.organisation]
    with council.town.store.reading() as tx:
        legs = {
            ask.key: leg
            for version in records.versions(tx, ref)
            for leg in (*version.route, *version.branches.values())
            for ask in course.asked_by(leg)
        }
        said = [(row, row.props.get("next") or {}) for row in letters.of_case(tx, ref)]
        told = [(row, then) for row, then in said if then.get("who") or then.get("you")]
    assert told
    for row, then in told:
        closed = next(step.closed for step in asked if step.id == row.step)
        assert closed is not None
        following = min((step for step in asked if step.opened >= closed), key=lambda step: step.opened)
        day = following.opened.date()
        # Whoever is asked next themselves is told so, and not by their title.
        own = edition.posts_of(row.person, day) if then["you"] else ()
        posts = legs[following.key].who
        assert then["who"] == [telling.title(edition, post, day) for post in posts if post not in own], (
            row.key
        )
        assert then["you"] == any(post in own for post in posts)


async def test_each_sample_has_the_meetings_its_papers_name(council: Council) -> None:
    for sample, document in SAMPLES.items():
        meetings = {leg.meeting for leg in council.town.case(council.refs[sample]).route if leg.meeting}
        named = document["notification"].get("meeting") or document.get("exceptions_body", {}).get("meeting")
        assert meetings == ({named} if named else set())


async def test_the_funders_of_a_deviating_sample_are_asked_once_it_has_been_discussed(
    council: Council,
) -> None:
    steps = {step.key: step for step in council.town.steps(council.refs["PROP-04"])}
    discussed = steps["consultation-head-of-profession"]
    assert discussed.closed is not None
    assert discussed.closed <= steps["funding-cd-rc"].opened


async def test_what_settles_an_issue_is_told_to_those_who_pay(council: Council) -> None:
    for sample, post, said in (
        ("PROP-06", "cd-rc", "Solution: A gateway to Oracle, run by ICT Services."),
        ("PROP-08", "chief-executive", "Master source: Land and Property Gazetteer"),
    ):
        address = council.editions["leicester"].posts[post].email
        ref = council.refs[sample]
        asked = [one for one in council.town.mail.to(address, "Decide") if ref in one.subject]
        assert [one for one in asked if said in " ".join(one.text.split())]


async def test_after_all_of_it_the_record_is_whole(council: Council) -> None:
    await council.town.settles()
    assert checker.faults(council.town) == []
    status, said, wrong = await council.town.command("audit", "verify")
    assert (status, wrong) == (0, ""), said
