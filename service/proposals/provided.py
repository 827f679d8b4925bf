"""What a proposal says beside its principles: asked where the principle applies, and told to whoever decides.

What was begun must be whole before a proposal is submitted. What was never begun holds nothing up: a
proposal that comes by program gives its evidence with the answer to the principle. It is said to be missing,
on the page where the proposal is checked and to everybody who decides (SYS-09 to SYS-14).
"""

from collections.abc import Iterator, Mapping
from datetime import date

from service.errors import Problem
from service.handbook import Edition, Standard
from service.handbook.words import in_words
from service.proposals.document import Answer, Conformity, ProposalDocument, Use
from service.proposals.reading import GAZETTEER, OTHER_SOURCE
from workflows.model import Frozen

__all__ = [
    "CHECKS",
    "GAZETTEER",
    "OTHER_SOURCE",
    "Gap",
    "Line",
    "applies",
    "asked_standards",
    "built_again",
    "flags",
    "gaps",
    "shares_with_partner",
    "told",
]

_CONFORMITY = {
    Conformity.MET: "Met",
    Conformity.NOT_MET: "Not met",
    Conformity.NOT_APPLICABLE: "Does not apply",
}


class Gap(Frozen):
    """Something that is asked and not said, and what waits for it."""

    field: str
    told: str
    waits: str = ""
    """What cannot happen until it is said; nothing for most."""


class Line(Frozen):
    """A line of a summary: what, and which."""

    what: str
    which: str


# ----------------------------------------------------------------- before it is submitted


def services(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    """Building what is shared already needs a reason (SYS-14)."""
    for key, use in (read.shared_services or {}).items():
        if use is Use.OWN and not read.shared_service_reasons.get(key):
            name = edition.provisions.shared_services[key].name
            told = f"Say why it builds its own {name}, though there is one to share"
            yield Problem(field=f"shared_service_reasons.{key}", message=told)


def equality(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    """A checklist is answered as a whole: an effect or none, for every characteristic (SYS-09)."""
    rules = edition.provisions.equality
    if rules is None or read.equality is None or not applies(rules.principle, read):
        return
    for key, name in rules.named.items():
        if not read.equality.get(key):
            told = f"Equality checklist: say what the effect is as to {name.lower()}, or that there is none"
            yield Problem(field=f"equality.{key}", message=told)


def continuity(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    """A provision that was asked for must not be left blank; words with the answer are one (SYS-10)."""
    rules, said = edition.provisions.continuity, read.continuity
    if rules is None or said is None or not applies(rules.principle, read):
        return
    met = read.principles.get(rules.principle) is Answer.MET
    if met and not (said.provision or read.principle_notes.get(rules.principle)):
        name = _named(rules.principle, edition)
        told = f"Say how business goes on when the system fails, or that {name} is not met"
        yield Problem(field="continuity.provision", message=told)
    if said.tested_on and not said.test_result:
        yield Problem(field="continuity.test_result", message="Say what came of the last recovery test")
    if said.test_result and not said.tested_on:
        yield Problem(field="continuity.tested_on", message="Say when recovery was last tested")
    if said.tested_on and said.tested_on > today:
        told = f"The last recovery test must be today, {in_words(today)}, or before"
        yield Problem(field="continuity.tested_on", message=told)


def standards(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    """Every standard that its kind of system is asked about has an answer (SYS-11)."""
    rules = edition.provisions.standards
    if rules is None or read.standards is None or not applies(rules.principle, read):
        return
    if not read.system_kind and any(standard.kinds for standard in rules.items):
        told = "Say what kind of system it is: that decides which standards it is asked about"
        yield Problem(field="system_kind", message=told)
    for key, standard in asked_standards(read.system_kind, edition).items():
        yield from _standard(key, standard, read, edition)


def _standard(key: str, standard: Standard, read: ProposalDocument, edition: Edition) -> Iterator[Problem]:
    rules, answer = edition.provisions.standards, (read.standards or {}).get(key)
    if answer is None:
        yield Problem(field=f"standards.{key}", message=f"Say whether it meets {standard.name}")
    elif answer is Conformity.NOT_APPLICABLE and not standard.may_not_apply:
        whom = _kinds(standard, edition) or "every new system"
        told = f"{standard.name}: this is asked of {whom}; say whether it is met"
        yield Problem(field=f"standards.{key}", message=told)
    elif answer is Conformity.NOT_APPLICABLE and not read.standard_notes.get(key):
        yield Problem(field=f"standard_notes.{key}", message=f"{standard.name}: say why this does not apply")
    elif answer is Conformity.NOT_MET and rules and read.principles.get(rules.principle) is Answer.MET:
        told = f"{_named(rules.principle, edition)} is answered as met, but it does not meet {standard.name}"
        yield Problem(field=f"principles.{rules.principle}", message=told)


def addresses(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    """Addresses come electronically from the gazetteer, or the principle is not met (SYS-12)."""
    rules, said = edition.provisions.addresses, read.addresses
    if rules is None or said is None:
        return
    answer, name = read.principles.get(rules.principle), _named(rules.principle, edition)
    if answer is Answer.NOT_APPLICABLE and said.held:
        yield Problem(
            field=f"principles.{rules.principle}", message=f"{name} applies: the system holds addresses"
        )
    if not applies(rules.principle, read):
        return
    if said.held is None:
        yield Problem(field="addresses.held", message="Say whether the system holds addresses")
    if not said.held:
        return
    whence = f"the {rules.gazetteer} ({rules.known_as})"
    if not said.source:
        yield Problem(field="addresses.source", message="Say where its addresses come from")
    elif answer is Answer.MET and said.source != GAZETTEER:
        told = (
            f"{name} is met by addresses from {whence} only; take them from it, or answer that it is not met"
        )
        yield Problem(field="addresses.source", message=told)
    if said.electronic is None:
        told = "Say whether addresses are taken electronically"
        yield Problem(field="addresses.electronic", message=told)
    elif answer is Answer.MET and not said.electronic:
        told = f"{name} is met only if addresses are taken electronically; or answer that it is not met"
        yield Problem(field="addresses.electronic", message=told)
    if said.key_held is None:
        told = f"Say whether each address has its {rules.key_field}"
        yield Problem(field="addresses.key_held", message=told)


def partners(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    """Where there is an opening to work with others, the proposal says with whom (SYS-13)."""
    rules = edition.provisions.partners
    if rules and read.partners is not None and applies(rules.principle, read) and not read.partners:
        told = "Name the partners that were considered, and what came of it"
        yield Problem(field="partners", message=told)


def sharing(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    """An agreement to share personal data has a reference and its days, in order (SYS-13)."""
    rules, said = edition.provisions.partners, read.sharing
    if rules is None or said is None:
        return
    asked = applies(rules.principle, read) and read.personal_data is not False
    if not asked and not said.personal_data:
        return
    if said.personal_data is None:
        told = "Say whether personal data are shared with a partner"
        yield Problem(field="sharing.personal_data", message=told)
    if said.personal_data and read.personal_data is False:
        told = "It shares personal data with a partner, so it holds some; change one of the two answers"
        yield Problem(field="personal_data", message=told)
    if said.personal_data and read.principles.get(rules.principle) is Answer.NOT_APPLICABLE:
        told = f"{_named(rules.principle, edition)} applies: personal data are shared with a partner"
        yield Problem(field=f"principles.{rules.principle}", message=told)
    parts = {
        "reference": (said.reference, "Give the reference of the information sharing agreement"),
        "since": (said.since, "Say from which day the information sharing agreement holds"),
        "until": (said.until, "Say until which day the information sharing agreement holds"),
    }
    if any(given for given, _ in parts.values()):
        yield from (
            Problem(field=f"sharing.{part}", message=told)
            for part, (given, told) in parts.items()
            if not given
        )
    if said.since and said.until and said.until < said.since:
        told = f"The agreement's last day must be its first, {in_words(said.since)}, or later"
        yield Problem(field="sharing.until", message=told)


CHECKS = (services, equality, continuity, standards, addresses, partners, sharing)


# ------------------------------------------------------------------------- what is missing


def gaps(read: ProposalDocument, edition: Edition, today: date) -> tuple[Gap, ...]:
    """Return what applies and was not said, though nothing keeps it from being submitted."""
    return tuple(_gaps(read, edition, today))


def _gaps(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Gap]:
    provisions = edition.provisions
    if provisions.shared_services and not read.shared_services:
        names = ", ".join(service.name for service in provisions.shared_services.values())
        yield Gap(field="shared_services", told=f"Which shared services it needs ({names})")
    if (rules := provisions.equality) and read.equality is None and applies(rules.principle, read):
        yield Gap(field="equality", told=f"The equality checklist ({rules.principle})")
    if (aim := provisions.continuity) and applies(aim.principle, read):
        said, words = read.continuity, read.principle_notes.get(aim.principle)
        if not (said and said.provision) and not words:
            yield Gap(field="continuity", told=f"The provision for business continuity ({aim.principle})")
        if said is None or said.recovery_hours is None:
            yield Gap(field="continuity", told=f"The planned recovery time ({aim.principle})")
    if (known := provisions.standards) and read.standards is None and applies(known.principle, read):
        names = ", ".join(standard.name for standard in asked_standards(read.system_kind, edition).values())
        yield Gap(field="standards", told=f"Which standards it meets: {names} ({known.principle})")
    if (source := provisions.addresses) and read.addresses is None and applies(source.principle, read):
        yield Gap(field="addresses", told=f"Whether it holds addresses ({source.principle})")
    if (others := provisions.partners) and read.partners is None and applies(others.principle, read):
        yield Gap(field="partners", told=f"Which partners were considered ({others.principle})")
    if shares_with_partner(read, edition) and not (read.sharing and read.sharing.in_date(today)):
        yield Gap(
            field="sharing",
            told="An information sharing agreement that is in date",
            waits="It cannot go live without one. Once submitted, one can be recorded on the case's page.",
        )


def flags(read: ProposalDocument, edition: Edition, today: date) -> tuple[str, ...]:
    """Return what whoever decides should know: what is built again, and what recovers late."""
    return tuple(_flags(read, edition, today))


def _flags(read: ProposalDocument, edition: Edition, today: date) -> Iterator[str]:
    for key, use in (read.shared_services or {}).items():
        if use is Use.OWN:
            reason = read.shared_service_reasons.get(key)
            yield built_again(key, edition, today) + (f". Reason: {reason.rstrip('.')}" if reason else "")
    rules, said = edition.provisions.continuity, read.continuity
    if rules and said and (said.recovery_hours or 0) > rules.recovery_hours:
        yield (
            f"Planned recovery takes {said.recovery_hours} hours; the aim is {rules.recovery_hours} hours or "
            f"less ({rules.principle})"
        )


def built_again(key: str, edition: Edition, today: date) -> str:
    """Say that a proposal builds a function of its own, and which one there is to share."""
    shared = edition.provisions.shared_services[key]
    owner = edition.posts[shared.owner].title_on(today)
    return f"It builds its own {shared.name}. There is one to share, kept by {owner}: {shared.shares}"


def shares_with_partner(read: ProposalDocument, edition: Edition) -> bool:
    """Say whether personal data are shared with a partner, which needs an agreement (SYS-13)."""
    return bool(edition.provisions.partners and read.sharing and read.sharing.personal_data)


# ------------------------------------------------------------------------- what is said


def told(read: ProposalDocument, edition: Edition, today: date) -> tuple[Line, ...]:
    """Return what a proposal says beside its principles, and last what it does not say."""
    return tuple(_told(read, edition, today))


def _told(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Line]:
    provisions = edition.provisions
    if kind := provisions.kinds.get(read.system_kind):
        yield Line(what="Kind of system", which=kind)
    if services := "\n".join(_services_told(read, edition)):
        yield Line(what="Shared services", which=services)
    if read.equality and provisions.equality:
        which = _listed(provisions.equality.named, read.equality)
        yield Line(what=f"Equality ({read.equality_checklist or provisions.equality.version})", which=which)
    yield from _continuity_told(read)
    if read.standards and provisions.standards:
        names = {key: standard.name for key, standard in provisions.standards.named.items()}
        answers = {
            key: _CONFORMITY[answer] + _after(read.standard_notes.get(key))
            for key, answer in read.standards.items()
        }
        yield Line(what="Standards", which=_listed(names, answers))
    yield from _addresses_told(read, edition)
    if read.partners:
        which = "\n".join(partner.name + _after(partner.result) for partner in read.partners)
        yield Line(what="Partners considered", which=which)
    if shares_with_partner(read, edition):
        yield Line(what="Personal data shared with a partner", which=_agreement_told(read))
    missing = [gap.told for gap in gaps(read, edition, today) if not gap.waits]
    if missing:
        yield Line(what="Not said", which="\n".join(missing))


def _services_told(read: ProposalDocument, edition: Edition) -> Iterator[str]:
    for key, use in (read.shared_services or {}).items():
        name = edition.provisions.shared_services[key].title
        if use is Use.SHARED:
            yield f"{name}: uses the shared one"
        elif use is Use.OWN:
            yield f"{name}: builds its own" + _after(read.shared_service_reasons.get(key))


def _continuity_told(read: ProposalDocument) -> Iterator[Line]:
    said = read.continuity
    if said is None:
        return
    if said.provision:
        yield Line(what="Business continuity", which=said.provision)
    if said.recovery_hours is not None:
        yield Line(what="Planned recovery", which=f"Within {said.recovery_hours} hours")
    if said.tested_on:
        yield Line(what="Last recovery test", which=in_words(said.tested_on) + _after(said.test_result))


def _addresses_told(read: ProposalDocument, edition: Edition) -> Iterator[Line]:
    rules, said = edition.provisions.addresses, read.addresses
    if rules is None or said is None or said.held is None:
        return
    if not said.held:
        yield Line(what="Addresses", which="It holds none")
        return
    source = f"From the {rules.gazetteer}" if said.source == GAZETTEER else "From another source"
    how = {True: ", electronically", False: ", not electronically", None: ""}[said.electronic]
    key = {True: "on each", False: "not on each", None: "not said"}[said.key_held]
    yield Line(what="Addresses", which=f"{source}{how}\n{rules.key_field}: {key}")


def _agreement_told(read: ProposalDocument) -> str:
    said = read.sharing
    if said is None or not said.reference or said.since is None or said.until is None:
        return "Yes; no agreement was given with the proposal"
    return f"Yes, under agreement {said.reference}, {in_words(said.since)} to {in_words(said.until)}"


# ---------------------------------------------------------------------------- workings


def applies(principle: str, read: ProposalDocument) -> bool:
    """Say whether a principle applies to a proposal, as far as it says."""
    return read.principles.get(principle) not in (None, Answer.NOT_APPLICABLE)


def asked_standards(kind: str, edition: Edition) -> dict[str, Standard]:
    """Return the standards that a kind of system is asked about; of none yet, what all are asked about."""
    rules = edition.provisions.standards
    return {each.key: each for each in rules.items if each.asked_of(kind)} if rules else {}


def _kinds(standard: Standard, edition: Edition) -> str:
    kinds = [edition.provisions.kinds[kind].lower() for kind in standard.kinds]
    return f"every system of this kind ({', '.join(kinds)})" if kinds else ""


def _named(key: str, edition: Edition) -> str:
    return f"{key} ({edition.principles[key].short_name})"


def _listed(names: Mapping[str, str], said: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {said[key]}" for key, name in names.items() if said.get(key))


def _after(words: str | None) -> str:
    return f": {words}" if words else ""
