"""Conditions become actions when a proposal is approved, and what is asked of whom from then on."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from activities.following import together
from notifications.examples import rendered
from service import handbook
from service.config import Keys
from service.handbook import Edition
from service.store import Store, actions, cases, journal, sizes
from service.store.actions import ActionView, Asker, Wanted
from service.store.intents import Condition
from tests.support.activities import done
from tests.support.desk import NINE, Desk
from tests.support.real_time import RealTime
from workflows.letters import read
from workflows.model import Capacity, CaseOpened, CaseSized, Choice, Ending, FollowUp, Guard, Holder, Size

LEAD, FUNDER = "hoict-rc", "bh-dmh"
TRAIN = Condition(
    text="Train the staff",
    owner=LEAD,
    by=date(2004, 11, 12),
    evidence="The list of those trained",
    verifier=FUNDER,
    guards=Guard.PROJECT,
)
CARDS = Condition(text="Use the corporate cards", owner="cd-rc", by=date(2004, 12, 1), verifier=FUNDER)


def funded(desk: Desk, *conditions: Condition, **facts: Any) -> CaseOpened:
    """A proposal that its funders approve, the first of them with conditions."""
    case = desk.submits(**facts)
    for post in (FUNDER, "bh-sports"):
        desk.opens(desk.ask(case, f"funding-{post}"))
        put = conditions if post == FUNDER else ()
        choice = Choice.APPROVE_WITH_CONDITIONS if put else Choice.APPROVE
        step = f"{case.case}.funding-{post}.1"
        desk.closes(step, desk.answers(step, post, choice, conditions=put), choice=choice)
    return case


def approved(desk: Desk, *conditions: Condition) -> CaseOpened:
    case = funded(desk, *conditions)
    desk.becomes(case.case, "approved")
    return case


def opened(desk: Desk, ref: str) -> tuple[ActionView, ...]:
    with desk.store.reading() as tx:
        return actions.of_case(tx, ref)


def letters(desk: Desk, ref: str, kind: str) -> list[dict[str, Any]]:
    return [row.props for row in desk.ledger(ref) if row.kind == kind]


# ----------------------------------------------------------------------------- being opened


WANTED = Wanted(
    source="dec:1",
    number=1,
    title="Condition on booking",
    text="Train the staff",
    owner=LEAD,
    verifier=FUNDER,
    due=date(2004, 11, 12),
    evidence="The list",
    asked=(Asker(source="dec:1", number=1, who="The executive"),),
)
OTHER = {"source": "dec:2", "verifier": "cd-rc", "asked": (Asker(source="dec:2", number=1, who="The user"),)}


@pytest.mark.parametrize(
    ("other", "one"),
    [
        ({}, {"asked": ["The executive", "The user"]}),
        ({"text": " train  THE\nstaff "}, {"asked": ["The executive", "The user"]}),
        ({"due": date(2004, 10, 1)}, {"due": date(2004, 10, 1)}),
        ({"due": date(2004, 12, 1)}, {"due": date(2004, 11, 12)}),
        ({"guards": Guard.GATE}, {"guards": Guard.GATE}),
        ({"evidence": " the LIST"}, {"evidence": "The list"}),
        ({"evidence": ""}, {"evidence": "The list"}),
        ({"evidence": "A test"}, {"evidence": "The list\nA test"}),
        # Of another post, or in other words, it is another condition.
        ({"owner": "cd-rc"}, None),
        ({"text": "Train the staff well"}, None),
    ],
)
def test_what_two_ask_for_in_the_same_words_is_asked_for_once(
    other: dict[str, Any], one: dict[str, Any] | None
) -> None:
    second = WANTED.model_copy(update=OTHER | other)
    made = list(together([WANTED, second]))
    if one is None:
        assert [(each.source, each.asked) for each in made] == [("dec:1", ()), ("dec:2", ())]
        return
    (only,) = made
    assert (only.source, only.number, only.text, only.verifier) == ("dec:1", 1, "Train the staff", FUNDER)
    said = only.model_dump() | {"asked": [each.who for each in only.asked]}
    assert said | one == said


def test_words_that_were_erased_are_like_no_others() -> None:
    erased = WANTED.model_copy(update={"text": ""})
    assert len(list(together([erased, erased.model_copy(update=OTHER)]))) == 2


def test_a_condition_that_two_funders_set_is_one_action_that_says_so(each_desk: Desk) -> None:
    desk = each_desk
    case = desk.submits()
    for post, put in ((FUNDER, TRAIN), ("bh-sports", TRAIN.model_copy(update={"text": "train the  staff"}))):
        desk.opens(desk.ask(case, f"funding-{post}"))
        step, choice = f"{case.case}.funding-{post}.1", Choice.APPROVE_WITH_CONDITIONS
        desk.closes(step, desk.answers(step, post, choice, conditions=(put,)), choice=choice)
    desk.becomes(case.case, "approved")
    (one,) = opened(desk, case.case)
    keys, record = desk.mailroom.last, desk.record()
    assert desk.becomes(case.case, "approved") == keys
    assert desk.record() == record
    with desk.store.reading() as tx:
        names = actions.asked_by(tx, one.ref)
        assert names == ("Budget holder, De Montfort Hall", "Budget holder, Sports Services")
        assert {action.ref for action in actions.followed(tx, case.case).values()} == {one.ref}
        assert len(actions.followed(tx, case.case)) == 2
    told = letters(desk, case.case, "approved")[0]["answers"]
    assert [put["action"] for answer in told for put in answer["conditions"]] == [one.ref, one.ref]
    done(desk.cases.action_begun(one.ref))
    desk.opens(desk.asks_of(one.ref, "action"))
    said = "Asked for by: Budget holder, De Montfort Hall and Budget holder, Sports Services."
    letter = rendered(read(letters(desk, one.ref, "request")[0]))
    for form in ("plain", "html"):
        body = letter.get_body((form,))
        assert body is not None
        assert said in " ".join(re.sub("<[^>]+>", "", body.get_content()).split())


def test_each_condition_of_an_approval_becomes_an_action_once(each_desk: Desk) -> None:
    desk = each_desk
    case = approved(desk, TRAIN, CARDS)
    first = opened(desk, case.case)
    assert [
        (one.ref, one.parent, one.number, one.owner, one.verifier, one.due, one.guards, one.state)
        for one in first
    ] == [
        ("ACT-2004-0001", case.case, 1, LEAD, FUNDER, date(2004, 11, 12), "project", "agreed"),
        ("ACT-2004-0002", case.case, 2, "cd-rc", FUNDER, date(2004, 12, 1), "nothing", "agreed"),
    ]
    keys, record = desk.mailroom.last, desk.record()
    assert desk.becomes(case.case, "approved") == keys
    assert (opened(desk, case.case), desk.record()) == (first, record)


def test_what_a_condition_guards_is_what_comes_after_the_size_that_the_proposal_has_by_then(
    desk: Desk,
) -> None:
    case = funded(desk, TRAIN, CARDS)
    with desk.store.writing() as tx:
        said = sizes.put(
            tx,
            case.case,
            version=1,
            size=Size.MINOR,
            by_rule=Size.MAJOR,
            reason="It is like for like",
            by="p-pmo",
            by_post="corp-projects-manager",
        )
    done(desk.cases.sized(CaseSized(case=case.case, sizing=said.sizing, at=NINE)))
    desk.becomes(case.case, "approved")
    assert [one.guards for one in opened(desk, case.case)] == [Guard.COMPLETION, Guard.NOTHING]


def test_a_process_is_given_its_case_anew_as_it_is_sized(desk: Desk) -> None:
    case = desk.submits()
    with desk.store.writing() as tx:
        said = sizes.put(
            tx,
            case.case,
            version=1,
            size=Size.MINOR,
            by_rule=Size.MAJOR,
            reason="It is like for like",
            by="p-pmo",
            by_post="corp-projects-manager",
        )
    sized = CaseSized(case=case.case, sizing=said.sizing, at=NINE)
    anew = done(desk.cases.sized(sized))
    assert anew.proposal.size is Size.MINOR
    assert "srg" not in [leg.leg for leg in anew.route]
    assert [leg for leg in anew.route if leg in case.route] == [*anew.route[:-1]]
    assert anew.route[-1].leg == "completion"
    assert "completion" in anew.terms
    record = desk.record()
    # Done again, it is as it was.
    assert done(desk.cases.sized(sized)) == anew
    assert desk.record() == record


def test_an_action_is_a_case_whose_words_are_found_by_their_hash_alone(desk: Desk) -> None:
    case = approved(desk, TRAIN)
    with desk.store.reading() as tx:
        action, content = cases.get(tx, "ACT-2004-0001"), cases.content(tx, "ACT-2004-0001")
        lines = [*journal.lines(tx, "ACT-2004-0001"), *journal.lines(tx, case.case)]
        assert cases.unstarted(tx) == ()
    assert (action.kind, action.state, str(action.capital)) == ("action", "agreed", "0.00")
    assert action.route == ()
    assert action.edition == case.edition
    assert content == {
        "title": action.title,
        "summary": "Train the staff",
        "owner": LEAD,
        "by": "2004-11-12",
        "evidence": "The list of those trained",
        "verifier": FUNDER,
        "guards": "project",
        "parent": case.case,
        "parent_title": case_title(desk, case),
        "parent_version": 1,
    }
    assert "Train the staff" not in str([line.data for line in lines if "letter" not in line.kind])


def case_title(desk: Desk, case: CaseOpened) -> str:
    with desk.store.reading() as tx:
        return cases.get(tx, case.case).title


def test_the_sponsor_and_the_lead_are_told_by_what_each_condition_is_followed_up(desk: Desk) -> None:
    case = approved(desk, TRAIN)
    told = letters(desk, case.case, "approved")
    assert len(told) == 2
    (condition,) = [put for answer in told[0]["answers"] for put in answer["conditions"]]
    assert (condition["action"], condition["verifier"], condition["guards"]) == (
        "ACT-2004-0001",
        "Budget holder, De Montfort Hall",
        "project",
    )


@pytest.mark.parametrize(("size", "stand"), [("minor", 0), ("major", 1)])
def test_conditions_stand_for_the_next_version_where_the_answers_that_put_them_do(
    desk: Desk, size: str, stand: int
) -> None:
    case = funded(desk, TRAIN)
    desk.becomes(case.case, "returned")
    desk.submits(version=2, size=size)
    desk.becomes(case.case, "approved", number=2)
    assert len(opened(desk, case.case)) == stand


def test_under_an_edition_without_actions_conditions_are_only_told(desk: Desk) -> None:
    steps = {kind: terms for kind, terms in desk.edition.steps.items() if not kind.startswith("action")}
    desk.edition = desk.edition.model_copy(update={"steps": steps})
    desk.edition = Edition.model_validate(desk.edition.model_dump())
    desk.brings_into_force(desk.edition)
    case = approved(desk, TRAIN)
    assert not case.conditions_tracked
    assert opened(desk, case.case) == ()
    told = letters(desk, case.case, "approved")[0]["answers"]
    assert [put["text"] for answer in told for put in answer["conditions"]] == ["Train the staff"]


def test_a_condition_from_before_there_were_verifiers_is_checked_by_whoever_put_it(desk: Desk) -> None:
    case = approved(
        desk,
        TRAIN.model_copy(update={"verifier": ""}),
        TRAIN.model_copy(update={"verifier": "", "owner": FUNDER}),
    )
    assert [one.verifier for one in opened(desk, case.case)] == [FUNDER, desk.edition.roles["pmo"]]


def test_its_process_is_told_what_follows_from_a_case_and_what_an_action_is(desk: Desk) -> None:
    case = approved(desk, TRAIN)
    assert case.conditions_tracked
    assert done(desk.cases.follow_ups(case.case)) == (
        FollowUp(ref="ACT-2004-0001", owner=LEAD, guards=Guard.PROJECT),
    )
    begun = done(desk.cases.action_begun("ACT-2004-0001"))
    assert (begun.owner, begun.verifier, begun.due) == (LEAD, FUNDER, date(2004, 11, 12))
    assert begun.told == ("cd-rc", LEAD)
    assert set(begun.terms) == {"action", "action_check"}
    assert begun.clause == "ACTION-1"
    record = desk.record()
    assert (done(desk.cases.action_begun("ACT-2004-0001")), desk.record()) == (begun, record)


# ------------------------------------------------------------------------------- being asked


@pytest.fixture
def action(desk: Desk) -> str:
    approved(desk, TRAIN)
    return "ACT-2004-0001"


def claimed(desk: Desk, action: str, round: int = 1) -> None:
    desk.opens(desk.asks_of(action, "action", round))
    step = f"{action}.action.{round}"
    made = desk.answers(step, LEAD, Choice.CLAIM_COMPLETE)
    desk.closes(step, made, choice=Choice.CLAIM_COMPLETE)
    desk.becomes(action, "claimed_complete", number=2 * round)


def checked(desk: Desk, action: str, choice: Choice, round: int = 1) -> None:
    desk.opens(desk.asks_of(action, "action_check", round))
    step = f"{action}.action_check.{round}"
    desk.closes(step, desk.answers(step, FUNDER, choice), choice=choice)


def test_its_owner_is_told_what_by_when_what_shows_it_who_checks_it_and_what_waits(
    desk: Desk, action: str
) -> None:
    desk.opens(desk.asks_of(action, "action"))
    view = desk.step(f"{action}.action.1")
    assert view.due == datetime.fromisoformat("2004-11-12T17:00:00+00:00")
    assert desk.sent(action) == [("request", LEAD)]
    (request,) = letters(desk, action, "request")
    assert request["task"] == {
        "text": "Train the staff",
        "owner": "Head of ICT, Regeneration and Culture",
        "by": "2004-11-12",
        "evidence": "The list of those trained",
        "verifier": "Budget holder, De Montfort Hall",
        "guards": "project",
        "action": action,
        "asked_by": "",
        "follows": "INV-2004-0001",
    }
    assert (request["matter"]["capital"], request["coincidences"]) == (None, [])
    assert [rung["then"] for rung in request["if_silent"]] == ["remind", "remind", "remind", "line", "pmo"]


def test_whoever_checks_it_reads_what_was_reported(desk: Desk, action: str) -> None:
    claimed(desk, action)
    desk.opens(desk.asks_of(action, "action_check"))
    asked = letters(desk, action, "request")[-1]
    assert [(one["choice"], one["reason"]) for one in asked["so_far"]] == [
        ("claim_complete", "Because it is so")
    ]
    receipt = letters(desk, action, "receipt")[-1]
    assert receipt["next"]["who"] == ["Budget holder, De Montfort Hall"]


def test_what_is_sent_back_is_asked_again_and_sponsor_and_lead_hear_what_it_comes_to(
    desk: Desk, action: str
) -> None:
    claimed(desk, action)
    checked(desk, action, Choice.SEND_BACK)
    # The owner is the lead officer here, and is asked again instead.
    assert ("outcome", "cd-rc") in desk.sent(action)
    assert ("outcome", LEAD) not in desk.sent(action)
    claimed(desk, action, round=2)
    asked = letters(desk, action, "request")[-1]
    assert [one["choice"] for one in asked["so_far"]] == ["claim_complete", "send_back"]
    before = desk.ledger(action)
    checked(desk, action, Choice.VERIFY, round=2)
    assert ("outcome", LEAD) in desk.sent(action, before)
    assert ("outcome", "cd-rc") in desk.sent(action, before)
    assert letters(desk, action, "outcome")[-1]["becomes"] == "verified"
    desk.becomes(action, "verified", number=9)
    with desk.store.reading() as tx:
        assert not cases.get(tx, action).open


def test_an_action_that_falls_away_says_so_to_whoever_was_asked(desk: Desk, action: str) -> None:
    desk.opens(desk.asks_of(action, "action"))
    desk.closes(f"{action}.action.1", choice=None, ending=Ending.WITHDRAWN, why="withdrawn")
    assert letters(desk, action, "closed_without_you")[0]["why"] == "fallen_away"


def test_a_sponsor_is_not_told_what_their_sponsor_is_told(desk: Desk, action: str) -> None:
    desk.opens(desk.asks_of(action, "action_check"))
    desk.closes(f"{action}.action_check.1", choice=None, ending=Ending.WITHDRAWN, why="withdrawn")
    told = {row.post: row.props for row in desk.ledger(action) if row.kind == "outcome"}
    assert (told["cd-rc"]["yours"], told[LEAD]["yours"]) == (True, False)
    body = rendered(read(told["cd-rc"])).get_body(("plain",))
    assert body is not None
    assert "What happens next: nothing more is asked about it." in body.get_content()


# ------------------------------------------------------------------- nobody checks their own


def seats(desk: Desk, action: str) -> tuple[Holder, ...]:
    (holders,) = desk.holders(f"{action}.action_check.1").values()
    return holders


def test_the_check_does_not_come_to_the_owner_as_a_cover(desk: Desk, action: str) -> None:
    """The lead covers for the funder: the funder is asked, and their cover is passed over."""
    claimed(desk, action)
    desk.covers(FUNDER, LEAD)
    desk.opens(desk.asks_of(action, "action_check"))
    assert [(one.person, one.capacity) for one in seats(desk, action)] == [
        (desk.person(FUNDER), Capacity.HOLDER)
    ]


def test_a_verifier_who_covers_for_the_owner_is_passed_over_for_the_line(desk: Desk, action: str) -> None:
    claimed(desk, action)
    desk.covers(LEAD, FUNDER)
    desk.opens(desk.asks_of(action, "action_check"))
    (holder,) = seats(desk, action)
    assert holder.capacity is Capacity.LINE
    assert holder.person not in (desk.person(FUNDER), desk.person(LEAD))
    (escalation,) = letters(desk, action, "escalation")
    assert escalation["because"] == "covers_owner"


def test_whoever_reported_it_for_the_owner_does_not_check_it_either(desk: Desk, action: str) -> None:
    desk.opens(desk.asks_of(action, "action"))
    step = f"{action}.action.1"
    desk.covers(LEAD, FUNDER)
    desk.looks_again(step)
    made = desk.answers(step, LEAD, Choice.CLAIM_COMPLETE, person=desk.person(FUNDER))
    desk.closes(step, made, choice=Choice.CLAIM_COMPLETE)
    desk.opens(desk.asks_of(action, "action_check"))
    assert desk.person(FUNDER) not in [one.person for one in seats(desk, action)]


# ------------------------------------------------------------------------ a refused exception


@pytest.fixture
def shire(sqlite_url: str, keys: Keys, real: RealTime) -> Iterator[Desk]:
    store = Store(sqlite_url, keys, host="approvals.example", real=real)
    yield Desk(store, keys, handbook.load("herefordshire"))
    store.close()


def test_a_refused_exception_leaves_its_directorate_something_to_do(shire: Desk) -> None:
    case = shire.submits("PROP-12")
    shire.opens(shire.ask(case, "embargo_exception"))
    step = f"{case.case}.embargo_exception.1"
    secretary = shire.step(step).seats[0].key
    shire.closes(step, shire.answers(step, secretary, Choice.REJECT), choice=Choice.REJECT)
    shire.becomes(case.case, "closed_refused", because=step)
    (left,) = opened(shire, case.case)
    head = shire.edition.departments[case.proposal.department].head
    assert (left.owner, left.verifier) == (head, secretary)
    assert (left.due, left.guards) == (date(2004, 10, 11), Guard.NOTHING)
    with shire.store.reading() as tx:
        content = cases.content(tx, left.ref) or {}
        assert cases.get(tx, left.ref).open
    assert content["summary"] == (
        f"Bring “{content['parent_title']}” within the guidelines, or end the spending. "
        "The exception was refused: “Because it is so”"
    )
    told = letters(shire, case.case, "exception_refused")
    assert {one["left"]["action"] for one in told} == {left.ref}
    assert (left.due - NINE.date()) > timedelta(days=20)


# ----------------------------------------------------------------- outside the guidelines


RETURN = Choice.RETURN


def returned(desk: Desk, *, outside_guidelines: bool = True, **changes: Any) -> CaseOpened:
    """A proposal that a forum's secretary returns."""
    case = desk.submits("PROP-12", **changes)
    desk.opens(desk.ask(case, "embargo_exception"))
    step = f"{case.case}.embargo_exception.1"
    secretary = desk.step(step).seats[0].key
    made = desk.answers(step, secretary, RETURN, outside_guidelines=outside_guidelines)
    desk.closes(step, made, choice=RETURN)
    desk.becomes(case.case, "returned", because=step)
    return case


def test_what_is_outside_the_guidelines_returns_with_reasons_and_its_directorate_acts(shire: Desk) -> None:
    case = returned(shire)
    (left,) = opened(shire, case.case)
    head = shire.edition.departments[case.proposal.department].head
    secretary = shire.step(f"{case.case}.embargo_exception.1").seats[0].post
    assert (left.owner, left.verifier, left.due) == (head, secretary, date(2004, 10, 11))
    with shire.store.reading() as tx:
        content = cases.content(tx, left.ref) or {}
        assert cases.get(tx, left.ref).open
    assert content["summary"] == (
        f"Bring “{content['parent_title']}” within the guidelines, or end it. "
        "It was returned: “Because it is so”"
    )
    told = letters(shire, case.case, "returned")
    assert told
    assert {one["left"]["action"] for one in told} == {left.ref}
    (receipt,) = letters(shire, case.case, "receipt")
    assert receipt["answer"]["remarks"] == [["guidelines", "The proposal is outside them"]]


def test_it_is_opened_once_and_a_new_version_neither_closes_it_nor_hides_it_from_the_next(
    shire: Desk,
) -> None:
    case = returned(shire)
    step = f"{case.case}.embargo_exception.1"
    shire.becomes(case.case, "returned", because=step)
    first = opened(shire, case.case)
    shire.submits("PROP-12", version=2)
    assert opened(shire, case.case) == first
    again = shire.ask(case, "embargo_exception").model_copy(update={"round": 2, "version": 2})
    shire.opens(again)
    made = shire.answers(again.step, again.seats[0].key, RETURN, outside_guidelines=True)
    shire.closes(again.step, made, choice=RETURN)
    shire.becomes(case.case, "returned", number=2, because=again.step)
    assert [one.open for one in opened(shire, case.case)] == [True, True]
    second = letters(shire, case.case, "returned")[-1]
    assert second["left"]["action"] == opened(shire, case.case)[1].ref


def test_a_withdrawal_names_what_stays_open_and_asks_nothing_else_of_anybody(shire: Desk) -> None:
    case = returned(shire)
    (left,) = opened(shire, case.case)
    shire.becomes(case.case, "withdrawn", number=2)
    told = letters(shire, case.case, "withdrawn")
    assert told
    assert [[one["action"] for one in letter["left"]] for letter in told] == [[left.ref]] * len(told)
    assert {letter["order"] for letter in told} == {""}


def test_a_return_for_information_leaves_nobody_anything_to_do(shire: Desk) -> None:
    case = returned(shire, outside_guidelines=False)
    assert opened(shire, case.case) == ()
    assert {one["left"] for one in letters(shire, case.case, "returned")} == {None}


def test_whoever_heads_the_directorate_does_not_check_what_they_do_themselves(shire: Desk) -> None:
    secretary = shire.edition.forums["connects-board"].secretary
    departments = {
        key: known.model_copy(update={"head": secretary}) for key, known in shire.edition.departments.items()
    }
    shire.edition = Edition.model_validate(shire.edition.model_dump() | {"departments": departments})
    shire.brings_into_force(shire.edition)
    (left,) = opened(shire, returned(shire).case)
    assert (left.owner, left.verifier) == (secretary, shire.edition.roles["pmo"])


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("no head of the department", {"departments": "headless"}),
        ("no rule on directorates", {"embargo": None}),
        ("no actions", {"steps": "without actions"}),
    ],
)
def test_where_the_handbook_names_nobody_to_act_there_is_no_directorate(
    shire: Desk, why: str, changes: dict[str, Any]
) -> None:
    edition, department = shire.edition, next(iter(shire.edition.departments))
    assert edition.directorate(department)
    given = {
        "headless": {
            key: known.model_copy(update={"head": ""}) for key, known in edition.departments.items()
        },
        "without actions": {
            kind: terms for kind, terms in edition.steps.items() if not kind.startswith("action")
        },
    }
    (name, value), *_ = changes.items()
    changed = edition.model_copy(update={name: given.get(value, value)})
    assert changed.directorate(department) == "", why
    assert edition.directorate("elsewhere") == ""
