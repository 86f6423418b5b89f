"""Decisions of the surplus rule as texts for the journal, and back: nothing of what the rule was given is lost (pure).

Each row has only what differs from the row before; the first of each quarter of an hour has everything, as midnight is
at a quarter in every time zone. So a stored day is decided again exactly as it was (`replayed`), or with other
settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter

from cpo.controllers.surplus_record import Step
from cpo.controllers.surplus_rule import step
from cpo.controllers.surplus_values import Reading, Readings, Reason, SurplusRules, SurplusState
from cpo.state import Activity, Source, SourceKind, SurplusDecided

NAMES = tuple(Readings.__dataclass_fields__)
MEASURED = NAMES[: NAMES.index('in_force_a')]
QUARTER_S = 900


class Given(NamedTuple):
    """What one step was given, and the step."""

    state: SurplusState
    readings: Readings
    rules: SurplusRules
    step: Step


def entry_of(connector_id: int, given: Given, before: Given | None, whole_at: datetime | None) -> SurplusDecided:
    """The entry for a decision after the one `before`; `whole_at` is when the last row with everything was written."""
    record = given.step.record
    is_whole = (
        before is None
        or whole_at is None
        or record.at.timestamp() // QUARTER_S != whole_at.timestamp() // QUARTER_S
        or before.rules != given.rules
        or before.step.state != given.state
    )
    old = Readings() if is_whole or before is None else before.readings
    last = None if before is None else before.step
    result = (given.step.limit_a, given.step.phases, record.reason)
    return SurplusDecided(
        at=record.at,
        connector_id=connector_id,
        inputs=orjson.dumps(_changes(old, given.readings, record.at)).decode(),
        whole=_whole(given) if is_whole else None,
        limit_a=given.step.limit_a,
        phases=given.step.phases,
        reason=record.reason,
        is_news=last is None or (last.limit_a, last.phases, last.record.reason) != result,
    )


@cache
def _state_adapter() -> TypeAdapter[SurplusState]:
    """Made at the first decision, as that takes some ms, which a start need not wait for."""
    return TypeAdapter(SurplusState)


@cache
def _rules_adapter() -> TypeAdapter[SurplusRules]:
    return TypeAdapter(SurplusRules)


def _whole(given: Given) -> str:
    state = _state_adapter().dump_python(given.state, mode='json')
    rules = _rules_adapter().dump_python(given.rules, mode='json')
    return orjson.dumps({'state': state, 'rules': rules}, option=orjson.OPT_NON_STR_KEYS).decode()


def _changes(old: Readings, new: Readings, at: datetime) -> dict[str, Any]:
    """The readings that are others than before, their times as the milliseconds to `at`."""
    return {name: _packed(value, at) for name in NAMES if (value := getattr(new, name)) != getattr(old, name)}


def _packed(value: Any, at: datetime) -> Any:
    if not isinstance(value, Reading):
        return value
    packed = [value.value, _ms(at - value.at), None if value.fresh_until is None else _ms(value.fresh_until - at)]
    return packed if value.source is None else [*packed, str(value.source.kind), value.source.name]


def _ms(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


def _reading(packed: list[Any], at: datetime) -> Reading:
    value, age_ms, fresh_ms, *source = packed
    fresh_until = None if fresh_ms is None else at + timedelta(milliseconds=fresh_ms)
    by = Source(SourceKind(source[0]), source[1]) if source else None
    return Reading(value, at - timedelta(milliseconds=age_ms), by, fresh_until)


def _with_changes(old: Readings, text: str, at: datetime) -> Readings:
    changes: dict[str, Any] = orjson.loads(text)
    for name in MEASURED:
        if changes.get(name) is not None:
            changes[name] = _reading(changes[name], at)
    if 'activity' in changes:
        changes['activity'] = Activity(changes['activity'])
    return replace(old, **changes)


class Replayed(NamedTuple):
    """A decision made again: what was given, the entry of the decision of then, and what was measured then."""

    given: Given
    then: SurplusDecided
    measured: Readings

    @property
    def is_same(self) -> bool:
        """True where the result is the one of then."""
        new, old = self.given.step, self.then
        return (new.limit_a, new.phases, new.record.reason) == (old.limit_a, old.phases, Reason(old.reason))


WithRules = Callable[[SurplusRules], SurplusRules]
Imagined = Callable[[Readings, float, int, SurplusRules], Readings]


def replayed(
    entries: Iterable[SurplusDecided], with_rules: WithRules | None = None, imagined: Imagined | None = None
) -> Iterator[Replayed]:
    """Decide again what was stored for one connector, oldest first; what comes before the first whole row is left out.

    Where `with_rules` makes other settings of those of then, the state of the rule goes its own way from the first row
    on, and the readings are those that `imagined` makes of the limit before.
    """
    last: Given | None = None
    measured, rules, is_other = Readings(), SurplusRules(), False
    for entry in entries:
        state = None if last is None else last.step.state
        if entry.whole is not None:
            state_then, rules_then = _whole_of(entry.whole)
            rules = rules_then if with_rules is None else with_rules(rules_then)
            is_other = is_other or rules != rules_then
            state = state_then if state is None or not is_other else state
            measured = Readings()
        if state is None:
            continue
        readings = measured = _with_changes(measured, entry.inputs, entry.at)
        if is_other and imagined is not None and last is not None:
            readings = imagined(measured, last.step.limit_a, last.step.phases, rules)
        last = Given(state, readings, rules, step(state, readings, entry.at, rules))
        yield Replayed(last, entry, measured)


def _whole_of(text: str) -> tuple[SurplusState, SurplusRules]:
    parts = orjson.loads(text)
    return _state_adapter().validate_python(parts['state']), _rules_adapter().validate_python(parts['rules'])
