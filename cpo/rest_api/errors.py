"""Errors as answers: `{"error": "<Name>", "detail": "<one sentence a person can act on>"}` and a status.

Beside those of `cpo.errors`, these can only happen at this door:

    BadRequest
    ├── InvalidQuery          a page or number in the query that cannot be
    ├── IncompleteBody        the caller hung up before the body was sent
    ├── PayloadTooLarge       the body is larger than any sensible request
    ├── UnsupportedMediaType  a command that is not sent as application/json
    ├── UnknownPath           nothing is there
    └── MethodNotAllowed      something is there, but not for this method
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from cpo.errors import (
    BadRequest,
    CallErrorReceived,
    CallTimeout,
    ConnectionClosed,
    CpoError,
    InvalidPayload,
    JournalError,
    NotConnected,
    Rejected,
    UnknownAction,
    UnknownConnector,
    UnknownIdTag,
    UnknownTransaction,
)
from cpo.rest_api.json_response import json_response


class InvalidQuery(BadRequest):
    """A member of the query cannot be read."""


class IncompleteBody(BadRequest):
    """The caller hung up before the whole body was there; nobody reads this answer."""


class PayloadTooLarge(BadRequest):
    """The body is larger than any sensible request."""


class UnsupportedMediaType(BadRequest):
    """The Content-Type is not application/json."""


class UnknownPath(BadRequest):
    """There is nothing at this path."""


class MethodNotAllowed(BadRequest):
    """The path is there, the method is not; `allowed` are those that are."""

    def __init__(self, detail: str, allowed: list[str]) -> None:
        """`allowed` goes into the Allow header."""
        super().__init__(detail)
        self.allowed = allowed


STATUS: dict[type[CpoError], int] = {
    BadRequest: 400,
    UnknownAction: 404,
    UnknownConnector: 404,
    UnknownTransaction: 404,
    UnknownIdTag: 404,
    UnknownPath: 404,
    MethodNotAllowed: 405,
    Rejected: 409,
    PayloadTooLarge: 413,
    UnsupportedMediaType: 415,
    InvalidPayload: 422,
    CallErrorReceived: 502,
    NotConnected: 503,
    JournalError: 503,
    CallTimeout: 504,
    ConnectionClosed: 504,
}
"""The status of an error is that of its nearest class."""


def status_of(error: type[CpoError]) -> int:
    """The status of an error; one that should never come as far as this door is 500."""
    return next((STATUS[kind] for kind in error.__mro__ if kind in STATUS), 500)


def name_of(error: type[CpoError]) -> str:
    """What stands under `error`."""
    return 'CallError' if error is CallErrorReceived else error.__name__


def error_response(
    status: int, name: str, detail: str, more: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """An error as answer; `more` are members beside the two every error has."""
    return json_response({'error': name, 'detail': detail, **(more or {})}, status, headers)


def install_error_handlers(app: FastAPI) -> None:
    """Answer every exception of a route in the one shape."""
    app.add_exception_handler(CpoError, _on_cpo_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, _on_bug)


async def _on_cpo_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, CpoError)
    more, headers = {}, {}
    if isinstance(error, CallErrorReceived):
        more = {'code': error.code, 'description': error.description, 'details': error.details}
    if isinstance(error, MethodNotAllowed):
        headers = {'Allow': ', '.join(error.allowed)}
    return error_response(status_of(type(error)), name_of(type(error)), str(error), more, headers)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    """Only members of the query are checked by FastAPI; bodies are read by hand."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return error_response(400, InvalidQuery.__name__, f'{first["loc"][-1]}: {first["msg"]}.')


async def _on_bug(request: Request, error: Exception) -> Response:
    """The error is raised again after this answer: uvicorn logs it with its traceback."""
    return error_response(500, 'InternalError', 'The program made a mistake; its log says more.')
