"""Base classes and types of payload models for every OCPP version, with lenient reading and strict writing.

A payload model is named as its Action; its members are the specification's in snake_case, and in camelCase on the
wire. A model allows exactly what its JSON schema allows: anything else raises pydantic's `ValidationError`. Only
`read` accepts deviations, and it reports each one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    PlainValidator,
    Strict,
    ValidationError,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError

from cpo.errors import InvalidPayload
from cpo.ocpp.deviations import complaint
from cpo.ocpp.members import IfAbsent
from cpo.ocpp.repairs import UnreadablePayload, repaired

__all__ = [
    'AtLeastOne',
    'Deciamount',
    'Many',
    'Maybe',
    'NotNull',
    'OcppEnum',
    'OwedTimestamp',
    'Payload',
    'Request',
    'Response',
    'Timestamp',
    'UnreadablePayload',
    'Uri',
    'check',
    'read',
    'to_rfc3339',
    'to_wire',
]

T = TypeVar('T')
P = TypeVar('P', bound='Payload')
R = TypeVar('R', bound='Response')


class Payload(BaseModel):
    """The object in a Call or CallResult, or an object inside it; None stands for an absent member, null is invalid."""

    model_config = ConfigDict(
        frozen=True,
        extra='forbid',
        strict=True,
        allow_inf_nan=False,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        defer_build=True,  # a class is made ready when its first message comes: a third of the start is saved
    )


class Response(Payload):
    """Base class for the payload of a CallResult."""


class Request(Payload, Generic[R]):
    """Base class for the payload of a Call, with its response: `class Heartbeat(Request[HeartbeatResponse])`."""

    @classmethod
    def action(cls) -> str:
        """The Action's name on the wire."""
        return cls.__name__

    @classmethod
    def response_type(cls) -> type[R]:
        """The payload model of the answer."""
        for base in cls.__mro__:
            metadata = base.__dict__.get('__pydantic_generic_metadata__', {})
            for argument in metadata.get('args', ()):
                response: type[R] = argument
                return response
        raise TypeError(f'{cls.__name__} does not say what its response is')


def read(model: type[P], payload: Any) -> tuple[P, tuple[str, ...]]:
    """Parse a charger's payload leniently into its model, with one sentence for each deviation from the specification.

    Text that is too long stays as it is, and so does an unknown enum value, as plain `str`: after a deviation a member
    typed `ChargePointStatus` may contain another text. Raises `UnreadablePayload` for a payload that cannot be
    repaired.
    """
    try:
        return _validated(model, payload), ()
    except ValidationError:
        return repaired(model, payload)


def check(model: type[P], payload: Any) -> P:
    """Parse the payload of a request a person wants to send, strictly.

    Raises `InvalidPayload` with a sentence that names the wrong member.
    """
    try:
        return _validated(model, payload)
    except ValidationError as error:
        reason = complaint(error.errors(include_url=False)[0])
    raise InvalidPayload(reason)


def to_wire(payload: Payload) -> dict[str, Any]:
    """The payload as JSON values under the specification's names, without absent members.

    Deviations that `read` accepted are written as they were received.
    """
    # warnings=False: an unknown enum value is deliberately plain text
    return payload.model_dump(mode='json', by_alias=True, exclude_none=True, warnings=False)


def _validated(model: type[P], payload: Any) -> P:
    valid: P = model.__pydantic_validator__.validate_python(payload, by_alias=True, by_name=False)
    return valid


class OcppEnum(StrEnum):
    """Base class for the specification's enumerations: each value is its text on the wire."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let validation accept the text besides the enum member, although payloads are strict."""
        schema: dict[str, Any] = dict(handler(source))
        return cast(CoreSchema, {**schema, 'strict': False})


class NotNull:
    """Marks a member that may be absent (None in Python) but not null on the wire."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate a member typed `T | None` as `T`."""
        schema = handler(source)
        assert schema['type'] == 'nullable', f'{source} is never None'
        inner: CoreSchema = schema['schema']
        return inner


Maybe = Annotated[T | None, NotNull()]
"""An optional member: `Maybe[int] = None`."""

Many = Annotated[tuple[T, ...], Strict(False)]
"""A list on the wire, as a tuple in Python."""

AtLeastOne = Annotated[tuple[T, ...], Strict(False), Field(min_length=1)]
"""A list that must not be empty."""

Deciamount = Annotated[float, Field(multiple_of=0.1), PlainSerializer(lambda value: round(value, 1))]
"""A number with at most one decimal; it is written rounded, so that 0.1 + 0.2 is a multiple of 0.1."""

Uri = Annotated[str, WithJsonSchema({'type': 'string', 'format': 'uri'})]
"""A URI, whose syntax is not checked, as in the JSON schemas."""

RFC_3339 = re.compile(r'\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)', re.ASCII)


def to_rfc3339(moment: datetime) -> str:
    """An aware time in RFC 3339: UTC with `Z`, at most milliseconds, as every charger reads it (OCPP-J 1.6 errata)."""
    moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec='milliseconds' if moment.microsecond >= 1000 else 'seconds') + 'Z'


def read_timestamp(value: Any) -> datetime:
    if not isinstance(value, str | datetime):
        raise PydanticCustomError('time_type', 'a time is text')
    if isinstance(value, str) and not RFC_3339.fullmatch(value):
        raise PydanticCustomError('time_format', 'not a time of RFC 3339')
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value.upper())
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # the 30th of February; year 1 east of Greenwich
    raise PydanticCustomError('time_format', 'not a time of RFC 3339')


Timestamp = Annotated[
    datetime,
    PlainValidator(read_timestamp),
    PlainSerializer(to_rfc3339, when_used='json'),
    WithJsonSchema({'type': 'string', 'format': 'date-time'}),
]
"""An aware time in UTC; it is read with any RFC 3339 offset and written with `Z`."""

OwedTimestamp = Annotated[Timestamp | None, NotNull(), IfAbsent(None, stand_in=datetime(1970, 1, 1, tzinfo=UTC))]
"""A required time; None where a charger left it out, which means the moment of arrival."""
