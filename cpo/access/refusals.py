"""The answers to requests that are not let in: JSON for programs, a readable page for people."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from cpo.host_names import host_of, origin_of

FORBIDDEN = 403
FOREIGN_HOST = 'ForeignHost'
FOREIGN_ORIGIN = 'ForeignOrigin'
PROGRAMS_PATHS = ('/api/', '/ocpp/', '/_nicegui')


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in, and how it could be.

    `fact` is the host or origin it came with, `setting` the one that would let it in, None where none would.
    """

    error: str
    fact: str
    detail: str
    setting: str | None = None


def foreign_host(hosts: Sequence[str], allowed: Sequence[str]) -> Refusal:
    """The Refusal for a request that was judged to have a foreign Host; `hosts` are its `Host` headers.

    `allowed` are the hosts that the settings allow, to which the suggested setting adds.
    """
    host = host_of(hosts[0]) if len(hosts) == 1 else None
    if host is None:
        detail = 'The request has to name this server in one Host header.'
        return Refusal(FOREIGN_HOST, 'no name', detail)
    setting = f'CPO_ALLOWED_HOSTS={",".join((*allowed, host))}'
    detail = f'This server is not known by the name {host}. If it is a name of yours, start it with {setting}.'
    return Refusal(FOREIGN_HOST, host, detail, setting)


def foreign_origin(text: str, allowed: Sequence[str]) -> Refusal:
    """The Refusal for a request that was judged to come from a foreign page; `text` is its `Origin` header.

    `allowed` are the origins that the settings allow, to which the suggested setting adds.
    """
    origin = origin_of(text)
    if origin is None:
        hint = (
            'Pages opened from a file reach only /ocpp/, and only with CPO_ALLOW_FILE_PAGES=true. '
            if text in ('null', 'file://')
            else ''
        )
        detail = f'Pages of {text[:200]!r} may not use this server. {hint}Open its own pages instead.'
        return Refusal(FOREIGN_ORIGIN, text, detail)
    setting = f'CPO_ALLOWED_ORIGINS={",".join((*allowed, origin))}'
    detail = (
        f'Pages of {origin} may not use this server. If that is its address behind a proxy, let the proxy pass on the '
        f'Host header; if it is a page of yours, start this program with {setting}.'
    )
    return Refusal(FOREIGN_ORIGIN, origin, detail, setting)


async def refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the request with status 403: a page for a browser's GET, otherwise JSON with `error` and `detail`."""
    is_page = scope['type'] == 'http' and scope['method'] in ('GET', 'HEAD')
    response: Response
    if is_page and not scope['path'].startswith(PROGRAMS_PATHS):
        response = HTMLResponse(_page(refusal), FORBIDDEN)
    else:
        response = JSONResponse({'error': refusal.error, 'detail': refusal.detail}, FORBIDDEN)
    await response(scope, receive, send)


def _page(refusal: Refusal) -> str:
    setting = f'<p><code>{html.escape(refusal.setting)}</code></p>' if refusal.setting else ''
    return (
        '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
        '<title>Not let in</title><body style="font: 1rem sans-serif; margin: 2rem; max-width: 40rem">'
        f'<h1>Not let in by this name</h1><p>{html.escape(refusal.detail)}</p>{setting}'
        '<p>By its IP address, this server can always be reached.</p>'
    )
