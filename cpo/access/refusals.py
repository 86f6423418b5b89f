"""The answers to requests that are not let in: JSON for programs, a readable page or the sign-in page for people."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from cpo.access.path_prefix import prefix_of
from cpo.access.plain_page import plain_page
from cpo.access.roles import Role
from cpo.access.standalone_page import StandalonePage
from cpo.host_names import host_of, origin_of

UNAUTHORIZED, FORBIDDEN = 401, 403
FOREIGN_HOST = 'ForeignHost'
FOREIGN_ORIGIN = 'ForeignOrigin'
NOT_ALLOWED = 'NotAllowed'
SIGN_IN_NEEDED = 'SignInNeeded'
PROGRAMS_PATHS = ('/api/', '/ocpp/', '/_nicegui')
OWNER_LOST = (
    'The journal cannot read who its owner was, so it lets nobody in as one. On the machine this program runs on, '
    'home-cpo password NAME makes an owner again.'
)
SIGN_IN_PAGE = StandalonePage(Path(__file__).with_name('sign_in.html'))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in, and how it could be.

    `fact` is the host, origin, address or role it came with; `setting` the one that would let it in, None where none
    would.
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


def not_local(address: str) -> Refusal:
    """The Refusal for a request from an address that is none of the house, while nobody has a password."""
    detail = (
        f'Nobody has a password here, so this server answers its own network only, and {address} is not in it. '
        'Set a password at home, on the page People, or on its machine with: home-cpo password NAME. '
        'A network of yours is let in by CPO_TRUSTED_NETWORKS.'
    )
    return Refusal(NOT_ALLOWED, address, detail, 'home-cpo password NAME')


def role_may_not(role: Role, needed: Role) -> Refusal:
    """The Refusal for a request of somebody with this role, which needs another one."""
    article = 'an' if needed is Role.OWNER else 'the'
    return Refusal(NOT_ALLOWED, role, f'This takes {article} {needed}; you are signed in as {role}.')


def sign_in_needed(has_lost_owner: bool = False) -> Refusal:
    """The Refusal for a request of nobody, while people have passwords; the owner's may be lost."""
    detail = 'Sign in, or send a token as Authorization: Bearer …; owners make tokens on the page People.'
    return Refusal(SIGN_IN_NEEDED, '', OWNER_LOST if has_lost_owner else detail)


async def refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the request with status 401 or 403: a page for a browser's GET, otherwise JSON with `error`, `detail`."""
    is_page = scope['type'] == 'http' and scope['method'] in ('GET', 'HEAD')
    is_page = is_page and not scope['path'].startswith(PROGRAMS_PATHS)
    response: Response
    if refusal.error == SIGN_IN_NEEDED:
        is_page = is_page and 'text/html' in Headers(scope=scope).get('accept', '')
        headers = {'WWW-Authenticate': 'Bearer', 'Cache-Control': 'no-store'}
        response = _sign_in_page(refusal, prefix_of(scope)) if is_page else _json(refusal, UNAUTHORIZED)
        response.headers.update(headers)
    elif is_page:
        response = HTMLResponse(_page(refusal, prefix_of(scope)), FORBIDDEN)
    else:
        response = _json(refusal, FORBIDDEN)
    await response(scope, receive, send)


def _sign_in_page(refusal: Refusal, prefix: str) -> Response:
    lost = f'<p class="cpo-lost" role="status">{html.escape(OWNER_LOST)}</p>' if refusal.detail == OWNER_LOST else ''
    return SIGN_IN_PAGE.response(UNAUTHORIZED, lost=lost, prefix=prefix)


def _json(refusal: Refusal, status: int) -> Response:
    return JSONResponse({'error': refusal.error, 'detail': refusal.detail}, status)


def _page(refusal: Refusal, prefix: str) -> str:
    by_name = refusal.error in (FOREIGN_HOST, FOREIGN_ORIGIN)
    heading = 'Not let in by this name' if by_name else 'Not let in'
    advice = '<p>By its IP address, this server can always be reached.</p>' if by_name else ''
    setting = f'<p><code>{html.escape(refusal.setting)}</code></p>' if refusal.setting else ''
    is_signed_in = refusal.error == NOT_ALLOWED and refusal.setting is None
    links = f'<p><a href="{prefix}/">Home</a></p><p><a href="{prefix}/people">Sign in as somebody else</a></p>'
    sentences = f'<h1>{heading}</h1><p>{html.escape(refusal.detail)}</p>{setting}{advice}'
    return plain_page('Not let in', sentences + (links if is_signed_in else ''))
