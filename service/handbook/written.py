"""The shape of a handbook's files: what may be written in them, section by section."""

import re
from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeVar

from dateutil import relativedelta
from pydantic import BeforeValidator, ConfigDict, Field

from service.handbook.delivering import DeliveryRules
from service.handbook.edition import (
    AppraisalRules,
    Budget,
    Clause,
    CorporateSystem,
    Decides,
    Department,
    Embargo,
    Post,
    Principle,
    Provisions,
    Retention,
    Route,
    TechnicalParameter,
    ValidityRules,
)
from service.handbook.entries import Day, Entry, Pounds, Whole
from workflows.model import Assurance, Choice, Hold, LadderRung, Quorum, Silence
from workflows.rules import reports

FIRST_YEAR = 2002
"""The papers begin in 2002, and so does every calendar."""
YEARS_AHEAD = 10
"""For how many years after this one it is known which days are worked, and who meets on them."""

DECIDES_NOTHING = ("notification", "bid_outcome", "completion", "action", *reports.DECIDES_NOTHING)
"""The kinds of question whose answers decide nothing: they note, report, or confirm."""
VOTED_ON = ("srg", "referral")
"""The kinds of question that each member of SRG is asked; all others are put to one post."""

Month = Literal[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday"]
Which = Literal["first", "second", "third", "fourth", "last"]
_DAY_OF_YEAR = r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
_TIME_OF_DAY = r"^([01]\d|2[0-3]):[0-5]\d$"
PATTERNS = {
    _DAY_OF_YEAR: "must be a month and a day that exist, written as 12-27",
    _TIME_OF_DAY: "must be a time of day, written as 09:30",
}
"""What is said of a word that is not written as it must be."""
DayOfYear = Annotated[str, Field(pattern=_DAY_OF_YEAR)]
TimeOfDay = Annotated[str, Field(pattern=_TIME_OF_DAY)]

_MONTHS: tuple[str, ...] = Month.__args__  # type: ignore[attr-defined]
_WEEKDAYS = {
    "monday": relativedelta.MO,
    "tuesday": relativedelta.TU,
    "wednesday": relativedelta.WE,
    "thursday": relativedelta.TH,
    "friday": relativedelta.FR,
}
_WHICH = {"first": 1, "second": 2, "third": 3, "fourth": 4}


def _keyed(entries: Any) -> Any:
    """Tell each entry of a section the key it is written under."""
    if not isinstance(entries, dict):
        return entries
    return {
        key: {**entry, "key": key} if isinstance(entry, dict) else entry for key, entry in entries.items()
    }


T = TypeVar("T")
Keyed = Annotated[dict[str, T], BeforeValidator(_keyed)]


class OrganisationEntry(Entry):
    """Whose handbook it is."""

    key: str
    name: str
    title: str


class HoldEntry(Entry):
    """A post a person holds, from a day to a day."""

    post: str
    since: Day
    until: Day | None = None


class PersonEntry(Entry):
    """Somebody who holds posts."""

    name: str
    email: str
    holds: tuple[HoldEntry, ...] = ()


class Recurrence(Entry):
    """A meeting once a month: which weekday of it, in which months not, in which a week earlier."""

    which: Which
    weekday: Weekday
    not_in: tuple[Month, ...] = ()
    a_week_earlier_in: tuple[Month, ...] = ()

    def days(self, years: range) -> list[date]:
        """Return the day of every meeting in the years given."""
        return [
            self._day(year, number) for year in years for number in range(1, 13) if self._meets_in(number)
        ]

    def _meets_in(self, month: int) -> bool:
        return _MONTHS[month - 1] not in self.not_in

    def _day(self, year: int, month: int) -> date:
        weekday = _WEEKDAYS[self.weekday]
        if self.which == "last":
            day = date(year, month, 1) + relativedelta.relativedelta(day=31, weekday=weekday(-1))
        else:
            day = date(year, month, 1) + relativedelta.relativedelta(weekday=weekday(_WHICH[self.which]))
        return day - timedelta(weeks=_MONTHS[month - 1] in self.a_week_earlier_in)


class QuorumEntry(Quorum):
    """A quorum, as written."""

    model_config = ConfigDict(extra="forbid")


class ForumEntry(Entry):
    """A standing group."""

    key: str
    name: str
    email: str
    secretary: str
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    chair: str | None = None
    members: tuple[str, ...] = ()
    veto: tuple[str, ...] = ()
    substitutes: dict[str, str] = Field(default_factory=dict)
    quorum: QuorumEntry | None = None
    decides: Decides = Decides.MEETING
    blind: bool = False
    papers_days: Whole = 5
    called_days: Whole = 10
    record_days: Whole = 2
    told_days: Whole = 5
    place: str = ""
    time: TimeOfDay = "10:00"
    hours: Whole = 2
    meets: Recurrence | None = None
    also_meets: tuple[Day, ...] = ()
    does_not_meet: tuple[Day, ...] = ()


class Roles(Entry):
    """Which post plays which part in the product."""

    pmo: str
    auditor: str
    administrator: str
    direct_notifications: str
    corporate_projects_manager: str


class RungEntry(LadderRung):
    """A rung, as written."""

    model_config = ConfigDict(extra="forbid")

    day: Whole


class LadderEntry(Entry):
    """When an answer is due, and what happens to silence."""

    due: Whole
    rungs: tuple[RungEntry, ...]


LONGEST_HOLD = 24 * 60
"""Minutes."""
_MINUTES = re.compile(r"(\d{1,5}) minutes?")


def _hold(written: object) -> object:
    """Read how long an outcome waits for second thoughts."""
    if written == "end_of_day":
        return Hold()
    found = _MINUTES.fullmatch(written) if isinstance(written, str) else None
    minutes = int(found[1]) if found else 0
    if not 0 < minutes <= LONGEST_HOLD:
        raise ValueError(
            f"is {written}, and must be written as 30 minutes, from 1 to {LONGEST_HOLD}, or as end_of_day"
        )
    return Hold(minutes=minutes)


class StepEntry(Entry):
    """The terms on which one kind of question is put."""

    choices: tuple[Choice, ...]
    ladder: str
    forum: str | None = None
    """The forum whose members vote on it (`VOTED_ON`); its quorum then holds."""
    quorum: QuorumEntry | None = None
    blind: bool | None = None
    """Whether votes are hidden until it is decided; without a word, as the forum has it."""
    silence: Silence = Silence.KEEP_WAITING
    assurance: Assurance = Assurance.LINK
    code_above: Pounds | None = None
    deciding: bool = True
    """False only where an answer decides nothing (`DECIDES_NOTHING`): then also an author may give it."""
    answers: tuple[str, ...] = ()
    hold: Annotated[Hold, BeforeValidator(_hold)] | None = None
    """For how long people may take back their answers, before what these settle takes effect."""


class ClosureDays(Entry):
    """Days on which the organisation itself is closed."""

    every_year: tuple[DayOfYear, ...] = ()
    dates: tuple[Day, ...] = ()


class CalendarEntry(Entry):
    """Which days are not worked besides weekends."""

    country: str = "GB"
    region: str = "ENG"
    closed: ClosureDays = ClosureDays()


class VersionsEntry(Entry):
    """Which changes of a proposal void what was answered about the version before."""

    material: tuple[str, ...]


class Handbook(Entry):
    """All that the files of a handbook say together."""

    organisation: OrganisationEntry
    calendar: CalendarEntry = CalendarEntry()
    departments: Keyed[Department] = Field(default_factory=dict)
    posts: Keyed[Post]
    people: dict[str, PersonEntry] = Field(default_factory=dict)
    forums: Keyed[ForumEntry] = Field(default_factory=dict)
    roles: Roles
    principles: Keyed[Principle] = Field(default_factory=dict)
    corporate_systems: Keyed[CorporateSystem] = Field(default_factory=dict)
    technical_parameters: Keyed[TechnicalParameter] = Field(default_factory=dict)
    route: Route
    embargo: Embargo | None = None
    appraisal: AppraisalRules = AppraisalRules()
    validity: ValidityRules | None = None
    delegated_limits: dict[str, Pounds] = Field(default_factory=dict)
    next_authority: dict[str, str] = Field(default_factory=dict)
    ladders: dict[str, LadderEntry]
    steps: dict[str, StepEntry]
    clauses: dict[str, Clause]
    budgets: dict[str, Budget] = Field(default_factory=dict)
    retention: dict[str, Retention] = Field(default_factory=dict)
    reports: dict[str, str] = Field(default_factory=dict)
    provisions: Provisions = Provisions()
    versions: VersionsEntry | None = None
    delivery: DeliveryRules | None = None
