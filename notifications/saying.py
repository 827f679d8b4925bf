"""The shape of words that an answer to one kind of question has of its own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Saying:
    """An answer to one kind of question that has words of its own for it."""

    label: str
    """Beside its button."""
    doing: str
    """After "You are", before "for INV-2004-0009"; empty where the words of its choice do."""
    did: str
    """After who answered: "Chief Finance Officer reported a successful bid"."""
    became: str
    """What the question has come to, as a clause: "the bid succeeded"."""
    leads_to: str
    """What it does, under its button."""
    did_to: str = ""
    """After "You", of a case that is named: "sent ACT-2004-0003 back"; where "for" it does not do."""
