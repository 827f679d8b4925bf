"""The boxes of each kind of report: the one place that says which they are."""

from collections.abc import Callable, Iterator, Mapping

from service.appraisal import HOW_REALISED, MEASURE, OWNER
from service.handbook.delivering import MOST_DAYS, MOST_STAGES
from service.handbook.words import pounds
from service.reports.boxes import Box, Form, Group, Options, Rows, Type, When
from service.reports.context import Context
from service.store.projects import Called
from workflows.delivery import Rag, Tolerance
from workflows.model import Choice

RATINGS: Options = ((Rag.GREEN, "Green"), (Rag.AMBER, "Amber"), (Rag.RED, "Red"))
MET, NOT_MET = "met", "not_met"
"""What a check says of a standard."""
OBJECTIVES: Options = ((MET, "Met"), ("partly", "Partly met"), (NOT_MET, "Not met"))
RECOMMENDATIONS: Options = (
    (Choice.EXCEPTION_PLAN, "An exception plan"),
    (Choice.MORE_TOLERANCE, "More tolerance"),
    (Choice.CLOSE_EARLY, "Closing it early"),
)
YES = "yes"
"""The value of a box that is ticked."""
MOST_WEEKS = 26
"""From one highlight report to the next: half a year."""
MOST_LESSONS = 5
WEIGHED, LEFT_OUT, COST = "weighed_", "left_out_", "cost_"
"""How the boxes of an option begin: what speaks for and against it, or why it is left out, and its cost."""
RECOMMENDED, CHOSEN = "recommendation", "option"
"""The boxes in which an owner recommends an option, and in which one is chosen."""
_RATED = "Green: as planned. Amber: in doubt. Red: past what is tolerated."
_COME_ABOUT = (
    "Green: it comes about as claimed. Amber: that is in doubt. Red: it falls short, and is not expected to "
    "be made up."
)
_DRAFTED = "What stands in the boxes is a draft, made of what was reported. Change whatever is not so."
_BOARD = "Nobody decides on their own report, so the project manager has no seat on the board."


def form(kind: str, context: Context) -> Form | None:
    """Return the boxes of a kind of report; None for a question that has none."""
    known = _KINDS.get(kind)
    if known is None:
        return None
    choices, groups = known
    found = tuple(groups(context))
    return Form(kind=kind, choices=choices, groups=found) if found else None


def _mandate(context: Context) -> Iterator[Group]:
    offered = context.executive if context.executive in context.titles else ""
    yield Group(
        heading="Who runs it",
        lead=_BOARD,
        parts=(
            Box(name="manager", label="Project manager", type=Type.POST),
            Box(
                name="executive",
                label="Executive",
                type=Type.POST,
                hint="Chairs the project board. The sponsor is offered.",
                default=offered,
            ),
            Box(name="senior_user", label="Senior user", type=Type.POST, hint="Speaks for those who use it"),
            Box(
                name="senior_supplier",
                label="Senior supplier",
                type=Type.POST,
                hint="Speaks for those who build or provide it",
            ),
        ),
    )
    parts = [
        Box(name="template", label="Gates that it passes", type=Type.ONE, options=context.templates),
        Box(
            name="linked",
            label="Linked proposals or projects",
            type=Type.REFERENCES,
            hint="If there are any: what they cost and how late they are is counted together. "
            "For example INV-2004-0002, PRJ-2004-0001",
            wanted=False,
        ),
    ]
    if context.strategies:
        none = ("", "None of them")
        box = Box(
            name="strategy",
            label="Strategy that it serves",
            type=Type.ONE,
            options=(*context.strategies, none),
            wanted=False,
        )
        parts.insert(1, box)
    yield Group(heading="How it is run", parts=tuple(parts))
    brief = Box(
        name="brief",
        label="Project brief",
        type=Type.WORDS,
        hint="What it is to deliver, for whom, within what limits, and what it leaves out",
    )
    yield Group(heading="What it is to do", parts=(brief,))
    yield from _business_case(context)
    yield from _papers(context)


def _business_case(context: Context) -> Iterator[Group]:
    """Ask for what the business case leaves out, without which no gate opens (SYS-15)."""
    lacking = context.lacking
    if lacking.management:
        yield Group(
            heading="What it costs to manage",
            lead="The business case does not say, and no gate opens without it.",
            parts=(
                Box(
                    name="management_cost",
                    label="Cost of managing the project",
                    type=Type.POUNDS,
                    hint="In all",
                ),
                Box(
                    name="management_cost_why",
                    label="Why managing it costs nothing",
                    type=Type.LINE,
                    hint="Needed if it does",
                    wanted=False,
                ),
            ),
        )
    for one in lacking.benefits:
        yield Group(
            heading=f"Benefit {one.number}: {one.title}",
            lead="The business case does not say all of it, and no gate opens without it.",
            parts=tuple(_of_a_benefit(context, one.number, part) for part in one.parts),
        )


def _of_a_benefit(context: Context, number: int, part: str) -> Box:
    """Ask for a part of a benefit that is not said."""
    boxes = {
        OWNER: Box(
            name=f"benefit_owner_{number}",
            label=f"Benefit {number}: who sees to it",
            type=Type.POST,
            hint="Is asked after go-live how much of it has come about. The sponsor is offered.",
            default=context.executive if context.executive in context.titles else "",
        ),
        MEASURE: Box(
            name=f"benefit_measure_{number}",
            label=f"Benefit {number}: how it is measured",
            type=Type.LINE,
            hint="By one number, such as calls a month",
        ),
        HOW_REALISED: Box(
            name=f"benefit_how_realised_{number}",
            label=f"Benefit {number}: how it is brought about",
            type=Type.WORDS,
        ),
    }
    return boxes[part]


def _plan(context: Context) -> Iterator[Group]:
    yield Group(
        heading="Stages",
        lead=f"Up to {MOST_STAGES}, in order. Leave those that you do not need empty."
        if not context.stages
        else f"The gates of this project need {context.stages} stages, in order.",
        parts=(
            Rows(
                each="Stage",
                most=MOST_STAGES,
                total="All stages",
                boxes=(
                    Box(name="stage_name", label="What it is called", type=Type.LINE),
                    Box(name="stage_ends", label="Ends on", type=Type.DAY, phrase="ends on {}"),
                    Box(
                        name="stage_cost",
                        label="What it costs",
                        type=Type.POUNDS,
                        hint="This stage alone",
                        phrase="costs {}",
                    ),
                    Box(
                        name="stage_weeks",
                        label="Weeks from one report to the next",
                        type=Type.WHOLE,
                        least=1,
                        most=MOST_WEEKS,
                        unit=("week", "weeks"),
                        default=str(context.weeks),
                        phrase="{} from one report to the next",
                    ),
                    Box(
                        name="stage_pilot",
                        label="Where it is tried out",
                        type=Type.LINE,
                        hint="Only if this stage is a pilot",
                        wanted=False,
                        phrase="a pilot at {}",
                    ),
                ),
            ),
        ),
    )
    after = Box(
        name="after_go_live",
        label="Stages go on after go-live",
        type=Type.TICK,
        asking="Does anything go on after go-live?",
        hint="Such as support, or a second site. Unless you say so, every stage ends by then.",
        wanted=False,
    )
    live = Box(
        name="go_live",
        label="Go-live",
        type=Type.DAY,
        when=When.ANY if context.went_live else When.AHEAD,
        default=context.went_live.isoformat() if context.went_live else "",
    )
    yield Group(heading="Go-live", parts=(live, after))
    yield Group(
        heading="What it may miss by without asking",
        lead="Past any of these the board is asked before the project goes on.",
        parts=(
            *_tolerances(context),
            *(
                Box(name=f"tolerance_{of}", label=f"Tolerance for {_called(of)}", type=Type.LINE)
                for of in (Tolerance.SCOPE, Tolerance.QUALITY, Tolerance.RISK, Tolerance.BENEFIT)
            ),
        ),
    )
    approach = Box(
        name="approach",
        label="Approach",
        type=Type.WORDS,
        hint="How it is delivered, who does what, and how quality and risk are seen to",
    )
    success = Box(
        name="success",
        label="What success looks like",
        type=Type.LINE,
        hint="In a line. At closure, and in the review, it is said whether it came about.",
        wanted=False,
    )
    yield Group(heading="How it is delivered", parts=(approach, success))
    yield from _papers(context)


def _tolerances(context: Context) -> tuple[Box, ...]:
    return (
        Box(
            name="tolerance_cost",
            label="Tolerance for cost",
            type=Type.PERCENT,
            hint="Percent above the cost of all stages",
            most=100,
            default=f"{context.tolerances.cost_percent.normalize():f}",
        ),
        Box(
            name="tolerance_days",
            label="Tolerance for time",
            type=Type.WHOLE,
            hint="Working days after go-live as planned",
            most=MOST_DAYS,
            unit=("working day", "working days"),
            default=str(context.tolerances.days),
        ),
    )


def _highlight(context: Context) -> Iterator[Group]:
    yield _standing()
    ends = Box(
        name="forecast_stage_ends",
        label="Forecast end of this stage",
        type=Type.DAY,
        when=When.AHEAD,
        hint="Not needed if the stage is done",
        only=(Choice.REPORT,),
    )
    yield Group(heading="Forecast", parts=(*_forecasts(context), *(() if context.at_gate else (ends,))))
    yield Group(
        heading="In a line each",
        parts=(
            Box(name="done", label="Done since the last report", type=Type.LINE),
            Box(name="next", label="Next", type=Type.LINE),
            Box(name="issues", label="Issues", type=Type.LINE, hint="If there are any", wanted=False),
        ),
    )


def _end_stage(context: Context) -> Iterator[Group]:
    yield _standing()
    yield Group(heading="Forecast for the whole project", parts=_forecasts(context))
    yield Group(
        heading="The stage that ends",
        parts=(
            _objectives(),
            Box(
                name="products",
                label="What it delivered",
                type=Type.WORDS,
                hint="What is complete, and who has accepted it",
            ),
            Box(
                name="across",
                label="What goes on into the next stage",
                type=Type.WORDS,
                hint="Work that has begun in this stage and does not end with it",
                wanted=False,
            ),
            Box(
                name="benefits_reviewed",
                label="Benefits that were reviewed",
                type=Type.WORDS,
                hint="Which were looked at in this stage, and whether they can still be had",
                wanted=False,
            ),
            Box(name="issues", label="Issues that are open", type=Type.WORDS, wanted=False),
            Box(
                name="causes",
                label="Causes",
                type=Type.WORDS,
                hint="What has caused those issues, and whatever differs from the plan",
                wanted=False,
            ),
            Box(name="lessons", label="Lessons", type=Type.WORDS, wanted=False),
        ),
    )
    if following := context.following:
        called = context.called.get(following.number, Called(name=f"Stage {following.number}"))
        yield Group(
            heading=f"The next stage: {called.name}",
            lead="The board authorises it on this plan.",
            parts=(
                Box(
                    name="next_ends",
                    label="Next stage ends on",
                    type=Type.DAY,
                    when=When.AHEAD,
                    default=following.ends.isoformat(),
                ),
                Box(
                    name="next_cost",
                    label="Next stage costs",
                    type=Type.POUNDS,
                    default=pounds(following.cost).removeprefix("£"),
                ),
                Box(
                    name="next_plan",
                    label="Plan of the next stage",
                    type=Type.WORDS,
                    hint="What is done, by whom, and what it needs",
                ),
            ),
        )
    yield from _papers(context)


def _exception_report(context: Context) -> Iterator[Group]:
    yield Group(
        heading="What has happened",
        lead=_DRAFTED,
        parts=(
            Box(name="cause", label="Cause", type=Type.WORDS),
            Box(
                name="consequences",
                label="Consequences",
                type=Type.WORDS,
                hint="For cost, time and the other tolerances, and for the case for the project",
            ),
            Box(
                name="corporate",
                label="What it means for others",
                type=Type.WORDS,
                hint="Other projects, services and budgets",
            ),
        ),
    )
    yield Group(
        heading="What could be done",
        lead=_DRAFTED,
        parts=(
            Box(name="options", label="Options", type=Type.WORDS, hint="Each with what it costs and brings"),
            Box(
                name="recommendation",
                label="Recommendation",
                type=Type.ONE,
                options=RECOMMENDATIONS,
                beside="Why you recommend it",
            ),
            Box(name="lessons", label="Lessons", type=Type.WORDS, wanted=False),
        ),
    )


def _gate(context: Context) -> Iterator[Group]:
    """Ask whoever lets a project through how confident they are of delivery, where the gate ends in that."""
    if not context.rated:
        return
    yield Group(
        heading="How confident you are of delivery",
        lead="This gate ends in a rating. Where several rate it, the worst counts.",
        parts=(
            Box(
                name="confidence",
                label="Confidence of delivery",
                type=Type.RATING,
                options=RATINGS,
                hint="Green: likely. Amber: in doubt. Red: unlikely as things are. Say why, whichever it is.",
                beside="Why",
            ),
            Box(
                name="recommendations",
                label="Recommendations",
                type=Type.WORDS,
                hint="The executive of the project owns them. What has to be done by a day is a condition.",
                wanted=False,
            ),
        ),
    )


def _exception(context: Context) -> Iterator[Group]:
    now = context.tolerances
    yield Group(
        heading="What is tolerated from now on",
        lead=f"Now it is {now.cost_percent.normalize():f}% for cost and {now.days} working days for time, "
        "measured against the last approved plan.",
        parts=_tolerances(context),
    )


def _end_project(context: Context) -> Iterator[Group]:
    yield Group(
        heading="How it ended",
        parts=(
            _went_live(context, wanted=not context.early),
            Box(name="final_cost", label="Final cost", type=Type.POUNDS, hint="Of the whole project"),
            _objectives(),
            *_succeeded(context),
        ),
    )
    yield Group(
        heading="What it leaves",
        parts=(
            Box(name="handover", label="Handover", type=Type.WORDS, hint="What was handed over, and to whom"),
            Box(name="lessons", label="Lessons", type=Type.WORDS),
            Box(
                name="follow_on",
                label="Follow-on actions",
                type=Type.WORDS,
                hint="What is still to be done, and by whom",
                wanted=False,
            ),
        ),
    )
    yield from _papers(context)


def _standards_check(context: Context) -> Iterator[Group]:
    yield Group(
        heading="Project standards",
        lead="A standard that is not met goes to SRG as an exception.",
        parts=tuple(
            Box(
                name=f"standard_{key}",
                label=name,
                type=Type.ONE,
                options=((MET, "Met"), (NOT_MET, "Not met")),
                beside="What is missing",
                plain=(MET,),
            )
            for key, name in context.standards
        ),
    )


def _review(context: Context) -> Iterator[Group]:
    yield Group(
        heading="What came of it",
        parts=(
            _objectives(),
            *_succeeded(context),
            Box(
                name="benefits",
                label="Benefits",
                type=Type.WORDS,
                hint="Which have come about, and which not",
            ),
            Box(name="users", label="What its users say", type=Type.WORDS),
            Box(
                name="outturn",
                label="Cost and time",
                type=Type.WORDS,
                hint="Against what was approved, and why it differs",
            ),
            Box(name="final_cost", label="Final cost", type=Type.POUNDS),
        ),
    )
    yield Group(
        heading="Lessons",
        lead="They are shown on later proposals of like kind.",
        parts=(
            Rows(
                each="Lesson",
                most=MOST_LESSONS,
                boxes=(
                    Box(name="lesson_title", label="In a line", type=Type.LINE),
                    Box(name="lesson", label="What to do another time", type=Type.WORDS, phrase="{}"),
                ),
            ),
        ),
    )
    yield from _papers(context)


def _benefit(context: Context) -> Iterator[Group]:
    yield Group(
        heading="How much has come about",
        lead=f"Claimed: {context.claimed}" if context.claimed else "",
        parts=(
            Box(
                name="reading",
                label="Reading",
                type=Type.NUMBER,
                hint="In pounds a year" if context.in_pounds else "The number as it was measured",
                pounds=context.in_pounds,
            ),
            Box(name="rating", label="How it stands", type=Type.RATING, options=RATINGS, hint=_COME_ABOUT),
            Box(name="note", label="In a line", type=Type.LINE, hint="What is behind the number"),
        ),
    )


def _assessment(context: Context) -> Iterator[Group]:
    for number, (key, name) in enumerate(context.delivery_options):
        yield Group(
            heading=name,
            lead="Weigh each of these ways of delivery, or say why you leave it out." if number == 0 else "",
            parts=(
                Box(
                    name=f"{WEIGHED}{key}",
                    label=f"{name}, weighed",
                    type=Type.WORDS,
                    hint="What speaks for it, and what against",
                    wanted=False,
                ),
                Box(
                    name=f"{COST}{key}",
                    label=f"{name}, cost",
                    type=Type.POUNDS,
                    hint="In a year, if it is known",
                    wanted=False,
                ),
                Box(
                    name=f"{LEFT_OUT}{key}",
                    label=f"{name}, left out",
                    type=Type.WORDS,
                    hint="Only if it is not weighed: why not",
                    wanted=False,
                ),
            ),
        )
    yield Group(
        heading="What you recommend",
        lead="It is chosen by others, and they may choose another of those that you have weighed.",
        parts=(
            Box(
                name=RECOMMENDED,
                label="Recommendation",
                type=Type.ONE,
                options=context.delivery_options,
                beside="Why you recommend it",
            ),
        ),
    )
    yield from _papers(context)


def _chosen_option(context: Context) -> Iterator[Group]:
    names = dict(context.delivery_options)
    recommended = names.get(context.recommended, "")
    yield Group(
        heading="Which option is chosen",
        lead=f"Recommended: {recommended}." if recommended else "",
        parts=(
            Box(
                name=CHOSEN,
                label="Option",
                type=Type.ONE,
                options=context.delivery_options,
                beside="Why it is chosen",
                plain=(context.recommended,) if context.recommended else (),
            ),
        ),
    )


# ------------------------------------------------------------------------ parts of several


def _standing() -> Group:
    return Group(
        heading="How it stands",
        lead=f"{_RATED} Say why in a line unless it is green.",
        parts=tuple(
            Box(
                name=f"rating_{of}",
                label=_called(of).capitalize(),
                type=Type.RATING,
                options=RATINGS,
                beside="Why",
                plain=(Rag.GREEN,),
            )
            for of in Tolerance
        ),
    )


def _called(of: Tolerance) -> str:
    return "benefits" if of is Tolerance.BENEFIT else of.value


def _forecasts(context: Context) -> tuple[Box, ...]:
    cost = Box(
        name="forecast_cost",
        label="Forecast cost",
        type=Type.POUNDS,
        hint="Of the whole project, when it ends",
    )
    if context.went_live:
        return cost, _went_live(context, wanted=True)
    live = Box(
        name="forecast_go_live",
        label="Forecast go-live",
        type=Type.DAY,
        when=When.AHEAD,
        # Asked all the same, unless it has gone live by now.
        wanted=False,
    )
    return cost, live, _went_live(context, wanted=False)


def _went_live(context: Context, *, wanted: bool) -> Box:
    return Box(
        name="went_live",
        label="Went live on",
        type=Type.DAY,
        hint="" if wanted else "Only if it has gone live",
        wanted=wanted,
        when=When.BEHIND,
        earliest=context.begun,
        default=context.went_live.isoformat() if context.went_live else "",
    )


def _objectives() -> Box:
    return Box(
        name="objectives",
        label="Objectives",
        type=Type.ONE,
        options=OBJECTIVES,
        beside="What was met, and what was not",
        plain=(MET,),
    )


def _succeeded(context: Context) -> tuple[Box, ...]:
    """Ask whether what the plan calls success came about, where it says what that is (S4-23)."""
    box = Box(
        name="succeeded",
        label="Whether success came about",
        type=Type.ONE,
        options=OBJECTIVES,
        hint=f"The plan says: {context.success}",
        beside="What of it came about, and what did not",
        plain=(MET,),
    )
    return (box,) if context.success else ()


def _papers(context: Context) -> Iterator[Group]:
    """Say which documents the gate asks for. The box in which they are handed in belongs here."""
    if context.papers:
        yield Group(heading="Documents", lead=f"The gate asks for: {'; '.join(context.papers)}.")


_REPORT = (Choice.REPORT,)
_MORE = (Choice.MORE_TOLERANCE,)
_GOES_ON = (Choice.AUTHORISE, Choice.AUTHORISE_WITH_CONDITIONS)
_CHOOSES = (Choice.APPROVE,)
_KINDS: Mapping[str, tuple[tuple[Choice, ...], Callable[[Context], Iterator[Group]]]] = {
    "mandate": (_REPORT, _mandate),
    "initiation": (_REPORT, _plan),
    "exception_plan": (_REPORT, _plan),
    "gate": (_GOES_ON, _gate),
    "gate_srg": (_GOES_ON, _gate),
    "highlight": ((Choice.REPORT, Choice.STAGE_DONE), _highlight),
    "end_stage": (_REPORT, _end_stage),
    "exception_report": (_REPORT, _exception_report),
    "exception": (_MORE, _exception),
    "exception_board": (_MORE, _exception),
    "exception_srg": (_MORE, _exception),
    "end_project": (_REPORT, _end_project),
    "standards_check": ((Choice.VERIFY, Choice.FALL_SHORT), _standards_check),
    "review": (_REPORT, _review),
    "benefit": (_REPORT, _benefit),
    "assessment": (_REPORT, _assessment),
    "assessment_choice": (_CHOOSES, _chosen_option),
    "assessment_srg": (_CHOOSES, _chosen_option),
}
"""Kind of question to the choices beside which its boxes are asked, and to those boxes."""
