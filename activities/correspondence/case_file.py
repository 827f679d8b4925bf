"""The file of a case: the facts that its letters tell, and how a letter is queued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Protocol, Self

from notifications import projects
from service import delivering, sittings
from service.handbook import Edition
from service.links import Links
from service.store import approvers, covers, intents, steps
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.letters import LinkBinding, QueuedLetter
from service.store.steps import StepView
from service.telling import (
    about,
    asked,
    asked_at,
    before,
    came_to,
    covered,
    directory,
    matter,
    name,
    otherwise,
    place,
    put_together,
    rules_of,
    share_of,
    title,
    together,
    told,
    tracked,
)
from workflows import days
from workflows.letters import Addressee, Answer, Asked, Clause, Letter, Matter, Question
from workflows.model import (
    Capacity,
    Choice,
    Holder,
    LegAsk,
    Rung,
    Seat,
    Sitting,
    State,
    StepOpening,
    Terms,
    Timetable,
)
from workflows.rules import calendar, meetings, reports, states

LINK_LIFE = timedelta(days=14)
"""How long a link can act, on the Clock, whatever its step does."""


@dataclass(frozen=True)
class Put:
    """A question as it is put: what letters need of a step, before it is written and after."""

    step: str
    key: str
    round: int
    version: int
    content_hash: str
    clause: str
    terms: Terms
    due: datetime
    rungs: tuple[Rung, ...]
    opened: datetime
    seats: tuple[Seat, ...]
    """With everybody who is asked, those whom this very event brings in included."""
    silent: tuple[str, ...]

    @classmethod
    def opening(cls, opening: StepOpening, times: Timetable, seats: Sequence[Seat]) -> Self:
        """Take a question that is about to be put."""
        ask = opening.ask
        return cls(
            step=ask.step,
            key=ask.key,
            round=ask.round,
            version=ask.version,
            content_hash=ask.content_hash,
            clause=ask.clause,
            terms=ask.terms,
            due=times.due,
            rungs=times.rungs,
            opened=opening.at,
            seats=tuple(seats),
            silent=tuple(seat.key for seat in seats),
        )

    @classmethod
    def again(cls, step: StepView, seats: Sequence[Seat]) -> Self:
        """Take a question that stands in the register."""
        return cls(
            step=step.id,
            key=step.key,
            round=step.round,
            version=step.version,
            content_hash=step.content_hash,
            clause=step.clause,
            terms=step.terms,
            due=step.due,
            rungs=step.rungs,
            opened=step.opened,
            seats=tuple(seats),
            silent=step.silent,
        )


class ToSponsor(Protocol):
    """A letter that only wants an addressee."""

    def __call__(self, *, to: Addressee) -> Letter:
        """Write it to somebody."""


class CaseFile:
    """One case as letters tell of it, as things stand in one transaction at a moment of the Clock."""

    def __init__(self, tx: Tx, case: CaseView, links: Links, at: datetime) -> None:
        self.tx = tx
        self.case = case
        self.rules: Edition = rules_of(tx, case)
        self.people: Edition = directory(tx, case)
        self.at = at
        self.today = calendar.local_day(at)
        self._links = links

    # ------------------------------------------------------------------- the answers

    def _told(self, made: DecisionView) -> Answer:
        return told(made, self.rules, self._tracked)

    @cached_property
    def _tracked(self) -> dict[tuple[str, int], str]:
        """The actions by which the case's conditions are followed up, by decision and number."""
        return tracked(self.tx, self.case.ref)

    def _made(self, step: StepView) -> tuple[DecisionView, ...]:
        return intents.decisions_of_step(self.tx, step.id, strict=False)

    def _this_version(self) -> list[DecisionView]:
        return [made for _, made in self._decisions(self.case.version)]

    def _decisions(self, version: int) -> list[tuple[StepView, DecisionView]]:
        """Return what was answered about a version, or stands for it."""
        asked = {step.id: step for step in self._about(version)}
        return [
            (asked[made.step], made)
            for made in intents.decisions_of(self.tx, self.case.ref, strict=False)
            if made.step in asked
        ]

    def _answers(self, step: StepView | None) -> tuple[Answer, ...]:
        """Return the answers that brought a step to its outcome; all of them where it counted votes."""
        made = self._made(step) if step else []
        alike = [decision for decision in made if step and decision.choice is step.choice]
        return tuple(self._told(decision) for decision in (alike or made))

    def _about(self, version: int) -> tuple[StepView, ...]:
        return steps.of_version(self.tx, self.case.ref, version)

    def _end(self, step: StepView, choice: Choice | None) -> State | None:
        """Return where a question that comes to a choice stops its proposal; None if it goes on or waits."""
        if choice is Choice.DEFER or step.kind in reports.KINDS:
            return None
        return states.after(came_to(step, choice))

    def _together(self, step: StepView) -> list[StepView]:
        """Return the questions that were put together with a step's, each as it was last put; no others are
        read.
        """
        keys = put_together(self.case, step.key)
        return together(self.case, step, steps.of_version(self.tx, self.case.ref, step.version, keys))

    def _beside(self, step: StepView) -> list[StepView]:
        """Return the other questions that were put together with a step's, each as it was last put."""
        return [other for other in self._together(step) if other.id != step.id]

    def _others_open(self, step: StepView) -> bool:
        """Say whether a question put together with this one is open, or put off, so that the case stays."""
        return any(other.open or other.choice is Choice.DEFER for other in self._beside(step))

    def _why_undecided(self, put: LegAsk) -> str:
        """Return why the question that was put before another came to no decision; empty if none was."""
        silent = [ask.key for ask in before(self.case, put.key)][-1:]
        closed = [
            step
            for step in steps.of_case(self.tx, self.case.ref)
            if step.key in silent and step.version == self.case.version
        ]
        return max(closed, key=lambda step: step.round).why if closed else ""

    # -------------------------------------------------------------- who is asked, and when

    def _asked(self, put: Put, seats: Sequence[Seat]) -> tuple[Asked, ...]:
        """Return the people who were asked for seats that are silent, each with the day of their letter."""
        answered = {made.seat for made in intents.decisions_of_step(self.tx, put.step, strict=False)}
        written = self._asked_on(put)
        return tuple(
            Asked(
                who=self._as_asked(seat, holder, since), since=since, working_days=self._working_days(since)
            )
            for seat in seats
            if seat.key not in answered
            for holder in seat.holders
            # Somebody who is covered was told of it, and need do nothing.
            if (since := written.get((seat.key, holder.person)))
        )

    def _asked_on(self, put: Put) -> dict[tuple[str, str], date]:
        """Return the day of the first letter that asked each person for each seat."""
        written = asked_at(self.tx, put.step)
        return {asked: calendar.local_day(at) for asked, at in written.items()}

    def _as_asked(self, seat: Seat, holder: Holder, since: date) -> str:
        """Return somebody's name, and the post through which they were asked."""
        person = name(self.people, holder.person)
        post = title(self.rules, holder.post, self.today)
        who = f"{person}, {post}" if person else post
        if holder.capacity is Capacity.SUBSTITUTE:
            return f"{who} (substitute)"
        return f"{who} (covering)" if covered(self.tx, self.people, holder, seat.post, since) else who

    def _seat(self, step: StepView, key: str) -> Seat:
        return next(seat for seat in step.seats if seat.key == key)

    def _cover_ends(self, person: str) -> date | None:
        return next(
            (cover.ends for cover in covers.of(self.tx, person) if cover.starts <= self.today <= cover.ends),
            None,
        )

    def _working_days(self, since: date) -> int:
        return calendar.working_days_between(since, self.today, self.rules.non_working)

    def _passed_on(self, key: str, kind: str, day: date) -> str:
        """Return who is asked in the place of a question's seats if they stay silent; empty if nobody."""
        following = otherwise(self.case, key)
        if following is None:
            return ""
        who = asked(following, self.rules, day)
        meeting = self._meeting_after(following, day)
        return f"{who} at its meeting of {days.said(meeting)}" if meeting else who

    def _meeting_after(self, following: LegAsk, day: date) -> date | None:
        """Return the meeting to which a question goes that is put at one in the place of another."""
        if not following.meets:
            return None
        found = meetings.first(self._sittings(following.forum, day), day)
        return found.day if found else None

    def _sittings(self, forum: str, since: date) -> tuple[Sitting, ...]:
        return sittings.of(self.tx, self.case.organisation, self.rules, forum, since=since)

    # -------------------------------------------------------------- the words of a letter

    def _addressee(self, post: str, person: str) -> Addressee:
        return Addressee(
            name=name(self.people, person),
            address=self.people.address(post, person, self.today),
            post_title=title(self.rules, post, self.today),
        )

    def _matter(self) -> Matter:
        page = self._links.page(f"cases/{self.case.ref}")
        return matter(self.tx, self.case, self.rules, page, self.today)

    def _question(self, key: str, kind: str, seat: Seat) -> Question:
        if kind in reports.KINDS:
            return self._question_of_delivery(key, kind)
        share = share_of(self.case, key, seat.post)
        found = place(self.case, key)
        leg, put = found if found else (None, None)
        forum = (put.forum if put else "") or (leg.forum if leg else "")
        return Question(
            kind=kind,
            amount=seat.amount,
            percent=share.percent if share and seat.amount is not None else None,
            forum=title(self.rules, forum, self.today) if forum else "",
            meeting=(put.meeting if put else None) or (leg.meeting if leg else None),
            share_of=title(self.rules, share.post, self.today) if share and kind == "authority" else "",
            limit=self.rules.limits.get(share.post) if share and kind == "authority" else None,
            about=about(self.case, key, self.rules),
            why=leg.reason if leg and kind in ("referral", "referral_meeting", "extra") else "",
            added_by=self._added_by(seat.post) if kind == "extra" else "",
        )

    def _question_of_delivery(self, key: str, kind: str) -> Question:
        """Return what a project, a review or a benefit asks, with what it is about."""
        srg = self.rules.route.srg if reports.KINDS[kind].put is reports.Put.SRG else None
        about = projects.about(kind, key)
        return Question(
            kind=kind,
            forum=title(self.rules, srg, self.today) if srg else "",
            about=(about,) if about else (),
            why=delivering.authorised(self.tx, self.case.ref, key, self.rules),
            key=key,
            last=delivering.last_word(self.tx, self.case.ref, kind, self.rules),
        )

    def _added_by(self, post: str) -> str:
        """Return the post that added another as an approver."""
        added = approvers.of_case(self.tx, self.case.ref)
        return next((title(self.rules, one.by_post, self.today) for one in added if one.post == post), "")

    def _clause(self, number: str) -> Clause:
        return Clause(number=number, text=self.rules.clause_text(number).rstrip("."))

    # ------------------------------------------------------------------------ the ledger

    def _queue(self, key: str, letter: Letter, put: Put, seat: Seat, holder: Holder) -> QueuedLetter:
        """Queue a letter with the one link by which its reader may answer."""
        return QueuedLetter(
            key=key,
            case=self.case.ref,
            step=put.step,
            seat=seat.key,
            person=holder.person,
            post=holder.post,
            address=letter.to.address,
            kind=letter.kind,
            props=letter.model_dump(mode="json"),
            link=LinkBinding(round=put.round, content_hash=put.content_hash, expires=self.at + LINK_LIFE),
        )

    def _tell(self, key: str, letter: Letter, step: StepView | None, person: str, post: str) -> QueuedLetter:
        """Queue a letter that asks nothing."""
        return QueuedLetter(
            key=key,
            case=self.case.ref,
            step=step.id if step else "",
            person=person,
            post=post,
            address=letter.to.address,
            kind=letter.kind,
            props=letter.model_dump(mode="json"),
        )

    def _to_sponsor(self, key: str, letter: ToSponsor) -> list[QueuedLetter]:
        """Write to the sponsor and the lead officer; once, if they are one person."""
        people: dict[str, str] = {}
        for post in (self.case.sponsor, self.case.lead):
            if person := self.people.holder(post, self.today):
                people.setdefault(person.id, post)
        return [
            self._tell(
                f"{self.case.ref}:{key}:{person}",
                letter(to=self._addressee(post, person)),
                None,
                person,
                post,
            )
            for person, post in people.items()
        ]
