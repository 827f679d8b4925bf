"""Letters that ask: the request, reminders, and whoever is brought in for somebody silent."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cached_property

from activities.correspondence.case_file import CaseFile, Put
from service import boards, realised, remembering, versions
from service.links import Links
from service.seating import Seating
from service.store import intents
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.letters import QueuedLetter
from service.store.steps import StepView
from service.telling import (
    besides,
    budget,
    by_members,
    coincidences,
    covered,
    name,
    not_said,
    seated,
    so_far,
    title,
    unanswered,
    worth,
)
from workflows import letters
from workflows.letters import Asked, Consequence
from workflows.model import (
    Assurance,
    Capacity,
    Holder,
    Nudge,
    Rung,
    Seat,
)
from workflows.rules import calendar, reports, routing

_DECIDING_ON_MONEY = ("funding", "authority", "extra", *routing.APPROVED_BY_A_BOARD)
"""Questions that decide on the money: they are told what it comes to, and what a proposal does not say."""


class Asking(CaseFile):
    """Asks the people of a question, each with the link by which they may answer."""

    def __init__(self, tx: Tx, case: CaseView, links: Links, at: datetime) -> None:
        super().__init__(tx, case, links, at)
        self._noted: dict[str, tuple[str, ...]] = {}
        self._foreseen: dict[str, dict[str, tuple[Consequence, ...]]] = {}

    def _asked_first(self, put: Put, seat: Seat) -> list[QueuedLetter]:
        """Ask a seat: its holder, or whoever covers for them, or the next in the line."""
        first, *others = seat.holders
        match first.capacity:
            case Capacity.HOLDER:
                return [self._request(put, seat, first)]
            case Capacity.COVER | Capacity.SUBSTITUTE:
                return [
                    self._cover_letter(put, seat, first, "0"),
                    *(self._covered(put, seat, holder, [first], "0", None) for holder in others),
                ]
            case Capacity.LINE:
                because = self._why_the_line(put, seat)
                return [self._escalation(put, seat, holder, "0", because=because) for holder in seat.holders]

    def _why_the_line(self, put: Put, seat: Seat) -> str:
        """Say why a seat's own holder could not be asked."""
        holder = self.people.holder(seat.post, self.today)
        if holder is None:
            return "vacant"
        if not put.terms.deciding:
            return "seated"
        if holder.id in self.case.authors:
            return "author"
        return "covers_author" if holder.id in self._there(put, self.today).barred else "seated"

    def _brought_in(
        self,
        put: Put,
        step: StepView,
        seat: Seat,
        new: Sequence[Holder],
        number: str,
        *,
        because: str = "silent",
    ) -> list[QueuedLetter]:
        """Ask those who may answer from now on; `number` tells apart the events that bring people in.

        Whoever holds the post hears once of all who may answer for them: of a manager who is away, of both.
        """
        queued: list[QueuedLetter] = []
        # Whoever has just been named as a cover is not asked because anybody is silent.
        asked_on = self._asked_on(put) if because == "silent" else {}
        own = self.people.holder(seat.post, self.today)
        others = [holder for holder in new if holder.capacity is not Capacity.HOLDER]
        for holder in new:
            if holder.capacity is Capacity.HOLDER:
                queued.append(self._request(put, seat, holder))
            elif holder.capacity in (Capacity.COVER, Capacity.SUBSTITUTE):
                since = asked_on.get((seat.key, own.id)) if own else None
                queued.append(self._cover_letter(put, seat, holder, number, asked_on=since))
            else:
                asked = self._asked(put, [self._able(put, one) for one in step.seats if one.key == seat.key])
                queued.append(self._escalation(put, seat, holder, number, because=because, asked=asked))
        for asked_first in seat.holders if others else ():
            if asked_first.capacity is Capacity.HOLDER and self._may_still(put, seat, asked_first):
                since = asked_on.get((seat.key, asked_first.person))
                queued.append(self._covered(put, seat, asked_first, others, number, since))
        return queued

    def _request(self, put: Put, seat: Seat, holder: Holder) -> QueuedLetter:
        letter = letters.Request(**self._asking(put, seat, holder))
        return self._queue(f"{put.step}:request:{seat.key}:{holder.person}", letter, put, seat, holder)

    def _reminder(
        self, put: Put, seat: Seat, holder: Holder, rung: Rung, written: Collection[str]
    ) -> QueuedLetter:
        """Remind somebody, counting what they had: a rung that the Clock jumped past sent them nothing."""
        earlier = [
            other
            for other in put.rungs
            if other.number < rung.number and _reminder_key(put, seat, holder, other) in written
        ]
        letter = letters.Reminder(
            **self._asking(put, seat, holder),
            number=len(earlier) + 1,
            # Somebody who is covered was told of the question when it was put, and need do nothing.
            asked_on=self._asked_on(put).get((seat.key, holder.person), calendar.local_day(put.opened)),
        )
        return self._queue(_reminder_key(put, seat, holder, rung), letter, put, seat, holder)

    def _escalation(
        self,
        put: Put,
        seat: Seat,
        holder: Holder,
        number: str,
        *,
        because: str = "silent",
        asked: tuple[Asked, ...] = (),
    ) -> QueuedLetter:
        manager = covered(self.tx, self.people, holder, seat.post, self.today)
        letter = letters.Escalation.model_validate(
            {
                **self._asking(put, seat, holder),
                "because": because,
                "asked": asked,
                "covering": manager.name if manager else "",
            }
        )
        key = f"{put.step}:escalation:{number}:{seat.key}:{holder.person}"
        return self._queue(key, letter, put, seat, holder)

    def _cover_letter(
        self, put: Put, seat: Seat, holder: Holder, number: str, asked_on: date | None = None
    ) -> QueuedLetter:
        covered = self.people.holder(seat.post, self.today)
        letter = letters.Cover(
            **self._asking(put, seat, holder),
            covering=covered.name if covered else title(self.rules, seat.post, self.today),
            substitute=holder.capacity is Capacity.SUBSTITUTE,
            vacant=covered is None,
            until=self._cover_ends(covered.id) if covered else None,
            asked_on=asked_on,
        )
        key = f"{put.step}:cover:{number}:{seat.key}:{holder.person}"
        return self._queue(key, letter, put, seat, holder)

    def _covered(
        self,
        put: Put,
        seat: Seat,
        holder: Holder,
        covers: Sequence[Holder],
        number: str,
        asked_on: date | None,
    ) -> QueuedLetter:
        up_the_line = any(cover.capacity is Capacity.LINE for cover in covers)
        letter = letters.Covered(
            to=self._addressee(holder.post, holder.person),
            matter=self._matter(),
            question=self._question(put.key, put.terms.kind, seat),
            seat=title(self.rules, seat.post, self.today),
            cover=" or ".join(name(self.people, cover.person) for cover in covers),
            until=None if up_the_line else self._cover_ends(holder.person),
            asked_on=asked_on,
            up_the_line=up_the_line,
            substitute=all(cover.capacity is Capacity.SUBSTITUTE for cover in covers),
            due=calendar.local_day(put.due),
            if_silent=self._if_silent(put, seat),
            may_answer=True,
            code_needed=put.terms.assurance_for(seat.amount) is Assurance.CODE,
        )
        key = f"{put.step}:covered:{number}:{seat.key}:{holder.person}"
        return self._queue(key, letter, put, seat, holder)

    # -------------------------------------------------------------- what a question tells

    def _asking(self, put: Put, seat: Seat, holder: Holder) -> dict[str, object]:
        """Return what every letter with a question tells."""
        given = self._so_far(put)
        return {
            "to": self._addressee(holder.post, holder.person),
            "matter": self._matter(),
            "question": self._question(put.key, put.terms.kind, seat),
            "seat": title(self.rules, seat.post, self.today),
            "own": holder.capacity is Capacity.HOLDER,
            "clause": self._clause(put.clause),
            "due": calendar.local_day(put.due),
            "written": self.today,
            "so_far": given,
            "stands": self._stands(put),
            "unanswered": self._unanswered(put),
            "by_members": by_members(self.tx, self.case, put.key, put.version),
            "conditions": tuple(condition for answer in given for condition in answer.conditions),
            "coincidences": (*self._coincidences(put), *self._besides(put)),
            "not_said": self._not_said if put.terms.kind in _DECIDING_ON_MONEY else (),
            "worth": self._worth if put.terms.kind in _DECIDING_ON_MONEY else None,
            "track_record": self._track_record if put.terms.kind in _DECIDING_ON_MONEY else "",
            "budget": budget(self.tx, self.case, self.rules, seat.post, seat.amount, key=put.key),
            "if_silent": self._if_silent(put, seat),
            **self._differs(put, holder),
            "board": self._board(put, seat),
            "code_needed": put.terms.assurance_for(seat.amount) is Assurance.CODE,
        }

    def _so_far(self, put: Put) -> tuple[letters.Answer, ...]:
        """Return what was answered about the version before, as far as it may be told."""
        return so_far(self.tx, self.case, put.version, self.at)

    def _stands(self, put: Put) -> tuple[str, ...]:
        """Say what has come of a proposal's benefits to whoever writes, checks or notes its review."""
        kinds = reports.OF_REVIEWS
        return realised.sentences(self.tx, self.case.ref) if put.terms.kind in kinds else ()

    def _differs(self, put: Put, holder: Holder) -> dict[str, object]:
        """Return what has changed since the version that somebody knew: the last, if they knew none."""
        known = versions.known(self.tx, self.case.ref, holder.person, put.version)
        return {"since": known, "changes": versions.differences(self.tx, self.case, known, put.version)}

    def _board(self, put: Put, seat: Seat) -> tuple[str, ...]:
        """Say how a board's question stands, for a letter that tells the ladder besides."""
        board = self._standing(put)
        return (*boards.duties(seat, put.terms), *board.now) if board else ()

    def _standing(self, put: Put) -> boards.Board | None:
        made = intents.decisions_of_step(self.tx, put.step, strict=False)
        question = boards.Put(
            terms=put.terms,
            seats=put.seats,
            rungs=tuple(rung for rung in put.rungs if rung.at > self.at),
            due=calendar.local_day(put.due),
        )
        return boards.standing(question, made, self.rules, self.at)

    def _coincidences(self, put: Put) -> tuple[str, ...]:
        if put.key not in self._noted:
            asked = {step.key for step in self._about(put.version)}
            self._noted[put.key] = coincidences(self.tx, self.case, self.rules, self.today, {*asked, put.key})
        return self._noted[put.key]

    def _besides(self, put: Put) -> tuple[str, ...]:
        """Say whom somebody had asked besides, to everybody but whoever is asked so."""
        own = [seat.post for seat in put.seats] if put.terms.kind == "extra" else []
        return besides(self.tx, self.case, self.rules, self.today, own)

    @cached_property
    def _not_said(self) -> tuple[str, ...]:
        return not_said(self.tx, self.case, self.rules)

    @cached_property
    def _worth(self) -> letters.Worth:
        return worth(self.tx, self.case, self.rules)

    @cached_property
    def _track_record(self) -> str:
        return remembering.said_of(self.tx, self.case, self.rules)

    def _undo_until(self, made: DecisionView) -> datetime | None:
        """Return until when an answer may still be taken back, if that is to come."""
        return made.held_until if made.held_until and made.held_until > self.at else None

    def _unanswered(self, put: Put) -> tuple[Asked, ...]:
        """Return who was asked before, in whose place a question is put because they stayed silent."""
        asked_of = unanswered(self.tx, self.case, put.key, put.version)
        return tuple(one for step in asked_of for one in self._asked(Put.again(step, step.seats), step.seats))

    # ----------------------------------------------------------------- what silence brings

    def _if_silent(self, put: Put, seat: Seat) -> tuple[Consequence, ...]:
        """Say what the ladder still holds for a seat, leaving out a rung that would bring in nobody."""
        if put.step not in self._foreseen:
            self._foreseen[put.step] = self._ladder(put)
        return self._foreseen[put.step][seat.key]

    def _ladder(self, put: Put) -> dict[str, tuple[Consequence, ...]]:
        """Climb what is left of a ladder as if all stay silent, and return what it does to each seat."""
        found: dict[str, list[Consequence]] = {seat.key: [] for seat in put.seats}
        seats = put.seats
        for rung in put.rungs:
            if rung.at <= self.at:
                continue
            day = calendar.local_day(rung.at)
            before, seats = seats, self._nudged(put, seats, rung.nudge, day)
            for earlier, seat in zip(before, seats, strict=True):
                added = seat.holders[len(earlier.holders) :]
                if added or rung.nudge not in (Nudge.COVER, Nudge.LINE):
                    found[seat.key].append(
                        Consequence(
                            on=day,
                            then=rung.nudge,
                            who=self._turned_to(put, rung.nudge, added, day),
                            substitute=any(one.capacity is Capacity.SUBSTITUTE for one in added),
                        )
                    )
        return {key: tuple(consequences) for key, consequences in found.items()}

    def _nudged(self, put: Put, seats: tuple[Seat, ...], nudge: Nudge, day: date) -> tuple[Seat, ...]:
        return self._there(put, day).nudged(seats, put.silent, nudge)

    def _turned_to(self, put: Put, nudge: Nudge, added: Sequence[Holder], day: date) -> str:
        match nudge:
            case Nudge.COVER:
                return name(self.people, added[0].person)
            case Nudge.LINE:
                return title(self.rules, added[0].post, day)
            case Nudge.PMO:
                return title(self.rules, self.rules.roles["pmo"], day)
            case Nudge.CLOSE:
                return self._passed_on(put.key, put.terms.kind, day)
            case _:
                return ""

    def _may_still(self, put: Put, seat: Seat, holder: Holder) -> bool:
        """Say whether somebody who was asked may answer today; else no letter goes to them or names them."""
        return self._there(put, self.today).may_still(holder, seat)

    def _able(self, put: Put, seat: Seat) -> Seat:
        """Return a seat with those who may answer for it today, of all who were asked."""
        able = tuple(holder for holder in seat.holders if self._may_still(put, seat, holder))
        return seat.model_copy(update={"holders": able})

    def _there(self, put: Put, day: date) -> Seating:
        return seated(self.tx, self.case, put, put.seats, day)


def _reminder_key(put: Put, seat: Seat, holder: Holder, rung: Rung) -> str:
    return f"{put.step}:reminder:{rung.number}:{seat.key}:{holder.person}"
