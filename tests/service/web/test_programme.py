"""The programme: which projects serve which strategy, what waits for what, and what a slip moves."""

from datetime import date

import pytest

from notifications.examples import rendered
from service import handbook
from service.store import cases, letters, projects
from service.store.rebuild import drift
from service.web.programme import Moved, Waiting, moves
from tests.service.web.delivered import MANAGER, PLAN, Delivery, report
from tests.service.web.office import Office
from tests.support.activities import done
from workflows.delivery import GateKind, ProjectState
from workflows.letters import read
from workflows.rules import calendar

PMO, OTHER = "corp-projects-manager", "head-technology"


OFF = handbook.load("leicester", today=date(2026, 3, 2)).non_working
DAY = date(2005, 3, 31)
"""When all of them were to go live when it was said which waits for which."""


def later(days: int) -> date:
    return calendar.nth_working_day(DAY, days, OFF)


@pytest.mark.parametrize(
    ("slips", "waiting", "moved"),
    [
        # Nothing is late, or nothing waits.
        ({"A": 0, "B": 0}, [("B", "A")], {}),
        ({"A": 5}, [], {}),
        # What is early moves nobody.
        ({"A": -5, "B": 0}, [("B", "A")], {}),
        ({"A": 5, "B": 0}, [("B", "A")], {"B": (5, "A", "A")}),
        # It goes on through others, and of several the latest counts.
        (
            {"A": 5, "B": 0, "C": 0},
            [("B", "A"), ("C", "B")],
            {"B": (5, "A", "A"), "C": (5, "B", "A")},
        ),
        ({"A": 5, "B": 8, "C": 0}, [("C", "A"), ("C", "B")], {"C": (8, "B", "B")}),
        # What is as late by its own forecast has taken the slip up already.
        ({"A": 5, "B": 5}, [("B", "A")], {}),
        ({"A": 5, "B": 8, "C": 0}, [("B", "A"), ("C", "B")], {"C": (8, "B", "B")}),
        (
            {"A": 9, "B": 8, "C": 0},
            [("B", "A"), ("C", "B")],
            {"B": (9, "A", "A"), "C": (9, "B", "A")},
        ),
    ],
)
def test_a_slip_moves_what_waits(
    slips: dict[str, int],
    waiting: list[tuple[str, str]],
    moved: dict[str, tuple[int, str, str]],
) -> None:
    live = {ref: later(days) for ref, days in slips.items()}
    waits = [Waiting(ref, other, DAY, DAY) for ref, other in waiting]
    told = {ref: Moved(ref, *of, later(of[0])) for ref, of in moved.items()}
    assert moves(live, waits, OFF) == told


def test_what_has_no_plan_moves_by_days_and_to_no_day() -> None:
    live = {"A": later(5)}
    waits = [Waiting("B", "A", None, DAY), Waiting("C", "B", DAY, None)]
    assert moves(live, waits, OFF) == {
        "B": Moved("B", 5, "A", "A"),
        "C": Moved("C", 5, "B", "A", later(5)),
    }
    assert moves({}, [Waiting("B", "A", DAY, None)], OFF) == {}


def test_a_circle_that_was_there_all_the_same_ends() -> None:
    waits = [Waiting("A", "B", DAY, DAY), Waiting("B", "A", DAY, DAY)]
    assert {*moves({"A": later(5)}, waits, OFF)} <= {"A", "B"}


def test_a_new_plan_of_another_takes_back_nothing_of_its_slip(office: Office) -> None:
    first, second = Delivery(office), Delivery(office, "PROP-03")
    first.in_stage()
    second.in_stage()
    with office.store.writing() as tx:
        projects.waits_for(tx, second.ref, first.ref, reason="It needs its lines", by="p-pmo", by_post=PMO)
    office.days_pass(7)
    late = "2005-04-14"
    first.reports(report("140000.00", late))
    told = first.answered(
        first.asks("exception_plan", MANAGER, key="exception-plan-1"), said={**PLAN, "go_live": late}
    )
    done(first.activities.planned(told))
    first.passes(3, GateKind.EXCEPTION_PLAN, 1, plan=told.step)
    with office.store.reading() as tx:
        assert projects.must(tx, first.ref).baseline.go_live == date(2005, 4, 14)  # type: ignore[union-attr]
    browser = office.signed_in("cd-rc")
    browser.see("/programme")
    because = f"{first.ref}, 14 April 2005 and not 31 March 2005"
    assert f"31 March 2005 14 April 2005 10 working days {because}" in browser.words
    assert "No project is forecast to go live later than was approved" not in browser.words
    # What is said to wait from now on knows of it, and a plan of its own takes it up.
    told = second.answered(
        second.asks("exception_plan", MANAGER, key="exception-plan-1"), said={**PLAN, "go_live": late}
    )
    done(second.activities.planned(told))
    second.passes(3, GateKind.EXCEPTION_PLAN, 1, plan=told.step)
    browser.see("/programme")
    assert "No project is forecast to go live later than was approved" in browser.words


def test_strategies_whose_projects_wait_for_one_another_are_joined(office: Office) -> None:
    first, second = Delivery(office), Delivery(office, "PROP-03")
    first.named()
    second.named(strategy="web")
    browser = office.signed_in("cd-rc")
    with office.store.writing() as tx:
        projects.waits_for(tx, second.ref, first.ref, reason="It needs its lines", by="p-pmo", by_post=PMO)
    browser.see("/programme")
    joined = f"Web Strategy depends on Customer Access Strategy : {second.ref} waits for {first.ref}"
    assert joined in browser.words or joined.replace(" :", ":") in browser.words
    with office.store.writing() as tx:
        projects.waits_no_more(tx, second.ref, first.ref, reason="It has its own", by="p-pmo", by_post=PMO)
    browser.see("/programme")
    assert "depends on" not in browser.words


def told(office: Office, ref: str) -> list[tuple[str, str, bool]]:
    """Who was written to of what waits for what: the post, which of the two is theirs, and if it ended."""
    with office.store.reading() as tx:
        rows = [row for row in letters.of_case(tx, ref) if row.kind == "dependency"]
    return [(row.post, row.props["yours"], row.props["ended"]) for row in rows]


def test_both_managers_are_told_once_of_what_waits_and_of_its_end(office: Office) -> None:
    first, second = Delivery(office), Delivery(office, "PROP-03")
    first.in_stage()
    second.named(manager=OTHER)
    browser = office.signed_in(PMO)
    browser.see(f"/cases/{second.ref}/waits-for")
    browser.press(other=first.ref, reason="It needs its lines")
    assert browser.press(True, "confirm") == 200
    assert told(office, second.ref) == [(OTHER, "waits", False), (MANAGER, "ahead", False)]
    with office.store.reading() as tx:
        letter = letters.of_case(tx, second.ref)[-1].props
    assert (letter["other"], letter["reason"], letter["live"]) == (
        first.ref,
        "It needs its lines",
        "2005-03-31",
    )
    browser.see(f"/cases/{second.ref}/waits-for")
    browser.press(other=first.ref, reason="It needs its lines")
    assert f"It waits for {first.ref} already" in browser.words
    assert len(told(office, second.ref)) == 2
    office.days_pass(1)
    browser.see(f"/cases/{second.ref}/waits-for/{first.ref}/end")
    browser.press(True, "end", reason="It has lines of its own")
    assert told(office, second.ref)[2:] == [(OTHER, "waits", True), (MANAGER, "ahead", True)]
    with office.store.reading() as tx:
        rows = [row for row in letters.of_case(tx, second.ref) if row.kind == "dependency"]
    written = [rendered(read(row.props)) for row in rows]
    assert {str(one["Subject"]).partition(":")[0] for one in written} == {
        f"Waits for {first.ref}",
        "Waits for your project",
        f"No longer waits for {first.ref}",
        "No longer waits for your project",
    }
    assert drift(office.store) == ()


def test_whoever_manages_both_is_told_once_and_a_sponsor_before_there_is_a_manager(office: Office) -> None:
    first, second, third = Delivery(office), Delivery(office, "PROP-03"), Delivery(office, "PROP-04")
    first.in_stage()
    second.named()
    browser = office.signed_in(PMO)
    for ref in (second.ref, third.ref):
        browser.see(f"/cases/{ref}/waits-for")
        browser.press(other=first.ref, reason="It needs its lines")
        browser.press(True, "confirm")
    assert told(office, second.ref) == [(MANAGER, "waits", False)]
    with office.store.reading() as tx:
        sponsor = cases.get(tx, third.ref).sponsor
    assert told(office, third.ref) == [(sponsor, "waits", False), (MANAGER, "ahead", False)]


def test_the_programme_shows_strategies_and_what_a_slip_moves(office: Office) -> None:
    first, second = Delivery(office), Delivery(office, "PROP-03")
    browser = office.signed_in("cd-rc")
    assert browser.see("/programme") == 200
    assert "No project waits for another" in browser.words
    first.in_stage()
    second.in_stage()
    first.reports(report("140000.00", "2005-04-14"))
    with office.store.writing() as tx:
        projects.waits_for(tx, second.ref, first.ref, reason="It needs its lines", by="p-pmo", by_post=PMO)
    browser.see("/programme")
    assert f"{first.ref} , On-line sales and web booking" in browser.words
    assert f"waits for {first.ref} , On-line sales and web booking for De Montfort Hall" in browser.words
    assert "It needs its lines" in browser.words
    assert "Customer Access Strategy" in browser.words
    assert "Strategies that no project serves" in browser.words
    assert f"31 March 2005 14 April 2005 10 working days {first.ref}" in browser.words
    assert 'id="chart-slips-title"' in browser.page


def test_a_project_whose_day_has_passed_is_late_though_nobody_has_said_so(office: Office) -> None:
    first, second = Delivery(office), Delivery(office, "PROP-03")
    first.in_stage()
    second.in_stage()
    with office.store.writing() as tx:
        projects.waits_for(tx, second.ref, first.ref, reason="It needs its lines", by="p-pmo", by_post=PMO)
    # From 13 September 2004 to Monday 18 April 2005: twelve working days after 31 March.
    office.days_pass(217)
    browser = office.signed_in("cd-rc")
    browser.see("/programme")
    assert "Goes live: 31 March 2005, which has passed (12 working days late)" in browser.words
    assert "(as approved)" not in browser.words


@pytest.mark.parametrize(
    ("went_live", "state", "moved"),
    [("2005-04-14", ProjectState.CLOSED, True), ("", ProjectState.CLOSED_EARLY, False)],
)
def test_a_project_that_is_over_slips_no_more_and_moves_others_only_if_it_went_live(
    office: Office, went_live: str, state: ProjectState, *, moved: bool
) -> None:
    first, second = Delivery(office), Delivery(office, "PROP-03")
    first.in_stage()
    second.in_stage()
    first.reports(report("140000.00", "2005-04-14", **({"went_live": went_live} if went_live else {})))
    with office.store.writing() as tx:
        projects.waits_for(tx, second.ref, first.ref, reason="It needs its lines", by="p-pmo", by_post=PMO)
    first.becomes(ProjectState.CLOSING)
    first.becomes(state)
    browser = office.signed_in("cd-rc")
    browser.see("/programme")
    slips = browser.words.partition("What a slip moves")[2].partition("What waits for what")[0]
    assert f"{first.ref} , On-line sales" not in slips
    assert ("10 working days PRJ-" in slips) is moved
    said = "Went live: 14 April 2005 (10 working days late)." if moved else "It never went live."
    assert said in browser.words
