"""Who may use a route. Every route declares it; one that does not is open to nobody."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
_DECLARED = "__allowed__"


class Role(StrEnum):
    """What a visitor can be. A visitor may be several; people's roles come from their posts."""

    ANYONE = "anyone"
    LINK = "link"
    """Has followed a link in a letter; the page checks that it was this one."""
    SIGNED_IN = "signed_in"
    """Has typed a code that was sent to their address in the handbook."""
    PMO = "pmo"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    READ_CASE = "read:case"
    START_CASE = "start:case"
    READ_REPORT = "read:report"
    DEVELOPER = "developer"
    """Anybody at all, where the installation is a demo or a test."""


SCOPES = (Role.READ_CASE, Role.START_CASE, Role.READ_REPORT)
"""What an API token may carry. None of them decides."""


def allowed(*roles: Role) -> Callable[[Endpoint], Endpoint]:
    """Declare who may use a route: any one of these roles is enough."""

    def declare(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _DECLARED, frozenset(roles))
        return endpoint

    return declare


def declared(endpoint: Callable[..., Any]) -> frozenset[Role]:
    """Return who may use a route; nobody if it does not say."""
    roles: frozenset[Role] = getattr(endpoint, _DECLARED, frozenset())
    return roles
