"""Who has opened the page that is being built or used; what they may not do is not built for them.

A page's controls act for the Caller it was built for: `other_clients` lets nobody else send its events.
"""

from __future__ import annotations

from nicegui import ui
from nicegui.client import Client

from cpo.access import CALLER, Caller, Role
from cpo.state import YOU, Source, SourceKind


def caller_of(client: Client) -> Caller | None:
    """Who has opened this page, None where nobody was let in."""
    caller: Caller | None = client.request.scope.get(CALLER)
    return caller


def caller_name() -> str:
    """The name of who has opened the current page, empty where nobody was let in."""
    caller = caller_of(ui.context.client)
    return '' if caller is None else caller.name


def you() -> Source:
    """Who has opened the current page, as the source of a limit; without a name where nobody is signed in."""
    caller = caller_of(ui.context.client)
    return YOU if caller is None or caller.device is None else Source(SourceKind.PERSON, caller.name)


def may(role: Role) -> bool:
    """True where who has opened the current page may do all that needs this role."""
    caller = caller_of(ui.context.client)
    return caller is not None and caller.role.includes(role)
