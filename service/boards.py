"""A board's question in words: who is present, what is still wanting, until when, and what follows otherwise.

The same sentences stand on pages and in letters. While votes are hidden, none of them depends on a vote, and
none ever on one that may still be taken back.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from notifications.sayings import vetoed
from service import telling
from service.handbook import Edition
from service.store import intents
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.steps import StepView
from workflows.days import in_full
from workflows.model import Choice, Frozen, Nudge, QuorumRule, Rung, Seat, Terms
from workflows.rules import calendar, meter, quorum
from workflows.rules.meter import Meter, VoteMeter

OUT = (
    "You are out of this question: you have no vote on it, and how others vote is not shown to you until "
    "it is decided."
)
"""What whoever has declared an interest is told."""


class Board(Frozen):
    """A board's question as it stands: the count, and what is said of it."""

    meter: VoteMeter
    blind: bool
    """How anybody voted is not told yet."""
    present: str
    """One sentence: "5 of 8 present; 4 needed; 1 has declared an interest."."""
    votes: str = ""
    """Once it is closed, how it went: "3 for, 2 against, 1 abstaining."."""
    wanting: tuple[str, ...] = ()
    """While it is open: how many more must vote and who is silent; and the votes, unless they are hidden."""
    until: tuple[str, ...] = ()
    """While it is open: by when votes are asked for, and what happens on which day."""

    @property
    def now(self) -> tuple[str, ...]:
        """How it stands, one sentence each."""
        return (self.present, *self.wanting)

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything, one sentence each."""
        return (*self.now, *self.until)


class Put(Frozen):
    """What the words need of a question, before it is in the record and after."""

    terms: Terms
    seats: tuple[Seat, ...]
    rungs: tuple[Rung, ...]
    """Those still to come."""
    due: date
    open: bool = True


def of(tx: Tx, step: StepView, rules: Edition) -> Board | None:
    """Return how a board's question stands; None for one that is no board's."""
    made = intents.decisions_of_step(tx, step.id, strict=False)
    put = Put(
        terms=step.terms,
        seats=step.asked,
        rungs=tuple(rung for rung in step.rungs if rung.number > step.climbed),
        due=calendar.local_day(step.due),
        open=step.open,
    )
    return standing(put, made, rules, tx.now)


def standing(put: Put, made: Sequence[DecisionView], rules: Edition, now: datetime) -> Board | None:
    """Return how a question stands by what its seats have answered until now."""
    blind, today = put.terms.blind and put.open, calendar.local_day(now)
    answers = {one.seat: one.choice for one in made}
    held = [one.seat for one in made if put.open and one.held_until and one.held_until >= now]
    found = meter.by_votes(answers, put.seats, put.terms.quorum, blind=blind, held=held)
    if found is None:
        return None
    titles = {seat.key: telling.title(rules, seat.post, today) for seat in put.seats}
    if not put.open:
        return Board(meter=found, blind=blind, present=f"{present(found)}.", votes=_count(found))
    return Board(
        meter=found,
        blind=blind,
        present=f"{present(found)}.",
        wanting=_wanting(put, found, titles, len(held)),
        until=_until(put, today),
    )


def duties(seat: Seat, terms: Terms) -> tuple[str, ...]:
    """Tell whoever answers for a seat what their vote can do that others' cannot."""
    told: list[str] = []
    if seat.chair and terms.quorum.rule is QuorumRule.MAJORITY and terms.quorum.casting:
        told.append("You chair: if votes are even, yours decides.")
    if seat.veto:
        told.append(
            "You may stop this alone. It waits for your vote for as long as it is open; if you have not "
            "voted when it closes, the other votes decide."
        )
    return tuple(told)


def votes(step: StepView, *, veto: bool = False) -> tuple[Choice, ...]:
    """Return the choices that count with others' answers: a `veto`'s no settles a question by itself."""
    if len(step.seats) < 2 or step.quorum.rule not in (QuorumRule.MAJORITY, QuorumRule.N_OF_M):
        return ()
    return tuple(one for one in step.choices if one.counted and (one.favourable or not veto))


def decided_by(tx: Tx, step: StepView, rules: Edition, day: date, outcome: Choice | None) -> str:
    """Say whose vote decided alone, by a veto or a tie that it broke; empty where none did."""
    made = intents.decisions_of_step(tx, step.id, strict=False)
    answers = {one.seat: one.choice for one in made}
    return _decided_by(answers, step.seats, step.terms, outcome, rules, day)


def vetoed_by(step: StepView, answers: Mapping[str, Choice], rules: Edition, day: date) -> str:
    """Return the title of the post that stopped a question alone; empty if none did."""
    key = quorum.vetoed_by(answers, step.seats)
    return _title(step.seats, key, rules, day)


def cast_by(
    step: StepView, answers: Mapping[str, Choice], outcome: Choice | None, rules: Edition, day: date
) -> str:
    """Return the title of the chair's post, if its casting vote decided; empty if it had not to."""
    key = quorum.cast_by(answers, step.seats, step.quorum, outcome)
    return _title(step.seats, key, rules, day)


def _decided_by(
    answers: Mapping[str, Choice],
    seats: Sequence[Seat],
    terms: Terms,
    outcome: Choice | None,
    rules: Edition,
    day: date,
) -> str:
    if outcome is None:
        return ""
    if veto := quorum.vetoed_by(answers, seats):
        return vetoed(_title(seats, veto, rules, day), outcome)
    if chair := quorum.cast_by(answers, seats, terms.quorum, outcome):
        title = _title(seats, chair, rules, day)
        return f"As many were for it as against it; the casting vote of {title} decided."
    return ""


def _title(seats: Sequence[Seat], key: str | None, rules: Edition, day: date) -> str:
    seat = next((seat for seat in seats if seat.key == key), None)
    return telling.title(rules, seat.post, day) if seat else ""


def present(found: Meter, about: str = "") -> str:
    """Return "5 of 8 present; 4 needed; 1 has declared an interest in item 3"."""
    parts = [f"{found.present} of {found.seats} present", f"{found.needed} needed"]
    if found.interests:
        about = f" in {about}" if about else ""
        parts.append(f"{found.interests} {_has(found.interests)} declared an interest{about}")
    if found.authors:
        parts.append(f"{found.authors} wrote it")
    return "; ".join(parts)


def _wanting(put: Put, found: VoteMeter, titles: Mapping[str, str], held: int) -> tuple[str, ...]:
    told = [*_missing(found, titles), *_vetoes(put, found, titles)]
    if count := _count(found):
        told.append(f"So far {count}")
    if found.even:
        chair = next(seat for seat in put.seats if seat.chair)
        told.append(f"Votes are even so far; the casting vote of {titles[chair.key]} would decide.")
    if put.terms.blind:
        told.append("How anybody votes is shown when it is decided.")
    elif held:
        them, stand = ("1 answer", "it stands") if held == 1 else (f"{held} answers", "they stand")
        told.append(f"{them} may still be taken back; how the votes are is shown once {stand}.")
    return tuple(told)


def _missing(found: VoteMeter, titles: Mapping[str, str]) -> list[str]:
    silent = _listed([titles[key] for key in found.silent])
    if not found.possible:
        return ["Too few are left without an interest for the votes to count, so it cannot be decided here."]
    if found.wanting and found.wanting == len(found.silent):
        them = "must vote" if found.wanting == 1 else "must all vote"
        return [f"{silent} {them} for the votes to count."]
    if found.wanting:
        return [f"{found.wanting} more must vote for the votes to count, of: {silent}."]
    return [f"Still to vote: {silent}."] if silent else []


def _vetoes(put: Put, found: VoteMeter, titles: Mapping[str, str]) -> list[str]:
    """Say for whom it waits in any case, where others could settle it without them but for their veto."""
    able = [titles[seat.key] for seat in put.seats if seat.veto and seat.key in found.silent]
    whom = "who may each stop it alone" if len(able) > 1 else "who may stop it alone"
    return [f"It does not go on before an answer of {_listed(able)}, {whom}."] if able else []


def _count(found: VoteMeter) -> str:
    if found.in_favour is None or not found.present:
        return ""
    abstaining = f", {found.abstaining} abstaining" if found.abstaining else ""
    return f"{found.in_favour} for, {found.against} against{abstaining}."


def _until(put: Put, today: date) -> tuple[str, ...]:
    """Say until when, and what follows if there are too few votes by then."""
    told = [f"Votes are asked for by {in_full(put.due)}."] if put.due >= today else []
    count = next((rung for rung in put.rungs if rung.nudge is Nudge.COUNT), None)
    end = next((rung for rung in put.rungs if rung.nudge is Nudge.CLOSE), None)
    if count:
        otherwise = (
            "more are waited for"
            if end
            else "it stays open until enough have voted, and the programme office is told"
        )
        told.append(
            f"On {in_full(calendar.local_day(count.at))} the votes that have been cast decide, if they make "
            f"a quorum; otherwise {otherwise}."
        )
    if end:
        # A board that has a meeting to go to leaves an even vote to it as well.
        falls_back = put.terms.quorum.even_vote_open
        then = "goes to its next meeting" if falls_back else "lapses"
        told.append(
            f"On {in_full(calendar.local_day(end.at))} it closes; what is not decided by then {then}."
        )
    return tuple(told)


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def _listed(names: Sequence[str]) -> str:
    """A; and B. Titles of posts have commas, and an "and", of their own."""
    *most, last = names or [""]
    if not most:
        return last
    return f"{'; '.join(most)}; and {last}"
