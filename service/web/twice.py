"""What is pressed twice is done once: whoever does the same again is led to what was done."""

from collections.abc import Sequence

from service.store import journal, texts
from service.store.engine import Tx
from service.web import forms


class DoneAlready(Exception):
    """The asker has done the very same before, and nothing has been done about it since."""


def refuse(tx: Tx, ref: str, kinds: Sequence[str], *, by: str, reason: str, **said: object) -> None:
    """Raise DoneAlready if the last fact about a case, of some kinds and about the same, is what somebody
    wishes.

    `kinds` has the kind of fact that it would be first, and then those that undo it. `said` is what it would
    say; by its first part facts about other things are told apart.
    """
    about = next(iter(said))
    told = (line for line in reversed(journal.lines(tx, ref)) if line.kind in kinds)
    last = next((line for line in told if line.data[about] == said[about]), None)
    if last is None or (last.kind, last.actor) != (kinds[0], by):
        return
    same = all(last.data[name] == value for name, value in said.items())
    if same and texts.get(tx, last.data["reason"]) == forms.clean(reason):
        raise DoneAlready
