"""Projects in the record: opened once, measured against what was approved, and never overwritten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from service.store import Store, Tx, cases, journal, projects, rebuild, texts
from service.store.projects import Mandate
from tests.service.store import samples, story
from tests.service.store.samples import CASE, OPENED
from tests.service.store.story import gate, project, told
from workflows.delivery import Baseline, ExceptionSettled, GateKind, ProjectState, Stage, Tolerances
from workflows.model import Choice

FIRST, SECOND = "PRJ-2026-0001", "PRJ-2026-0002"
OTHER = "INV-2004-0009"


def opened(tx: Tx, parent: str = CASE) -> str:
    samples.submit(tx, parent)
    return projects.opened(tx, cases.get(tx, parent), "On-line booking for the hall", at=OPENED)


def baselined(tx: Tx) -> str:
    """A project whose plan its board has approved."""
    ref = opened(tx)
    projects.named(tx, told(tx, "mandate"), samples.MANDATE)
    projects.planned(tx, told(tx, "initiation"), samples.PLAN)
    gate(tx, 1, GateKind.INITIATION, 0, makes=Baseline(number=1, **samples.PLAN.model_dump()))
    return ref


# ------------------------------------------------------------------------------- opening


def test_a_project_is_opened_once_with_the_facts_of_its_proposal_and_none_of_its_money(store: Store) -> None:
    with store.writing() as tx:
        assert opened(tx) == FIRST
    with store.writing() as tx:
        assert projects.opened(tx, cases.get(tx, CASE), "Something else") == FIRST
        case, parent, content = cases.get(tx, FIRST), cases.get(tx, CASE), cases.content(tx, FIRST)
        assert (case.kind, case.state, case.open) == (projects.KIND, ProjectState.STARTING, True)
        assert (case.title, case.sponsor, case.lead) == (parent.title, parent.sponsor, parent.lead)
        assert (case.capital, case.proposal.shares) == (Decimal(0), ())
        assert content == {
            "title": "On-line booking",
            "summary": "On-line booking for the hall",
            "parent": CASE,
        }
        assert [line.kind for line in journal.lines(tx, FIRST)] == ["project.opened"]
        assert [line.data for line in journal.lines(tx, CASE) if line.kind == "project.follows"] == [
            {"project": FIRST}
        ]
        with pytest.raises(LookupError):
            projects.must(tx, CASE)


def test_two_that_open_the_same_project_at_once_open_one(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)

    def open_it(_: int) -> str:
        with store.writing() as tx:
            return projects.opened(tx, cases.get(tx, CASE), "It", at=OPENED)

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(open_it, range(4))) == {FIRST}


# -------------------------------------------------------------------------------- people


def test_its_mandate_names_who_runs_it_and_the_pmo_may_change_them(store: Store) -> None:
    with store.writing() as tx:
        ref = opened(tx)
        assert projects.must(tx, ref).board == ()
        projects.named(tx, told(tx, "mandate"), samples.MANDATE)
        now = projects.must(tx, ref)
        assert (now.manager, now.board) == ("manager", ("hall", "sports", "ict"))
        changes = [{"manager": "hall_lead", "executive": "hall"}, {"manager": "manager"}, {}]
        told_of = [projects.people_changed(tx, ref, one, by="p-pmo", by_post="pmo") for one in changes]
        assert told_of == [True, True, False]
        assert not projects.people_changed(tx, ref, {"manager": "manager"}, by="p-pmo", by_post="pmo")
        assert (projects.must(tx, ref).manager, projects.must(tx, ref).people) == ("manager", 2)
        with pytest.raises(ValueError, match="no place called chair"):
            projects.people_changed(tx, ref, {"chair": "hall"}, by="p-pmo", by_post="pmo")
        lines = [line.data for line in journal.lines(tx, ref) if line.kind == "project.people_changed"]
    assert [line["posts"] for line in lines] == [{"manager": "hall_lead"}, {"manager": "manager"}]


# ---------------------------------------------------------------------- plans and gates


def test_a_plan_waits_for_the_gate_that_makes_it_the_baseline(store: Store) -> None:
    with store.writing() as tx:
        ref = opened(tx)
        projects.named(tx, told(tx, "mandate"), samples.MANDATE)
        gate(tx, 1, GateKind.START_UP, 0)
        projects.planned(tx, told(tx, "initiation"), samples.PLAN)
        before = projects.must(tx, ref)
        assert (before.plan, before.baseline, before.stage) == (samples.PLAN, None, 0)
        assert (before.plan_step, before.go_live) == (f"{ref}.initiation.1", samples.PLAN.go_live)
        gate(tx, 2, GateKind.INITIATION, 0, makes=Baseline(number=1, **samples.PLAN.model_dump()))
        after = projects.must(tx, ref)
        first, second = projects.gates(tx, ref)
    assert (after.plan, after.plan_step, after.stage) == (None, "", 1)
    assert after.baseline == Baseline(number=1, **samples.PLAN.model_dump())
    assert [(one.gate, one.baseline, one.report) for one in (first, second)] == [
        ("start_up", 0, ""),
        ("initiation", 1, ""),
    ]


def test_a_gate_keeps_its_three_variances(store: Store) -> None:
    with store.writing() as tx:
        ref = baselined(tx)
        report = samples.REPORT.model_copy(update={"step": told(tx, "end-stage-1").step})
        projects.reported(tx, told(tx, "end-stage-1", 1), report)
        gate(tx, 2, GateKind.BOUNDARY, 1)
        *_, last = projects.gates(tx, ref)
        assert (last.over, last.over_percent, last.late, last.objectives) == (
            Decimal("28000.00"),
            Decimal("20.00"),
            22,
            "partly",
        )
        assert (last.report, last.baseline) == (report.step, 0)
        assert projects.must(tx, ref).stage == 2
        assert projects.must(tx, ref).baseline == Baseline(number=1, **samples.PLAN.model_dump())


def test_an_exception_plan_becomes_a_second_baseline_and_the_first_stays(store: Store) -> None:
    later = samples.PLAN.model_copy(update={"go_live": date(2005, 9, 30)})
    with store.writing() as tx:
        ref = baselined(tx)
        projects.planned(tx, told(tx, "exception-plan-1", 1), later)
        gate(tx, 2, GateKind.INITIATION, 0, makes=Baseline(number=2, **later.model_dump()))
        assert [one.go_live for one in projects.baselines(tx, ref)] == [date(2005, 3, 31), date(2005, 9, 30)]
        now = projects.must(tx, ref)
        assert now.baseline is not None
        assert (now.baseline.number, now.go_live) == (2, date(2005, 9, 30))


def test_a_plan_put_forward_later_leaves_the_forecast_that_was_reported(store: Store) -> None:
    with store.writing() as tx:
        ref = baselined(tx)
        projects.reported(tx, told(tx, "highlight", 1), samples.REPORT)
        more = samples.PLAN.model_copy(
            update={
                "stages": (
                    *samples.PLAN.stages,
                    Stage(number=3, ends=date(2006, 1, 1), cost=Decimal(1)),
                ),
                "go_live": date(2006, 1, 1),
            }
        )
        projects.planned(tx, told(tx, "exception-plan-1", 1), more)
        assert projects.must(tx, ref).go_live == samples.REPORT.forecast.go_live


# ---------------------------------------------------------------------------- reports


def test_reports_stand_in_their_order_and_the_first_of_a_step_holds(store: Store) -> None:
    with store.writing() as tx:
        ref = baselined(tx)
        first = samples.REPORT.model_copy(update={"step": f"{ref}.highlight.1", "at": told(tx, "x").at})
        second = first.model_copy(
            update={"step": f"{ref}.highlight.2", "unchanged": True, "went_live": date(2005, 5, 2)}
        )
        by = [told(tx, "highlight", 1), told(tx, "highlight", 1).model_copy(update={"step": second.step})]
        assert projects.reported(tx, by[0], first) == first
        assert projects.reported(tx, by[1], second) == second
        other = first.model_copy(update={"objectives": "met"})
        assert projects.reported(tx, by[0], other) == first
        assert projects.reports(tx, ref) == (first, second)
        assert projects.must(tx, ref).went_live == date(2005, 5, 2)


# -------------------------------------------------------------------------- exceptions


def test_more_tolerance_holds_for_the_baseline_that_stands(store: Store) -> None:
    more = Tolerances(cost_percent=Decimal(25), days=60)
    with store.writing() as tx:
        ref = baselined(tx)
        assert story.exceeded(tx)
        assert not story.exceeded(tx)
        (open_one,) = projects.exceptions(tx, ref)
        assert (open_one.crossing, open_one.settled, open_one.choice) == (samples.CROSSING, None, None)
        story.more_is_tolerated(tx)
        (over,) = projects.exceptions(tx, ref)
        assert (over.choice, over.tolerances, over.settled_by) == (
            Choice.MORE_TOLERANCE,
            more,
            f"{ref}.exception-1.1",
        )
        now = projects.must(tx, ref).baseline
        assert now is not None
        assert (now.tolerances, now.number, now.cost) == (more, 1, samples.PLAN.cost)
    assert rebuild.drift(store) == ()


def test_an_early_close_changes_no_tolerance(store: Store) -> None:
    with store.writing() as tx:
        ref = baselined(tx)
        story.exceeded(tx)
        settled = ExceptionSettled(case=ref, number=1, step="s", at=OPENED + timedelta(days=9))
        projects.settled(tx, settled, Choice.CLOSE_EARLY, None)
        now = projects.must(tx, ref).baseline
        assert now is not None
        assert now.tolerances == samples.PLAN.tolerances


# ------------------------------------------------------------------------------- links


def test_linked_projects_are_found_from_either_side_and_a_proposal_stands_for_its_project(
    store: Store,
) -> None:
    with store.writing() as tx:
        first, second = opened(tx), opened(tx, OTHER)
        alone = opened(tx, "INV-2004-0010")
        mandate = Mandate(**samples.MANDATE.model_dump() | {"linked": (OTHER,)})
        projects.named(tx, told(tx, "mandate"), mandate)
        seen = {one: projects.linked_with(tx, projects.must(tx, one)) for one in (first, second, alone)}
        assert {one: [linked.ref for linked in found] for one, found in seen.items()} == {
            first: [second],
            second: [first],
            alone: [],
        }
        assert projects.linked(tx, alone, first, by="p-pmo", by_post="pmo")
        assert not projects.linked(tx, first, alone, by="p-pmo", by_post="pmo")
        both = projects.linked_with(tx, projects.must(tx, first))
        assert [one.ref for one in both] == [second, alone]
        assert projects.linked_refs(tx, projects.must(tx, first)) == (OTHER, alone)


def test_a_link_to_what_has_no_project_yet_waits_for_it(store: Store) -> None:
    with store.writing() as tx:
        first = opened(tx)
        projects.linked(tx, first, OTHER, by="p-pmo", by_post="pmo")
        assert projects.linked_with(tx, projects.must(tx, first)) == ()
        second = opened(tx, OTHER)
        assert [one.ref for one in projects.linked_with(tx, projects.must(tx, first))] == [second]


# --------------------------------------------------------------------------- standards


def test_a_check_that_falls_short_opens_one_exception_of_the_project(store: Store) -> None:
    with store.writing() as tx:
        opened(tx)
        assert story.checked(tx, "standards-1", "") == ""
        ref = story.checked(tx, "standards-2", "Nobody tested it")
        assert story.checked(tx, "standards-2", "Nobody tested it") == ref == "EXC-2026-0001"
        (raised,) = projects.standards_exceptions(tx, project(tx))
        case, content = cases.get(tx, ref), cases.content(tx, ref)
        assert (raised.ref, raised.state, raised.stage) == (ref, "raised", 1)
        assert (case.kind, case.open, case.title) == (
            projects.STANDARDS,
            True,
            "Project standards of On-line booking",
        )
        assert content is not None
        assert content["summary"] == "Nobody tested it"
        met, fell_short = projects.checks(tx, project(tx))
        assert (met.exception, fell_short.exception) == ("", ref)
        assert fell_short.found == {"tests": "not_met", "plans": "met"}
        cases.became(tx, samples.becoming("settled", ref=ref))
        assert [one.open for one in projects.standards_exceptions(tx, project(tx))] == [False]


@pytest.mark.parametrize(("state", "is_open"), [("in_exception", True), ("closed_early", False)])
def test_a_project_that_closed_early_has_nothing_more_to_come(
    store: Store, state: str, *, is_open: bool
) -> None:
    with store.writing() as tx:
        ref = opened(tx)
        cases.became(tx, samples.becoming(state, ref=ref))
        assert cases.get(tx, ref).open is is_open


# ------------------------------------------------------------- heard, wanted, waiting


def test_a_process_hears_of_each_change_and_of_each_wish_once(store: Store) -> None:
    with store.writing() as tx:
        ref = opened(tx)
        projects.named(tx, told(tx, "mandate"), samples.MANDATE)
        projects.people_changed(
            tx, ref, {"manager": "hall_lead"}, by="p-pmo", by_post="pmo", reason="She has left"
        )
        assert [one.ref for one in projects.unheard_people(tx)] == [ref]
        projects.people_heard(tx, ref, 1)
        assert projects.unheard_people(tx) == ()
        (change,) = projects.changes(tx, ref)
        assert (change.posts, change.reason, change.by_post) == (
            {"manager": "hall_lead"},
            "She has left",
            "pmo",
        )
        wish = {"reason": "It is talked of", "by": "p-pmo", "by_post": "pmo"}
        assert [projects.report_wanted(tx, ref, **wish) for _ in range(2)] == [1, 1]
        assert [one.reports_wanted for one in projects.unheard_wishes(tx)] == [1]
        projects.report_heard(tx, ref, 1, asked=False)
        assert projects.unheard_wishes(tx) == ()
        assert projects.report_wanted(tx, ref, **wish) == 2
    assert rebuild.drift(store) == ()


def test_a_reason_that_was_erased_leaves_the_change(store: Store) -> None:
    with store.writing() as tx:
        ref = opened(tx)
        projects.people_changed(tx, ref, {"manager": "hall"}, by="p-pmo", by_post="pmo", reason="Ill")
        line = next(line for line in journal.lines(tx, ref) if line.kind == "project.people_changed")
        texts.erase(tx, line.data["reason"])
        assert [one.reason for one in projects.changes(tx, ref)] == [""]


def test_a_project_waits_for_others_and_never_in_a_circle(store: Store) -> None:
    by: dict[str, Any] = {"reason": "It needs its lines", "by": "p-pmo", "by_post": "pmo"}
    with store.writing() as tx:
        first = opened(tx)
        second, third = (opened(tx, f"INV-2004-000{number}") for number in (7, 8))
        assert [projects.waits_for(tx, second, first, **by) for _ in range(2)] == [True, False]
        assert projects.waits_for(tx, third, second, **by)
        with pytest.raises(ValueError, match=f"a circle: {first} waits for {third} waits for {second}"):
            projects.waits_for(tx, first, third, **by)
        assert [(one.case, one.other, one.reason) for one in projects.dependencies(tx)] == [
            (second, first, "It needs its lines"),
            (third, second, "It needs its lines"),
        ]
        assert [projects.waits_no_more(tx, third, second, **by) for _ in range(2)] == [True, False]
        assert projects.waits_for(tx, first, third, **by)
        (ended,) = projects.dependencies_of(tx, third)
        assert ended.ended is not None
    assert rebuild.drift(store) == ()


def test_projects_are_found_by_those_who_run_them(store: Store) -> None:
    with store.writing() as tx:
        ref = opened(tx)
        projects.named(tx, told(tx, "mandate"), samples.MANDATE)
        for posts, found in ((["manager"], [ref]), (["sports", "x"], [ref]), (["x"], []), ([], [])):
            assert [one.ref for one in projects.run_by(tx, posts)] == found
        assert [one.ref for one in projects.of_organisation(tx, "leicester")] == [ref]
        assert projects.of_organisation(tx, "herefordshire") == ()
