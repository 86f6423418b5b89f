"""What a connection speaks, by its first bytes, where it is not HTTP/1.1."""

from __future__ import annotations

from cpo.state import AttemptVerdict

TLS_ALERT, TLS_HANDSHAKE = 0x15, 0x16
"""Types of the TLS records a client may begin with (RFC 8446 §5.1)."""
TLS_MAJOR_VERSION = b'\x03'
HTTP2_PREFACE = b'PRI * HTTP/2.0'
NO_TLS_HERE = b'\x15\x03\x01\x00\x02\x02\x28'
"""The alert `handshake_failure` (RFC 8446 §6): the client ends at once, with an error that names TLS."""


def foreign_protocol(first: bytes) -> AttemptVerdict | None:
    """TLS or HTTP2 where the first bytes of a connection are of these, None where they may be HTTP/1.1.

    `first` may be as short as one byte. TLS is also the ClientHello in a record of SSL 2 (RFC 5246 §E.2).
    """
    is_record = first[0] in (TLS_ALERT, TLS_HANDSHAKE) and first[1:2] in (b'', TLS_MAJOR_VERSION)
    is_ssl2_record = first[0] & 0x80 and first[2:4] == b'\x01' + TLS_MAJOR_VERSION
    if is_record or is_ssl2_record:
        return AttemptVerdict.TLS
    return AttemptVerdict.HTTP2 if first.startswith(HTTP2_PREFACE) else None
