"""A project's course on record: what people say in boxes becomes figures, days and posts, each once."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Executable, Row

from notifications.examples import rendered
from service import delivering
from service.store import Tx, actions, benefits, cases, journal, projects, rebuild
from service.store.intents import SAID, Answered, Condition
from service.store.projects import Called, Report
from tests.support.activities import done
from tests.support.desk import NINE, Desk
from workflows.delivery import (
    Authority,
    Baseline,
    Crossing,
    ExceptionRaised,
    ExceptionSettled,
    Forecast,
    GateKind,
    GatePassed,
    ProjectInHand,
    ProjectReported,
    ProjectTold,
    Rag,
    Stage,
    Tolerance,
    Tolerances,
    Variance,
)
from workflows.letters import read
from workflows.model import MEETING, Ask, Becoming, Capacity, CaseWaiting, Choice, Guard, SeatAsk
from workflows.rules import calendar

SPONSOR, MANAGER, USER, SUPPLIER = "cd-rc", "hoict-rc", "bh-dmh", "ict-services"
MANDATE: Mapping[str, str | Answered] = {
    "manager": MANAGER,
    "executive": SPONSOR,
    "senior_user": USER,
    "senior_supplier": SUPPLIER,
    "template": "prince2",
    "strategy": "customer-access",
    "brief": Answered(value=SAID, text="Put it on the web"),
}
PLAN: Mapping[str, str | Answered] = {
    "stage_name_1": Answered(value=SAID, text="Build"),
    "stage_ends_1": "2005-01-31",
    "stage_cost_1": "90000.00",
    "stage_weeks_1": "2",
    "stage_name_2": Answered(value=SAID, text="Pilot"),
    "stage_ends_2": "2005-03-15",
    "stage_cost_2": "50000.00",
    "stage_pilot_2": Answered(value=SAID, text="The Haymarket foyer"),
    "go_live": "2005-03-31",
    "tolerance_cost": "5",
}
LATE: Mapping[str, str | Answered] = {
    "forecast_cost": "168000.00",
    "forecast_go_live": "2005-05-03",
    "forecast_stage_ends": "2005-02-14",
    **{f"rating_{of}": "amber" for of in Tolerance},
    "rating_risk": Answered(value="red", text="The lines are late"),
}


def approved(desk: Desk, **changes: Any) -> str:
    case = desk.submits(**changes)
    desk.becomes(case.case, "approved")
    return case.case


def started(desk: Desk) -> ProjectInHand:
    ref = done(desk.projects.opened(approved(desk)))
    return done(desk.projects.in_hand(ref))


def asked(
    desk: Desk,
    ask: Ask,
    said: Mapping[str, str | Answered],
    choice: Choice = Choice.REPORT,
    *,
    stage: int = 0,
) -> ProjectTold:
    """Ask somebody of a project and have them answer; return what the process tells of it."""
    desk.opens(ask)
    desk.closes(ask.step, desk.answers(ask.step, ask.seats[0].key, choice, said=said), choice=choice)
    return ProjectTold(case=ask.case, step=ask.step, at=NINE + timedelta(hours=3), stage=stage)


def named(desk: Desk, **changes: str) -> ProjectInHand:
    project = started(desk)
    told = asked(desk, desk.asks_about(project, "mandate", project.authority), {**MANDATE, **changes})
    first, record = done(desk.projects.named(told)), desk.record()
    assert done(desk.projects.named(told)) == first
    assert desk.record() == record
    return first


def planned(desk: Desk) -> tuple[ProjectInHand, ProjectTold]:
    project = named(desk)
    told = asked(desk, desk.asks_about(project, "initiation", MANAGER), PLAN)
    first, record = done(desk.projects.planned(told)), desk.record()
    assert done(desk.projects.planned(told)) == first
    assert desk.record() == record
    return first, told


def gate(project: ProjectInHand, number: int, kind: GateKind, key: str, **facts: object) -> GatePassed:
    told = {"case": project.case, "number": number, "gate": kind, "step": f"{project.case}.{key}.1"}
    return GatePassed.model_validate({"stage": 0, "at": NINE + timedelta(hours=4), **told, **facts})


def in_stage(desk: Desk) -> ProjectInHand:
    """A project whose board has approved its plan, in its first stage."""
    project, told = planned(desk)
    decided(desk, project, "gate-initiation")
    passed = gate(project, 1, GateKind.INITIATION, "gate-initiation", plan_step=told.step)
    return done(desk.projects.gate_passed(passed))


def decided(desk: Desk, project: ProjectInHand, key: str, *conditions: Condition) -> None:
    """Let two of a board decide: one of them with conditions, if there are any."""
    ask = desk.asks_about(project, "gate", *project.board, key=key)
    desk.opens(ask)
    choice = Choice.AUTHORISE_WITH_CONDITIONS if conditions else Choice.AUTHORISE
    made = (
        desk.answers(ask.step, USER, choice, conditions=conditions),
        desk.answers(ask.step, SUPPLIER, Choice.AUTHORISE),
    )
    desk.closes(ask.step, *made, choice=choice)


def reported(
    desk: Desk, project: ProjectInHand, said: Mapping[str, str | Answered], choice: Choice = Choice.REPORT
) -> tuple[ProjectTold, ProjectReported]:
    with desk.store.reading() as tx:
        round = 1 + len(projects.reports(tx, project.case))
    ask = desk.asks_about(project, "highlight", MANAGER, round=round)
    told = asked(desk, ask, said, choice, stage=1)
    return told, done(desk.projects.reported(told))


# ----------------------------------------------------------------------------- being opened


def test_an_approved_proposal_opens_its_project_and_a_benefit_for_each_it_claims_once(
    each_desk: Desk,
) -> None:
    desk = each_desk
    parent = approved(desk)
    ref = done(desk.projects.opened(parent))
    record = desk.record()
    assert done(desk.projects.opened(parent)) == ref == "PRJ-2004-0001"
    assert desk.record() == record
    with desk.store.reading() as tx:
        claimed = (cases.content(tx, parent) or {})["benefits"]
        opened = benefits.of_proposal(tx, parent)
        assert [one.title for one in opened] == [one["title"] for one in claimed]
        assert cases.get(tx, ref).title == cases.get(tx, parent).title
    assert done(desk.benefits.of_proposal(parent)) == tuple(one.ref for one in opened)


def test_a_benefit_of_somebody_whom_the_handbook_does_not_know_is_the_sponsors(desk: Desk) -> None:
    parent = approved(desk, benefits=[{"title": "Fewer calls"}, {"title": "More sold", "owner": USER}])
    done(desk.projects.opened(parent))
    with desk.store.reading() as tx:
        assert [one.owner for one in benefits.of_proposal(tx, parent)] == [SPONSOR, USER]


# ------------------------------------------------------------------------------- its people


def test_a_project_in_hand_says_whom_to_ask_and_by_which_rules(desk: Desk) -> None:
    project = started(desk)
    assert (project.manager, project.board, project.stages, project.baseline) == ("", (), 0, None)
    assert project.authority
    assert project.programme_office == desk.edition.roles["pmo"]
    assert project.standards == desk.edition.roles["corporate_projects_manager"]
    assert project.srg is not None
    assert (project.srg.secretary, project.srg.meetings) == (desk.edition.forums["srg"].secretary, ())
    assert project.matrix[-1].authority is Authority.SRG
    assert {"mandate", "gate", "highlight", "standards_srg"} <= {*project.terms} & {*project.clauses}
    record = desk.record()
    assert done(desk.projects.in_hand(project.case)) == project
    assert desk.record() == record
    # It goes into the history of its process before every question.
    assert len(project.model_dump_json()) < 14_000


def test_the_mandate_names_the_manager_and_the_board_and_the_executive_chairs_it(each_desk: Desk) -> None:
    project = named(each_desk)
    assert project.manager == MANAGER
    assert project.board == (
        SeatAsk(key=SPONSOR, post=SPONSOR, chair=True),
        SeatAsk(key=USER, post=USER),
        SeatAsk(key=SUPPLIER, post=SUPPLIER),
    )
    assert project.told == (SPONSOR, MANAGER)
    with each_desk.store.reading() as tx:
        (line,) = [one for one in journal.lines(tx, project.case) if one.kind == "project.named"]
    assert "brief" not in line.data
    assert line.data["strategy"] == "customer-access"


def test_a_post_that_fills_two_places_of_a_board_has_one_seat(desk: Desk) -> None:
    project = named(desk, senior_user=SPONSOR)
    assert [(seat.post, seat.chair) for seat in project.board] == [(SPONSOR, True), (SUPPLIER, False)]


def test_without_an_executive_or_a_template_it_is_the_sponsor_and_one_for_any_plan(desk: Desk) -> None:
    project = named(desk, executive="", template="")
    assert project.board[0] == SeatAsk(key=SPONSOR, post=SPONSOR, chair=True)
    with desk.store.reading() as tx:
        assert projects.must(tx, project.case).template == "prince2"


def test_the_manager_has_no_seat_on_the_gate_of_their_own_report(desk: Desk) -> None:
    """Whoever manages the project sits on its board by another post, and is passed over there."""
    project, _ = planned(desk)
    desk.opens(desk.asks_about(project, "gate", *project.board, key="gate-initiation"))
    holders = desk.holders(f"{project.case}.gate-initiation.1")
    assert desk.person(MANAGER) not in [one.person for seat in holders.values() for one in seat]
    desk.covers(USER, MANAGER)
    desk.opens(desk.asks_about(project, "gate", *project.board, key="gate-initiation", round=2))
    again = desk.holders(f"{project.case}.gate-initiation.2")[USER]
    assert [(one.person, one.capacity) for one in again] == [(desk.person(USER), Capacity.HOLDER)]


def test_a_board_member_who_covers_for_the_manager_is_passed_over_for_the_line(desk: Desk) -> None:
    project, _ = planned(desk)
    desk.covers(MANAGER, USER)
    desk.opens(desk.asks_about(project, "gate", *project.board, key="gate-initiation"))
    (holder,) = desk.holders(f"{project.case}.gate-initiation.1")[USER]
    assert holder.capacity is Capacity.LINE
    (escalation,) = [row.props for row in desk.ledger(project.case) if row.kind == "escalation"]
    assert escalation["because"] == "covers_manager"


# ---------------------------------------------------------------------------- plans and gates


def test_a_plan_is_read_row_by_row_and_has_the_handbooks_terms_where_it_says_nothing(each_desk: Desk) -> None:
    project, _ = planned(each_desk)
    assert project.plan is not None
    assert project.plan.stages == (
        Stage(number=1, ends=date(2005, 1, 31), cost=Decimal("90000.00"), report_weeks=2),
        Stage(number=2, ends=date(2005, 3, 15), cost=Decimal("50000.00"), report_weeks=4, pilot=True),
    )
    assert project.plan.tolerances == Tolerances(cost_percent=Decimal(5), days=20)
    assert (project.plan.go_live, project.stages, project.baseline) == (date(2005, 3, 31), 2, None)


def test_what_people_wrote_of_a_plan_is_neither_in_the_record_nor_told_to_its_process(
    each_desk: Desk,
) -> None:
    desk = each_desk
    project = in_stage(desk)
    said = {**LATE, "objectives": "partly", "next_ends": "2005-04-29", "next_cost": "60000.00"}
    told = asked(desk, desk.asks_about(project, "end_stage", MANAGER, key="end-stage-1"), said, stage=1)
    # Of a plan of the next stage the names are those of the plan before it.
    given = [project, done(desk.projects.planned(told))]
    with desk.store.reading() as tx:
        planned = delivering.called(tx, projects.must(tx, project.case), proposed=True)
    given.append(
        done(desk.projects.gate_passed(gate(project, 2, GateKind.BOUNDARY, "gate-1", plan_step=told.step)))
    )
    with desk.store.reading() as tx:
        approved = delivering.called(tx, projects.must(tx, project.case))
        record = journal.export(tx, project.case)
    named = {1: Called(name="Build"), 2: Called(name="Pilot", pilot="The Haymarket foyer")}
    assert (planned, approved) == (named, named)
    process = "".join(one.model_dump_json() for one in given)
    assert all('"baseline":{"stages":' in one.model_dump_json() for one in given)
    words = ("Build", "Pilot", "The Haymarket foyer", "The lines are late")
    assert [one for one in words if one in record or one in process] == []


def test_passing_the_gate_makes_the_plan_the_baseline(each_desk: Desk) -> None:
    project = in_stage(each_desk)
    assert project.plan is None
    assert project.baseline is not None
    assert (project.baseline.number, project.baseline.cost) == (1, Decimal("140000.00"))
    with each_desk.store.reading() as tx:
        assert projects.must(tx, project.case).stage == 1


def test_conditions_of_a_gate_become_actions_that_guard_the_next(each_desk: Desk) -> None:
    desk = each_desk
    project, told = planned(desk)
    load = Condition(text="Test under load", owner=MANAGER, by=date(2005, 1, 14), guards=Guard.GATE)
    note = Condition(text="Tell the users", owner=USER, by=date(2005, 1, 14), verifier=SPONSOR)
    decided(desk, project, "gate-initiation", load, note)
    passed = gate(project, 1, GateKind.INITIATION, "gate-initiation", plan_step=told.step)
    first = done(desk.projects.gate_passed(passed))
    record = desk.record()
    assert done(desk.projects.gate_passed(passed)) == first
    assert desk.record() == record
    with desk.store.reading() as tx:
        opened = actions.of_case(tx, project.case)
    assert [(one.owner, one.verifier, one.guards) for one in opened] == [
        (MANAGER, USER, Guard.GATE),
        (USER, SPONSOR, Guard.NOTHING),
    ]
    followed = done(desk.cases.follow_ups(project.case))
    assert [(one.guards, one.outlives) for one in followed] == [(Guard.GATE, False), (Guard.NOTHING, False)]


def test_an_end_stage_report_plans_the_next_stage_and_the_gate_keeps_its_variances(each_desk: Desk) -> None:
    desk = each_desk
    project = in_stage(desk)
    said = {**LATE, "objectives": "partly", "next_ends": "2005-04-29", "next_cost": "60000.00"}
    told = asked(desk, desk.asks_about(project, "end_stage", MANAGER, key="end-stage-1"), said, stage=1)
    now = done(desk.projects.planned(told))
    assert now.plan is not None
    assert [(one.ends, one.cost) for one in now.plan.stages] == [
        (date(2005, 1, 31), Decimal("90000.00")),
        (date(2005, 4, 29), Decimal("60000.00")),
    ]
    assert now.plan.go_live == date(2005, 3, 31)
    done(desk.projects.reported(told))
    # A highlight report beside the gate says nothing of objectives.
    reported(desk, project, {}, Choice.UNCHANGED)
    passed = gate(project, 2, GateKind.BOUNDARY, "gate-1", stage=1, plan_step=told.step)
    after = done(desk.projects.gate_passed(passed))
    assert after.baseline is not None
    # What was approved of the whole is what it was, whatever the next stage is planned to cost.
    assert (after.baseline.number, after.baseline.cost) == (2, Decimal("140000.00"))
    assert after.baseline.stages[1].cost == Decimal("60000.00")
    with desk.store.reading() as tx:
        last = projects.gates(tx, project.case)[-1]
        assert projects.must(tx, project.case).stage == 2
    assert (last.over, last.over_percent, last.objectives, last.baseline) == (
        Decimal("28000.00"),
        Decimal("20.00"),
        "partly",
        2,
    )


# --------------------------------------------------------------------------------- reports


def test_a_report_is_measured_against_the_baseline_and_done_twice_says_the_same(each_desk: Desk) -> None:
    desk = each_desk
    told, first = reported(desk, in_stage(desk), LATE)
    assert (first.variance.over, first.variance.over_percent) == (Decimal("28000.00"), Decimal("20.00"))
    assert first.variance.late == 22
    assert first.variance.ratings[Tolerance.RISK] is Rag.RED
    assert (first.linked, first.unchanged, first.stage_done, first.went_live) == (None, False, False, None)
    record, tables = desk.record(), rebuild.dump(desk.store)
    later = told.model_copy(update={"at": told.at + timedelta(days=1)})
    assert done(desk.projects.reported(later)) == first
    assert (desk.record(), rebuild.dump(desk.store)) == (record, tables)
    assert rebuild.drift(desk.store) == ()


def test_of_one_working_day_it_is_said_that_it_is_tolerated(desk: Desk) -> None:
    project = named(desk)
    ask = desk.asks_about(project, "initiation", MANAGER)
    told = asked(desk, ask, {**PLAN, "tolerance_days": "1"})
    done(desk.projects.planned(told))
    passed = gate(project, 1, GateKind.INITIATION, "gate-initiation", plan_step=told.step)
    reported(desk, done(desk.projects.gate_passed(passed)), LATE)
    with desk.store.reading() as tx:
        said = delivering.stands(tx, projects.must(tx, project.case))
    assert any(one.endswith("; 1 is tolerated.") for one in said), said


def test_nothing_changed_is_the_last_forecast_counted_again(desk: Desk) -> None:
    project = in_stage(desk)
    _, plain = reported(desk, project, {}, Choice.UNCHANGED)
    assert (plain.forecast.cost, plain.forecast.go_live) == (Decimal("140000.00"), date(2005, 3, 31))
    assert (plain.forecast.stage_ends, plain.unchanged) == (date(2005, 1, 31), True)
    _, late = reported(desk, project, LATE)
    _, again = reported(desk, project, {}, Choice.UNCHANGED)
    assert again.forecast == late.forecast
    _, over = reported(desk, project, {"went_live": "2005-04-04"}, Choice.STAGE_DONE)
    assert (over.stage_done, over.went_live, over.forecast.go_live) == (
        True,
        date(2005, 4, 4),
        date(2005, 4, 4),
    )


def linked(desk: Desk, project: ProjectInHand) -> str:
    """Open another project with the same plan, linked with one."""
    with desk.store.writing() as tx:
        parent = cases.get(tx, project.parent)
        tx.append("INV-2004-0009", "proposal.submitted", _copy(tx, parent.ref), key="submitted:1", actor="p")
        other = projects.opened(tx, cases.get(tx, "INV-2004-0009"), "The other half")
        told = ProjectTold(case=other, step=f"{other}.initiation.1", at=NINE)
        assert project.baseline is not None
        projects.planned(tx, told, project.baseline)
        makes = Baseline(**dict(project.baseline) | {"number": 1})
        passed = gate(project, 1, GateKind.INITIATION, "gate-initiation").model_copy(update={"case": other})
        projects.passed(tx, passed, at_variance=None, makes=makes)
        projects.linked(tx, other, project.case, by="p-pmo", by_post="pmo")
    return other


def test_linked_projects_are_measured_together(each_desk: Desk) -> None:
    """Each is within what is tolerated; what was cut into two is past it as the whole that it is."""
    desk = each_desk
    project = in_stage(desk)
    linked(desk, project)
    _, first = reported(desk, project, {"forecast_cost": "161000.00"})
    assert first.variance.over_percent == Decimal("15.00")
    assert first.linked is not None
    assert (first.linked.over, first.linked.over_percent) == (Decimal("21000.00"), Decimal("7.50"))


def test_of_linked_projects_that_report_at_once_the_later_is_measured_with_the_earlier(
    each_desk: Desk,
) -> None:
    desk = each_desk
    project = in_stage(desk)
    beside = project.model_copy(update={"case": linked(desk, project)})
    first, second = (
        asked(desk, desk.asks_about(one, "highlight", MANAGER), {"forecast_cost": cost}, stage=1)
        for one, cost in ((project, "146000.00"), (beside, "152000.00"))
    )
    with ThreadPoolExecutor(1) as threads:
        with desk.store.writing() as tx:
            desk.projects._reported(tx, first)
            later = threads.submit(done, desk.projects.reported(second))
            with pytest.raises(TimeoutError):
                later.result(0.5)
        together = later.result(60).linked
    assert together is not None
    assert (together.over, together.over_percent) == (Decimal("18000.00"), Decimal("6.43"))


def test_two_that_begin_to_wait_for_each_other_at_once_make_no_circle(each_desk: Desk) -> None:
    desk = each_desk
    project = in_stage(desk)
    other = linked(desk, project)

    def wait(ref: str, other: str) -> None:
        with desk.store.writing() as tx:
            projects.waits_for(tx, ref, other, reason="It needs its lines", by="p-pmo", by_post="pmo")

    with ThreadPoolExecutor(1) as threads:
        with desk.store.writing() as tx:
            projects.waits_for(tx, project.case, other, reason="Lines first", by="p-pmo", by_post="pmo")
            back = threads.submit(wait, other, project.case)
            with pytest.raises(TimeoutError):
                back.result(0.5)
        with pytest.raises(ValueError, match="a circle"):
            back.result(60)


def _copy(tx: object, ref: str) -> dict[str, object]:
    (line,) = [one for one in journal.lines(tx, ref) if one.kind == "proposal.submitted"]  # type: ignore[arg-type]
    return line.data


def test_a_project_that_closes_before_it_had_a_plan_reports_what_it_cost(desk: Desk) -> None:
    project = named(desk)
    said = {"final_cost": "1200.00", "objectives": "not_met"}
    told = asked(desk, desk.asks_about(project, "end_project", MANAGER, key="end-project"), said)
    report = done(desk.projects.reported(told))
    assert (report.forecast.cost, report.variance.over) == (Decimal("1200.00"), Decimal(0))


# ------------------------------------------------------------------------------ exceptions


def raised(desk: Desk) -> tuple[ProjectInHand, ExceptionRaised]:
    project = in_stage(desk)
    told, report = reported(desk, project, LATE)
    crossing = Crossing(
        of=(Tolerance.TIME, Tolerance.COST), variance=report.variance, authority=Authority.BOARD
    )
    return project, ExceptionRaised(
        case=project.case, number=1, stage=1, step=told.step, crossing=crossing, at=NINE + timedelta(hours=4)
    )


def test_manager_board_and_programme_office_hear_of_a_crossing_each_once(each_desk: Desk) -> None:
    desk = each_desk
    project, fact = raised(desk)
    before = desk.ledger(project.case)
    first = done(desk.projects.exception_raised(fact))
    given, record = desk.mailroom.last, desk.record()
    later = fact.model_copy(update={"at": fact.at + timedelta(days=1)})
    assert done(desk.projects.exception_raised(later)) == first
    assert (desk.mailroom.last, desk.record()) == (given, record)
    office = desk.edition.roles["pmo"]
    assert desk.sent(project.case, before) == sorted(
        ("past_tolerance", post) for post in (MANAGER, SPONSOR, USER, SUPPLIER, office)
    )
    letters = {row.post: row.props for row in desk.ledger(project.case) if row.kind == "past_tolerance"}
    assert {post: (one["part"], one["decided_by_you"]) for post, one in letters.items()} == {
        MANAGER: ("manager", False),
        SPONSOR: ("board", True),
        USER: ("board", True),
        SUPPLIER: ("board", True),
        office: ("office", False),
    }
    text = str(rendered(read(letters[MANAGER])).get_body(("plain",)))
    assert "Build" not in text


def test_a_gate_that_was_decided_before_the_crossing_was_heard_of_is_said_to_be_asked_anew(
    desk: Desk,
) -> None:
    project, fact = raised(desk)
    done(desk.projects.exception_raised(fact.model_copy(update={"asked_anew": True})))
    letters = {row.post: row.props for row in desk.ledger(project.case) if row.kind == "past_tolerance"}
    assert {one["asked_anew"] for one in letters.values()} == {True}
    text = str(rendered(read(letters[USER])).get_body(("plain",)))
    assert "the board is asked anew once this is decided" in " ".join(text.split())


@pytest.mark.parametrize("granted", [("30", "60"), ("25", "90")])
def test_more_tolerance_is_what_all_grant_who_grant_it(each_desk: Desk, granted: tuple[str, str]) -> None:
    desk = each_desk
    project, fact = raised(desk)
    done(desk.projects.exception_raised(fact))
    ask = desk.asks_about(project, "exception_board", *project.board, key="exception-1")
    desk.opens(ask)
    more = Choice.MORE_TOLERANCE
    made = (
        desk.answers(ask.step, USER, more, said={"tolerance_cost": granted[0], "tolerance_days": granted[1]}),
        desk.answers(ask.step, SUPPLIER, more, said={"tolerance_cost": "25", "tolerance_days": "60"}),
    )
    desk.closes(ask.step, *made, choice=more)
    settled = ExceptionSettled(case=project.case, number=1, step=ask.step, at=NINE + timedelta(hours=5))
    now = done(desk.projects.exception_settled(settled))
    record = desk.record()
    assert done(desk.projects.exception_settled(settled)) == now
    assert desk.record() == record
    assert now.baseline is not None
    assert now.baseline.tolerances == Tolerances(cost_percent=Decimal(25), days=60)
    assert rebuild.drift(desk.store) == ()


def test_more_tolerance_outlives_the_gate_of_a_stage_that_was_planned_before_it(each_desk: Desk) -> None:
    desk = each_desk
    project = in_stage(desk)
    said = {**LATE, "objectives": "partly", "next_ends": "2005-04-29", "next_cost": "50000.00"}
    told = asked(desk, desk.asks_about(project, "end_stage", MANAGER, key="end-stage-1"), said, stage=1)
    done(desk.projects.planned(told))
    variance = done(desk.projects.reported(told)).variance
    crossing = Crossing(of=(Tolerance.COST,), variance=variance, authority=Authority.BOARD)
    raised = ExceptionRaised(
        case=project.case, number=1, stage=1, step=told.step, crossing=crossing, at=told.at
    )
    done(desk.projects.exception_raised(raised))
    ask = desk.asks_about(project, "exception_board", *project.board, key="exception-1")
    desk.opens(ask)
    more, granted = Choice.MORE_TOLERANCE, {"tolerance_cost": "30", "tolerance_days": "60"}
    desk.closes(
        ask.step, *(desk.answers(ask.step, who, more, said=granted) for who in (USER, SUPPLIER)), choice=more
    )
    done(
        desk.projects.exception_settled(
            ExceptionSettled(case=project.case, number=1, step=ask.step, at=told.at + timedelta(hours=1))
        )
    )
    passed = gate(project, 2, GateKind.BOUNDARY, "gate-1", stage=1, plan_step=told.step)
    after = done(desk.projects.gate_passed(passed)).baseline
    assert after is not None
    assert (after.number, after.tolerances) == (2, Tolerances(cost_percent=Decimal(30), days=60))
    with desk.store.reading() as tx:
        # The stage after it was approved, and go-live is forecast as late as it was.
        assert projects.must(tx, project.case).go_live == date(2005, 5, 3)
    assert rebuild.drift(desk.store) == ()


def test_how_a_project_stands_is_told_against_the_plan_that_was_approved_since(desk: Desk) -> None:
    project, fact = raised(desk)
    done(desk.projects.exception_raised(fact))
    said = {**PLAN, "stage_cost_2": "80000.00", "stage_ends_2": "2005-05-10", "go_live": "2005-05-10"}
    told = asked(
        desk, desk.asks_about(project, "exception_plan", MANAGER, key="exception-plan-1"), said, stage=1
    )
    done(desk.projects.planned(told))
    passed = gate(project, 2, GateKind.EXCEPTION_PLAN, "plan-1", stage=1, plan_step=told.step)
    after = done(desk.projects.gate_passed(passed))
    assert after.baseline is not None
    assert (after.baseline.cost, after.baseline.go_live) == (Decimal("170000.00"), date(2005, 5, 10))
    with desk.store.reading() as tx:
        stands = delivering.stands(tx, projects.must(tx, project.case))
    live = "Tuesday 10 May 2005"
    assert stands == (f"Approved: £170,000, going live on {live}. Nothing has been reported since.",)
    # Nothing has changed since the plan, and not since the report before it.
    ask = desk.asks_about(after, "highlight", MANAGER, round=2)
    told = asked(desk, ask, {}, Choice.UNCHANGED, stage=1).model_copy(
        update={"at": passed.at + timedelta(days=28)}
    )
    unchanged = done(desk.projects.reported(told))
    assert (unchanged.forecast.cost, unchanged.variance.over) == (Decimal("170000.00"), Decimal(0))
    assert unchanged.variance.late == 0
    with desk.store.reading() as tx:
        stands = delivering.stands(tx, projects.must(tx, project.case))
    assert stands[0] == "£170,000 forecast, as approved; 5% over is tolerated."


def test_a_linked_project_that_has_ended_is_late_no_more_and_its_cost_still_counts(desk: Desk) -> None:
    project = in_stage(desk)
    other = linked(desk, project)
    with desk.store.writing() as tx:
        step = f"{other}.end-project.1"
        forecast = Forecast(cost=Decimal("161000.00"), go_live=date(2005, 7, 28))
        report = Report(
            step=step,
            kind="end_project",
            stage=1,
            at=NINE,
            person="p",
            forecast=forecast,
            variance=Variance(),
        )
        projects.reported(tx, ProjectTold(case=other, step=step, at=NINE, stage=1), report)
    _, before = reported(desk, project, {}, Choice.UNCHANGED)
    desk.becomes(other, "closed")
    _, after = reported(desk, project, {}, Choice.UNCHANGED)
    assert before.linked is not None
    assert after.linked is not None
    assert (before.linked.late > 0, after.linked.late) == (True, 0)
    assert before.linked.over == after.linked.over == Decimal("21000.00")


# ------------------------------------------------------------------------------- standards


STANDARDS: Mapping[str, str | Answered] = {
    "standard_plan": "met",
    "standard_risks": Answered(value="not_met", text="Nobody owns the risk of the lines"),
}


def fell_short(desk: Desk) -> tuple[ProjectInHand, str]:
    project = in_stage(desk)
    ask = desk.asks_about(project, "standards_check", project.standards, key="standards-1")
    told = asked(desk, ask, STANDARDS, Choice.FALL_SHORT, stage=1)
    ref = done(desk.projects.standards_checked(told))
    record = desk.record()
    assert done(desk.projects.standards_checked(told)) == ref
    assert desk.record() == record
    return project, ref


def test_a_project_that_falls_short_raises_an_exception_once(each_desk: Desk) -> None:
    project, ref = fell_short(each_desk)
    assert ref == "EXC-2004-0001"
    assert done(each_desk.projects.standards_exceptions(project.case)) == (ref,)
    about = done(each_desk.projects.exception_in_hand(ref))
    assert (about.case, about.manager) == (project.case, MANAGER)
    with each_desk.store.reading() as tx:
        case, content = cases.get(tx, ref), cases.content(tx, ref) or {}
        assert about.content_hash == case.content_hash
        assert projects.checks(tx, project.case)[0].found == {"plan": "met", "risks": "not_met"}
    assert content["summary"].endswith(": Nobody owns the risk of the lines")


def test_one_that_keeps_to_its_standards_raises_none(desk: Desk) -> None:
    project = in_stage(desk)
    ask = desk.asks_about(project, "standards_check", project.standards, key="standards-1")
    told = asked(desk, ask, {"standard_plan": "met"}, Choice.VERIFY, stage=1)
    assert done(desk.projects.standards_checked(told)) == ""
    assert done(desk.projects.standards_exceptions(project.case)) == ()


@pytest.mark.parametrize("choice", [Choice.REJECT, Choice.APPROVE])
def test_what_srg_does_not_accept_its_manager_puts_right_and_somebody_else_checks(
    each_desk: Desk, choice: Choice
) -> None:
    desk = each_desk
    project, ref = fell_short(desk)
    about = done(desk.projects.exception_in_hand(ref))
    assert about.srg is not None
    ask = desk.asks_about(
        about, "standards_srg", about.srg.secretary, case=ref, key="standards", forum=about.srg.key
    )
    desk.opens(ask)
    desk.closes(ask.step, desk.answers(ask.step, about.srg.secretary, choice), choice=choice)
    followed = done(desk.cases.follow_ups(ref))
    assert done(desk.cases.follow_ups(ref)) == followed
    becoming = Becoming(case=ref, state="settled", at=NINE + timedelta(hours=5), number=1, because=ask.step)
    done(desk.cases.became(becoming))
    with desk.store.reading() as tx:
        left = actions.of_case(tx, ref)
        assert not cases.get(tx, ref).open
    assert [(one.owner, one.verifier) for one in left] == (
        [(MANAGER, project.standards)] if choice is Choice.REJECT else []
    )
    assert done(desk.projects.standards_exceptions(project.case)) == ()
    assert [(one.ref, one.outlives) for one in followed] == [(one.ref, True) for one in left]


# ---------------------------------------------------------------------------------- letters


def test_every_letter_of_a_project_can_be_written_and_tells_how_it_stands(desk: Desk) -> None:
    project, fact = raised(desk)
    done(desk.projects.exception_raised(fact))
    done(desk.cases.became(Becoming(case=project.case, state="in_exception", at=NINE, number=1)))
    desk.opens(desk.asks_about(project, "exception_report", MANAGER, key="exception-report-1"))
    decided(desk, project, "gate-1")
    asking = {row.step: row.props for row in desk.ledger(project.case) if row.kind == "request"}
    assert asking[f"{project.case}.gate-1.1"]["stands"] == [
        "£168,000 forecast, £28,000 (20%) over the approved £140,000; 5% over is tolerated.",
        "Go-live on Tuesday 3 May 2005 forecast, 22 working days after the approved Thursday 31 March 2005; "
        "20 are tolerated.",
        "Rated red: risk.",
    ]
    assert asking[f"{project.case}.gate-1.1"]["question"]["why"] == "the next delivery stage"
    for row in desk.ledger(project.case):
        assert rendered(read(row.props))["Subject"]
    told = {row.post for row in desk.ledger(project.case) if row.kind == "outcome"}
    assert {MANAGER, SPONSOR} <= told
    (receipt,) = [
        row.props
        for row in desk.ledger(project.case)
        if row.key.startswith("dec:") and "highlight" in row.key
    ]
    remarks = dict(receipt["answer"]["remarks"])
    assert remarks["Forecast cost"] == "£168,000"
    assert remarks["Forecast go-live"] == "Tuesday 3 May 2005"
    assert remarks["Risk"] == "red: The lines are late"


SRG_SITS = date(2004, 11, 24)


def waits(desk: Desk, ref: str, key: str, number: int = 1, on: date = SRG_SITS) -> None:
    wait = CaseWaiting(
        case=ref, number=number, key=key, leg=MEETING, since=NINE, until=calendar.opening(on), on="srg"
    )
    done(desk.cases.waits(wait))


@pytest.mark.parametrize(
    ("key", "kind", "about"),
    [
        ("gate-1-srg", "gate_srg", "Whether this project passes the gate after stage 1 is on the agenda"),
        ("plan-1-srg", "gate_srg", "Whether this project passes the gate of its new plan is on the agenda"),
        ("exception-1", "exception_srg", "forecast, which is past what is tolerated, is on the agenda"),
        ("standards", "standards_srg", "This exception from the project management standards is on"),
        ("review-srg", "review_srg", "The post-implementation review of this proposal is on the agenda"),
    ],
)
def test_srg_s_secretary_hears_once_what_comes_before_its_next_meeting(
    desk: Desk, key: str, kind: str, about: str
) -> None:
    project = in_stage(desk)
    with desk.store.reading() as tx:
        parent = projects.must(tx, project.case).parent
    ref = parent if kind == "review_srg" else project.case
    before = desk.ledger(ref)
    waits(desk, ref, key)
    waits(desk, ref, key)
    assert desk.sent(ref, before) == [("listed", "srg-secretary")]
    (letter,) = [row.props for row in desk.ledger(ref) if f":listed:{key}:" in row.key]
    assert (letter["question"]["kind"], letter["question"]["meeting"]) == (kind, "2004-11-24")
    assert letter["clause"]["number"] == desk.edition.delivery_clauses()[kind]
    body = rendered(read(letter)).get_body(("plain",))
    assert body is not None
    assert about in body.get_content()


def test_it_hears_anew_of_another_meeting_but_not_of_one_to_which_it_has_put_it_off(desk: Desk) -> None:
    project = in_stage(desk)
    assert project.srg is not None
    waits(desk, project.case, "gate-1-srg")
    before = desk.ledger(project.case)
    waits(desk, project.case, "gate-1-srg", 2, date(2004, 12, 15))
    assert desk.sent(project.case, before) == [("listed", "srg-secretary")]
    ask = desk.asks_about(project, "gate_srg", project.srg.secretary, key="gate-1-srg", forum=project.srg.key)
    desk.opens(ask)
    deferred = desk.answers(ask.step, project.srg.secretary, Choice.DEFER, until=date(2005, 1, 26))
    desk.closes(ask.step, deferred, choice=Choice.DEFER)
    before = desk.ledger(project.case)
    waits(desk, project.case, "gate-1-srg", 3, date(2005, 1, 26))
    assert desk.sent(project.case, before) == []


def test_nobody_hears_of_a_project_that_waits_for_its_next_report(desk: Desk) -> None:
    project = in_stage(desk)
    before = desk.ledger(project.case)
    wait = CaseWaiting(
        case=project.case, number=1, key="highlight", leg="highlight", since=NINE, until=NINE, on="hoict-rc"
    )
    done(desk.cases.waits(wait))
    assert desk.ledger(project.case) == before


def test_what_is_read_for_a_report_does_not_grow_with_the_reports_before_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, read_rows, whole = in_stage(desk), [0], Tx.all

    def counting(tx: Tx, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        found = whole(tx, statement, **values)
        read_rows[-1] += len(found)
        return found

    monkeypatch.setattr(Tx, "all", counting)
    steady = {**LATE, "forecast_cost": "140000.00", "forecast_go_live": "2005-03-31"}
    for month in range(1, 13):
        read_rows.append(0)
        told = asked(desk, desk.asks_about(project, "highlight", MANAGER, round=month), steady, stage=1)
        done(desk.projects.reported(told))
    assert read_rows[12] == read_rows[2]
