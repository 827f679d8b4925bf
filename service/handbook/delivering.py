"""How projects are delivered: the gates they pass, the papers these need, and who decides past tolerance."""

from datetime import date
from enum import StrEnum

from pydantic import ConfigDict, Field

from service.handbook.entries import Counted, Day, Entry, Percent, Pounds, Whole
from workflows.delivery import Band, GateKind, Tolerances
from workflows.model import Size

MOST_STAGES = 8
"""Delivery stages that a plan may have."""
MOST_DAYS = 520
"""Working days that may be tolerated: two years."""
LARGEST_FILE = 50
"""Megabytes that a document may have at most, whatever a handbook says."""
FEWEST_OPTIONS = 2
"""Options that are weighed in an assessment, or there would be no choice."""
FILE_TYPES = ("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "png", "jpg", "txt", "csv")
"""The types of document that are known, by the ends of their names; their content is looked at too."""

_PASSED_IN_TURN = (GateKind.START_UP, GateKind.INITIATION, GateKind.BOUNDARY, GateKind.CLOSURE)


class GateRules(Entry):
    """A gate: what it lets go on, and what its board wants to see."""

    name: str
    authorises: str
    """What passing it authorises, as words that end a sentence: `the delivery stages of the plan`."""
    documents: tuple[str, ...] = ()
    """The kinds of document that are asked for at it."""
    after_pilot: tuple[str, ...] = ()
    """Those that are asked for besides where the stage that ends with it was a pilot (SYS-66)."""
    rating: bool = False
    """Whether its board says how confident it is of delivery."""


class Template(Entry):
    """A way of passing gates that a project may choose."""

    name: str
    start_up: GateRules
    initiation: GateRules
    boundary: GateRules | None = None
    """The gate after every delivery stage but the last, however many a plan has."""
    boundaries: tuple[GateRules, ...] = ()
    """Or a gate of its own after each: a plan then has one stage more than there are of these."""
    closure: GateRules

    @property
    def stages(self) -> int:
        """How many delivery stages a plan under it has; 0: as many as are planned."""
        return len(self.boundaries) + 1 if self.boundaries else 0

    def gate(self, kind: GateKind, stage: int = 0) -> GateRules:
        """Return a gate by its kind; one between stages by the stage, from 1, that ends with it.

        A plan that is put forward amid a stage is approved as at the end of it.
        """
        ends = {
            GateKind.START_UP: self.start_up,
            GateKind.INITIATION: self.initiation,
            GateKind.CLOSURE: self.closure,
        }
        between = self.boundary or self.boundaries[min(max(stage, 1), len(self.boundaries)) - 1]
        return ends.get(kind, between)


class DocumentKind(Entry):
    """A kind of document that gates may ask for."""

    name: str


class AttachmentRules(Entry):
    """What may be handed in with a report."""

    megabytes: Counted = 10
    """For one document, at most."""
    types: tuple[str, ...] = FILE_TYPES


class TolerancesEntry(Tolerances):
    """What a plan proposes to be tolerated, unless its manager proposes something else."""

    model_config = ConfigDict(extra="forbid")

    cost_percent: Percent
    days: Whole
    illustrative: bool = False


class BandEntry(Band):
    """A row of the authority matrix, as written."""

    model_config = ConfigDict(extra="forbid")

    budget: Pounds | None = None
    over_percent: Percent | None = None
    late: Whole | None = None
    illustrative: bool = False


class ProjectStandard(Entry):
    """One of the standards that the running of projects is checked against (SYS-17)."""

    name: str


class Monitored(StrEnum):
    """Which projects a rule about monitoring is for."""

    MAJOR = "major"
    PROGRAMME = "programme"
    """Those that serve a strategy of the programme."""


class MonitoringRule(Entry):
    """From which day on the standards of which projects are checked."""

    since: Day
    applies_to: Monitored


class MonitoringRules(Entry):
    """The project standards that are checked, and whose."""

    checks: dict[str, ProjectStandard]
    rules: tuple[MonitoringRule, ...]
    put_right_days: Counted = 20
    """Working days in which a manager puts right what SRG does not accept."""

    def apply(self, size: Size, *, programme: bool, day: date) -> bool:
        """Say whether the standards of a project are checked on a day."""
        applies = {Monitored.MAJOR: size is Size.MAJOR, Monitored.PROGRAMME: programme}
        return any(rule.since <= day and applies[rule.applies_to] for rule in self.rules)


class ReviewRules(Entry):
    """When a proposal is reviewed after its project (SYS-19)."""

    months: Counted = 6
    """After go-live."""


class BenefitRules(Entry):
    """When the owner of a benefit is asked how much of it has come about."""

    months: tuple[Counted, ...] = (3, 6, 12, 24)
    """After go-live, rising."""


class TrackRecordRules(Entry):
    """When it is shown how past cases of a directorate went."""

    least: Counted = 5
    """Cases, of which fewer say nothing and are not shown."""


class Strategy(Entry):
    """A strategy that projects serve."""

    name: str
    lead: str = ""
    """The post that leads it; empty where the handbook has no such post."""


class DeliveryOption(Entry):
    """A way in which a service may be delivered."""

    name: str


class AssessmentRules(Entry):
    """How business processes are assessed (SYS-67): whoever assesses one weighs every option of this list, or
    says why not.
    """

    options: dict[str, DeliveryOption]


class DeliveryRules(Entry):
    """How approved major proposals are delivered; a handbook without it has no projects."""

    templates: dict[str, Template]
    documents: dict[str, DocumentKind] = Field(default_factory=dict)
    attachments: AttachmentRules = AttachmentRules()
    report_weeks: Counted = 4
    """Weeks from one highlight report to the next, unless a plan says otherwise."""
    tolerances: TolerancesEntry
    matrix: tuple[BandEntry, ...]
    """Who decides past tolerance: the first band that holds."""
    standards: MonitoringRules | None = None
    """None: no project standards are checked."""
    review: ReviewRules = ReviewRules()
    benefits: BenefitRules = BenefitRules()
    track_record: TrackRecordRules = TrackRecordRules()
    strategies: dict[str, Strategy] = Field(default_factory=dict)
    assessment: AssessmentRules | None = None
    """None: no business processes are assessed."""

    def template(self, key: str) -> Template:
        """Return a template by its key; the first, if there is none of that key."""
        return self.templates.get(key) or next(iter(self.templates.values()))

    def gate(self, template: str, kind: GateKind, stage: int = 0) -> GateRules:
        """Return the rules of a gate of a project that follows a template."""
        return self.template(template).gate(kind, stage)

    def documents_at(
        self, template: str, kind: GateKind, stage: int = 0, *, pilot: bool = False
    ) -> dict[str, str]:
        """Return the kinds of document that are asked for at a gate, each with its name.

        The report of a pilot is among them if the stage that ends with the gate was one. A plan that is put
        forward amid a stage needs none of them.
        """
        if kind not in _PASSED_IN_TURN:
            return {}
        gate = self.gate(template, kind, stage)
        asked = (*gate.documents, *(gate.after_pilot if pilot else ()))
        return {key: self.documents[key].name for key in dict.fromkeys(asked)}
