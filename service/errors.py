"""Refusals: one class for each, with a stable code, its meaning in HTTP, and words for the person refused."""

from collections.abc import Iterable
from typing import ClassVar

from workflows.model import Frozen


class Problem(Frozen):
    """What is wrong with one field, in words for whoever filled it in."""

    field: str
    message: str


class AssentError(Exception):
    """Something was refused. The message is for the person refused."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, message: str = "", *, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message or self.title)
        self.problems: list[Problem] = list(problems)


class Malformed(AssentError):
    """What was sent cannot be used as it stands; `problems` says where."""

    code = "malformed"
    status = 422
    title = "Some of this needs putting right"


class Altered(AssentError):
    """What is kept is not what was kept: somebody has changed it behind the record's back."""

    code = "altered"
    title = "Part of this record has been changed, so it is not shown"


class Unauthenticated(AssentError):
    """Nobody knows who is asking."""

    code = "unauthenticated"
    status = 401
    title = "Sign in first"


class Forbidden(AssentError):
    """It is known who is asking, and they may not."""

    code = "forbidden"
    status = 403
    title = "You may not do this"


class TooLongAway(Forbidden):
    """The session in which a link was followed is over."""

    code = "too_long_away"
    title = "You have been away for too long"


class NotFound(AssentError):
    """There is no such thing, or none that the asker may know of."""

    code = "not_found"
    status = 404
    title = "There is nothing here"


class Conflict(AssentError):
    """Somebody else changed it first."""

    code = "conflict"
    status = 409
    title = "This has changed since you opened it"


class NotEditable(Conflict):
    """It has been submitted and is not the sponsor's to change."""

    code = "not_editable"
    title = "This has been submitted and can no longer be changed"


class AlreadySubmitted(Conflict):
    """The version was submitted before, with other content."""

    code = "already_submitted"
    title = "This version has already been submitted"


class Unchanged(Conflict):
    """A returned proposal says what it said before, so that there is nothing new to ask anybody."""

    code = "unchanged"
    title = "Nothing has changed since the last version"


class TwoSeats(Conflict):
    """One person never fills two seats of a step."""

    code = "two_seats"
    title = "You have already answered this question in another capacity"


class Gone(AssentError):
    """It was there once and is no longer."""

    code = "gone"
    status = 410
    title = "This is no longer open"


class TooLarge(AssentError):
    """More was sent than is taken."""

    code = "too_large"
    status = 413
    title = "This is too large"


class KeyReused(AssentError):
    """An idempotency key came again with another request."""

    code = "idempotency_key_reused"
    status = 422
    title = "This idempotency key was used for a different request"


class TooMany(AssentError):
    """Asked too often; the asker may come back later."""

    code = "too_many_requests"
    status = 429
    title = "Too many requests: wait a few minutes and try again"


class TooManyCodes(TooMany):
    """Too many codes were asked for."""

    code = "too_many_codes"
    title = "Too many codes have been asked for: wait 15 minutes and try again"


class Unavailable(AssentError):
    """The database does not answer. Nothing was accepted."""

    code = "unavailable"
    status = 503
    title = "The service is not available for the moment"
