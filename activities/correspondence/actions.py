"""Letters about an action: what is to be done, who checks it, and what the check came to."""

from collections.abc import Sequence
from datetime import datetime

from activities.correspondence.case_file import Put
from activities.correspondence.proposals import Correspondence
from service import telling
from service.links import Links
from service.store import actions
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.letters import QueuedLetter
from service.store.steps import StepView
from service.telling import barred, title
from workflows import letters
from workflows.model import ActionState, Becoming, Choice, Holder, Seat, State, StepClosing

FALLEN_AWAY = "fallen_away"
"""Why an action is no longer asked for: what it follows from was withdrawn or has lapsed."""


class ActionLetters(Correspondence):
    """The letters of one action. Its owner and whoever checks it are asked; nobody else decides on it."""

    def __init__(self, tx: Tx, case: CaseView, links: Links, at: datetime) -> None:
        super().__init__(tx, case, links, at)
        self._action = actions.must(tx, case.ref)

    def closed(self, step: StepView, closing: StepClosing) -> list[QueuedLetter]:
        """A question is over. What is sent back is asked again, and its owner is not told besides."""
        if closing.outcome.choice is Choice.SEND_BACK:
            inform = tuple(post for post in step.inform if post != self._action.owner)
            step = step.model_copy(update={"ask": step.ask.model_copy(update={"inform": inform})})
        if closing.why == "withdrawn":
            closing = closing.model_copy(update={"why": FALLEN_AWAY})
        return super().closed(step, closing)

    def became(self, becoming: Becoming, *, orders_to: str = "") -> list[QueuedLetter]:
        """A new state of an action has no letter: what its check came to has been told."""
        return []

    def _asking(self, put: Put, seat: Seat, holder: Holder) -> dict[str, object]:
        return super()._asking(put, seat, holder) | {
            "coincidences": (),
            "task": telling.task(self.tx, self.case, self._action, self.rules, self.today),
        }

    def _why_the_line(self, put: Put, seat: Seat) -> str:
        because = super()._why_the_line(put, seat)
        holder = self.people.holder(seat.post, self.today)
        owners = telling.writers(self.tx, self.case, self.today)
        if because == "covers_author" and holder and holder.id in owners:
            return "owner"
        return {"covers_author": "covers_owner"}.get(because, because)

    def _after(self, step: StepView, closing: StepClosing, made: Sequence[object]) -> list[QueuedLetter]:
        return []

    def _end(self, step: StepView, choice: Choice | None) -> State | None:
        return None

    def _becomes(self, step: StepView, choice: Choice | None) -> str:
        return ActionState.VERIFIED if choice is Choice.VERIFY else ""

    def _next(self, step: StepView, choice: Choice | None, reader: str) -> letters.Next | None:
        asked = {Choice.CLAIM_COMPLETE: self._action.verifier, Choice.SEND_BACK: self._action.owner}
        post = asked.get(choice) if choice else None
        if post is None:
            return None
        kind = "action_check" if choice is Choice.CLAIM_COMPLETE else "action"
        deciding = self.rules.terms()[kind].deciding
        out = barred(self.tx, self.case, kind, step.seats, deciding, self.today)
        if post in self.people.posts_of(reader, self.today) and reader not in out:
            return letters.Next(you=True)
        return letters.Next(who=(title(self.rules, post, self.today),))
