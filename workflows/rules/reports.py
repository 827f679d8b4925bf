"""The questions that projects, reviews, benefits and assessments put: to whom, with which answers, and under
which clause.
"""

from collections.abc import Mapping
from enum import StrEnum

from workflows.model import Choice, Frozen


class Put(StrEnum):
    """Before whom a question is put."""

    POST = "post"
    """One post answers."""
    BOARD = "board"
    """The project board decides, by its quorum."""
    SRG = "srg"
    """SRG decides at its meeting, and its secretary writes it down."""


class Kind(Frozen):
    """A kind of question of delivery."""

    clause: str
    """The key of the clause that puts it."""
    choices: tuple[Choice, ...]
    """All that it may offer."""
    needs: tuple[tuple[Choice, ...], ...] = ((Choice.REPORT,),)
    """It must offer one of each of these at least, or a case would have no way to go on, or none to stop."""
    put: Put = Put.POST
    decides: bool = False
    """An answer settles something, so that nobody gives it on what they wrote themselves."""
    ends: bool = False
    """Silence ends it, for the same is asked again later."""
    standards: bool = False
    """It is put only where project standards are checked."""
    assesses: bool = False
    """It is put only where business processes are assessed."""
    without_srg: bool = False
    """It is put only where there is no SRG, which would decide it."""


OF_REVIEWS = ("review", "review_check", "review_srg")
"""The questions by which a review is written, checked and noted."""
BOARD_SEATS = 3
"""Executive, senior user and senior supplier."""

_REPORT = (Choice.REPORT, Choice.DEFER)
_GOES_ON = (Choice.AUTHORISE, Choice.AUTHORISE_WITH_CONDITIONS)
_TAKES_UP = (Choice.EXCEPTION_PLAN, Choice.MORE_TOLERANCE)
_STOPS = (Choice.CLOSE_EARLY, Choice.REFER_UP)
_IN_A_BOARD = (Choice.ABSTAIN, Choice.DECLARE_INTEREST)
_CHOOSES = (Choice.APPROVE, Choice.RETURN, Choice.DEFER)
_CHOICES = ((Choice.APPROVE,), (Choice.RETURN,))

KINDS: Mapping[str, Kind] = {
    "mandate": Kind(clause="project", choices=_REPORT),
    "initiation": Kind(clause="project", choices=_REPORT),
    "gate": Kind(
        clause="gate",
        choices=(
            *_GOES_ON,
            Choice.RETURN,
            Choice.EXCEPTION_PLAN,
            Choice.CLOSE_EARLY,
            Choice.DEFER,
            Choice.REFER_UP,
            *_IN_A_BOARD,
        ),
        needs=(_GOES_ON, (Choice.RETURN, Choice.CLOSE_EARLY)),
        put=Put.BOARD,
        decides=True,
    ),
    "gate_srg": Kind(
        clause="gate",
        choices=(*_GOES_ON, Choice.RETURN, Choice.CLOSE_EARLY, Choice.DEFER),
        needs=(_GOES_ON, (Choice.RETURN, Choice.CLOSE_EARLY)),
        put=Put.SRG,
        decides=True,
    ),
    "highlight": Kind(
        clause="highlight", choices=(Choice.REPORT, Choice.UNCHANGED, Choice.STAGE_DONE), ends=True
    ),
    "end_stage": Kind(clause="gate", choices=_REPORT),
    "exception_report": Kind(clause="exception", choices=(Choice.REPORT,)),
    "exception": Kind(
        clause="exception",
        choices=(*_TAKES_UP, *_STOPS),
        needs=(_TAKES_UP, _STOPS),
        decides=True,
    ),
    "exception_board": Kind(
        clause="exception",
        choices=(*_TAKES_UP, *_STOPS, *_IN_A_BOARD),
        needs=(_TAKES_UP, _STOPS),
        put=Put.BOARD,
        decides=True,
    ),
    "exception_srg": Kind(
        clause="exception",
        choices=(*_TAKES_UP, Choice.CLOSE_EARLY, Choice.DEFER),
        needs=(_TAKES_UP, (Choice.CLOSE_EARLY,)),
        put=Put.SRG,
        decides=True,
    ),
    "exception_plan": Kind(clause="exception", choices=_REPORT),
    "end_project": Kind(clause="gate", choices=_REPORT),
    "standards_check": Kind(
        clause="project_standards",
        choices=(Choice.VERIFY, Choice.FALL_SHORT),
        needs=((Choice.VERIFY,), (Choice.FALL_SHORT,)),
        decides=True,
        standards=True,
    ),
    "standards_srg": Kind(
        clause="project_standards",
        choices=(Choice.APPROVE, Choice.REJECT, Choice.DEFER),
        needs=((Choice.APPROVE,), (Choice.REJECT,)),
        put=Put.SRG,
        decides=True,
        standards=True,
    ),
    "review": Kind(clause="post_implementation_review", choices=_REPORT),
    "review_check": Kind(
        clause="post_implementation_review",
        choices=(Choice.VERIFY, Choice.SEND_BACK),
        needs=((Choice.VERIFY,), (Choice.SEND_BACK,)),
        decides=True,
    ),
    "review_srg": Kind(
        clause="post_implementation_review",
        choices=(Choice.NOTE, Choice.DEFER),
        needs=((Choice.NOTE,),),
        put=Put.SRG,
        decides=True,
    ),
    "benefit": Kind(clause="benefit", choices=_REPORT),
    "assessment": Kind(clause="assessment", choices=_REPORT, assesses=True),
    "assessment_choice": Kind(
        clause="assessment",
        choices=_CHOOSES,
        needs=_CHOICES,
        decides=True,
        assesses=True,
        without_srg=True,
    ),
    "assessment_srg": Kind(
        clause="assessment",
        choices=_CHOOSES,
        needs=_CHOICES,
        put=Put.SRG,
        decides=True,
        assesses=True,
    ),
}
"""Every kind of question of delivery, in the order in which a case meets them."""

DECIDES_NOTHING = tuple(kind for kind, each in KINDS.items() if not each.decides)
"""The reports: what they say settles nothing by itself."""


def put_to(put: Put) -> tuple[str, ...]:
    """Return the kinds of question that are put before the same body."""
    return tuple(kind for kind, each in KINDS.items() if each.put is put)


def needed(*, srg: bool, standards: bool, assesses: bool) -> tuple[str, ...]:
    """Return the kinds that a handbook gives terms for, where there is an SRG, standards are checked, and
    business processes are assessed.
    """
    return tuple(
        kind
        for kind, each in KINDS.items()
        if (srg or each.put is not Put.SRG)
        and (standards or not each.standards)
        and (assesses or not each.assesses)
        and not (srg and each.without_srg)
    )


def clauses(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys of the clauses that put some kinds of question, each once."""
    return tuple(dict.fromkeys(KINDS[kind].clause for kind in kinds))
