"""A review in the record: once it is checked its figures and lessons are kept, and not before."""

from collections.abc import Iterator

import pytest

from notifications.examples import rendered
from service import handbook
from service.config import Keys
from service.store import Store, benefits, reviews
from service.store.intents import SAID, Answered
from service.store.reviews import ReviewView
from tests.support.activities import done
from tests.support.desk import Desk
from tests.support.real_time import RealTime
from workflows.delivery import ReviewInHand
from workflows.letters import read
from workflows.model import Ask, CaseOpened, Choice, SeatAsk


@pytest.fixture
def shire(sqlite_url: str, keys: Keys, real: RealTime) -> Iterator[Desk]:
    """A desk of an organisation without an SRG."""
    store = Store(sqlite_url, keys, host="approvals.example", real=real)
    yield Desk(store, keys, handbook.load("herefordshire"))
    store.close()


def words(text: str) -> Answered:
    return Answered(value=SAID, text=text)


REVIEW: dict[str, str | Answered] = {
    "objectives": "partly",
    "benefits": words("Most of them"),
    "final_cost": "151000.00",
    "lesson_title_1": words("Train before\n go-live"),
    "lesson_1": words("Staff met the system on its first day."),
    "lesson_title_2": words("Count calls early"),
    "lesson_2": words("Nobody had."),
}


def asks(case: CaseOpened, review: ReviewInHand, kind: str, round: int = 1) -> Ask:
    post = review.writer if kind == "review" else review.checker
    return Ask(
        case=case.case,
        key=kind.replace("_", "-"),
        round=round,
        version=1,
        content_hash=case.content_hash,
        clause=review.clauses[kind],
        seats=(SeatAsk(key=post, post=post),),
        terms=review.terms[kind],
    )


def answered(desk: Desk, ask: Ask, choice: Choice, said: dict[str, str | Answered] | None = None) -> None:
    desk.opens(ask)
    made = desk.answers(ask.step, ask.seats[0].key, choice, said=said or {})
    desk.closes(ask.step, made, choice=choice)


def kept(desk: Desk, ref: str) -> tuple[ReviewView | None, list[tuple[str, str]]]:
    with desk.store.reading() as tx:
        found = reviews.lessons(tx, [ref])
        return reviews.of_case(tx, ref), [(one.title, one.text) for one in found]


def test_a_review_is_kept_with_its_lessons_once_it_is_checked(each_desk: Desk) -> None:
    desk = each_desk
    case = desk.submits(system_kind="web")
    review = done(desk.benefits.review(case.case))
    answered(desk, asks(case, review, "review"), Choice.REPORT, {**REVIEW, "final_cost": "140000.00"})
    assert kept(desk, case.case) == (None, [])
    answered(desk, asks(case, review, "review_check"), Choice.SEND_BACK)
    assert kept(desk, case.case) == (None, [])
    answered(desk, asks(case, review, "review", 2), Choice.REPORT, REVIEW)
    answered(desk, asks(case, review, "review_check", 2), Choice.VERIFY)
    found, lessons = kept(desk, case.case)
    assert found
    assert (found.review_step, found.check_step) == (
        f"{case.case}.review.2",
        f"{case.case}.review-check.2",
    )
    assert (str(found.final_cost), found.objectives, found.system_kind) == ("151000.00", "partly", "web")
    assert found.systems == tuple(case.proposal.corporate_systems)
    assert lessons == [
        ("Train before go-live", "Staff met the system on its first day."),
        ("Count calls early", "Nobody had."),
    ]


@pytest.mark.parametrize(
    ("said", "lessons"),
    [
        ({}, []),
        ({"lesson_title_1": "said", "lesson_1": "said"}, []),  # erased before it was checked
        ({"lesson_1": words("Train.")}, [("A lesson", "Train.")]),
    ],
)
def test_a_review_without_lessons_or_a_final_cost_is_kept_too(
    desk: Desk, said: dict[str, str | Answered], lessons: list[tuple[str, str]]
) -> None:
    case = desk.submits()
    review = done(desk.benefits.review(case.case))
    answered(desk, asks(case, review, "review"), Choice.REPORT, said)
    answered(desk, asks(case, review, "review_check"), Choice.VERIFY)
    found, learnt = kept(desk, case.case)
    assert found
    assert (found.final_cost, found.objectives, found.strategy, learnt) == (None, "", "", lessons)


def test_the_check_of_something_else_keeps_nothing(desk: Desk) -> None:
    case = desk.submits()
    review = done(desk.benefits.review(case.case))
    # nothing was written that could be checked
    answered(desk, asks(case, review, "review_check"), Choice.VERIFY)
    assert kept(desk, case.case) == (None, [])
    with desk.store.reading() as tx:
        assert benefits.of_proposal(tx, case.case) == ()


def test_a_proposal_whose_review_comes_before_nobody_more_is_closed_as_checked(desk: Desk) -> None:
    case = desk.submits()
    review = done(desk.benefits.review(case.case))
    answered(desk, asks(case, review, "review"), Choice.REPORT, REVIEW)
    check = asks(case, review, "review_check")
    answered(desk, check, Choice.VERIFY)
    desk.becomes(case.case, "closed", number=5, because=check.step)
    told = [row.props for row in desk.ledger(case.case) if row.kind == "completed"]
    checker = desk.edition.posts[review.checker].title
    assert [(one["checked_by"], one["reviewed_by"]) for one in told] == [(checker, "")] * len(told)
    assert told


def receipts(desk: Desk, case: CaseOpened, ask: Ask) -> list[str]:
    rows = [row for row in desk.ledger(case.case) if row.step == ask.step and row.kind == "receipt"]
    parts = [rendered(read(row.props)).get_body(("plain",)) for row in rows]
    return [part.get_content() for part in parts if part]


def test_where_there_is_no_srg_no_letter_says_that_a_review_goes_before_it(shire: Desk) -> None:
    case = shire.submits("PROP-12")
    review = done(shire.benefits.review(case.case))
    assert review.srg is None
    written, check = (asks(case, review, kind) for kind in ("review", "review_check"))
    answered(shire, written, Choice.REPORT, REVIEW)
    answered(shire, check, Choice.VERIFY)
    (handed_in,), (checked,) = receipts(shire, case, written), receipts(shire, case, check)
    assert "it is checked by somebody else, and the proposal is closed" in handed_in
    assert "the proposal is closed" in checked
    assert "SRG" not in handed_in + checked
