"""The programme: which projects serve which strategy, what waits for what, and what a slip moves."""

import pytest

from service.store import projects
from service.web.programme import Moved, moves
from tests.service.web.delivered import Delivery, report
from tests.service.web.office import Office
from workflows.delivery import ProjectState

PMO = "corp-projects-manager"


@pytest.mark.parametrize(
    ("slips", "waiting", "moved"),
    [
        # Nothing is late, or nothing waits.
        ({}, [("B", "A")], {}),
        ({"A": 5}, [], {}),
        # What is early moves nobody.
        ({"A": -5}, [("B", "A")], {}),
        ({"A": 5}, [("B", "A")], {"B": (5, "A", "A")}),
        # It goes on through others, and of several the latest counts.
        ({"A": 5}, [("B", "A"), ("C", "B")], {"B": (5, "A", "A"), "C": (5, "B", "A")}),
        ({"A": 5, "B": 8}, [("C", "A"), ("C", "B")], {"C": (8, "B", "B")}),
        ({"A": 5, "B": 8}, [("B", "A"), ("C", "B")], {"B": (5, "A", "A"), "C": (8, "B", "B")}),
        ({"A": 9, "B": 8}, [("B", "A"), ("C", "B")], {"B": (9, "A", "A"), "C": (9, "B", "A")}),
    ],
)
def test_a_slip_moves_what_waits(
    slips: dict[str, int],
    waiting: list[tuple[str, str]],
    moved: dict[str, tuple[int, str, str]],
) -> None:
    assert moves(slips, waiting) == {ref: Moved(ref, *told) for ref, told in moved.items()}


def test_a_circle_that_was_there_all_the_same_ends() -> None:
    assert {*moves({"A": 5}, [("A", "B"), ("B", "A")])} <= {"A", "B"}


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
