"""What is remembered of past cases: how each turned out by its record, and which lessons are for whom."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from service import handbook, remembering
from service.handbook import Edition
from service.proposals import ProposalDocument
from service.remembering import About, alike
from service.store import Store, Tx, cases, journal, outturns, reviews, texts
from service.track_record import Past
from tests.service.store import samples
from tests.support import past
from tests.support.past import CASHABLE, GO_LIVE, OTHER, PLAN
from workflows.delivery import ProjectState
from workflows.model import Size, State

LEICESTER = handbook.load("leicester", today=date(2026, 3, 2))
LATER = PLAN.model_copy(update={"go_live": date(2004, 3, 31)})
NOW = "INV-2004-0100"
"""The proposal that is seen beside the record."""


def edition(departments: Mapping[str, dict[str, Any]] = MappingProxyType({}), least: int = 2) -> Edition:
    assert LEICESTER.delivery
    rules = LEICESTER.delivery.track_record.model_copy(update={"least": least})
    known = LEICESTER.departments
    changed = {key: known[key].model_copy(update=change) for key, change in departments.items()}
    return LEICESTER.model_copy(
        update={
            "delivery": LEICESTER.delivery.model_copy(update={"track_record": rules}),
            "departments": known | changed,
        }
    )


def closed(tx: Tx, ref: str, department: str = "dept-rc", **facts: Any) -> str:
    return past.closed(tx, ref, edition=LEICESTER.hash, department=department, **facts)


def turned_out(tx: Tx, **facts: Any) -> Past:
    """How one case of a department turned out."""
    closed(tx, "INV-2003-0001", **facts)
    (found,) = outturns.of_departments(tx, "leicester", ["dept-rc"])
    return remembering.turned_out(found, LEICESTER.non_working)


# --------------------------------------------------------------------- how a case turned out


CASES: Sequence[tuple[dict[str, Any], tuple[str | None, int | None, str | None, str | None]]] = [
    # on the day, at its price, and nothing was read
    ({"cost": "100000.00", "went_live": GO_LIVE}, ("0", 0, None, None)),
    # a day later is a Wednesday; a week earlier
    ({"cost": "118000.00", "went_live": date(2003, 10, 1)}, ("18", 1, None, None)),
    ({"cost": "90000.00", "went_live": date(2003, 9, 23)}, ("-10", -5, None, None)),
    # measured against what was approved first, whatever was approved after it
    ({"cost": "118000.00", "went_live": date(2003, 10, 1), "replanned": LATER}, ("18", 1, None, None)),
    # the review is later than the last report, and was checked
    ({"cost": "118000.00", "outturn": "121000.00", "went_live": GO_LIVE}, ("21", 0, None, None)),
    # nothing approved, nothing reported: no figure
    ({"plan": None, "cost": "118000.00", "went_live": GO_LIVE}, (None, None, None, None)),
    ({}, (None, None, None, None)),
    ({"cost": "118000.00"}, ("18", None, None, None)),
    # the latest reading of each, cashable and not apart
    ({"readings": {1: [(3, "10000"), (6, "20000.00")], 2: [(3, "5000")]}}, (None, None, "50", "50")),
    ({"readings": {1: [(3, "-2000"), (6, "-2000")]}}, (None, None, "-5", None)),
    # an earlier month that is put right after the latest was read is no later for it
    ({"readings": {1: [(6, "20000"), (3, "12000")]}}, (None, None, "50", None)),
    # of what was claimed for then: the first year is 2003/04, and three months after go-live are in it
    (
        {"claims": [CASHABLE | {"years": 1}, OTHER], "readings": {1: [(3, "30000"), (12, "0")]}},
        (None, None, "75", None),
    ),
    (
        {"claims": [CASHABLE | {"from_year": "2004/05"}], "readings": {1: [(3, "0"), (12, "30000")]}},
        (None, None, "75", None),
    ),
    (
        {"claims": [CASHABLE | {"from_year": "2004/05"}], "readings": {1: [(3, "0")]}},
        (None, None, None, None),
    ),
    # in pounds, two of a sort are one sum; in another measure it says nothing
    (
        {"claims": [CASHABLE, CASHABLE], "readings": {1: [(3, "40000")], 2: [(3, "0")]}},
        (None, None, "50", None),
    ),
    (
        {"claims": [{"title": "Fewer calls"}, CASHABLE], "readings": {1: [(3, "7")], 2: [(3, "NaN")]}},
        (None, None, None, None),
    ),
]


def test_how_a_case_turned_out_is_read_from_its_record(store: Store) -> None:
    for facts, (cost, late, cashable, other) in CASES:
        with store.writing() as tx, tx.connection.begin_nested() as attempt:
            found = turned_out(tx, **facts)
            attempt.rollback()
        wanted = (cost and Decimal(cost), late, cashable and Decimal(cashable), other and Decimal(other))
        assert found[1:] == wanted, facts


@pytest.mark.parametrize(
    "facts",
    [
        {"size": Size.MINOR},
        {"state": State.IN_REVIEW},
        {"state": State.WITHDRAWN},
        {"project_state": ProjectState.CLOSED_EARLY},
        {"organisation": "herefordshire"},
        {"department": "dept-hsg"},
    ],
)
def test_what_is_no_closed_major_case_of_the_department_does_not_count(
    sqlite_url: str, keys: Any, facts: dict[str, Any]
) -> None:
    store = Store(sqlite_url, keys, host="approvals.example")
    with store.writing() as tx:
        closed(tx, "INV-2003-0001", cost="100000.00", **facts)
        assert outturns.of_departments(tx, "leicester", ["dept-rc"]) == ()
    store.close()


def test_a_case_whose_text_was_erased_still_says_what_it_cost(store: Store) -> None:
    with store.writing() as tx:
        closed(tx, "INV-2003-0001", cost="118000.00", went_live=GO_LIVE, readings={1: [(3, "7")]})
        texts.erase(tx, cases.get(tx, "INV-2003-0001").content_hash)
        (found,) = outturns.of_departments(tx, "leicester", ["dept-rc"])
    turned = remembering.turned_out(found, LEICESTER.non_working)
    assert turned == Past("INV-2003-0001", cost=Decimal(18), late=0)


# --------------------------------------------------------------------- beside a proposal


def beside(tx: Tx, rules: Edition, **facts: Any) -> remembering.TrackRecord | None:
    samples.submit(tx, NOW, **{"department": "dept-rc", **facts})
    case = cases.get(tx, NOW)
    read = ProposalDocument(title="On-line booking", decision_needed_by=date(2004, 10, 14))
    return remembering.track_record_of(tx, case, read, rules)


def test_a_record_is_told_from_as_many_cases_as_the_handbook_asks_for(store: Store) -> None:
    with store.writing() as tx:
        for number, cost in enumerate(("110000", "118000", "141000", "90000"), start=1):
            closed(tx, f"INV-2003-000{number}", cost=f"{cost}.00")
        assert beside(tx, edition(least=5)) is None
        closed(tx, "INV-2003-0005", cost="125000.00")
        found = beside(tx, edition(least=5))
    assert found
    assert (found.directorate, found.restated is not None) == ("Regeneration and Culture", True)
    assert [(one.what, one.which) for one in found.measures] == [
        ("Cost", "18% over (5 cases, from 10% under to 41% over)")
    ]
    assert found.sentence.startswith("Closed major cases of Regeneration and Culture")


ENDED: dict[str, dict[str, Any]] = {"dept-hsg": {"until": date(2003, 12, 31), "succeeded_by": "dept-rc"}}


@pytest.mark.parametrize(
    ("rules", "facts", "cases_told"),
    [
        (edition(), {}, 2),
        (edition(least=3), {}, None),
        # one that another succeeded brings it its record, whichever of them the proposal names
        (edition(ENDED), {}, 4),
        (edition(ENDED), {"department": "dept-hsg"}, 4),
        (edition(), {"department": "dept-hsg"}, 2),
        # not yet
        (edition({"dept-hsg": {**ENDED["dept-hsg"], "until": date(2099, 1, 1)}}), {}, 2),
        (edition(), {"department": "dept-ell"}, None),
        # a minor one is delivered otherwise, and so is everything without rules for projects
        (edition(), {"size": Size.MINOR}, None),
        (edition().model_copy(update={"delivery": None}), {}, None),
    ],
)
def test_whose_record_a_proposal_is_seen_beside(
    sqlite_url: str, keys: Any, rules: Edition, facts: dict[str, Any], cases_told: int | None
) -> None:
    store = Store(sqlite_url, keys, host="approvals.example")
    with store.writing() as tx:
        for number, department in enumerate(("dept-rc", "dept-rc", "dept-hsg", "dept-hsg"), start=1):
            closed(tx, f"INV-2003-000{number}", department, cost="110000.00")
        samples.submit(tx, NOW, **{"department": "dept-rc", **facts})
        found = remembering.of_directorate(tx, cases.get(tx, NOW), rules)
    store.close()
    assert (found.cost.cases if found and found.cost else None) == cases_told


# ------------------------------------------------------------------------------ lessons


@pytest.mark.parametrize(
    ("one", "other", "like"),
    [
        (About(title="Web booking"), About(title="Cremation records"), False),
        # the same kind of system, if there is one
        (About(title="A", system_kind="web"), About(title="B", system_kind="web"), True),
        (About(title="A", system_kind="web"), About(title="B", system_kind="data"), False),
        (About(title="A"), About(title="B"), False),
        # a corporate system that both name
        (About(title="A", systems=("cms", "gis")), About(title="B", systems=("gis",)), True),
        (About(title="A", systems=("cms",)), About(title="B", systems=("gis",)), False),
        # a word of their titles, however it is written
        (About(title="On-line Booking for halls"), About(title="Court bookings"), True),
        (About(title="On-line booking"), About(title="A look at rebooking"), False),
        # but none that not any title might have, and none of three letters
        (About(title="A new management system"), About(title="Replacement of systems management"), False),
        (About(title="The GIS for parks"), About(title="GIS and roads"), False),
    ],
)
def test_which_proposals_are_of_like_kind(one: About, other: About, like: bool) -> None:
    assert alike(one, other) is like
    assert alike(other, one) is like


def test_a_proposal_is_shown_the_newest_five_lessons_of_its_like(store: Store) -> None:
    with store.writing() as tx:
        for number in range(1, 5):
            lessons = [(f"First of {number}", "…"), (f"Second of {number}", "…")]
            at = past.AT.replace(day=number)
            closed(tx, f"INV-2003-000{number}", title="Hall bookings", lessons=lessons, at=at)
        closed(tx, "INV-2003-0005", title="Cremation records", lessons=[("Apart", "…")])
        newest = next(line for line in journal.lines(tx, "INV-2003-0004") if line.kind == "review.checked")
        texts.erase(tx, newest.data["lessons"][1])
        about = About(title="On-line booking")
        found = remembering.lessons_for(tx, "leicester", about)
        assert [one.title for one in found] == [
            "First of 4",
            "First of 3",
            "Second of 3",
            "First of 2",
            "Second of 2",
        ]
        others = remembering.lessons_for(tx, "leicester", about, beside="INV-2003-0003")
        assert [one.case[-1] for one in others] == ["4", "2", "2", "1", "1"]
        assert remembering.lessons_for(tx, "herefordshire", about) == ()
        assert remembering.lessons_for(tx, "leicester", About(title="Parking")) == ()
        assert reviews.of_case(tx, NOW) is None
