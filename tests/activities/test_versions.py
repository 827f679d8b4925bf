"""Which answers stand for a new version of a proposal, and who is told what."""

from typing import Any

import pytest

from service.handbook import Edition
from service.store import approvers, cases, intents, steps
from service.telling import following
from tests.support.activities import done
from tests.support.desk import DAY, Desk
from workflows.model import CaseOpened, Choice, Ending, Outcome, key_of

NOTICE, HALL, SPORTS = "notification", "funding-bh-dmh", "funding-bh-sports"
WORDING: dict[str, Any] = {"stakeholders": "The same in other words"}
MATERIAL: dict[str, Any] = {"personal_data": True}


def asked(desk: Desk, case: CaseOpened, key: str, choice: Choice, *, round: int = 1, person: str = "") -> str:
    """Put a question and have it answered by whoever is asked first; return its step."""
    ask = desk.ask(case, key).model_copy(update={"round": round})
    desk.opens(ask)
    made = desk.answers(ask.step, ask.seats[0].key, choice, person=person)
    desk.closes(ask.step, made, choice=choice)
    return ask.step


def returned(desk: Desk, *, by: str = SPORTS, **changes: Any) -> CaseOpened:
    """Notify a proposal, have one funder approve it and the other return it, and submit it anew."""
    case = desk.submits()
    asked(desk, case, NOTICE, Choice.NOTE)
    asked(desk, case, HALL if by == SPORTS else SPORTS, Choice.APPROVE)
    last = asked(desk, case, by, Choice.RETURN)
    desk.becomes(case.case, "returned", because=last)
    return desk.submits(version=2, **changes)


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        (WORDING, {NOTICE, HALL}),
        ({"title": "Chairs"}, set()),
        ({"summary": "Sixty office chairs for the members' lounge"}, set()),
        ({"why": "They are tired"}, set()),
        ({"alternatives": "Standing"}, set()),
        ({"benefits": [{"title": "Wider access", "basis": "Counted"}]}, None),
        (MATERIAL, set()),
        ({**WORDING, **MATERIAL}, set()),
        ({}, {NOTICE, HALL}),
    ],
)
def test_favourable_answers_stand_if_nothing_material_has_changed(
    desk: Desk, changes: dict[str, Any], kept: set[str] | None
) -> None:
    again = returned(desk, **changes)
    assert set(again.kept) == (kept or set())
    assert all(outcome.step.endswith(".1") and outcome.favourable for outcome in again.kept.values())
    with desk.store.reading() as tx:
        assert cases.get(tx, again.case).kept == {key: out.step for key, out in again.kept.items()}
        about = [step.key for step in steps.of_version(tx, again.case, 2)]
    assert {*about} == {*again.kept}


def test_done_twice_what_stands_is_what_stood(desk: Desk) -> None:
    again = returned(desk, **WORDING)
    letters = desk.ledger(again.case)
    assert done(desk.cases.begun(again.case)).kept == again.kept
    assert desk.ledger(again.case) == letters


def test_everybody_whose_answer_stands_is_told_what_has_changed(desk: Desk) -> None:
    again = returned(desk, **WORDING)
    kept = {row.post: row.props for row in desk.ledger(again.case) if row.kind == "kept"}
    assert set(kept) == {"heads-of-ict-secretary", "bh-dmh"}
    told = kept["bh-dmh"]
    assert (told["since"], told["matter"]["version"], told["answer"]["choice"]) == (1, 2, "approve")
    (change,) = told["changes"]
    assert (change["what"], change["now"], change["material"]) == (
        "Who is affected",
        WORDING["stakeholders"],
        False,
    )
    submitted = [row.props for row in desk.ledger(again.case) if row.kind == "submitted"]
    assert submitted[-1]["kept"] == ["Heads of ICT Group", "Budget holder, De Montfort Hall"]


def test_whoever_has_left_is_not_told_and_neither_is_whoever_has_their_mailbox_now(desk: Desk) -> None:
    gone = desk.person("bh-dmh")
    first = returned(desk, **WORDING)
    edition = desk.edition
    desk.brings_into_force(
        Edition.model_validate(
            edition.model_dump()
            | {
                "people": {key: one for key, one in edition.people.items() if key != gone},
                "holdings": [
                    held.model_copy(update={"person": desk.person("bh-sports")})
                    if held.person == gone
                    else held
                    for held in edition.holdings
                ],
            }
        )
    )
    desk.becomes(first.case, "returned", number=2)
    again = desk.submits(version=3, stakeholders="In other words again")
    assert set(again.kept) == {NOTICE, HALL}
    last = [row for row in desk.ledger(first.case) if row.kind == "kept" and ":kept:3:" in row.key]
    assert [row.post for row in last] == ["heads-of-ict-secretary"]


@pytest.mark.parametrize(("changes", "so_far"), [(WORDING, 2), (MATERIAL, 0)])
def test_whoever_is_asked_again_sees_what_has_changed_and_what_stands(
    desk: Desk, changes: dict[str, Any], so_far: int
) -> None:
    again = returned(desk, **changes)
    desk.opens(desk.ask(again, SPORTS).model_copy(update={"round": 2}))
    request = next(row for row in reversed(desk.ledger(again.case)) if row.kind == "request")
    assert (request.post, request.props["since"]) == ("bh-sports", 1)
    assert len(request.props["changes"]) == 1
    assert len(request.props["so_far"]) == so_far


def test_a_receipt_counts_the_answer_that_stands(desk: Desk) -> None:
    again = returned(desk, **WORDING)
    asked(desk, again, SPORTS, Choice.APPROVE, round=2)
    receipt = next(row.props for row in reversed(desk.ledger(again.case)) if row.kind == "receipt")
    assert (receipt["answered"], receipt["asked"], receipt["waiting_for"]) == (2, 2, [])
    assert receipt["next"]["leg"] == "srg"


def test_after_what_stands_comes_who_is_still_to_be_asked(desk: Desk) -> None:
    case = desk.submits()
    asked(desk, case, HALL, Choice.APPROVE)
    last = asked(desk, case, SPORTS, Choice.RETURN)
    desk.becomes(case.case, "returned", because=last)
    again = desk.submits(version=2, **WORDING)
    noted = Outcome(step="", ending=Ending.DECIDED, choice=Choice.NOTE, at=again.kept[HALL].at)
    with desk.store.reading() as tx:
        view, put = cases.get(tx, case.case), steps.of_version(tx, case.case, 2)
        after = following(view, {NOTICE: noted}, desk.edition, DAY, put)
    assert after is not None
    assert (after.leg, after.who) == ("funding", ("Budget holder, Sports Services",))


def test_whoever_has_come_to_write_it_keeps_no_approval_of_it(desk: Desk) -> None:
    case = desk.submits()
    asked(desk, case, HALL, Choice.APPROVE)
    last = asked(desk, case, SPORTS, Choice.RETURN)
    desk.becomes(case.case, "returned", because=last)
    again = desk.submits(version=2, authors=["bh-dmh"], co_authors=["bh-dmh"], **WORDING)
    assert again.kept == {}


def test_a_post_that_has_another_holder_keeps_the_answer_of_the_one_before(
    desk: Desk, leicester: Edition
) -> None:
    case = desk.submits()
    asked(desk, case, HALL, Choice.APPROVE)
    last = asked(desk, case, SPORTS, Choice.RETURN)
    desk.becomes(case.case, "returned", because=last)
    holder, other = desk.person("bh-dmh"), desk.person("cd-hsg")
    holdings = tuple(
        hold.model_copy(update={"person": other}) if hold.post == "bh-dmh" else hold
        for hold in leicester.holdings
    )
    desk.brings_into_force(leicester.model_copy(update={"holdings": holdings}))
    again = desk.submits(version=2, **WORDING)
    assert set(again.kept) == {HALL}
    (kept,) = (row for row in desk.ledger(case.case) if row.kind == "kept")
    assert kept.person == holder


def test_an_answer_stands_through_one_version_after_another(desk: Desk) -> None:
    second = returned(desk, **WORDING)
    last = asked(desk, second, SPORTS, Choice.RETURN, round=2)
    desk.becomes(second.case, "returned", number=2, because=last)
    third = desk.submits(version=3, stakeholders="In other words again")
    assert set(third.kept) == {NOTICE, HALL}
    assert {out.step for out in third.kept.values()} == {out.step for out in second.kept.values()}
    told = [row.props for row in desk.ledger(third.case) if row.kind == "kept"][-1]
    assert (told["since"], told["matter"]["version"]) == (1, 3)


def test_what_a_material_change_voided_does_not_come_back_with_the_old_words(desk: Desk) -> None:
    second = returned(desk, **MATERIAL)
    last = asked(desk, second, SPORTS, Choice.RETURN, round=2)
    desk.becomes(second.case, "returned", number=2, because=last)
    assert desk.submits(version=3).kept == {}


def test_an_answer_that_was_replaced_by_a_refusal_does_not_stand(desk: Desk) -> None:
    second = returned(desk, **WORDING)
    # Asked again although their answer stood, they return it.
    last = asked(desk, second, HALL, Choice.RETURN, round=2)
    desk.becomes(second.case, "returned", number=2, because=last)
    assert HALL not in desk.submits(version=3, summary="Again").kept


@pytest.mark.parametrize("choice", [Choice.REFER_UP, Choice.DEFER, Choice.REJECT])
def test_only_a_favourable_answer_stands(desk: Desk, choice: Choice) -> None:
    case = desk.submits()
    asked(desk, case, HALL, choice)
    last = asked(desk, case, SPORTS, Choice.RETURN)
    desk.becomes(case.case, "returned", because=last)
    assert desk.submits(version=2, **WORDING).kept == {}


def test_under_an_edition_without_such_a_rule_everybody_is_asked_anew(desk: Desk, leicester: Edition) -> None:
    older = leicester.model_copy(update={"versions": None})
    # The copy was hashed as the edition it was made from.
    desk.edition = Edition.from_json(older.to_json())
    desk.brings_into_force(desk.edition)
    assert returned(desk, **WORDING).kept == {}


def test_an_answer_that_stands_is_among_those_about_the_new_version(desk: Desk) -> None:
    again = returned(desk, **WORDING)
    with desk.store.reading() as tx:
        about = {step.id for step in steps.of_version(tx, again.case, 2)}
        made = [one for one in intents.decisions_of(tx, again.case) if one.step in about]
    assert {key_of(one.step): one.version for one in made} == {NOTICE: 1, HALL: 1}


def test_the_answer_of_whoever_was_added_stands_as_well(desk: Desk) -> None:
    case = desk.submits()
    with desk.store.writing() as tx:
        approvers.added(
            tx,
            case.case,
            post="sd-hr",
            clause="FUND-2",
            reason="Staff move",
            by=desk.person("cd-rc"),
            by_post="cd-rc",
        )
        approvers.heard(tx, case.case, "sd-hr", asked=True)
    case = done(desk.cases.begun(case.case))
    assert [leg.reason for leg in case.route if leg.leg == "extra"] == [""]
    asked(desk, case, "extra-sd-hr", Choice.APPROVE)
    request = next(row.props for row in desk.ledger(case.case) if row.kind == "request")
    assert request["question"]["why"] == "Staff move"
    assert request["question"]["added_by"] == "Corporate Director, Regeneration and Culture"
    last = asked(desk, case, SPORTS, Choice.RETURN)
    desk.becomes(case.case, "returned", because=last)
    again = desk.submits(version=2, **WORDING)
    assert set(again.kept) == {"extra-sd-hr"}
    assert [leg.leg for leg in again.route][:3] == ["notification", "funding", "extra"]
