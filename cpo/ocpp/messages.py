"""OCPP-J framing: the three message types, parsed from and written to a JSON array (OCPP-J 1.6 §4).

`from_json_array` never raises: it returns the message, or a `Malformed` with the reason and, when the message id is
readable, the CallError to answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

import orjson

MAX_MESSAGE_ID_LENGTH = 36

MessageId = str | int | float | bool | None
"""A text of at most 36 characters (OCPP-J 1.6 §4.1.4); other JSON values, which some chargers send, are echoed."""


class MessageType(IntEnum):
    """MessageTypeId, the first element of the array (OCPP-J 1.6 §4.1.3)."""

    CALL = 2
    CALL_RESULT = 3
    CALL_ERROR = 4


class OcppJsonMessage:
    """Base class of Call, CallResult and CallError."""

    message_id: MessageId

    @staticmethod
    def from_json_array(text: str) -> OcppJsonMessage | Malformed:
        """Parse one frame into a Call, CallResult or CallError, or into the reason why it is none of them."""
        return _read(text)

    def to_json_array(self) -> str:
        """The message as compact JSON; raises TypeError or ValueError for a payload that JSON cannot express."""
        try:
            return orjson.dumps(self._members()).decode()
        except TypeError:  # an integer of more than 64 bits
            return json.dumps(self._members(), separators=(',', ':'), ensure_ascii=False, allow_nan=False)

    def _members(self) -> list[Any]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Call(OcppJsonMessage):
    """A request, `[2, id, action, payload]` (OCPP-J 1.6 §4.2.1); a frame without payload is Malformed, null is not."""

    message_id: MessageId
    action: str
    payload: Any = field(default_factory=dict)

    def _members(self) -> list[Any]:
        return [MessageType.CALL, self.message_id, self.action, self.payload]


@dataclass(frozen=True, slots=True)
class CallResult(OcppJsonMessage):
    """An answer, `[3, id, payload]` (OCPP-J 1.6 §4.2.2)."""

    message_id: MessageId
    payload: Any = field(default_factory=dict)

    def _members(self) -> list[Any]:
        return [MessageType.CALL_RESULT, self.message_id, self.payload]


@dataclass(frozen=True, slots=True)
class CallError(OcppJsonMessage):
    """An answer to a request that failed, `[4, id, code, description, details]` (OCPP-J 1.6 §4.2.3).

    The description is cut at 255 characters when it is sent.
    """

    message_id: MessageId
    code: str
    description: str = ''
    details: Any = field(default_factory=dict)

    @property
    def status(self) -> str:
        """`CallError` and its code, for the message log."""
        return f'CallError {self.code}'.strip()

    def _members(self) -> list[Any]:
        return [MessageType.CALL_ERROR, self.message_id, self.code, self.description[:255], self.details]


class Malformed(NamedTuple):
    """A frame that is no OCPP message, and the reason; `is_call` says that a CallError has to answer it."""

    reason: str
    message_id: MessageId = None
    is_call: bool = False


def violations_of_id(message_id: MessageId) -> tuple[str, ...]:
    """One sentence for each violation of the specification by a message id (OCPP-J 1.6 §4.1.4)."""
    if not isinstance(message_id, str):
        return (f'The message id is {json.dumps(message_id)}; the specification wants text.',)
    if len(message_id) > MAX_MESSAGE_ID_LENGTH:
        return (f'The message id has {len(message_id)} characters; the specification allows 36.',)
    return ()


def _read(text: str) -> OcppJsonMessage | Malformed:
    try:
        members = orjson.loads(text)
    except ValueError:
        return Malformed('This is not JSON.')
    if not isinstance(members, list):
        return Malformed('This is not a JSON array.')
    if len(members) < 2 or isinstance(members[1], (list, dict)):
        return Malformed('There is no message id.')
    message_type, message_id = members[0], members[1]
    if isinstance(message_id, float):
        try:
            message_id = _exact_number(text)
        except (ValueError, RecursionError):
            return Malformed('The message id is a number too long to be read.')
    if message_type not in tuple(MessageType):
        shown = f'{message_type:g}' if isinstance(message_type, (int, float)) else 'The first member'
        return Malformed(f'{shown} is no message type; 2, 3 and 4 are.')
    if message_type == MessageType.CALL:
        return _read_call(message_id, members[2:])
    if message_type == MessageType.CALL_RESULT:
        return CallResult(message_id, members[2] if len(members) > 2 else {})
    code, description, details, *_ = [*members[2:5], *(None, None, None)]
    return CallError(message_id, _text(code), _text(description), {} if details is None else details)


def _read_call(message_id: MessageId, rest: list[Any]) -> Call | Malformed:
    if not rest or not isinstance(rest[0], str):
        return _malformed_call(message_id, 'The action is missing; a Call is [2, id, action, payload].')
    if len(rest) < 2:
        return _malformed_call(message_id, 'The payload is missing; a Call is [2, id, action, payload].')
    return Call(message_id, rest[0], rest[1])


def _malformed_call(message_id: MessageId, reason: str) -> Malformed:
    return Malformed(reason, message_id, is_call=True)


def _exact_number(text: str) -> MessageId:
    """The message id of a frame as an exact number: orjson reads integers of more than 64 bits as floats."""
    exact: MessageId = json.loads(text)[1]
    return exact


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return '' if value is None or isinstance(value, (list, dict)) else json.dumps(value)
