"""Links to this server's own paths, which hold below a path prefix too (a reverse proxy, Home Assistant's ingress)."""

from __future__ import annotations

from nicegui import ui

from cpo.access import prefix_of


def here(path: str = '') -> str:
    """The path as the browser that has opened the current page reaches it; `path` begins with a slash."""
    return prefix_of(ui.context.client.request.scope) + path
