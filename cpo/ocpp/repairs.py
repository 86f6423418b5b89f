"""Lenient reading of payloads: a deviation with a clear meaning is repaired and reported, any other is refused.

Text that is too long and unknown enum values are retained: stand-ins replace them for the validation, and the finished
model gets the original values.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from cpo.ocpp.deviations import Location, complaint, described, quoted, valid_text
from cpo.ocpp.problems import Problem

M = TypeVar('M', bound=BaseModel)

ROUNDS = 6  # a repaired value may fail again (a number becomes a text that is too long), but at most four times
MOST_VIOLATIONS = 20  # reported one by one; a frame may have a hundred thousand
NUMBER = re.compile(r'\s*[+-]?\d+(\.\d*)?([eE][+-]?\d{1,3})?\s*', re.ASCII)
INTEGER = re.compile(r'\s*[+-]?\d{1,100}\s*', re.ASCII)


class UnreadablePayload(Exception):
    """A payload that cannot be repaired.

    `problem` says what is wrong, for the CallError to answer with; `description` is one sentence of at most 255
    characters that names the member.
    """

    def __init__(self, problem: Problem, description: str) -> None:
        super().__init__(description)
        self.problem, self.description = problem, description


def repaired(model: type[M], payload: Any) -> tuple[M, tuple[str, ...]]:
    """Repair a payload that failed its validation: the model, and one sentence per deviation.

    Raises `UnreadablePayload`. The payload itself is not changed.
    """
    violations: list[str] = []
    if payload is None:
        payload = {}
        violations.append('The payload is null; the specification wants an object. It was read as {}.')
    if not isinstance(payload, dict):
        raise UnreadablePayload(
            Problem.MALFORMED, f'The payload is {described(payload)}; the specification wants an object.'
        )
    return _Repair(model, payload, violations).result()


class _Repair:
    """The repair of one payload, in rounds of validation; containers are copied before their first change."""

    def __init__(self, model: type[BaseModel], payload: dict[str, Any], violations: list[str]) -> None:
        self.model, self.payload, self.violations = model, dict(payload), violations
        self.unlisted = 0
        self.copied: set[Location] = set()
        self.originals: dict[Location, Any] = {}

    def result(self) -> tuple[Any, tuple[str, ...]]:
        for _ in range(ROUNDS):
            try:
                valid = self.model.__pydantic_validator__.validate_python(self.payload, by_alias=True, by_name=False)
            except ValidationError as failure:
                errors = failure.errors(include_url=False)
            else:
                more = (f'There are {self.unlisted} more deviations.',) if self.unlisted else ()
                return _restored(valid, self.originals), (*self.violations, *more)
            for error in errors:
                self.repair(error)
        raise _refused(Problem.WRONG_TYPE, errors[0])

    def repair(self, error: ErrorDetails) -> None:
        loc, value = error['loc'], error['input']
        match error['type']:
            case 'missing':
                raise _refused(Problem.MISSING_MEMBER, error)
            case 'extra_forbidden':
                del self.container(loc)[loc[-1]]
                self.record(error, 'It was left out.')
            case _ if value is None or value == '':
                self.leave_out(error)
            case 'string_too_long':
                self.keep_original(error, value[: error['ctx']['max_length']], 'It was kept whole.')
            case 'multiple_of':
                self.keep_original(error, 0.0, 'It was kept as it is.')
            case 'too_short':
                if (
                    len(value) < error['ctx']['min_length']
                ):  # else pydantic left out the items that have errors of their own
                    raise _refused(Problem.WRONG_COUNT, error)
            case 'enum' if isinstance(value, str):
                self.repair_enum(error, value)
            case 'string_unicode':
                self.repair_unicode(error)
            case 'time_format':
                self.convert(error, _time, Problem.WRONG_VALUE)
            case kind:
                self.convert(error, CONVERSIONS.get(kind, _impossible), Problem.WRONG_TYPE)

    def leave_out(self, error: ErrorDetails) -> None:
        loc, value = error['loc'], error['input']
        if isinstance(loc[-1], str) and not _member(self.model, loc)[0].is_required():
            del self.container(loc)[loc[-1]]
            return self.record(error, 'It was read as absent.')
        if value is None:
            raise _refused(Problem.MISSING_MEMBER if isinstance(loc[-1], str) else Problem.WRONG_TYPE, error)
        is_text = error['type'] in ('enum', 'time_format')
        raise _refused(Problem.WRONG_VALUE if is_text else Problem.WRONG_TYPE, error)

    def repair_enum(self, error: ErrorDetails, value: str) -> None:
        known: list[str] = list(_member(self.model, error['loc'])[1])
        meant = next((word for word in known if word.lower() == value.strip().lower()), None)
        if meant is None:
            self.keep_original(error, known[0], 'It was kept as it is.')
        else:
            self.replace(error['loc'], meant)
            self.record(error, f'It was read as {quoted(meant)}.')

    def repair_unicode(self, error: ErrorDetails) -> None:
        loc = error['loc']
        value = self.container(loc)[loc[-1]] if loc else self.payload
        if isinstance(value, dict):  # a member's name is invalid: repaired, it is an unknown member
            self.replace(loc, {valid_text(name): member for name, member in value.items()})
        else:
            self.convert(error, valid_text, Problem.WRONG_VALUE)

    def convert(self, error: ErrorDetails, conversion: Callable[[Any], Any], problem: Problem) -> None:
        try:
            value = conversion(error['input'])
        except (ValueError, LookupError, OverflowError):
            raise _refused(problem, error) from None
        self.replace(error['loc'], value)
        self.record(error, f'It was read as {quoted(value)}.')

    def keep_original(self, error: ErrorDetails, stand_in: Any, outcome: str) -> None:
        self.originals[error['loc']] = error['input']
        self.replace(error['loc'], stand_in)
        self.record(error, outcome)

    def record(self, error: ErrorDetails, outcome: str) -> None:
        if len(self.violations) < MOST_VIOLATIONS:
            self.violations.append(f'{complaint(error)} {outcome}')
        else:
            self.unlisted += 1

    def replace(self, loc: Location, value: Any) -> None:
        if loc:
            self.container(loc)[loc[-1]] = value
        else:
            self.payload = value

    def container(self, loc: Location) -> Any:
        """The list or object that contains `loc`, copied so that it may be changed."""
        node: Any = self.payload
        for depth, step in enumerate(loc[:-1], start=1):
            if loc[:depth] not in self.copied:
                self.copied.add(loc[:depth])
                node[step] = copy.copy(node[step])
            node = node[step]
        return node


def _restored(node: Any, originals: dict[Location, Any]) -> Any:
    """The model with the original values at their locations, without validation."""
    if not originals or () in originals:
        return originals.get((), node)
    below: dict[int | str, dict[Location, Any]] = {}
    for loc, value in originals.items():
        below.setdefault(loc[0], {})[loc[1:]] = value
    if isinstance(node, tuple):
        return tuple(_restored(item, below.get(index, {})) for index, item in enumerate(node))
    names = {field.alias: name for name, field in type(node).model_fields.items()}
    return node.model_copy(
        update={names[str(step)]: _restored(getattr(node, names[str(step)]), rest) for step, rest in below.items()}
    )


def _member(model: Any, loc: Location) -> tuple[FieldInfo, Any]:
    """The model's field at a location of the payload, and the innermost type of its values."""
    for step in loc:
        if isinstance(step, str):
            field: FieldInfo = next(field for field in model.model_fields.values() if field.alias == step)
            model = field.annotation
            while arguments := get_args(model):  # through Annotated, `| None` and tuple
                model = arguments[0]
    return field, model


def _refused(problem: Problem, error: ErrorDetails) -> UnreadablePayload:
    sentence = complaint(error)
    return UnreadablePayload(problem, sentence if len(sentence) <= 255 else sentence[:254] + '…')


def _impossible(value: Any) -> Any:
    raise ValueError(value)


def _text(value: Any) -> str:
    if not isinstance(value, bool | int | float):
        raise ValueError
    return json.dumps(value)


def _number(value: Any) -> float:
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise ValueError
    return float(value)


def _integer(value: Any) -> int:
    if isinstance(value, str) and INTEGER.fullmatch(value):
        return int(value)
    return round(value if isinstance(value, float) else _number(value))


def _boolean(value: Any) -> bool:
    word = value.strip().lower() if isinstance(value, str) else _text(value)
    return {'true': True, 'false': False, '1': True, '0': False}[word]


def _time(value: Any) -> datetime:
    moment = datetime.fromisoformat(value.strip().upper())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    'bool_type': _boolean,
    'enum': _text,
    'float_type': _number,
    'int_type': _integer,
    'string_type': _text,
}
