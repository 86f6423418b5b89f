"""Errors as HTTP answers: `{"error": "<Name>", "detail": "<one sentence a person can act on>"}` with a status.

Besides those of `cpo.errors`, the REST interface alone has:

    BadRequest
    ├── InvalidQuery          a query parameter is invalid
    ├── InvalidSignIn         the body is not a name and a password
    ├── IncompleteBody        the caller hung up before the body was complete
    ├── PayloadTooLarge       the body exceeds 1 MiB
    ├── UnsupportedMediaType  a body is not sent as application/json
    ├── UnknownPath           the path does not exist
    └── MethodNotAllowed      the path exists, but not with this method
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from cpo.errors import (
    BackupRunning,
    BadRequest,
    CallErrorReceived,
    CallTimeout,
    ConnectionClosed,
    CpoError,
    FileTooLarge,
    InvalidPayload,
    JournalError,
    LastOwner,
    LockedCeiling,
    LockedSetting,
    NameTaken,
    NoRoom,
    NotAllowed,
    NotConnected,
    Rejected,
    SignInNeeded,
    TooManyTries,
    UnknownAction,
    UnknownCeiling,
    UnknownCertificate,
    UnknownConnector,
    UnknownDay,
    UnknownDevice,
    UnknownFile,
    UnknownGoal,
    UnknownIdTag,
    UnknownKey,
    UnknownMonth,
    UnknownPerson,
    UnknownToken,
    UnknownTransaction,
)
from cpo.masking import masked
from cpo.rest_api.json_response import json_response


class InvalidQuery(BadRequest):
    """A query parameter is invalid."""


class InvalidSignIn(BadRequest):
    """The body of a sign-in is not a name and a password."""


class IncompleteBody(BadRequest):
    """The caller hung up before the body was complete; nobody receives this answer."""


class PayloadTooLarge(BadRequest):
    """The body of the request exceeds 1 MiB."""


class UnsupportedMediaType(BadRequest):
    """The Content-Type is not application/json."""


class UnknownPath(BadRequest):
    """The path of the request does not exist."""


class MethodNotAllowed(BadRequest):
    """The path exists, but not with this method; `allowed` lists its methods for the Allow header."""

    def __init__(self, detail: str, allowed: list[str]) -> None:
        super().__init__(detail)
        self.allowed = allowed


STATUS: dict[type[CpoError], int] = {
    BadRequest: 400,
    SignInNeeded: 401,
    NotAllowed: 403,
    UnknownAction: 404,
    UnknownConnector: 404,
    UnknownTransaction: 404,
    UnknownIdTag: 404,
    UnknownCeiling: 404,
    UnknownGoal: 404,
    UnknownDevice: 404,
    UnknownPerson: 404,
    UnknownToken: 404,
    UnknownDay: 404,
    UnknownMonth: 404,
    UnknownCertificate: 404,
    UnknownFile: 404,
    UnknownKey: 404,
    UnknownPath: 404,
    MethodNotAllowed: 405,
    Rejected: 409,
    LastOwner: 409,
    LockedCeiling: 409,
    LockedSetting: 409,
    NameTaken: 409,
    PayloadTooLarge: 413,
    FileTooLarge: 413,
    UnsupportedMediaType: 415,
    InvalidPayload: 422,
    TooManyTries: 429,
    CallErrorReceived: 502,
    NotConnected: 503,
    JournalError: 503,
    BackupRunning: 503,
    CallTimeout: 504,
    ConnectionClosed: 504,
    NoRoom: 507,
}
"""HTTP status by class; an error has that of its nearest base class."""


def status_of(error: type[CpoError]) -> int:
    """The HTTP status for a class of errors; 500 for one that no route should raise."""
    return next((STATUS[kind] for kind in error.__mro__ if kind in STATUS), 500)


def name_of(error: type[CpoError]) -> str:
    """The name of a class of errors, as in the member `error` of an answer."""
    return 'CallError' if error is CallErrorReceived else error.__name__


def error_response(
    status: int, name: str, detail: str, more: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """An error as an HTTP answer, without secrets in its detail; `more` has members besides `error` and `detail`."""
    return json_response({'error': name, 'detail': masked(detail), **(more or {})}, status, headers)


def install_error_handlers(app: FastAPI) -> None:
    """Answer every exception of a route with its HTTP status and `{"error": …, "detail": …}`; a bug with 500."""
    app.add_exception_handler(CpoError, _on_cpo_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, _on_bug)


async def _on_cpo_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, CpoError)
    return answer_to(error)


def answer_to(error: CpoError) -> Response:
    """The HTTP answer to a request whose handling raised this error."""
    more, headers = {}, {}
    if isinstance(error, CallErrorReceived):
        more = {'code': error.code, 'description': error.description, 'details': error.details}
    if isinstance(error, MethodNotAllowed):
        headers = {'Allow': ', '.join(error.allowed)}
    if isinstance(error, SignInNeeded):
        headers = {'WWW-Authenticate': 'Bearer'}
    if isinstance(error, TooManyTries):
        headers = {'Retry-After': str(error.retry_after_s)}
    return error_response(status_of(type(error)), name_of(type(error)), str(error), more, headers)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    """Answer an invalid query; FastAPI checks only the query, as the routes read their bodies themselves."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name, message = first['loc'][-1], first['msg']
    if first['type'] == 'missing':
        message = 'this is needed'
    elif first['type'] not in ('enum', 'literal_error'):
        message = message.partition(',')[0]  # then follows how the library tried to read it
    sentence = f'{name}: {message.replace("Input should be", "this must be")}.'
    return error_response(400, InvalidQuery.__name__, sentence)


async def _on_bug(request: Request, error: Exception) -> Response:
    """Answer 500; Starlette raises the error again afterwards, and uvicorn logs its traceback."""
    return error_response(500, 'InternalError', 'The program made a mistake; its log says more.')
