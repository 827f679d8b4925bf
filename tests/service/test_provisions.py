"""What a proposal says beside its principles: what is read, what it blocks, and what is told of it."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from service import handbook, proposals
from service.proposals import provided
from tests.support.samples import SAMPLES
from workflows.rules import routing

LEICESTER = handbook.load("leicester")
HEREFORDSHIRE = handbook.load("herefordshire")
TODAY = date(2004, 9, 13)
PLAIN = {**SAMPLES["PROP-01"], "decision_needed_by": "2004-11-30"}
"""Of the samples' proposals one that says nothing beside its principles."""
SEVEN = ("race", "religion", "ethnic-origin", "age", "gender", "physical-ability", "financial-ability")
NO_EFFECT = dict.fromkeys(SEVEN, "No effect")
STANDARDS = {"BS7666": "met", "e-GIF": "met", "WCAG": "met"}
FROM_LPG = {"held": True, "source": "LPG", "electronic": True, "key_held": True}
AGREED = {"personal_data": True, "reference": "ISA 12", "since": "2004-04-01", "until": "2005-03-31"}


def saying(principles: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """Return a plain proposal that says more; an answer to a principle takes a reason with it."""
    document = deepcopy(PLAIN) | more
    answers = principles or {}
    document["principles"] = {**PLAIN["principles"], **answers}
    reasons = {key: "For a reason" for key, said in answers.items() if said != "met"}
    document["principle_notes"] = {**reasons, **more.get("principle_notes", {})}
    return document


def problems(document: dict[str, Any], today: date = TODAY) -> dict[str, str]:
    return {each.field: each.message for each in proposals.check_complete(document, LEICESTER, today)}


def gaps(document: dict[str, Any], today: date = TODAY) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for gap in provided.gaps(proposals.read(document, LEICESTER), LEICESTER, today):
        found.setdefault(gap.field, []).append(gap.told)
    return found


def told(document: dict[str, Any]) -> dict[str, str]:
    lines = provided.told(proposals.read(document, LEICESTER), LEICESTER, TODAY)
    return {line.what: line.which for line in lines}


def flags(document: dict[str, Any]) -> tuple[str, ...]:
    return provided.flags(proposals.read(document, LEICESTER), LEICESTER, TODAY)


# ------------------------------------------------------- the samples, and what is not said


HASHES = {
    "PROP-01": "6062413cd42bcbc038558bbe88d9aaaca371a5e72173ebfd5a66e642e6000ab2",
    "PROP-04": "5e57e54f63dde7d95aa50de82287d47263fac3fd6a5a98cb0f6a7f84091ac20f",
    "PROP-05": "005f9c35a94c23a93a21cd9c1c6271b7177a15f858dc65e2f935e955fc3de3ea",
    "PROP-06": "52270c77dcd591042acd813b2a0058fb6862a3cd4f7332430edcd53826d57f69",
    "PROP-07": "ef951d726306ae8087bbebfe5a94f7374385578c1d86c8e04e80bc114ce82239",
    "PROP-08": "e35e5b9f609bde078b0936a6875ed8a9cf4be89e1b14b2e53100e526b9dd27e1",
    "PROP-09": "50601739571a46b93506bce4a9e2138f38454ba7ca0893febf217776f393a2c5",
    "PROP-10": "bfff92faef9505c6fd8e9b1e16a2724eb8f5789b5e8e18f7d70a0c615acb2866",
    "PROP-11": "4bba667ed8fcea096716b8691fff68f31b9aee67a932fe922267988847c2c85d",
    "PROP-12": "a2af08193e87d030d3adaa2bf947071023b2d510891edf340ae3214141442465",
}
"""As they were before anything was asked beside the principles."""


def normal(ref: str) -> dict[str, Any]:
    document = SAMPLES[ref]
    rules = LEICESTER if document["organisation"] == "leicester" else HEREFORDSHIRE
    return proposals.normalise(document, rules)


@pytest.mark.parametrize(("ref", "hash"), HASHES.items(), ids=HASHES.keys())
def test_a_proposal_that_says_nothing_more_keeps_the_hash_it_had(ref: str, hash: str) -> None:
    assert proposals.content_hash(normal(ref)) == hash
    assert not set(normal(ref)) & set(proposals.ASKED_LATER)


@pytest.mark.parametrize(
    ("ref", "said", "before"),
    [
        (
            "PROP-02",
            {"shared_services": {"authentication": "shared", "e-payment": "shared"}},
            "615516298922005e35b367b23caf6fc2db8950c1f54cf4ca1aa9bf5933cd7fd4",
        ),
        (
            "PROP-03",
            {"sharing": {"personal_data": True, "reference": "", "since": None, "until": None}},
            "44b7ca605ab189986d3ede61766222690c209e8745d68cd305f0306bf0d6ab16",
        ),
    ],
)
def test_what_two_samples_say_by_themselves_is_all_that_is_added_to_them(
    ref: str, said: dict[str, Any], before: str
) -> None:
    content = normal(ref)
    assert {field: content.pop(field) for field in said} == said
    assert proposals.content_hash(content) == before


@pytest.mark.parametrize("ref", sorted(SAMPLES))
def test_nothing_that_is_said_beside_the_principles_changes_the_way(ref: str) -> None:
    document = SAMPLES[ref]
    rules = LEICESTER if document["organisation"] == "leicester" else HEREFORDSHIRE
    day = document["submitted_on"]["date"]
    plain = rules.model_copy(update={"provisions": handbook.Provisions(), "technical_parameters": {}})
    ways = [
        routing.route(
            proposals.facts(proposals.normalise(document, each), submitted=day, edition=each),
            each.routing(day),
        )
        for each in (rules, plain)
    ]
    assert ways[0] == ways[1]


def test_what_is_not_said_holds_nothing_up_and_is_told() -> None:
    assert problems(PLAIN) == {}
    assert gaps(PLAIN) == {
        "shared_services": [
            "Which shared services it needs (authentication, e-payment, e-procurement, security)"
        ],
        "equality": ["The equality checklist (P02)"],
        "continuity": [
            "The provision for business continuity (P05)",
            "The planned recovery time (P05)",
        ],
        "standards": ["Which standards it meets: BS7666, e-GIF, Web Content Accessibility Guidelines (P14)"],
        "partners": ["Which partners were considered (P07)"],
    }
    assert set(told(PLAIN)) == {"Not said"}
    assert told(PLAIN)["Not said"].count("\n") == 5
    assert flags(PLAIN) == ()


def test_a_page_of_shared_services_that_was_left_blank_says_nothing() -> None:
    blank = saying(shared_services=dict.fromkeys(LEICESTER.provisions.shared_services))
    assert problems(blank) == {}
    assert "shared_services" in gaps(blank)
    assert "shared_services" not in proposals.normalise(blank, LEICESTER)
    assert "shared_services" not in gaps(saying(shared_services={"security": "not_needed"}))


def test_a_handbook_that_asks_nothing_reads_nothing_and_is_told_nothing() -> None:
    document = {**WHOLE, "organisation": "herefordshire", "equality": "of no kind that can be read"}
    document |= {field: SAMPLES["PROP-12"].get(field) for field in PLAIN if field in SAMPLES["PROP-12"]}
    content = proposals.normalise(document | {"principle_notes": {}}, HEREFORDSHIRE)
    assert not set(content) & set(proposals.ASKED_LATER)
    read = proposals.read(document, HEREFORDSHIRE)
    assert provided.gaps(read, HEREFORDSHIRE, TODAY) == ()
    assert provided.told(read, HEREFORDSHIRE, TODAY) == ()


@pytest.mark.parametrize(
    ("principle", "field"),
    [
        ("P02", "equality"),
        ("P05", "continuity"),
        ("P06", "addresses"),
        ("P07", "partners"),
        ("P14", "standards"),
    ],
)
def test_each_is_asked_only_where_its_principle_applies(principle: str, field: str) -> None:
    assert field in gaps(saying({principle: "met"}))
    assert field in gaps(saying({principle: "deviates"}))
    assert field not in gaps(saying({principle: "not_applicable"}))


# ------------------------------------------------------------------------ what is blocked


@pytest.mark.parametrize(
    ("more", "field", "message"),
    [
        # shared services
        (
            {"shared_services": {"security": "own"}},
            "shared_service_reasons.security",
            "Say why it builds its own security, though there is one to share",
        ),
        # equality
        (
            {"equality": {**NO_EFFECT, "age": " "}},
            "equality.age",
            "Equality checklist: say what the effect is as to age, or that there is none",
        ),
        ({"equality": {}}, "equality.race", "Equality checklist: say what the effect is as to race, or"),
        # continuity
        (
            {"continuity": {"provision": "", "recovery_hours": 48}},
            "continuity.provision",
            "Say how business goes on when the system fails, or that P05 (business continuity) is not met",
        ),
        ({"principle_notes": {"P05": None}}, "continuity.provision", "Say how business goes on"),
        (
            {"continuity": {"provision": "Restored", "tested_on": "2004-05-03"}},
            "continuity.test_result",
            "Say what came of the last recovery test",
        ),
        (
            {"continuity": {"provision": "Restored", "test_result": "It came back"}},
            "continuity.tested_on",
            "Say when recovery was last tested",
        ),
        (
            {"continuity": {"provision": "Restored", "tested_on": "2004-09-14", "test_result": "Well"}},
            "continuity.tested_on",
            "The last recovery test must be today, 13 September 2004, or before",
        ),
        # standards
        (
            {"standards": STANDARDS},
            "system_kind",
            "Say what kind of system it is: that decides which standards it is asked about",
        ),
        (
            {"system_kind": "web", "standards": {"BS7666": "met", "WCAG": "met"}},
            "standards.e-GIF",
            "Say whether it meets e-GIF",
        ),
        (
            {"system_kind": "web", "standards": {**STANDARDS, "BS7666": "not_applicable"}},
            "standards.BS7666",
            "BS7666: this is asked of every new system; say whether it is met",
        ),
        (
            {"system_kind": "data", "standards": {**STANDARDS, "WCAG": "not_applicable"}},
            "standard_notes.WCAG",
            "Web Content Accessibility Guidelines: say why this does not apply",
        ),
        (
            {"system_kind": "documents", "standards": STANDARDS},
            "standards.PRO",
            "Say whether it meets Public Records Office standards",
        ),
        (
            {"system_kind": "documents", "standards": {**STANDARDS, "PRO": "not_applicable"}},
            "standards.PRO",
            "Public Records Office standards: this is asked of every system of this kind (document",
        ),
        (
            {"system_kind": "web", "standards": {**STANDARDS, "e-GIF": "not_met"}},
            "principles.P14",
            "P14 (standards) is answered as met, but it does not meet e-GIF",
        ),
        # partners
        (
            {"partners": []},
            "partners",
            "Name the partners that were considered, and what came of it",
        ),
        ({"partners": [{"result": "No"}]}, "partners.0.name", "Say which agency it is"),
        (
            {"partners": [{"name": "Police"}]},
            "partners.0.result",
            "Say what came of considering Police as a partner",
        ),
        (
            {"sharing": {}},
            "sharing.personal_data",
            "Say whether personal data are shared with a partner",
        ),
        (
            {"sharing": {**AGREED, "reference": ""}},
            "sharing.reference",
            "Give the reference of the information sharing agreement",
        ),
        ({"sharing": {**AGREED, "since": None}}, "sharing.since", "Say from which day the information"),
        ({"sharing": {**AGREED, "until": None}}, "sharing.until", "Say until which day the information"),
        (
            {"sharing": {**AGREED, "until": "2004-03-31"}},
            "sharing.until",
            "The agreement's last day must be its first, 1 April 2004, or later",
        ),
        (
            {"sharing": AGREED, "personal_data": False},
            "personal_data",
            "It shares personal data with a partner, so it holds some; change one of the two answers",
        ),
    ],
)
def test_what_was_begun_is_whole_before_it_is_submitted(
    more: dict[str, Any], field: str, message: str
) -> None:
    assert message in problems(saying(**more)).get(field, ""), problems(saying(**more))


@pytest.mark.parametrize(
    ("more", "field", "message"),
    [
        ({}, "addresses.held", "Say whether the system holds addresses"),
        ({"held": True}, "addresses.source", "Say where its addresses come from"),
        (
            {**FROM_LPG, "source": "other"},
            "addresses.source",
            "P06 (address data) is met by addresses from the Land and Property Gazetteer (LPG) only; take",
        ),
        ({**FROM_LPG, "electronic": None}, "addresses.electronic", "Say whether addresses are taken"),
        (
            {**FROM_LPG, "electronic": "no"},
            "addresses.electronic",
            "P06 (address data) is met only if addresses are taken electronically; or answer that it is not",
        ),
        ({**FROM_LPG, "key_held": None}, "addresses.key_held", "Say whether each address has its UPRN"),
    ],
)
def test_addresses_come_from_the_gazetteer_or_the_principle_is_not_met(
    more: dict[str, Any], field: str, message: str
) -> None:
    assert message in problems(saying({"P06": "met"}, addresses=more)).get(field, "")


def test_other_addresses_are_a_deviation_and_hold_nothing_up() -> None:
    other = {"held": True, "source": "other", "electronic": False, "key_held": False}
    assert problems(saying({"P06": "deviates"}, addresses=other)) == {}
    assert problems(saying({"P06": "met"}, addresses={"held": "no"})) == {}


def test_a_principle_applies_to_whoever_has_what_it_is_about() -> None:
    told = problems(saying({"P06": "not_applicable"}, addresses=FROM_LPG))
    assert told == {"principles.P06": "P06 (address data) applies: the system holds addresses"}
    told = problems(saying({"P07": "not_applicable"}, sharing=AGREED))
    assert told == {"principles.P07": "P07 (partnership) applies: personal data are shared with a partner"}


@pytest.mark.parametrize(
    ("principles", "more"),
    [
        ({"P02": "not_applicable"}, {"equality": {}}),
        ({"P05": "not_applicable"}, {"continuity": {}}),
        ({"P05": "deviates"}, {"continuity": {}}),
        ({"P07": "not_applicable"}, {"partners": [], "sharing": {}}),
        ({"P14": "not_applicable"}, {"standards": {}}),
        # what was begun before it was said that it does not apply
        ({"P05": "not_applicable"}, {"continuity": {"test_result": "It came back"}}),
        ({"P07": "not_applicable"}, {"sharing": {"reference": "ISA 12"}}),
        ({}, {"personal_data": "no", "sharing": {"reference": "ISA 12"}}),
        ({}, {"continuity": {"recovery_hours": 48}, "principle_notes": {"P05": "Restored elsewhere"}}),
        ({}, {"shared_services": {"security": "own"}, "shared_service_reasons": {"security": "A cell"}}),
        ({}, {"system_kind": "web", "standards": {**STANDARDS, "PRO": "met"}}),
    ],
)
def test_what_does_not_apply_or_is_said_elsewhere_holds_nothing_up(
    principles: dict[str, str], more: dict[str, Any]
) -> None:
    assert problems(saying(principles, **more)) == {}


# -------------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize(
    ("more", "field", "message"),
    [
        ({"system_kind": "abacus"}, "system_kind", "Kind of system must be one of web, documents, data"),
        (
            {"shared_services": {"telepathy": "own"}},
            "shared_services.telepathy",
            "Shared services: there is no shared service telepathy; there are authentication, e-payment",
        ),
        (
            {"shared_services": ["telepathy"]},
            "shared_services.telepathy",
            "Shared services: there is no shared service telepathy",
        ),
        (
            {"shared_services": {"e-payment": "perhaps"}},
            "shared_services.e-payment",
            "E-payment must be one of not needed, shared, own",
        ),
        (
            {"equality": {"height": "None"}},
            "equality.height",
            "Equality: the checklist has no question height",
        ),
        ({"equality": "None at all"}, "equality", "Equality must be given as named fields"),
        ({"equality": {"age": 7}}, "equality.age", "Equality: age must be words"),
        (
            {"continuity": {"recovery_hours": "three days"}},
            "continuity.recovery_hours",
            "Planned recovery must be whole hours in digits only, such as 72",
        ),
        ({"continuity": {"recovery_hours": 1.5}}, "continuity.recovery_hours", "Planned recovery must be"),
        (
            {"continuity": {"tested_on": "2004-02-30"}},
            "continuity.tested_on",
            "Day of the last recovery test must be a date that exists",
        ),
        ({"standards": {"ISO": "met"}}, "standards.ISO", "Standards: there is no standard ISO; there are"),
        ({"standards": {"BS7666": "yes"}}, "standards.BS7666", "BS7666 must be one of met, not met, not"),
        (
            {"addresses": {"source": "the telephone book"}},
            "addresses.source",
            "Source of addresses must be gazetteer or other",
        ),
        ({"addresses": {"key_held": "most"}}, "addresses.key_held", "UPRN held must be answered yes or no"),
        ({"partners": "Police"}, "partners", "Partners must be a list"),
        ({"sharing": {"since": "April"}}, "sharing.since", "First day of the agreement must be a date"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sponsors_words(
    more: dict[str, Any], field: str, message: str
) -> None:
    found = {each.field: each.message for each in proposals.check_draft(more, LEICESTER)}
    assert message in found.get(field, ""), found


def test_the_handbook_says_which_checklist_was_answered_and_nobody_else() -> None:
    content = proposals.normalise(saying(equality=NO_EFFECT, equality_checklist="Mine"), LEICESTER)
    assert content["equality_checklist"] == "e-Modernising Leicester equality checklist, 2004"
    assert proposals.normalise(content, LEICESTER) == content


def test_what_its_kind_of_system_is_not_asked_about_is_not_kept() -> None:
    document = saying(system_kind="web", standards={**STANDARDS, "PRO": "met"})
    assert proposals.normalise(document, LEICESTER)["standards"] == STANDARDS


@pytest.mark.parametrize("kind", ["web", "data", "desktop", "other"])
def test_the_standards_of_document_systems_are_asked_of_these_only(kind: str) -> None:
    every = ["BS7666", "e-GIF", "WCAG"]
    assert [*provided.asked_standards(kind, LEICESTER)] == every
    assert [*provided.asked_standards("documents", LEICESTER)] == [*every, "PRO"]


# --------------------------------------------------------------- what those who decide see


WHOLE = saying(
    {"P06": "met"},
    personal_data=True,
    system_kind="web",
    shared_services={"authentication": "shared", "e-payment": "not_needed", "security": "own"},
    shared_service_reasons={"security": "The cell has no line"},
    equality=NO_EFFECT,
    continuity={
        "provision": "Restored at the recovery centre",
        "recovery_hours": 96,
        "tested_on": "2004-05-03",
        "test_result": "Back in 70 hours",
    },
    standards={**STANDARDS, "WCAG": "not_applicable"},
    standard_notes={"WCAG": "Staff do not see it"},
    addresses=FROM_LPG,
    partners=[{"name": "Health Authority", "result": "It joins in"}],
    sharing=AGREED,
)


def test_everything_that_is_said_is_told_to_those_who_decide() -> None:
    assert problems(WHOLE) == {}
    assert gaps(WHOLE) == {}
    shown = told(WHOLE)
    assert shown.pop("Equality (e-Modernising Leicester equality checklist, 2004)").splitlines()[:2] == [
        "Race: No effect",
        "Religion: No effect",
    ]
    assert shown == {
        "Kind of system": "Web site or on-line service",
        "Shared services": (
            "Authentication: uses the shared one\nSecurity: builds its own: The cell has no line"
        ),
        "Business continuity": "Restored at the recovery centre",
        "Planned recovery": "Within 96 hours",
        "Last recovery test": "3 May 2004: Back in 70 hours",
        "Standards": (
            "BS7666: Met\ne-GIF: Met\n"
            "Web Content Accessibility Guidelines: Does not apply: Staff do not see it"
        ),
        "Addresses": "From the Land and Property Gazetteer, electronically\nUPRN: on each",
        "Partners considered": "Health Authority: It joins in",
        "Personal data shared with a partner": "Yes, under agreement ISA 12, 1 April 2004 to 31 March 2005",
    }


def test_what_is_built_again_and_what_recovers_late_is_flagged_and_not_changed() -> None:
    assert flags(WHOLE) == (
        "It builds its own security. There is one to share, kept by Service Director (ICT & Customer "
        "Access): firewalls, protection from viruses, and secure links with other agencies. Reason: The "
        "cell has no line",
        "Planned recovery takes 96 hours; the aim is 72 hours or less (P05)",
    )
    content = proposals.normalise(WHOLE, LEICESTER)
    assert content["continuity"]["recovery_hours"] == 96


@pytest.mark.parametrize(("hours", "flagged"), [(0, False), (72, False), (73, True)])
def test_the_aim_itself_is_not_over_it(hours: int, flagged: bool) -> None:
    document = saying(continuity={"provision": "Restored", "recovery_hours": hours})
    assert bool(flags(document)) == flagged


@pytest.mark.parametrize(
    ("sharing", "today", "owed"),
    [
        ({"personal_data": False}, TODAY, False),
        ({"personal_data": True}, TODAY, True),
        (AGREED, TODAY, False),
        (AGREED, date(2004, 3, 31), True),
        (AGREED, date(2004, 4, 1), False),
        (AGREED, date(2005, 3, 31), False),
        (AGREED, date(2005, 4, 1), True),
    ],
)
def test_sharing_personal_data_waits_for_an_agreement_in_date(
    sharing: dict[str, Any], today: date, owed: bool
) -> None:
    document = saying(sharing=sharing, decision_needed_by="2006-01-02")
    assert problems(document, today) == {}
    assert ("sharing" in gaps(document, today)) == owed


def test_a_sample_that_needs_an_agreement_is_told_that_it_waits_for_one() -> None:
    (gap,) = (
        gap
        for gap in provided.gaps(proposals.read(SAMPLES["PROP-03"], LEICESTER), LEICESTER, TODAY)
        if gap.waits
    )
    assert gap.waits.startswith("It cannot go live without one.")
