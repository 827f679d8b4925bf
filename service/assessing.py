"""An assessment of a business process as its process needs it, and what is said of its options (SYS-67)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from service import delivering, telling
from service.handbook import Edition
from service.handbook.delivering import AssessmentRules
from service.reports.kinds import CHOSEN, COST, LEFT_OUT, RECOMMENDED, WEIGHED
from service.store import assessments, cases, intents
from service.store.assessments import AssessmentView, Weighed
from service.store.engine import Tx
from service.store.intents import ERASED, Answered
from workflows.delivery import AssessmentInHand
from workflows.model import Frozen
from workflows.rules.assessments import ASSESS, CHOOSE, CHOOSE_SRG

_KINDS = (ASSESS, CHOOSE, CHOOSE_SRG)


class Option(Frozen):
    """An option of an assessment, as people read it."""

    name: str
    weighed: bool
    """False: it was left out, for a reason."""
    cost: Decimal | None
    """Pounds a year, where it was given."""
    words: str
    """What speaks for and against it, or why it was left out."""
    recommended: bool
    chosen: bool

    @property
    def became(self) -> str:
        """What became of it, in words; empty where nothing did."""
        marks = ("" if self.weighed else "Left out", "Recommended" if self.recommended else "")
        return ", ".join(filter(None, (*marks, "Chosen" if self.chosen else "")))


def rules_of(edition: Edition) -> AssessmentRules:
    """Return how business processes are assessed under an edition; LookupError if they are not."""
    if edition.delivery is None or edition.delivery.assessment is None:
        raise LookupError(f"edition {edition.hash[:12]} has no rules for assessments")
    return edition.delivery.assessment


def assesses(edition: Edition) -> bool:
    """Say whether business processes are assessed under an edition."""
    return edition.delivers and edition.delivery is not None and edition.delivery.assessment is not None


def in_hand(tx: Tx, ref: str) -> AssessmentInHand:
    """Return an assessment as its process needs it."""
    case, assessment = cases.get(tx, ref), assessments.must(tx, ref)
    edition = telling.edition(tx, case.edition)
    routing, clauses = edition.routing(tx.today), edition.delivery_clauses()
    return AssessmentInHand(
        case=ref,
        content_hash=case.content_hash,
        owner=edition.acting(assessment.owner, tx.today),
        report_due=assessment.report_due,
        programme_office=edition.acting(edition.roles["pmo"], tx.today),
        srg=delivering.as_asked(routing.srg),
        clauses={kind: clauses[kind] for kind in _KINDS if kind in clauses},
        terms={kind: edition.steps[kind] for kind in _KINDS if kind in edition.steps},
        told=(assessment.opened_as,),
        clock=tx.clock,
    )


def weighed(answers: Mapping[str, Answered], options: Iterable[str]) -> tuple[Weighed, ...]:
    """Return what an owner's answer says of each option, by their keys: weighed, or left out for a reason."""
    return tuple(
        Weighed(
            option=key,
            weighed=f"{WEIGHED}{key}" in answers,
            cost=Decimal(answers[f"{COST}{key}"].value) if f"{COST}{key}" in answers else None,
        )
        for key in options
    )


def told(tx: Tx, assessment: AssessmentView, edition: Edition) -> tuple[Option, ...]:
    """Return the options of an assessment with what was written of each, in the handbook's order; none while
    they are not weighed.
    """
    made = intents.decisions_of_step(tx, assessment.reported_by, strict=False)[-1:]
    answers = made[0].answers if made else {}
    found = {one.option: one for one in assessments.options(tx, assessment.ref)}
    return tuple(
        Option(
            name=option.name,
            weighed=found[key].weighed,
            cost=found[key].cost,
            words=_written(answers, f"{WEIGHED if found[key].weighed else LEFT_OUT}{key}"),
            recommended=key == assessment.recommended,
            chosen=key == assessment.chosen,
        )
        for key, option in rules_of(edition).options.items()
        if key in found
    )


def why_recommended(tx: Tx, assessment: AssessmentView) -> str:
    """Return why an option is recommended, in its owner's words; empty while none is, or once erased."""
    made = intents.decisions_of_step(tx, assessment.reported_by, strict=False)[-1:]
    return made[0].answers[RECOMMENDED].text if made else ""


def recommended(answers: Mapping[str, Answered]) -> str:
    """Return the option that an owner's answer recommends."""
    return answers[RECOMMENDED].value


def chosen(answers: Mapping[str, Answered]) -> str:
    """Return the option that an answer chooses."""
    return answers[CHOSEN].value


def name_of(edition: Edition, option: str) -> str:
    """Return what an option is called; its key, where the handbook does not know it."""
    known = edition.delivery.assessment if edition.delivery else None
    return known.options[option].name if known and option in known.options else option


def _written(answers: Mapping[str, Answered], name: str) -> str:
    return answers[name].text or ERASED if name in answers else ERASED
