"""A line of the journal, and how it is chained to the one before it."""

import hmac
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from service.store import canonical
from workflows.model import Frozen

ORGANISATION = "-"
"""The chain of what concerns no single case."""
ENGINE = "engine"
"""The actor of what the engine does by itself."""
PURPOSE = "audit"
"""The purpose of the keys that sign lines."""
FIRST = "0" * 64
"""What stands for the line before the first."""


class Entry(NamedTuple):
    """A fact to be written down. The same key is never written twice in a case."""

    kind: str
    data: dict[str, Any]
    key: str
    actor: str
    on_behalf_of: str = ""
    at: datetime | None = None


class Line(Frozen):
    """A fact in the journal."""

    case: str
    seq: int
    at: datetime
    recorded: datetime
    actor: str
    on_behalf_of: str
    kind: str
    key: str
    data: dict[str, Any]
    prev: str
    kid: str
    mac: str

    @property
    def record(self) -> str:
        """What is signed, after the signature of the line before."""
        return canonical.dumps(
            {
                "case": self.case,
                "seq": self.seq,
                "at": self.at,
                "recorded": self.recorded,
                "actor": self.actor,
                "on_behalf_of": self.on_behalf_of,
                "kind": self.kind,
                "key": self.key,
                "data": self.data,
            }
        )


def mac(secret: bytes, line: Line) -> str:
    """Sign a line together with all that came before it."""
    return hmac.new(secret, f"{line.prev}{line.record}".encode(), sha256).hexdigest()


def head_mac(secret: bytes, case: str, seq: int, last: str) -> str:
    """Sign where a chain ends, so that its tail cannot be cut off unseen."""
    return hmac.new(secret, f"head\n{case}\n{seq}\n{last}".encode(), sha256).hexdigest()
