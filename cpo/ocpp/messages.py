"""OCPP-J framing: the three message types, parsed from and written to a JSON array (OCPP-J 1.6 §4).

`from_json_array` never raises: it returns the message, or a `Malformed` with the reason and what can be read of the
frame all the same: whether it is a Call or an answer, and its message id. Its limits keep one frame from taking all
the memory or time there is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import chain
from typing import Any, NamedTuple

import orjson

from cpo.ocpp.deviations import valid_text

MAX_MESSAGE_ID_LENGTH = 36
MAX_FRAME_LENGTH = 512 * 1024
MAX_DEPTH = 32
TOO_DEEP = f'The frame is nested more than {MAX_DEPTH} deep.'
MAX_CONTAINERS = 250_000
MAX_COMMAS = 400_000
"""A frame is one step of the parser, in which nothing else runs; 4 MB of a session have fewer of both."""
MAX_ITEMS = 5_000
MANY_OF_ANYTHING = MAX_CONTAINERS  # a shorter frame cannot have too many
MAX_INSIDE = 60_000  # lists and objects in a frame whose lists are short enough
SMALLEST_WITH_MORE_ITEMS = 2 * MAX_ITEMS
MAX_TEXT_LENGTH = 1_000

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
    def from_json_array(text: str, large_actions: AbstractSet[str] = frozenset()) -> OcppJsonMessage | Malformed:
        """Parse one frame into a Call, CallResult or CallError, or into the reason why it is none of them.

        Only a Call of one of the `large_actions` may be longer than 512 kB. Lists are cut at 5,000 items, which is
        among the `violations` of the message.
        """
        return _read(text, large_actions)

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
    violations: tuple[str, ...] = ()

    def _members(self) -> list[Any]:
        return [MessageType.CALL, self.message_id, self.action, self.payload]


@dataclass(frozen=True, slots=True)
class CallResult(OcppJsonMessage):
    """An answer, `[3, id, payload]` (OCPP-J 1.6 §4.2.2)."""

    message_id: MessageId
    payload: Any = field(default_factory=dict)
    violations: tuple[str, ...] = ()

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


@dataclass(frozen=True, slots=True)
class UnreadableAnswer(CallError):
    """A CallError in place of an answer of which only the message id can be read; the description says why."""

    @property
    def status(self) -> str:
        """`unreadable answer`, for the message log."""
        return 'unreadable answer'


class Malformed(NamedTuple):
    """A frame that is no OCPP-J message, the reason, and what can be read of it all the same.

    `is_call`: it has to be answered with a CallError. `is_answer`: it ends the wait for the answer to our Call.
    """

    reason: str
    message_id: MessageId = None
    is_call: bool = False
    is_answer: bool = False


def violations_of_id(message_id: MessageId) -> tuple[str, ...]:
    """One sentence for each violation of the specification by a message id (OCPP-J 1.6 §4.1.4)."""
    if not isinstance(message_id, str):
        return (f'The message id is {json.dumps(message_id)}; the specification wants text.',)
    if len(message_id) > MAX_MESSAGE_ID_LENGTH:
        return (f'The message id has {len(message_id)} characters; the specification allows 36.',)
    return ()


def _read(text: str, large_actions: AbstractSet[str]) -> OcppJsonMessage | Malformed:
    if len(text) > MANY_OF_ANYTHING and (reason := _too_much(text, large_actions)) is not None:
        return _unreadable(text, reason)
    try:
        members = orjson.loads(text)
    except ValueError:
        bare = text.strip(PADDING)
        return _read(bare, large_actions) if bare != text else _unreadable(text, _why_unreadable(text))
    if not isinstance(members, list):
        return Malformed('This is not a JSON array.')
    if text.count('[') + text.count('{') > MAX_DEPTH and _is_too_deep(members):
        return _unreadable(text, TOO_DEEP)
    if len(members) < 2 or isinstance(members[1], (list, dict)):
        return Malformed('There is no message id.')
    message_type, message_id = members[0], members[1]
    if isinstance(message_id, float):
        try:
            message_id = json.loads(text)[1]  # orjson reads integers of more than 64 bits as floats
        except ValueError:
            return Malformed('The message id is a number too long to be read.')
    if message_type not in (2, 3, 4):
        shown = f'{message_type:g}' if isinstance(message_type, (int, float)) else 'The first member'
        return _unreadable(text, f'{shown} is no message type; 2, 3 and 4 are.')
    cut = _shortened(members) if len(text) > SMALLEST_WITH_MORE_ITEMS else ()
    if message_type == MessageType.CALL:
        return _read_call(message_id, members[2:], cut)
    if message_type == MessageType.CALL_RESULT:
        return CallResult(message_id, members[2] if len(members) > 2 else {}, cut)
    code, description, details, *_ = [*members[2:5], *(None, None, None)]
    return CallError(message_id, _text(code), _text(description), {} if details is None else details)


def _too_much(text: str, large_actions: AbstractSet[str]) -> str | None:
    """Why a frame is not even parsed."""
    if len(text) > MAX_FRAME_LENGTH and not _is_call_of(text, large_actions):
        return f'The frame has {len(text):,} characters; {MAX_FRAME_LENGTH:,} are read.'
    if text.count('[') + text.count('{') > MAX_CONTAINERS or text.count(',') > MAX_COMMAS:
        return 'The frame has more lists, objects or values than are read.'
    return None


def _why_unreadable(text: str) -> str:
    """The reason why a frame cannot be parsed, though it may be JSON to the letter."""
    try:
        json.loads(text, parse_constant=_refuse)
    except RecursionError:
        return TOO_DEEP
    except ValueError:
        return 'This is not JSON.'
    if any(found['lone'] for found in ESCAPE.finditer(text)):
        return 'This is JSON, but a text in it has a lone surrogate: half a character, such as \\ud800.'
    return 'This is JSON, but a number in it is too large.'


def _refuse(constant: str) -> None:
    raise ValueError(f'{constant} is no JSON.')


def _read_call(message_id: MessageId, rest: list[Any], cut: tuple[str, ...]) -> Call | Malformed:
    if not rest or not isinstance(rest[0], str):
        return _malformed_call(message_id, 'The action is missing; a Call is [2, id, action, payload].')
    if len(rest) < 2:
        return _malformed_call(message_id, 'The payload is missing; a Call is [2, id, action, payload].')
    return Call(message_id, rest[0], rest[1], cut)


def _malformed_call(message_id: MessageId, reason: str) -> Malformed:
    return Malformed(reason, message_id, is_call=True)


ESCAPE = re.compile(r'\\(?:u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|(?P<lone>u[dD][89a-fA-F]\w\w)|.)', re.ASCII)
"""An escape in a JSON text; `lone` is a surrogate without its other half (RFC 8259 §8.2)."""

PADDING = '\ufeff\0 \t\r\n'
"""What some clients send around their JSON: a byte order mark, the end of a C string."""

BEGINNING = re.compile(
    r'\s*\[\s*"?([234])"?\s*,\s*("(?:[^"\\]|\\.){0,1000}"|-?\d{1,100}(?:\.\d{1,100})?|null|true|false)\s*[,\]]'
    r'(?:\s*"(\w{1,100})")?',
    re.ASCII,
)
"""The message type, the message id and the Action of a frame that cannot be read as a whole."""


def _unreadable(text: str, reason: str) -> Malformed:
    """With the message type and id where at least these can be read."""
    beginning = BEGINNING.match(text)
    if beginning is None:
        return Malformed(reason)
    try:
        message_id = json.loads(beginning[2], strict=False)
    except ValueError:  # an escape that is none
        return Malformed(reason)
    if isinstance(message_id, str) and valid_text(message_id) != message_id:  # it cannot be sent back
        return Malformed(reason)
    is_call = beginning[1] == str(MessageType.CALL)
    return Malformed(reason, message_id, is_call, not is_call)


def _is_call_of(text: str, actions: AbstractSet[str]) -> bool:
    beginning = BEGINNING.match(text)
    return beginning is not None and beginning[1] == str(MessageType.CALL) and beginning[3] in actions


def _is_too_deep(members: list[Any]) -> bool:
    """Whether lists and objects are nested deeper than is read; level by level, as a stack of calls has an end too."""
    level: list[Any] = [members]
    for _ in range(MAX_DEPTH):
        items = chain.from_iterable(node.values() if type(node) is dict else node for node in level)
        level = [item for item in items if type(item) is list or type(item) is dict]
        if not level:
            return False
    return True


def _shortened(members: list[Any]) -> tuple[str, ...]:
    """Cut lists and objects at 5,000 items, and lists where it is too much in all, in place; returns what to say."""
    dropped = inside = 0
    level: list[Any] = [members]
    while level:
        below: list[Any] = []
        for node in level:
            dropped += _cut(node, MAX_ITEMS if type(node) is dict else min(MAX_ITEMS, MAX_INSIDE - inside))
            found = [item for item in (node.values() if type(node) is dict else node) if type(item) in (list, dict)]
            inside += len(found)
            below += found
        level = below
    if not dropped:
        return ()
    in_all = '' if inside < MAX_INSIDE else f' and {MAX_INSIDE:,} in all'
    return (f'{dropped:,} items beyond the first {MAX_ITEMS:,} of a list{in_all} were left out.',)


def _cut(node: Any, most: int) -> int:
    """Cut one list or object; returns how many items that were."""
    dropped = max(0, len(node) - max(0, most))
    if dropped and isinstance(node, list):
        del node[-dropped:]
    elif dropped:
        for name in list(node)[-dropped:]:
            del node[name]
    return dropped


def _text(value: Any) -> str:
    """A text for people; 1,000 characters of it are read."""
    if isinstance(value, str):
        return value[:MAX_TEXT_LENGTH]
    return '' if value is None or isinstance(value, (list, dict)) else json.dumps(value)[:MAX_TEXT_LENGTH]
