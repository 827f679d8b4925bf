"""What a series of meetings writes into the record: which comes next, its letters, its minutes."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from activities.meetings import Meetings
from service import convening
from service.handbook import Edition
from service.store import clock, letters, meetings, rebuild
from service.store.letters import LedgerRow, QueuedLetter
from service.store.meetings import ClosedItem, Meeting, MeetingState, Series
from tests.support.activities import done
from tests.support.desk import NINE, Desk
from workflows.model import MEETING, CaseWaiting, Happening, MeetingHappens, MeetingNext, Nudge
from workflows.rules.clock import jump

SERIES = Series(organisation="leicester", forum="heads-of-ict")
OCTOBER, NOVEMBER = date(2004, 10, 13), date(2004, 11, 10)
SECRETARY = "heads-of-ict-secretary"


class Convener:
    """The activity at work on a desk's record."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.activity = Meetings(desk.store, desk.mailroom, desk.links)

    def looks(self) -> MeetingNext:
        return done(self.activity.next(SERIES.ref))

    def happens(self, what: Happening, day: date = OCTOBER) -> None:
        with self.desk.store.reading() as tx:
            at = tx.now
        done(self.activity.happens(MeetingHappens(series=SERIES.ref, day=day, what=what, at=at)))

    def it_is(self, day: date, hour: int = 9) -> None:
        with self.desk.store.writing() as tx:
            to = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
            clock.add(tx, jump(tx.clock, to=to, real=tx.real))

    def letters(self, kind: str) -> list[LedgerRow]:
        with self.desk.store.reading() as tx:
            return [row for row in letters.of_case(tx, SERIES.ref) if row.kind == kind]

    def meeting(self, day: date = OCTOBER) -> Meeting:
        with self.desk.store.reading() as tx:
            return meetings.get(tx, SERIES, day)


@pytest.fixture
def convener(desk: Desk) -> Convener:
    return Convener(desk)


def test_the_next_meeting_comes_with_its_dates(convener: Convener) -> None:
    found = convener.looks()
    assert found.day == OCTOBER
    assert not found.called
    assert found.calls == datetime(2004, 9, 29, 8, tzinfo=UTC)
    assert found.papers_close == datetime(2004, 10, 6, 16, tzinfo=UTC)
    assert [turn.what for turn in found.turns] == [Happening.CHASED, Happening.PMO_TOLD, Happening.LEFT]


def test_members_and_secretary_are_called_once_and_told_of_papers_and_place(convener: Convener) -> None:
    convener.looks()
    convener.it_is(date(2004, 9, 29))
    convener.happens(Happening.CALLED)
    convener.happens(Happening.CALLED)
    called = convener.letters("meeting_called")
    forum = convener.desk.edition.forums["heads-of-ict"]
    assert {row.post for row in called} == {*forum.members, SECRETARY}
    assert all(row.props["papers_close"] == "2004-10-06" for row in called)
    assert convener.desk.mailroom.given[-1] == convener.desk.mailroom.given[-2]
    assert convener.meeting().state is MeetingState.CALLED


def test_papers_close_with_the_agenda_as_it_stood(convener: Convener) -> None:
    convener.looks()
    with convener.desk.store.writing() as tx:
        meetings.business_added(tx, SERIES, OCTOBER, "Dates for 2005", by="p")
    convener.it_is(date(2004, 10, 7))
    convener.happens(Happening.PAPERS_CLOSED)
    (item,) = convener.meeting().agenda
    assert item.startswith("business-")
    sent = convener.letters("agenda_sent")
    assert [business["title"] for business in sent[0].props["items"]] == ["Dates for 2005"]


def test_the_agenda_gives_the_decision_sought_as_the_papers_and_the_members_own_letters_do(
    convener: Convener,
) -> None:
    desk = convener.desk
    case = desk.submits()
    waits = CaseWaiting(
        case=case.case,
        number=1,
        key="notification",
        leg=MEETING,
        since=NINE,
        until=datetime(2004, 10, 13, 8, tzinfo=UTC),
        on="heads-of-ict",
    )
    done(desk.cases.waits(waits))
    convener.looks()
    convener.it_is(date(2004, 10, 7))
    convener.happens(Happening.PAPERS_CLOSED)
    (item,) = convener.letters("agenda_sent")[0].props["items"]
    assert (item["ref"], item["sought"]) == (case.case, "Do you have any concerns about this proposal?")


def test_nobody_is_sent_the_agenda_of_a_meeting_that_is_over(convener: Convener) -> None:
    convener.looks()
    convener.it_is(date(2004, 10, 20))
    convener.happens(Happening.PAPERS_CLOSED)
    assert convener.letters("agenda_sent") == []
    assert convener.meeting().papers_closed is not None


def test_meetings_that_passed_unseen_are_written_once_without_letters(convener: Convener) -> None:
    convener.looks()
    convener.it_is(date(2005, 1, 5))
    assert convener.looks().day == date(2005, 1, 12)
    before = convener.desk.record()
    assert convener.looks().day == date(2005, 1, 12)
    assert convener.desk.record() == before
    missed = (OCTOBER, NOVEMBER, date(2004, 12, 8))
    assert [convener.meeting(day).state for day in missed] == [MeetingState.MISSED] * 3
    assert convener.letters("meeting_called") == []


def test_what_was_before_a_series_was_looked_after_was_not_missed(convener: Convener) -> None:
    convener.it_is(date(2004, 12, 1))
    convener.looks()
    with convener.desk.store.reading() as tx:
        assert [known.day for known in meetings.of_series(tx, SERIES)] == [date(2004, 12, 8)]


def test_the_secretary_is_reminded_and_then_the_pmo_is_told(convener: Convener) -> None:
    convener.looks()
    convener.happens(Happening.CALLED)
    convener.it_is(date(2004, 10, 20), hour=17)
    convener.happens(Happening.CHASED)
    convener.happens(Happening.PMO_TOLD)
    told = convener.letters("meeting_unrecorded")
    assert [(row.post, bool(row.props["secretary"])) for row in told] == [
        (SECRETARY, False),
        (convener.desk.edition.roles["pmo"], True),
    ]


def test_the_letter_about_an_open_record_counts_what_waits_for_an_outcome_and_nothing_else(
    convener: Convener,
) -> None:
    desk = convener.desk
    step = put(convener, desk)
    with desk.store.writing() as tx:
        for title in ("Dates for 2005", "Rooms"):
            meetings.business_added(tx, SERIES, OCTOBER, title, by="p")
    with desk.store.writing() as tx:
        added = [one.item for one in meetings.view(tx, SERIES, OCTOBER).heard]
        meetings.noted(tx, SERIES, OCTOBER, added[0], "They are agreed.", by="p")
        meetings.rolled_on(tx, SERIES, OCTOBER, added[1], "No time", by="p")
    convener.happens(Happening.CHASED)
    (letter,) = convener.letters("meeting_unrecorded")
    assert [item["ref"] for item in letter.props["items"]] == [step.partition(".")[0]]


def test_a_record_that_is_closed_is_minuted_before_anything_else(convener: Convener) -> None:
    convener.looks()
    convener.happens(Happening.CALLED)
    convener.it_is(OCTOBER)
    with convener.desk.store.writing() as tx:
        meetings.closed(tx, SERIES, OCTOBER, MeetingState.NOT_HELD, items=[], present=[], by="p")
    found = convener.looks()
    assert (found.day, found.recorded) == (OCTOBER, True)
    convener.happens(Happening.MINUTED)
    convener.happens(Happening.MINUTED)
    assert convener.meeting().minutes == "drafted"
    assert len(convener.letters("minutes_sent")) == len(
        {row.person for row in convener.letters("minutes_sent")}
    )
    assert convener.looks().day == NOVEMBER


def test_the_minutes_letter_has_what_was_said_of_an_item_that_rolls_on(convener: Convener) -> None:
    convener.looks()
    convener.it_is(OCTOBER)
    rolls = ClosedItem(
        key="business-9",
        number=1,
        kind="business",
        title="Rooms",
        interests=("Head of ICT",),
        rolled=True,
        note="The sponsor could not come",
    )
    with convener.desk.store.writing() as tx:
        meetings.closed(tx, SERIES, OCTOBER, MeetingState.HELD, items=[rolls], present=[], by="p")
    convener.happens(Happening.MINUTED)
    (item,) = convener.letters("minutes_sent")[0].props["items"]
    said = "Head of ICT has an interest and takes no part. The sponsor could not come."
    assert (item["outcome"], item["carried_over_to"]) == (said, "2004-11-10")


@pytest.mark.parametrize(
    "what", [Happening.CALLED, Happening.PAPERS_CLOSED, Happening.CHASED, Happening.LEFT]
)
@pytest.mark.parametrize("become", ["moved", "called_off", "closed"])
def test_nothing_happens_any_more_to_a_meeting_that_was_moved_called_off_or_closed(
    convener: Convener, what: Happening, become: str
) -> None:
    convener.looks()
    with convener.desk.store.writing() as tx:
        if become == "moved":
            meetings.moved(tx, SERIES, OCTOBER, date(2004, 10, 20), why="Half term", by="p")
        elif become == "called_off":
            meetings.called_off(tx, SERIES, OCTOBER, why="Half term", by="p")
        else:
            meetings.closed(tx, SERIES, OCTOBER, MeetingState.NOT_HELD, items=(), present=(), by="p")
    before = convener.meeting(), convener.desk.record()
    convener.happens(what)
    assert (convener.meeting(), convener.desk.record()) == before


def put(convener: Convener, desk: Desk) -> str:
    """Put a case's notification to the Heads of ICT on 13 October; returns the step."""
    case = desk.submits()
    convener.looks()
    convener.it_is(OCTOBER)
    desk.opens(desk.ask(case, "notification"), at=datetime(2004, 10, 13, 8, tzinfo=UTC))
    return f"{case.case}.notification.1"


def test_nobody_above_a_secretary_answers_for_the_forum(convener: Convener) -> None:
    step = put(convener, convener.desk)
    nudges = [rung.nudge for rung in convener.desk.step(step).rungs]
    assert Nudge.LINE not in nudges
    assert {Nudge.REMIND, Nudge.COVER, Nudge.PMO} <= set(nudges)


@pytest.mark.parametrize(
    ("how", "note", "because"),
    [
        (MeetingState.NOT_HELD, "", "not_held"),
        (MeetingState.INQUORATE, "Too few came", "inquorate"),
        (MeetingState.HELD, "The sponsor could not come", "undecided"),
        (MeetingState.HELD, "", "undecided"),
    ],
)
def test_what_rolls_on_is_told_to_its_sponsor_and_nobody_is_reminded_of_it_until_the_next_meeting(
    convener: Convener, how: MeetingState, note: str, because: str
) -> None:
    desk = convener.desk
    step = put(convener, desk)
    case = step.partition(".")[0]
    with desk.store.writing() as tx:
        item = ClosedItem(
            key=step,
            number=1,
            kind="question",
            title="Booking",
            case=case,
            rolled=True,
            note=note,
        )
        meetings.closed(tx, SERIES, OCTOBER, how, items=(item,), present=(), by="p")
    before = desk.ledger(case)
    convener.happens(Happening.MINUTED)
    convener.happens(Happening.MINUTED)
    told = [row for row in desk.ledger(case) if row not in before]
    assert {(row.kind, row.post) for row in told} == {("rolled_on", "cd-rc"), ("rolled_on", "hoict-rc")}
    said = {name: told[0].props[name] for name in ("day", "because", "reason", "until")}
    assert said == {"day": "2004-10-13", "because": because, "reason": note, "until": "2004-11-10"}
    assert told[0].props["question"]["forum"] == "Heads of ICT Group"
    before = desk.ledger(case)
    for rung in desk.step(step).rungs:
        assert rung.at < datetime(2004, 11, 10, tzinfo=UTC)
        desk.nudges(step, rung.nudge)
    assert desk.ledger(case) == before
    assert desk.step(step).climbed == len(desk.step(step).rungs)


Deed = Happening | MeetingState

BEFORE: dict[MeetingState, tuple[Deed, ...]] = {
    MeetingState.PLANNED: (),
    MeetingState.CALLED: (Happening.CALLED,),
    MeetingState.UNRECORDED: (Happening.CALLED, Happening.LEFT),
    **{
        state: (state,)
        for state in (
            MeetingState.MISSED,
            MeetingState.MOVED,
            MeetingState.CALLED_OFF,
            *meetings.CLOSED,
        )
    },
}
"""What brings a meeting into each state."""


def does(convener: Convener, day: date, deed: Deed) -> MeetingState:
    """Do something to a meeting as the series or a page does it, if they would; return its state."""
    state = convener.meeting(day).state
    ahead = state in (MeetingState.PLANNED, MeetingState.CALLED)
    if isinstance(deed, Happening):
        convener.happens(deed, day)
        return convener.meeting(day).state
    with convener.desk.store.writing() as tx:
        if deed is MeetingState.MOVED and ahead:
            meetings.moved(tx, SERIES, day, day + timedelta(days=1), why="Half term", by="p")
        elif deed is MeetingState.CALLED_OFF and ahead:
            meetings.called_off(tx, SERIES, day, why="Half term", by="p")
        elif deed is MeetingState.MISSED and state is MeetingState.PLANNED:
            meetings.planned(tx, SERIES, None, missed=[day], as_of=f"{day}", place="", time="")
        elif deed in meetings.CLOSED and state in meetings.OPEN:
            meetings.closed(tx, SERIES, day, deed, items=(), present=(), by="p")
    return convener.meeting(day).state


def test_what_becomes_of_a_meeting_is_what_is_drawn_and_nothing_else(convener: Convener) -> None:
    seen = set()
    days = iter(convener.desk.edition.forums["heads-of-ict"].meetings)
    deeds = (*Happening, *MeetingState)
    for start, deed in product(BEFORE, deeds):
        day = next(days)
        with convener.desk.store.writing() as tx:
            meetings.planned(tx, SERIES, day, missed=(), as_of=f"for {day}", place="", time="10:00")
        for before in BEFORE[start]:
            does(convener, day, before)
        assert convener.meeting(day).state is start
        if (after := does(convener, day, deed)) is not start:
            seen.add((start, after))
    assert seen == {
        (state, following) for state, nexts in meetings.TRANSITIONS.items() for following in nexts
    }


def test_whoever_was_called_to_a_meeting_is_not_called_again_to_its_new_day(convener: Convener) -> None:
    convener.looks()
    convener.happens(Happening.CALLED)
    called, to = convener.letters("meeting_called"), date(2004, 10, 20)
    with convener.desk.store.writing() as tx:
        meetings.moved(tx, SERIES, OCTOBER, to, why="Half term", by="p")
    convener.happens(Happening.CALLED, to)
    assert convener.letters("meeting_called") == called
    convener.happens(Happening.PAPERS_CLOSED, to)
    assert convener.meeting(to).papers_closed is not None


def test_a_vacant_post_is_not_written_to(desk: Desk) -> None:
    ended = tuple(
        held.model_copy(update={"until": date(2004, 9, 1)}) if held.post == "hoict-ce" else held
        for held in desk.edition.holdings
    )
    desk.brings_into_force(desk.edition.model_copy(update={"holdings": ended}))
    convener = Convener(desk)
    convener.looks()
    convener.happens(Happening.CALLED)
    assert "hoict-ce" not in {row.post for row in convener.letters("meeting_called")}


@pytest.mark.parametrize(
    ("away", "written"),
    [
        ("", False),
        ("vacant", True),
        ("now", True),
        ("on the day", True),
        # They are back by then, and nobody is asked in their place today.
        ("later", False),
    ],
)
def test_the_substitute_whom_a_forum_names_is_called_where_the_member_does_not_come(
    desk: Desk, away: str, written: bool
) -> None:
    forums = desk.edition.forums
    forum = forums["heads-of-ict"].model_copy(update={"substitutes": {"hoict-ce": "bh-sports"}})
    gone = date(2004, 9, 1) if away == "vacant" else None
    holdings = tuple(
        held.model_copy(update={"until": gone}) if gone and held.post == "hoict-ce" else held
        for held in desk.edition.holdings
    )
    changed = {"forums": {**forums, "heads-of-ict": forum}, "holdings": holdings}
    desk.brings_into_force(desk.edition.model_copy(update=changed))
    convener = Convener(desk)
    convener.looks()
    convener.it_is(date(2004, 9, 29))
    days = {
        "now": (date(2004, 9, 29), date(2004, 9, 30)),
        "on the day": (OCTOBER, OCTOBER),
        "later": (date(2004, 10, 20), date(2004, 10, 21)),
    }
    cover = ""
    if away in days:
        since, until = days[away]
        cover = desk.covers("hoict-ce", "bh-dmh", since=since, until=until)
    convener.happens(Happening.CALLED)
    convener.happens(Happening.PAPERS_CLOSED)
    for kind in ("meeting_called", "agenda_sent"):
        rows = convener.letters(kind)
        told = [row.props["in_place_of"] for row in rows if row.post == "bh-sports"]
        assert told == (["Head of ICT, Chief Executive's"] if written else [])
        assert ("hoict-ce" in {row.post for row in rows}) is (away != "vacant")
        assert cover not in {row.person for row in rows}


@pytest.fixture
def substituting(desk: Desk) -> Convener:
    """A forum that names a substitute for a member who is covered as its meeting is called."""
    forums = desk.edition.forums
    forum = forums["heads-of-ict"].model_copy(update={"substitutes": {"hoict-ce": "bh-sports"}})
    desk.brings_into_force(desk.edition.model_copy(update={"forums": {**forums, "heads-of-ict": forum}}))
    convener = Convener(desk)
    convener.looks()
    convener.it_is(date(2004, 9, 29))
    return convener


def told_of_the_change(desk: Desk, change: str) -> list[QueuedLetter]:
    with desk.store.reading() as tx:
        found = convening.forum_of(tx, SERIES.ref)
        assert found is not None
        rules, forum, _ = found
        writes = convening.Convening(tx, rules, forum, lambda path: f"https://assent.example/{path}", tx.now)
        return {
            "moved": lambda: writes.moved(OCTOBER, date(2004, 10, 20), "Half term"),
            "arranged": lambda: writes.arranged(OCTOBER, "Town Hall", "14:00"),
            "called_off": lambda: writes.called_off(OCTOBER, "Half term"),
        }[change]()


@pytest.mark.parametrize("agenda_only", [False, True])
@pytest.mark.parametrize("change", ["moved", "arranged", "called_off"])
def test_a_substitute_who_was_called_is_told_what_becomes_of_the_meeting_whoever_is_away_by_then(
    desk: Desk, substituting: Convener, change: str, agenda_only: bool
) -> None:
    if not agenda_only:
        desk.covers("hoict-ce", "bh-dmh", since=date(2004, 9, 29), until=date(2004, 9, 30))
    substituting.happens(Happening.CALLED)
    substituting.it_is(date(2004, 10, 6), 18)
    if agenda_only:
        desk.covers("hoict-ce", "bh-dmh", since=date(2004, 10, 6), until=date(2004, 10, 7))
    substituting.happens(Happening.PAPERS_CLOSED)
    substituting.it_is(date(2004, 10, 8))
    told = told_of_the_change(desk, change)
    substitutes = [one.props["in_place_of"] for one in told if one.post == "bh-sports"]
    assert substitutes == ["Head of ICT, Chief Executive's"]
    assert "hoict-ce" in {one.post for one in told}


@pytest.mark.parametrize("change", ["moved", "arranged", "called_off"])
def test_a_substitute_who_has_left_is_told_nothing_of_the_meeting(
    desk: Desk, substituting: Convener, change: str
) -> None:
    desk.covers("hoict-ce", "bh-dmh", since=date(2004, 9, 29), until=date(2004, 9, 30))
    substituting.happens(Happening.CALLED)
    leaver, last = desk.person("bh-sports"), date(2004, 9, 30)
    holdings = tuple(
        held.model_copy(update={"until": last}) if held.person == leaver else held
        for held in desk.edition.holdings
    )
    desk.brings_into_force(desk.edition.model_copy(update={"holdings": holdings}))
    # On the last day of the post still, and not after it.
    substituting.it_is(last)
    assert leaver in {one.person for one in told_of_the_change(desk, change)}
    substituting.it_is(date(2004, 10, 1))
    assert leaver not in {one.person for one in told_of_the_change(desk, change)}


@pytest.mark.parametrize(
    ("change", "told"), [("moved", ["p-900"]), ("arranged", ["p-900"]), ("called_off", ["former", "p-900"])]
)
def test_where_a_substitute_s_post_is_handed_on_only_its_holder_is_called_to_the_seat(
    desk: Desk, substituting: Convener, change: str, told: list[str]
) -> None:
    desk.covers("hoict-ce", "bh-dmh", since=date(2004, 9, 29), until=date(2004, 10, 30))
    substituting.happens(Happening.CALLED)
    former = desk.person("bh-sports")
    with desk.store.reading() as tx:
        found = convening.forum_of(tx, SERIES.ref)
        assert found is not None
        rules = found[0].model_dump()
    rules["people"]["p-900"] = {"id": "p-900", "name": "N. Newcomer", "email": "new@leicester.example"}
    first = date(2004, 10, 2)
    rules["holdings"] = [
        *(one for one in rules["holdings"] if one["post"] != "bh-sports"),
        {"post": "bh-sports", "person": "p-900", "since": first},
        # They hold another post by then.
        {"post": "bh-land-charges", "person": former, "since": first},
    ]
    desk.brings_into_force(Edition.model_validate(rules))
    substituting.it_is(date(2004, 10, 4))
    written = [one.person for one in told_of_the_change(desk, change) if one.post == "bh-sports"]
    assert sorted(written) == sorted(former if one == "former" else one for one in told)


def test_a_handbook_that_comes_back_is_heard_of_again(desk: Desk) -> None:
    convener = Convener(desk)
    first = convener.looks().as_of
    other = desk.edition.model_copy(update={"title": "Another"})
    desk.brings_into_force(type(other).from_json(other.to_json()))
    second = convener.looks().as_of
    desk.brings_into_force(desk.edition)
    assert convener.looks().as_of == first != second
    with desk.store.reading() as tx:
        known = meetings.series_named(tx, SERIES.ref)
    assert known is not None
    assert known.as_of == first


def test_a_forum_that_the_handbook_no_longer_has_waits_for_another(desk: Desk) -> None:
    convener = Convener(desk)
    forums = {key: forum for key, forum in desk.edition.forums.items() if key != "heads-of-ict"}
    route = desk.edition.route.model_copy(update={"notification_forum": None})
    without = desk.edition.model_copy(update={"forums": forums, "route": route})
    desk.brings_into_force(type(without).from_json(without.to_json()))
    assert convener.looks().day is None


def test_all_that_is_written_is_made_again_from_the_record(each_desk: Desk) -> None:
    convener = Convener(each_desk)
    convener.looks()
    for what in (Happening.CALLED, Happening.PAPERS_CLOSED, Happening.CHASED, Happening.LEFT):
        convener.happens(what)
    before = rebuild.dump(each_desk.store)
    rebuild.rebuild(each_desk.store)
    assert rebuild.dump(each_desk.store) == before


def another_pattern(desk: Desk, *days: date, **changes: str) -> None:
    """Bring a handbook into force in which the Heads of ICT meet on other days, or elsewhere."""
    forums = desk.edition.forums
    changed: dict[str, object] = {**changes} | ({"meetings": days} if days else {})
    forum = forums["heads-of-ict"].model_copy(update=changed)
    desk.brings_into_force(desk.edition.model_copy(update={"forums": {**forums, "heads-of-ict": forum}}))


def test_another_handbook_s_days_that_are_over_were_no_meetings(convener: Convener) -> None:
    convener.looks()
    convener.it_is(date(2004, 11, 25))
    convener.looks()
    another_pattern(convener.desk, date(2004, 10, 14), date(2004, 11, 11), date(2004, 12, 9))
    for _ in range(2):
        assert convener.looks().day == date(2004, 12, 9)
    with convener.desk.store.reading() as tx:
        known = {one.day: one.state for one in meetings.of_series(tx, SERIES)}
    assert [day for day, state in known.items() if state is MeetingState.MISSED] == [OCTOBER, NOVEMBER]
    assert date(2004, 10, 14) not in known
    assert date(2004, 11, 11) not in known
    # From then on its own days are looked after: one that passes unseen was missed.
    convener.it_is(date(2004, 12, 20))
    convener.looks()
    assert convener.meeting(date(2004, 12, 9)).state is MeetingState.MISSED


def test_a_meeting_that_another_handbook_does_not_have_is_called_off_and_told(convener: Convener) -> None:
    convener.looks()
    convener.it_is(date(2004, 10, 1))
    convener.happens(Happening.CALLED)
    another_pattern(convener.desk, NOVEMBER)
    assert convener.looks().day == NOVEMBER
    convener.looks()
    gone = convener.meeting()
    assert gone.state is MeetingState.CALLED_OFF
    told = convener.letters("meeting_called_off")
    assert {row.post for row in told} == {row.post for row in convener.letters("meeting_called")}
    assert told[0].props["why"] == "The handbook in force has no meeting on this day."
    assert told[0].props["next_meeting"] == "2004-11-10"


def test_one_that_nobody_was_called_to_just_is_not_there(convener: Convener) -> None:
    convener.looks()
    another_pattern(convener.desk, NOVEMBER)
    assert convener.looks().day == NOVEMBER
    assert convener.letters("meeting_called_off") == []
    another_pattern(convener.desk, OCTOBER, NOVEMBER)
    assert convener.looks().day == OCTOBER


def test_a_meeting_that_is_not_called_yet_is_where_and_when_the_handbook_in_force_has_it(
    convener: Convener,
) -> None:
    convener.looks()
    another_pattern(convener.desk, place="New Room", time="14:00")
    convener.looks()
    convener.it_is(date(2004, 9, 29))
    convener.happens(Happening.CALLED)
    another_pattern(convener.desk, place="Old Room", time="09:30")
    convener.looks()
    called = convener.letters("meeting_called")[0].props["sitting"]
    assert (called["place"], called["starts"]) == ("New Room", "2004-10-13T13:00:00Z")
    assert (convener.meeting().place, convener.meeting().time) == ("New Room", "14:00")


def test_where_people_have_put_a_meeting_it_stays(convener: Convener) -> None:
    convener.looks()
    with convener.desk.store.writing() as tx:
        meetings.arranged(tx, SERIES, OCTOBER, place="Chapel", time="11:00", by="p")
    another_pattern(convener.desk, place="New Room", time="14:00")
    convener.looks()
    assert (convener.meeting().place, convener.meeting().time) == ("Chapel", "11:00")


def test_a_meeting_moved_before_it_was_planned_is_where_the_forum_always_meets(convener: Convener) -> None:
    another_pattern(convener.desk, place="Room 1")
    convener.looks()
    later = date(2004, 11, 17)
    with convener.desk.store.writing() as tx:
        meetings.moved(tx, SERIES, NOVEMBER, later, why="Half term", by="p")
    convener.it_is(date(2004, 11, 1))
    convener.looks()
    convener.happens(Happening.CALLED, later)
    assert convener.letters("meeting_called")[0].props["sitting"]["place"] == "Room 1"


def test_a_pmo_that_keeps_a_forum_itself_is_told_of_its_open_record_too(convener: Convener) -> None:
    pmo = convener.desk.edition.roles["pmo"]
    another_pattern(convener.desk, secretary=pmo)
    convener.looks()
    convener.it_is(date(2004, 10, 13))
    convener.happens(Happening.CALLED)
    convener.it_is(date(2004, 10, 25), 18)
    convener.happens(Happening.CHASED)
    convener.happens(Happening.PMO_TOLD)
    convener.happens(Happening.PMO_TOLD)
    assert [row.post for row in convener.letters("meeting_unrecorded")] == [pmo, pmo]


def test_a_series_whose_forum_was_gone_hears_of_the_very_same_handbook_again(desk: Desk) -> None:
    convener = Convener(desk)
    convener.looks()
    same = desk.edition
    forums = {key: forum for key, forum in same.forums.items() if key != "heads-of-ict"}
    desk.brings_into_force(same.model_copy(update={"forums": forums}))
    assert convener.looks().day is None
    desk.brings_into_force(same)
    with desk.store.reading() as tx:
        wanted = dict(convening.unheard(tx))
    assert wanted[SERIES.ref].startswith(same.hash[:12])
    assert convener.looks().day == OCTOBER


def test_a_meeting_of_today_is_left_to_people_whatever_a_handbook_of_today_has(convener: Convener) -> None:
    convener.looks()
    convener.it_is(date(2004, 10, 1))
    convener.happens(Happening.CALLED)
    convener.it_is(OCTOBER, 15)
    another_pattern(convener.desk, NOVEMBER)
    convener.looks()
    assert convener.meeting().state is MeetingState.CALLED
    assert convener.letters("meeting_called_off") == []


def test_what_another_handbook_does_not_have_is_prepared_no_more(convener: Convener) -> None:
    convener.looks()
    another_pattern(convener.desk, NOVEMBER)
    convener.looks()
    with convener.desk.store.reading() as tx:
        found = convening.forum_of(tx, SERIES.ref)
        assert found is not None
        due = convening.due(tx, found[0], found[1])
    assert due is not None
    assert due.day == NOVEMBER
