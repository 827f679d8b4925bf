"""One spelling for everything that is hashed: canonical JSON (RFC 8785), UTC instants, plain pounds."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any


def dumps(value: Any) -> str:
    """Return canonical JSON. Binary fractions are refused: money and rates are written as strings.

    Without them Python's own encoder, seven times as fast as one for all of RFC 8785, writes exactly
    what the standard asks for, as long as the keys are plain ASCII.
    """
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def loads(text: str) -> Any:
    """Read back what `dumps` wrote."""
    return json.loads(text)


def digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return sha256(text.encode()).hexdigest()


def instant(moment: datetime) -> str:
    """Write an instant, in UTC and always to the microsecond."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


def day(text: str | None) -> date | None:
    """Read a day, if there is one."""
    return date.fromisoformat(text) if text else None


def pounds(text: str | None) -> Decimal | None:
    """Read a sum of money, if there is one."""
    return Decimal(text) if text is not None else None


def written(value: Any) -> str:
    """Return JSON for what is kept but not hashed: a draft may hold any number its writer typed."""
    return json.dumps(_plain(value, hashed=False), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any, *, hashed: bool = True) -> Any:
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and not hashed):
        return value
    if isinstance(value, Mapping):
        return {key: _plain(entry, hashed=hashed) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry, hashed=hashed) for entry in value]
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} has no canonical spelling")
