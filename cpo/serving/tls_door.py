"""TLS in front of the HTTP protocol: the handshake, and why it failed where it did."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

from cpo.access import Arrivals
from cpo.host_names import shown_address
from cpo.serving.unserved import UnservedAttempts
from cpo.state import AttemptVerdict

AGAIN_AFTER_S = 1.0
EXPIRED = 10
"""OpenSSL's `X509_V_ERR_CERT_HAS_EXPIRED`."""
NOT_TRUSTED = ('UNKNOWN_CA', 'BAD_CERTIFICATE', 'CERTIFICATE_UNKNOWN', 'CERTIFICATE_EXPIRED', 'UNSUPPORTED_CERTIFICATE')
"""Ends of OpenSSL's words for the alerts of a client that does not trust the certificate of the server."""
TOO_OLD = ('UNSUPPORTED_PROTOCOL', 'NO_SHARED_CIPHER', 'NO_SHARED_SIGNATURE_ALGORITHMS', 'VERSION_TOO_LOW')
NO_TLS = ('HTTP_REQUEST', 'HTTPS_PROXY_REQUEST', 'WRONG_VERSION_NUMBER')


class TlsDoor:
    """Accepts connections, and passes each to the HTTP protocol once its TLS handshake is done.

    A handshake that fails is reported with the reason; asyncio's own servers keep that to themselves.
    """

    def __init__(
        self,
        listening: socket.socket,
        context: ssl.SSLContext,
        behind: Callable[[], asyncio.Protocol],
        arrivals: Arrivals,
        unserved: UnservedAttempts,
    ) -> None:
        """`behind` makes the HTTP protocol of one connection."""
        self._listening = listening
        self._context = context
        self._behind = behind
        self._arrivals = arrivals
        self._unserved = unserved
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Begin to accept connections, in the running event loop."""
        self._listening.setblocking(False)
        self._in_background(self._accept())

    def close(self) -> None:
        """Accept no more connections, and end the handshakes under way."""
        for task in self._tasks:
            task.cancel()
        self._listening.close()

    async def wait_closed(self) -> None:
        """Wait until all of that has ended."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self) -> None:
        while True:
            try:
                connection, peer = await asyncio.get_running_loop().sock_accept(self._listening)
            except OSError as error:  # no file descriptor is left, for one
                self._arrivals.report(f'A connection with TLS cannot be accepted: {error}')
                await asyncio.sleep(AGAIN_AFTER_S)
                continue
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._in_background(self._shake_hands(connection, shown_address(peer)))

    async def _shake_hands(self, connection: socket.socket, address: str) -> None:
        if not self._arrivals.begin(address, len(self._tasks)):
            connection.close()
            return
        loop, within_s = asyncio.get_running_loop(), self._arrivals.headers_within_s
        try:
            await loop.connect_accepted_socket(
                self._behind, connection, ssl=self._context, ssl_handshake_timeout=within_s
            )
        except OSError as error:  # as every ssl.SSLError is
            verdict, fact = failure_of(error)
            self._unserved.add(address, verdict, fact=fact)
        finally:
            self._arrivals.end(address)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def failure_of(error: OSError) -> tuple[AttemptVerdict, str]:
    """Why a handshake failed, and the fact that belongs to it (see AttemptVerdict)."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code == EXPIRED:
            return AttemptVerdict.CERTIFICATE_EXPIRED, ''
        return AttemptVerdict.STRANGE_CERTIFICATE, error.verify_message
    reason = (error.reason or '') if isinstance(error, ssl.SSLError) else ''
    if reason.endswith(NOT_TRUSTED):
        return AttemptVerdict.ROOT_UNKNOWN, reason.lower().replace('_', ' ')
    if reason.endswith(TOO_OLD):
        return AttemptVerdict.TLS_TOO_OLD, reason.lower().replace('_', ' ')
    return (AttemptVerdict.NO_TLS_HERE if reason in NO_TLS else AttemptVerdict.NO_REQUEST), ''
