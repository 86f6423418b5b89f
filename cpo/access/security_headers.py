"""The headers of every answer that tell a browser what it must not do with it."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import Message, Send

from cpo.access.content_policy import CONTENT_POLICY

POLICY = CONTENT_POLICY.lower().encode()
ALWAYS = (
    (b'x-content-type-options', b'nosniff'),
    (b'referrer-policy', b'same-origin'),
    (b'permissions-policy', b'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()'),
)
NOTHING = "default-src 'none'; style-src 'unsafe-inline'"
"""What an answer that is no page of ours may load, should a browser show it as one."""


class SecurityHeaders:
    """Adds the headers; only pages of this server, and of the added origins, may put an answer into a frame of theirs.

    Strict-Transport-Security is not among them, also under TLS: for the same host name it would turn the addresses with
    the port without TLS, which wallboxes and Home Assistant use, into ones where nobody answers.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        ancestors = ' '.join(("frame-ancestors 'self'", *origins))
        self._beside_a_policy = (*ALWAYS, (POLICY, ancestors.encode('latin-1')))
        self._without_one = (*ALWAYS, (POLICY, f'{NOTHING}; {ancestors}'.encode('latin-1')))

    def adding(self, send: Send) -> Send:
        """A `send` that adds the headers; a page's own policy holds beside the one on frames."""

        async def send_with_headers(message: Message) -> None:
            if message['type'] == 'http.response.start':
                own = message.get('headers', ())
                has_policy = any(name == POLICY for name, _ in own)
                message['headers'] = [*own, *(self._beside_a_policy if has_policy else self._without_one)]
            await send(message)

        return send_with_headers
