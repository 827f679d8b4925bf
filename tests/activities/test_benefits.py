"""Benefits and reviews on record: who is asked, from when on, and what was read, each once."""

from datetime import date, timedelta

import pytest

from service.store import benefits, projects, rebuild
from tests.activities.test_projects import approved, started
from tests.service.store import samples
from tests.support.activities import done
from tests.support.desk import NINE, Desk
from workflows.delivery import BenefitOpened, BenefitRead, GoLive, ProjectTold, Rag
from workflows.model import Ask, Becoming, Capacity, Choice, SeatAsk

FIRST = "BEN-2004-0001"


def opened(desk: Desk) -> BenefitOpened:
    started(desk)
    return done(desk.benefits.in_hand(FIRST))


def asked(desk: Desk, benefit: BenefitOpened, month: int) -> BenefitRead:
    """Ask a benefit's owner for a reading, and have them give it."""
    ask = Ask(
        case=benefit.case,
        key=f"benefit-{month}",
        round=1,
        version=1,
        content_hash=benefit.content_hash,
        clause=benefit.clause,
        seats=(SeatAsk(key=benefit.owner, post=benefit.owner),),
        terms=benefit.terms["benefit"],
        inform=benefit.told,
    )
    desk.opens(ask)
    made = desk.answers(
        ask.step, benefit.owner, Choice.REPORT, said={"reading": f"{month}.5", "rating": "amber"}
    )
    desk.closes(ask.step, made, choice=Choice.REPORT)
    return BenefitRead(case=benefit.case, step=ask.step, month=month, at=NINE + timedelta(hours=4))


def test_a_benefit_in_hand_says_whom_to_ask_and_when(each_desk: Desk) -> None:
    desk = each_desk
    benefit = opened(desk)
    assert desk.edition.delivery is not None
    assert benefit.months == desk.edition.delivery.benefits.months
    assert (benefit.asked, benefit.go_live, [*benefit.terms]) == (0, None, ["benefit"])
    christmas = [date(year, 12, 25) for year in (2006, 2007, 2008)]
    assert {*christmas} <= {*benefit.non_working} <= {*desk.edition.non_working}
    record = desk.record()
    assert done(desk.benefits.in_hand(FIRST)) == benefit
    assert desk.record() == record
    with pytest.raises(LookupError):
        done(desk.benefits.in_hand(benefit.parent))


@pytest.mark.parametrize("went_live", [None, date(2005, 5, 3)])
def test_it_goes_by_the_forecast_until_its_project_has_gone_live(desk: Desk, went_live: date | None) -> None:
    benefit = opened(desk)
    with desk.store.writing() as tx:
        project = projects.of_proposal(tx, benefit.parent)
        assert project is not None
        told = ProjectTold(case=project.ref, step=f"{project.ref}.highlight.1", at=NINE, stage=1)
        projects.reported(tx, told, samples.REPORT.model_copy(update={"went_live": went_live}))
    expected = GoLive(day=went_live or samples.REPORT.forecast.go_live, certain=went_live is not None)
    assert done(desk.benefits.in_hand(FIRST)).go_live == expected


def test_a_reading_is_written_once_and_the_next_month_comes_after_it(each_desk: Desk) -> None:
    desk = each_desk
    benefit = opened(desk)
    read = asked(desk, benefit, 3)
    first = done(desk.benefits.read(read))
    record, tables = desk.record(), rebuild.dump(desk.store)
    later = read.model_copy(update={"at": read.at + timedelta(days=1)})
    assert done(desk.benefits.read(later)) == first
    assert (desk.record(), rebuild.dump(desk.store)) == (record, tables)
    assert first.asked == 1
    done(desk.benefits.read(asked(desk, benefit, 6)))
    with desk.store.reading() as tx:
        found = benefits.readings(tx, FIRST)
    assert [(one.month, one.value, one.rating) for one in found] == [
        (3, "3.5", Rag.AMBER),
        (6, "6.5", Rag.AMBER),
    ]
    second = [row.props for row in desk.ledger(FIRST) if row.kind == "request"][-1]
    assert second["stands"][-1] == "Last read: 3.5, 3 months after go-live, rated amber."
    assert rebuild.drift(desk.store) == ()


def test_a_benefit_that_is_over_is_followed_no_more(desk: Desk) -> None:
    benefit = opened(desk)
    before = done(desk.benefits.of_proposal(benefit.parent))
    done(desk.cases.became(Becoming(case=FIRST, state="concluded", at=NINE, number=1)))
    assert done(desk.benefits.of_proposal(benefit.parent)) == before[1:]


def test_a_review_is_written_by_the_lead_and_checked_by_whom_the_handbook_names(desk: Desk) -> None:
    parent = approved(desk)
    review = done(desk.benefits.review(parent))
    assert desk.edition.delivery is not None
    assert (review.writer, review.checker) == ("hoict-rc", desk.edition.route.reviewer)
    assert review.months == desk.edition.delivery.review.months
    assert date(2005, 12, 26) in review.non_working
    assert min(review.non_working) >= NINE.date()
    assert {*review.terms} == {*review.clauses} == {"review", "review_check", "review_srg"}
    assert review.srg is not None


def test_whoever_wrote_a_review_does_not_check_it(desk: Desk) -> None:
    """The checker wrote it, as the lead officer's cover: the question goes up their line."""
    case = desk.submits()
    desk.becomes(case.case, "approved")
    review = done(desk.benefits.review(case.case))

    def about(kind: str, key: str, post: str) -> Ask:
        return Ask(
            case=case.case,
            key=key,
            round=1,
            version=1,
            content_hash=case.content_hash,
            clause=review.clauses[kind],
            seats=(SeatAsk(key=post, post=post),),
            terms=review.terms[kind],
        )

    desk.covers(review.writer, review.checker)
    written = about("review", "review", review.writer)
    desk.opens(written)
    cover = desk.person(review.checker)
    made = desk.answers(written.step, review.writer, Choice.REPORT, person=cover, said={"objectives": "met"})
    desk.closes(written.step, made, choice=Choice.REPORT)
    check = about("review_check", "review-check", review.checker)
    desk.opens(check)
    (holders,) = desk.holders(check.step).values()
    assert cover not in [one.person for one in holders]
    assert all(one.capacity is Capacity.LINE for one in holders)
