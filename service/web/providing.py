"""The pages that ask what stands beside the principles, each only where it applies (SYS-09 to SYS-14)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from service.handbook import Edition, Standard
from service.handbook.edition import AddressRules, EqualityChecklist
from service.proposals import provided
from service.proposals.document import Conformity, Use
from service.web.boxes import Box, Page, Rows, fixed, shown, yes_or_no

_USES = (
    (str(Use.NOT_NEEDED), "It does not need this"),
    (str(Use.SHARED), "It uses the shared one"),
    (str(Use.OWN), "It builds its own"),
)
_MET = ((str(Conformity.MET), "Met"), (str(Conformity.NOT_MET), "Not met"))
_DOES_NOT_APPLY = (str(Conformity.NOT_APPLICABLE), "Does not apply")

SYSTEM = Page(
    "system",
    "The system",
    (
        Box(
            "system_kind",
            "What kind of system is it?",
            "radios",
            hint="It decides which standards are asked about",
            options=lambda edition, today: [*edition.provisions.kinds.items()],
        ),
    ),
)
CONTINUITY = Page(
    "continuity",
    "Business continuity",
    (
        Box("continuity.provision", "How does business go on when the system fails?", "text"),
        Box("continuity.recovery_hours", "Within how many hours is it to work again?", width="4"),
        Box("continuity.tested_on", "When was recovery last tested?", "day", hint="Leave this out if never"),
        Box("continuity.test_result", "What came of the test?", "text"),
    ),
)
PARTNERS = Page(
    "partners",
    "Partners considered",
    (
        Rows(
            "partners",
            "Partner",
            (
                Box("name", "Which agency?", hint="Such as the Health Authority"),
                Box("result", "What came of considering it?", "text"),
            ),
        ),
    ),
)
SHARING = Page(
    "sharing",
    "Personal data shared with a partner",
    (
        Box("sharing.personal_data", "Are personal data shared with a partner?", "radios", options=yes_or_no),
        Box("sharing.reference", "Reference of the information sharing agreement"),
        Box("sharing.since", "From which day does it hold?", "day"),
        Box("sharing.until", "Until which day?", "day"),
    ),
    lead=(
        "Where personal data are shared, the system cannot go live without an agreement that is in date. "
        "Leave it out if there is none yet: it can be recorded on the case's page later."
    ),
)


def about_the_system(edition: Edition) -> tuple[Page, ...]:
    """Return the page that asks what kind of system it is, where the handbook tells kinds apart."""
    return (SYSTEM,) if edition.provisions.system_kinds else ()


def of_principle(key: str, edition: Edition, document: Mapping[str, Any]) -> tuple[Page, ...]:
    """Return what is asked after the page of a principle, unless it does not apply."""
    if shown(document, f"principles.{key}") == "not_applicable":
        return ()
    return tuple(_of_principle(key, edition, document))


def _of_principle(key: str, edition: Edition, document: Mapping[str, Any]) -> Iterator[Page]:
    known = edition.provisions
    if known.equality and known.equality.principle == key:
        yield _equality(known.equality)
    if known.continuity and known.continuity.principle == key:
        aim = f"The aim is {known.continuity.recovery_hours} hours or less. More is allowed, and is flagged."
        yield replace(CONTINUITY, lead=aim)
    if known.addresses and known.addresses.principle == key:
        yield _addresses(known.addresses)
    if known.partners and known.partners.principle == key:
        yield PARTNERS
        if shown(document, "personal_data") != "no":
            yield SHARING
    if known.standards and known.standards.principle == key:
        yield _standards(provided.asked_standards(shown(document, "system_kind"), edition))


def _equality(rules: EqualityChecklist) -> Page:
    return Page(
        "equality",
        "Equality checklist",
        tuple(Box(f"equality.{key}", name, "text") for key, name in rules.named.items()),
        lead=(
            "For each, say what effect the proposal has and what is done about it, or that it has none "
            f"({rules.version})."
        ),
    )


def _addresses(rules: AddressRules) -> Page:
    sources = fixed(
        (provided.GAZETTEER, f"The {rules.gazetteer} ({rules.known_as})"),
        (provided.OTHER_SOURCE, "Another source"),
    )
    once = "And not keyed in again"
    return Page(
        "addresses",
        "Addresses",
        (
            Box("addresses.held", "Does the system hold addresses?", "radios", options=yes_or_no),
            Box("addresses.source", "Where do they come from?", "radios", options=sources),
            Box("addresses.electronic", "Are they taken electronically?", "radios", once, yes_or_no),
            Box("addresses.key_held", f"Does each have its {rules.key_field}?", "radios", options=yes_or_no),
        ),
        lead="If it holds none, leave the rest out.",
    )


def _standards(asked: Mapping[str, Standard]) -> Page:
    boxes = (box for key, standard in asked.items() for box in _standard(key, standard))
    return Page("standards", "Standards", tuple(boxes), lead="Does the system meet each of these?")


def _standard(key: str, standard: Standard) -> tuple[Box, Box]:
    optional = standard.may_not_apply
    answers = fixed(*_MET, *((_DOES_NOT_APPLY,) if optional else ()))
    hint = "Needed if it does not apply" if optional else None
    return (
        Box(f"standards.{key}", standard.name, "radios", options=answers),
        Box(f"standard_notes.{key}", f"Why, or how it is shown: {standard.name}", hint=hint),
    )


def services(edition: Edition, document: Mapping[str, Any]) -> tuple[Page, ...]:
    """Return the page that asks about shared services, and one that warns of building them again (SYS-14)."""
    known = edition.provisions.shared_services
    if not known:
        return ()
    boxes = (
        Box(
            f"shared_services.{key}",
            service.title,
            "radios",
            f"Shared: {service.shares}",
            fixed(*_USES),
        )
        for key, service in known.items()
    )
    lead = "Departments share these, so that none is built twice."
    asked = Page("services", "Shared services", tuple(boxes), lead=lead)
    own = [key for key in known if shown(document, f"shared_services.{key}") == Use.OWN]
    return (asked, *((_built_again(own, edition),) if own else ()))


def _built_again(own: list[str], edition: Edition) -> Page:
    known = edition.provisions.shared_services
    return Page(
        "own-services",
        "Building what is shared already",
        tuple(
            Box(f"shared_service_reasons.{key}", f"Why does it build its own {known[key].name}?", "text")
            for key in own
        ),
        lead="Your reasons are shown to everybody who decides.",
        warnings=tuple(f"{provided.built_again(key, edition, date.max)}." for key in own),
    )
