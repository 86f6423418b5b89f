"""The check of a body's size (413) and Content-Type (415), before anything else of a request is read."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from cpo.files import FILES
from cpo.rest_api.bodies import MAX_BODY_BYTES
from cpo.rest_api.errors import PayloadTooLarge, UnsupportedMediaType, answer_to

WITH_A_BODY = frozenset({'POST', 'PUT', 'PATCH'})
OF_ANY_TYPE = re.compile('/api/chargepoint/[^/]*/chargeLimit')
"""The demo's own interface: a limit is read whatever its Content-Type."""


class BodyCheck:
    """ASGI middleware: state-changing requests below `/api` must be `application/json`, even with an empty body.

    Forms of other websites cannot send that type, so they are refused. No request may announce a body of more than 1
    MiB, unless it is a file; where the size is not announced, `read_body` measures it.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Check the requests for the application `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the application, or refuse it."""
        error = _error(scope) if scope['type'] == 'http' else None
        await (self._app if error is None else answer_to(error))(scope, receive, send)


def _error(scope: Scope) -> PayloadTooLarge | UnsupportedMediaType | None:
    headers, path = dict(scope['headers']), scope['path']
    length = headers.get(b'content-length', b'')
    if path.startswith(FILES):
        return None  # of any type, and larger
    if length.isdigit() and int(length) > MAX_BODY_BYTES:
        return PayloadTooLarge('The body is larger than 1 MiB.')
    if scope['method'] not in WITH_A_BODY or not path.startswith('/api/') or OF_ANY_TYPE.fullmatch(path):
        return None
    content_type = headers.get(b'content-type', b'').decode('latin-1')
    if content_type.partition(';')[0].strip().lower() == 'application/json':
        return None
    return UnsupportedMediaType(f'Send the body as application/json, not as {content_type[:100] or "nothing"}.')
