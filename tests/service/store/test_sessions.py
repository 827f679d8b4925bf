"""Who is at the browser: sessions, codes, limits and tokens, in real time."""

from typing import Any

import pytest

from service.config import Keys, generate_keys
from service.errors import KeyReused, Malformed, NotFound, TooManyCodes
from service.store import (
    Store,
    Tx,
    answers,
    codes,
    housekeeping,
    idempotency,
    journal,
    limits,
    sessions,
    tokens,
)
from service.store.codes import Checked
from service.store.tables import (
    ALLOWANCES,
    ANSWER_DRAFTS,
    CODES,
    IDEMPOTENCY,
    SESSION_LINKS,
    SESSIONS,
)
from tests.support.real_time import RealTime

# ------------------------------------------------------------------------------ sessions


def test_a_session_is_found_by_its_cookie_alone(store: Store) -> None:
    with store.writing() as tx:
        begun = sessions.begin(tx, person="p-hall", how="code", raised=True, links=("l1", "l1", "l2"))
        other = sessions.begin(tx)
    with store.reading() as tx:
        assert sessions.find(tx, begun.token) == begun.session
        assert begun.session.links == ("l1", "l2")
        assert begun.session.csrf != other.session.csrf
        for token in ("", "x", begun.session.ref, begun.token[:-1], f"k0.{begun.token[8:]}", "\ud800.\ud800"):
            assert sessions.find(tx, token) is None


@pytest.mark.parametrize(
    ("minutes", "touched", "alive"),
    [
        ([29], True, True),
        ([31], True, False),
        ([29, 29], True, True),
        ([20, 20], False, False),
        ([25] * 19, True, True),
        ([25] * 20, True, False),
    ],
)
def test_a_session_lives_half_an_hour_idle_and_eight_hours_at_most(
    store: Store, real: RealTime, minutes: list[int], touched: bool, alive: bool
) -> None:
    with store.writing() as tx:
        begun = sessions.begin(tx, person="p-hall")
    session: sessions.Session | None = begun.session
    for pause in minutes:
        real.passes(minutes=pause)
        with store.writing() as tx:
            session = sessions.find(tx, begun.token)
            if session and touched:
                sessions.touch(tx, session)
    assert (session is not None) is alive


def test_a_session_is_not_written_to_more_than_once_a_minute(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        session = sessions.begin(tx).session
    assert not sessions.stale(session, real.now)
    real.passes(seconds=59)
    assert not sessions.stale(session, real.now)
    real.passes(seconds=1)
    assert sessions.stale(session, real.now)


def test_with_more_rights_comes_a_fresh_cookie_and_the_old_one_is_powerless(store: Store) -> None:
    with store.writing() as tx:
        old = sessions.begin(tx, person="p-hall", how="link", links=["l1"])
        new = sessions.rotate(tx, old.token, how="code", raised=True, link="l2")
        assert sessions.find(tx, old.token) is None
        assert sessions.find(tx, new.token) == new.session
    assert new.token != old.token
    assert (new.session.person, new.session.how, new.session.links) == ("p-hall", "code", ("l1", "l2"))
    assert new.session.raised == new.session.seen
    assert new.session.created == old.session.created


@pytest.mark.parametrize("planted", [None, "p-attacker"])
def test_nothing_passes_from_a_planted_session_to_its_victim(store: Store, planted: str | None) -> None:
    with store.writing() as tx:
        theirs = sessions.begin(tx, person=planted, raised=True, links=["theirs"])
        mine = sessions.rotate(tx, theirs.token, person="p-hall", how="link", link="mine").session
        assert sessions.find(tx, theirs.token) is None
    assert (mine.person, mine.raised, mine.links) == ("p-hall", None, ("mine",))


def test_following_a_further_link_is_kept_with_the_session(store: Store) -> None:
    with store.writing() as tx:
        begun = sessions.begin(tx, person="p-hall")
        for link in ("l1", "l1", "l2"):
            sessions.follow(tx, begun.session, link)
        found = sessions.find(tx, begun.token)
    assert found is not None
    assert sorted(found.links) == ["l1", "l2"]


def test_sessions_end_one_by_one_or_with_their_person(store: Store) -> None:
    with store.writing() as tx:
        one, two, other = (sessions.begin(tx, person=person) for person in ("p-hall", "p-hall", "p-sports"))
        sessions.end(tx, one.token)
        assert sessions.find(tx, one.token) is None
        assert sessions.end_person(tx, "p-hall") == 1
        assert sessions.find(tx, two.token) is None
        assert sessions.find(tx, other.token) is not None


def test_sessions_outlive_a_new_key_and_end_with_an_old_one(database_url: str) -> None:
    old, new = generate_keys(), generate_keys()
    cookies: list[str] = []
    for keys, alive in ((old, []), (f"{new},{old}", [True]), (new, [False, True])):
        store = Store(database_url, Keys(keys))
        with store.writing() as tx:
            assert [sessions.find(tx, cookie) is not None for cookie in cookies] == alive
            cookies.append(sessions.begin(tx).token)
        store.close()


# --------------------------------------------------------------------------------- codes


def issue(
    tx: Tx,
    *,
    person: str | None = "p-hall",
    purpose: str = "decide",
    about: str = "l1",
    browser: str = "b1",
    asked: str = "",
) -> str:
    return codes.issue(tx, person=person, purpose=purpose, about=about, browser=browser, asked=asked)


def check(tx: Tx, code: str, *, purpose: str = "decide", about: str = "l1", browser: str = "b1") -> Checked:
    return codes.check(tx, browser=browser, purpose=purpose, about=about, code=code)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


RIGHT, WRONG, LOCKED = Checked(right=True, person="p-hall"), Checked(), Checked(locked=True)


def test_a_code_is_right_once(store: Store) -> None:
    with store.writing() as tx:
        code = issue(tx)
        assert len(code) == 6
        assert check(tx, wrong(code)) == WRONG
        assert check(tx, f" {code[:3]} {code[3:]} ") == RIGHT
        assert check(tx, code) == WRONG


@pytest.mark.parametrize(
    "elsewhere",
    [{"browser": "b2"}, {"about": "l2"}, {"purpose": "sign-in"}],
    ids=lambda where: next(iter(where)),
)
def test_a_code_is_right_only_where_it_was_asked_for(store: Store, elsewhere: dict[str, str]) -> None:
    with store.writing() as tx:
        code = issue(tx)
        assert check(tx, code, **elsewhere) == WRONG
        assert check(tx, code) == RIGHT


@pytest.mark.parametrize(("minutes", "expected"), [(9, RIGHT), (10, RIGHT), (11, WRONG)])
def test_a_code_lives_ten_minutes(store: Store, real: RealTime, minutes: int, expected: Checked) -> None:
    with store.writing() as tx:
        code = issue(tx)
    real.passes(minutes=minutes)
    with store.writing() as tx:
        assert check(tx, code) == expected


def test_after_five_wrong_tries_not_even_the_right_code_helps_and_only_there(store: Store) -> None:
    with store.writing() as tx:
        code, elsewhere = issue(tx), issue(tx, about="l2")
        assert [check(tx, wrong(code)) for _ in range(5)] == [WRONG] * 4 + [LOCKED]
        assert check(tx, code) == LOCKED
        assert check(tx, elsewhere, about="l2") == RIGHT


def test_a_new_code_takes_the_place_of_the_last(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        first = issue(tx)
    real.passes(seconds=1)
    with store.writing() as tx:
        second = issue(tx)
        assert first == second or check(tx, first) == WRONG
        assert check(tx, second) == RIGHT


@pytest.mark.parametrize(
    ("asker", "other"),
    [
        ({"person": "p-hall"}, {"person": "p-sports"}),
        ({"person": "p-hall", "asked": "a@b.example"}, {"person": "p-hall", "asked": "c@b.example"}),
        ({"person": None, "asked": "a@b.example"}, {"person": None, "asked": "c@b.example"}),
    ],
    ids=["one who is known", "an address that is known", "an address that is not"],
)
def test_three_codes_in_a_quarter_of_an_hour_and_no_more(
    store: Store, real: RealTime, asker: dict[str, Any], other: dict[str, Any]
) -> None:
    with store.writing() as tx:
        for number in range(3):
            issue(tx, **asker, browser=f"b{number}")
        with pytest.raises(TooManyCodes):
            issue(tx, **asker, browser="b4")
        issue(tx, **other)
    real.passes(minutes=16)
    with store.writing() as tx:
        issue(tx, **asker)


def test_codes_are_counted_for_each_purpose_by_itself(store: Store) -> None:
    with store.writing() as tx:
        for number in range(3):
            assert not codes.spent(tx, "p-hall", "sign-in")
            issue(tx, purpose="sign-in", asked=f"hall{number}@b.example")
        assert codes.spent(tx, "p-hall", "sign-in")
        assert not codes.spent(tx, "p-hall", "decide")
        assert check(tx, issue(tx)) == RIGHT


def test_somebody_we_do_not_know_gets_a_code_that_is_never_right(store: Store) -> None:
    with store.writing() as tx:
        code = issue(tx, person=None)
        assert [check(tx, code) for _ in range(6)] == [WRONG] * 4 + [LOCKED] * 2


# -------------------------------------------------------------------------------- limits


def test_a_limit_holds_over_any_stretch_of_its_length(store: Store, real: RealTime) -> None:
    allowed = []
    for pause in (0, 0, 0, 0, 30, 31, 0, 0, 0):
        real.passes(seconds=pause)
        with store.writing() as tx:
            allowed.append(limits.allow(tx, "views:l1", 3, 60))
            assert limits.allow(tx, f"views:{len(allowed)}", 1, 60), "another bucket"
    assert allowed == [True, True, True, False, False, True, True, True, False]


# -------------------------------------------------------------------------------- tokens


def make(tx: Tx, days: int = 30) -> tokens.Made:
    return tokens.create(
        tx, post="pmo", person="p-pmo", scopes=["start:case", "read:case"], days=days, by="p-a"
    )


def test_a_token_is_found_by_itself_and_nothing_like_it(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        made = make(tx)
        assert tokens.find(tx, made.token) == made.row
        assert made.row.scopes == ("read:case", "start:case")
        swapped = made.token[:-1] + ("0" if made.token[-1] != "0" else "1")
        for token in ("", "as_", swapped, made.token.upper(), made.token + " ", f"Bearer {made.token}"):
            assert tokens.find(tx, token) is None
        tokens.used(tx, made.row.id)
        assert tokens.all(tx)[0].last_used == real.now


def test_a_token_dies_of_age_of_revocation_and_with_its_owner(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        aged, revoked, orphaned = make(tx, days=1), make(tx), make(tx)
        assert tokens.revoke(tx, revoked.row.id, by="p-a")
        assert not tokens.revoke(tx, revoked.row.id, by="p-a")
        assert tokens.find(tx, revoked.token) is None
        assert tokens.find(tx, aged.token) is not None
    real.passes(days=1)
    with store.writing() as tx:
        assert tokens.find(tx, aged.token) is None
        assert tokens.find(tx, orphaned.token) is not None
        assert tokens.revoke_person(tx, "p-pmo", by="p-a") == 2
        assert tokens.find(tx, orphaned.token) is None
        kinds = [line.kind for line in journal.lines(tx, "-")]
    assert kinds == ["token.created"] * 3 + ["token.revoked"] * 3


@pytest.mark.parametrize(
    ("scopes", "days", "field"),
    [
        (["decide"], 30, "scopes"),
        ([], 30, "scopes"),
        (["read:case"], 0, "days"),
        (["read:case"], 366, "days"),
    ],
)
def test_a_token_that_could_do_too_much_is_not_made(
    store: Store, scopes: list[str], days: int, field: str
) -> None:
    with store.writing() as tx, pytest.raises(Malformed) as refused:
        tokens.create(tx, post="pmo", person="p-pmo", scopes=scopes, days=days, by="p-a")
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_token_that_is_not_there_cannot_be_revoked(store: Store) -> None:
    with store.writing() as tx, pytest.raises(NotFound):
        tokens.revoke(tx, "00000000", by="p-a")


# ------------------------------------------------------- answers, idempotency, housekeeping


def keep(tx: Tx, session: str = "s1") -> str:
    answer = {"choice": "approve", "reason": "It pays"}
    return answers.keep(tx, session=session, link="l1", step="x", seat="hall", answer=answer, shown_hash="5")


def test_an_answer_is_given_back_to_its_session_alone(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        id = keep(tx)
        kept = answers.get(tx, id, session="s1")
        assert kept is not None
        assert (kept.answer["choice"], kept.seat, kept.shown_hash) == ("approve", "hall", "5")
        assert answers.get(tx, id, session="s2") is None
        answers.discard(tx, keep(tx))
    real.passes(hours=9)
    with store.writing() as tx:
        assert answers.get(tx, id, session="s1") is None


def test_a_request_repeated_is_answered_the_same_for_a_day(store: Store, real: RealTime) -> None:
    def recall(owner: str = "t1", request_hash: str = "h1") -> str | None:
        reply = idempotency.recall(tx, owner=owner, key="k1", request_hash=request_hash)
        return reply.body if reply else None

    def remember(body: str) -> None:
        idempotency.remember(tx, owner="t1", key="k1", request_hash="h1", status=201, body=body)

    with store.writing() as tx:
        assert recall() is None
        remember("first")
        remember("second")
        assert recall() == "first"
        assert recall(owner="t2") is None
        with pytest.raises(KeyReused):
            recall(request_hash="h2")
    real.passes(hours=25)
    with store.writing() as tx:
        assert recall(request_hash="h2") is None
        remember("third")
        assert recall() == "third"


def test_what_has_run_out_is_swept_away_and_nothing_else(store: Store, real: RealTime) -> None:
    tables = (SESSIONS, SESSION_LINKS, CODES, ALLOWANCES, ANSWER_DRAFTS, IDEMPOTENCY)

    def fill() -> None:
        with store.writing() as tx:
            sessions.begin(tx, person="p-hall", links=["l1"])
            issue(tx, person=f"p-{real.now}")  # which is an allowance as well
            keep(tx)
            idempotency.remember(tx, owner="t1", key=str(real.now), request_hash="h1", status=200, body="")

    fill()
    real.passes(hours=25)
    fill()
    with store.writing() as tx:
        assert [len(tx.all(table.select())) for table in tables] == [2] * len(tables)
        assert housekeeping.sweep(tx) == 5
        assert housekeeping.sweep(tx) == 0
        assert [len(tx.all(table.select())) for table in tables] == [1] * len(tables)
