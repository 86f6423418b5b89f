"""Who makes a request, for what is recorded of it."""

from __future__ import annotations

from fastapi import Request

from cpo.access import CALLER, Caller, Role
from cpo.state import AccountChange, AccountChanged


def caller_name(request: Request) -> str:
    """The name of who makes a request."""
    caller: Caller | None = request.scope.get(CALLER)
    return '' if caller is None else caller.name


def person_changed(request: Request, name: str, change: AccountChange, role: Role | None = None) -> AccountChanged:
    """The entry of what a request changed about a person."""
    return AccountChanged(name, change, caller_name(request), role and str(role))


def token_changed(request: Request, name: str, change: AccountChange, role: Role) -> AccountChanged:
    """The entry of what a request changed about a token."""
    return AccountChanged(name, change, caller_name(request), str(role), is_token=True)
