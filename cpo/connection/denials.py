"""How the handshake of a charger that is not let in is answered by HTTP."""

from __future__ import annotations

from http import HTTPStatus

from cpo.state import AttemptVerdict

STATUSES = {
    AttemptVerdict.NOT_ADOPTED: HTTPStatus.FORBIDDEN,
    AttemptVerdict.NO_TLS: HTTPStatus.FORBIDDEN,
    AttemptVerdict.NO_CERTIFICATE: HTTPStatus.FORBIDDEN,
    AttemptVerdict.CERTIFICATE_OF_ANOTHER: HTTPStatus.FORBIDDEN,
    AttemptVerdict.NO_PASSWORD: HTTPStatus.UNAUTHORIZED,
    AttemptVerdict.WRONG_PASSWORD: HTTPStatus.UNAUTHORIZED,
    AttemptVerdict.WRONG_USER: HTTPStatus.UNAUTHORIZED,
    AttemptVerdict.TOO_MANY_PASSWORDS: HTTPStatus.TOO_MANY_REQUESTS,
}
BASIC = {'WWW-Authenticate': 'Basic realm="charger", charset="UTF-8"'}


def denial_of(verdict: AttemptVerdict) -> tuple[HTTPStatus, dict[str, str]]:
    """The status and the headers of the answer; a charger that could prove who it is is asked to (RFC 7617 §2)."""
    status = STATUSES.get(verdict, HTTPStatus.NOT_FOUND)
    return status, BASIC if status is HTTPStatus.UNAUTHORIZED else {}
