"""Lenient reading of payloads: a deviation with a clear meaning is repaired and reported, any other is refused.

A text that is too long or an unknown enum value is replaced by a valid one for the validation only; the finished model
gets the original value. What a model says of a member decides what else is clear: `IfAbsent`, `AlsoNamed` and
`Dispensable` are markers in its annotation.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cpo.ocpp.conversions import CONVERSIONS, impossible, time_of
from cpo.ocpp.deviations import Location, complaint, described, quoted, valid_text
from cpo.ocpp.members import Dispensable, IfAbsent, marker, meant_name, member
from cpo.ocpp.problems import Problem

M = TypeVar('M', bound=BaseModel)

ROUNDS = 8  # a repaired value may fail again (a number becomes a text that is too long), but at most four times
MOST_VIOLATIONS = 20  # reported one by one; a frame may have a hundred thousand
MOST_ERRORS = 20_000  # each takes 2 kB while it is repaired
MAX_TEXT_LENGTH = 1_000
ALLOWANCE = 20  # this many times as long as it may be a text is kept, where that is more


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
        self.dropped: set[Location] = set()
        self.originals: dict[Location, Any] = {}

    def result(self) -> tuple[Any, tuple[str, ...]]:
        errors: list[ErrorDetails] = []
        for _ in range(ROUNDS):
            try:
                valid = self.model.__pydantic_validator__.validate_python(self.payload, by_alias=True, by_name=False)
            except ValidationError as failure:
                if failure.error_count() > MOST_ERRORS:
                    self.shorten(failure.error_count())
                    continue
                errors = failure.errors(include_url=False)
            else:
                more = (f'There are {self.unlisted} more deviations.',) if self.unlisted else ()
                return _restored(valid, self.originals), (*self.violations, *more)
            # a member under a wrong name comes first: it may be the one that is missing
            for error in sorted(errors, key=lambda error: error['type'] != 'extra_forbidden'):
                self.repair_or_drop(error)
            self.originals = {loc: value for loc, value in self.originals.items() if loc[:2] not in self.dropped}
            self.dropped.clear()
        if not errors:
            raise UnreadablePayload(Problem.WRONG_COUNT, f'The payload has more than {MOST_ERRORS:,} deviations.')
        raise _refused(Problem.WRONG_TYPE, errors[0])

    def shorten(self, count: int) -> None:
        """Cut each list to its beginning: the payload has `count` errors, too many to repair each."""
        for name, value in self.payload.items():
            if isinstance(value, list):
                self.payload[name] = value[: len(value) * MOST_ERRORS // (2 * count)]
        self.violations.append(f'There are {count:,} deviations; only the beginning of each list was read.')

    def repair_or_drop(self, error: ErrorDetails) -> None:
        """Repair what the error names; where that is impossible, leave out the whole item of a `Dispensable` list."""
        item = error['loc'][:2]
        if item in self.dropped:
            return
        try:
            self.repair(error)
        except UnreadablePayload:
            if not item or marker(self.model, item[:1], Dispensable) is None:
                raise
            self.dropped.add(item)
            self.replace(item, {} if len(item) > 1 else [])
            self.record(error, 'It was left out.')

    def repair(self, error: ErrorDetails) -> None:
        loc, value = error['loc'], error['input']
        match error['type']:
            case 'missing':
                if loc[-1] not in self.container(loc) and not self.read_as_absent(error):
                    raise _refused(Problem.MISSING_MEMBER, error)
            case 'extra_forbidden':
                self.rename_or_remove(error)
            case _ if value is None or value == '':
                self.leave_out(error)
            case 'string_too_long':
                self.keep_text(error, value, error['ctx']['max_length'])
            case 'multiple_of':
                self.keep_original(error, value, 0.0, 'It was kept as it is.')
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
                self.convert(error, time_of, Problem.WRONG_VALUE)
            case kind:
                self.convert(error, CONVERSIONS.get(kind, impossible), Problem.WRONG_TYPE)

    def read_as_absent(self, error: ErrorDetails) -> bool:
        """Read a wrong member as its `IfAbsent` marker says; False where it has none."""
        loc = error['loc']
        absent = marker(self.model, loc, IfAbsent) if isinstance(loc[-1], str) else None
        if absent is None:
            return False
        if absent.read_as is None:
            self.keep_original(error, None, absent.stand_in, 'It was read as unknown.')
        else:
            self.replace(loc, absent.read_as)
            self.record(error, f'It was read as {quoted(absent.read_as)}.')
        return True

    def rename_or_remove(self, error: ErrorDetails) -> None:
        """Give a member the specification does not name the name that it must mean, or leave it out."""
        loc, container = error['loc'], self.container(error['loc'])
        value = container.pop(loc[-1])
        model = member(self.model, loc[:-1])[1] if len(loc) > 1 else self.model
        meant = meant_name(model, str(loc[-1]), value)
        if meant is None or meant in container:
            self.record(error, 'It was left out.')
        else:
            container[meant] = value
            self.record(error, f'It was read as “{meant}”.')

    def keep_text(self, error: ErrorDetails, value: str, max_length: int) -> None:
        most = max(MAX_TEXT_LENGTH, ALLOWANCE * max_length)
        outcome = 'It was kept whole.' if len(value) <= most else f'Its first {most:,} characters were kept.'
        self.keep_original(error, value[:most], value[:max_length], outcome)

    def leave_out(self, error: ErrorDetails) -> None:
        loc, value = error['loc'], error['input']
        if isinstance(loc[-1], str) and not member(self.model, loc)[0].is_required():
            del self.container(loc)[loc[-1]]
            self.record(error, 'It was read as absent.')
        elif not self.read_as_absent(error):
            if value is None:
                raise _refused(Problem.MISSING_MEMBER if isinstance(loc[-1], str) else Problem.WRONG_TYPE, error)
            is_text = error['type'] in ('enum', 'time_format')
            raise _refused(Problem.WRONG_VALUE if is_text else Problem.WRONG_TYPE, error)

    def repair_enum(self, error: ErrorDetails, value: str) -> None:
        known: list[str] = list(member(self.model, error['loc'])[1])
        meant = next((word for word in known if word.lower() == value.strip().lower()), None)
        if meant is None:
            self.keep_original(error, value[:MAX_TEXT_LENGTH], known[0], 'It was kept as it is.')
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

    def keep_original(self, error: ErrorDetails, original: Any, stand_in: Any, outcome: str) -> None:
        self.originals[error['loc']] = original
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


def _refused(problem: Problem, error: ErrorDetails) -> UnreadablePayload:
    sentence = complaint(error)
    return UnreadablePayload(problem, sentence if len(sentence) <= 255 else sentence[:254] + '…')
