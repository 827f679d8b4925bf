"""What differs between two editions, in words."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from service import handbook
from service.handbook import Edition, differences
from service.handbook.differences import COMPARED, NOT_COMPARED, sections
from workflows.model import Hold

LEICESTER = handbook.load("leicester")


def told(**parts: Any) -> list[tuple[str, str, str, str]]:
    """What is said of Leicester's edition with parts of it replaced."""
    after = Edition.model_validate(LEICESTER.model_dump() | parts)
    return [(each.section, each.what, each.before, each.after) for each in differences(LEICESTER, after)]


FUNDING = LEICESTER.steps["funding"]
SRG = LEICESTER.forums["srg"]
P01 = LEICESTER.principles["P01"]
EQUALITY = (
    "principle P02, version e-Modernising Leicester equality checklist, 2004, "
    "questions Race; Religion; Ethnic origin; Age; Gender; Physical ability; Financial ability"
)
PROVISIONS = LEICESTER.provisions.model_dump()
SHARED, STANDARDS, ASKED = (PROVISIONS[part] for part in ("shared_services", "standards", "equality"))
PROVIDED: tuple[tuple[str, Any, tuple[str, str, str]], ...] = (
    (
        "shared_services",
        SHARED | {"security": SHARED["security"] | {"owner": "pmo"}},
        ("shared services: security: owner", "sd-ict-ca", "pmo"),
    ),
    (
        "equality",
        ASKED | {"questions": ASKED["questions"][:-1]},
        ("equality: questions: financial-ability", "Financial ability", "nothing"),
    ),
    ("equality", None, ("equality", EQUALITY, "nothing")),
    (
        "continuity",
        PROVISIONS["continuity"] | {"recovery_hours": 48},
        ("continuity: recovery hours", "72", "48"),
    ),
    (
        "standards",
        STANDARDS | {"items": (STANDARDS["items"][0] | {"may_not_apply": True}, *STANDARDS["items"][1:])},
        ("standards: items: BS7666: may not apply", "no", "yes"),
    ),
    (
        "addresses",
        PROVISIONS["addresses"] | {"gazetteer": "Another"},
        ("addresses: gazetteer", "Land and Property Gazetteer", "Another"),
    ),
    ("partners", None, ("partners", "principle P07", "nothing")),
    (
        "system_kinds",
        PROVISIONS["system_kinds"][:-1],
        ("system kinds: other", "Something else", "nothing"),
    ),
)


@pytest.mark.parametrize(
    ("parts", "difference"),
    [
        ({}, []),
        (
            {"route": LEICESTER.route.model_copy(update={"major_capital": Decimal(75_000)}).model_dump()},
            [("The way of a proposal", "major capital", "£50,000", "£75,000")],
        ),
        (
            {"route": LEICESTER.route.model_copy(update={"srg": None}).model_dump()},
            [("The way of a proposal", "Strategic Resources Group", "srg", "nothing")],
        ),
        (
            {"limits": LEICESTER.limits | {"bh-dmh": Decimal("80000.50")}},
            [("Delegated limits", "Budget holder, De Montfort Hall", "£100,000", "£80,000.50")],
        ),
        (
            {
                "steps": LEICESTER.steps
                | {"funding": FUNDING.model_copy(update={"code_above": None}).model_dump()}
            },
            [("Questions and their ladders", "funding: code above", "£50,000", "nothing")],
        ),
        (
            {
                "steps": LEICESTER.steps
                | {"funding": FUNDING.model_copy(update={"hold": Hold(minutes=30)}).model_dump()}
            },
            [("Questions and their ladders", "funding: hold", "nothing", "30 minutes")],
        ),
        (
            {
                "steps": LEICESTER.steps
                | {"funding": FUNDING.model_copy(update={"hold": Hold()}).model_dump()}
            },
            [("Questions and their ladders", "funding: hold", "nothing", "to the end of the working day")],
        ),
        (
            {"validity": {"months": 6, "warn_days": (60, 20), "illustrative": True}},
            [("How long an approval holds", "months", "12", "6")],
        ),
        (
            {
                "principles": LEICESTER.principles
                | {"P15": P01.model_copy(update={"key": "P15"}).model_dump()}
            },
            [("Principles", f"P15 ({P01.short_name})", "nothing", P01.short_name)],
        ),
        (
            {"forums": LEICESTER.forums | {"srg": SRG.model_copy(update={"members": SRG.members[:2]})}},
            [
                (
                    "Forums",
                    "Strategic Resources Group: members",
                    "; ".join(SRG.members),
                    "chief-executive; cd-rc",
                )
            ],
        ),
        (
            {"roles": LEICESTER.roles | {"auditor": "pmo"}},
            [("Parts in this system", "auditor", "internal-audit", "pmo")],
        ),
        (
            {"non_working": (*LEICESTER.non_working, date(2036, 12, 24))},
            [("Days not worked", "", "none of its own", "24 December 2036")],
        ),
        *(
            ({"provisions": PROVISIONS | {part: value}}, [("What a proposal provides for", *told)])
            for part, value, told in PROVIDED
        ),
        ({"title": "Another"}, [("What the handbook calls itself", "", LEICESTER.title, "Another")]),
    ],
)
def test_each_value_is_told_as_its_readers_name_it(
    parts: dict[str, Any], difference: list[tuple[str, str, str, str]]
) -> None:
    assert told(**parts) == difference


def test_every_part_of_an_edition_is_compared() -> None:
    assert {*COMPARED} | {*NOT_COMPARED} == {*Edition.model_fields}
    assert not {*COMPARED} & {*NOT_COMPARED}


def test_every_part_of_what_a_proposal_provides_for_is_compared() -> None:
    for part in {*PROVISIONS} - {"illustrative"}:
        without = {name: value for name, value in PROVISIONS.items() if name != part}
        assert {section for section, *_ in told(provisions=without)} == {"What a proposal provides for"}, part


def test_a_change_of_people_names_the_post_and_both_holders() -> None:
    holdings = tuple(
        held.model_copy(update={"person": "p-001"}) if held.post == "pmo" else held
        for held in LEICESTER.holdings
    )
    ((section, what, before, after),) = told(holdings=[held.model_dump() for held in holdings])
    assert (section, what) == ("Who holds which post", LEICESTER.posts["pmo"].title)
    assert before == "L. Holder, Programme Office from 1 January 2002"
    assert after == "A. Holder, Chief Executive from 1 January 2002"


def test_many_meetings_are_told_by_the_first_few() -> None:
    moved = tuple(day + timedelta(days=1) for day in SRG.meetings)
    forums = LEICESTER.forums | {"srg": SRG.model_copy(update={"meetings": moved}).model_dump()}
    ((_, what, before, after),) = told(forums=forums)
    assert what == "Strategic Resources Group: meetings"
    assert before.startswith("31 January 2002, 28 February 2002, ")
    assert after.endswith(f" and {len(moved) - 6} more")


def test_the_literal_framework_differs_where_it_says_so() -> None:
    literal = handbook.load("leicester/framework-2004")
    found = sections(differences(LEICESTER, literal))
    assert [*found] == ["The way of a proposal", "Clauses", "What the handbook calls itself"]
    (one,) = found["The way of a proposal"]
    assert (one.what, one.before, one.after) == ("SRG decides major", "yes", "no")
