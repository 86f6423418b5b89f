"""The follower of the surplus rule: readings in, a step of the rule, its record out, the wish passed on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cpo.amperes import MAX_PHASES
from cpo.charge_point import ChargePoint
from cpo.clock import whole_ms
from cpo.controllers.follower import Follower, Seen
from cpo.controllers.solar_rule import Decision
from cpo.controllers.surplus_inputs import (
    car_rules_of,
    phases_of_car,
    phases_to_choose,
    readings_of,
    rules_of,
    state_found,
)
from cpo.controllers.surplus_log import Given, entry_of
from cpo.controllers.surplus_record import DecisionRecord
from cpo.controllers.surplus_rule import step
from cpo.controllers.surplus_values import SurplusState
from cpo.limits import phases_below_ceilings, switches_phases
from cpo.state import Connector, Preset, StatusChange, preset_in_force

EVERY = timedelta(seconds=5)
"""New readings alone are judged this often at most; what happens at the connector is judged at once."""
GATHER = timedelta(seconds=0.25)
"""Readings of one moment may come in several messages: so long the others are waited for."""

OnRecord = Callable[[int, DecisionRecord], None]


class SurplusFollower(Follower):
    """Runs the surplus rule for one connector; each step is recorded, and stored so that it can be made again."""

    REST_S = 60.0

    def __init__(
        self,
        charge_point: ChargePoint,
        connector: Connector,
        now: Callable[[], datetime],
        notify: Callable[[], None],
        chosen_in: StatusChange | None,
        on_record: OnRecord,
        state: SurplusState | None = None,
    ) -> None:
        """`on_record` gets each record; `state` is the rule's from before, None: it begins with what it finds."""
        super().__init__(charge_point, connector, now, notify, chosen_in)
        self._on_record = on_record
        self._state = state
        self._phases_seen = None if state is None else state.phases or None
        self._most_phases: int | None = None
        self._last: Given | None = None
        self._whole_at: datetime | None = None

    def on_change(self) -> bool:
        """Decide again where the connector changed; new readings alone are judged soon."""
        seen, old = self._look(), self._seen
        if old is None or seen.status is not old.status or seen != replace(old, reading=seen.reading):
            return super().on_change()
        if seen.reading is not old.reading and self._last is not None:
            self._seen = seen
            soon = max(self._now() + GATHER, self._last.step.record.at + EVERY)
            self._set_timer(min(soon, self._due or soon))
        return False

    def _decided(self, seen: Seen, current_a: float, now: datetime) -> tuple[Decision, datetime | None]:
        state, at = self._charge_point.state, whole_ms(now)
        connector, settings = state.connector(self._connector_id), self._charge_point.settings
        preset = preset_in_force(connector, state.solar, Preset(settings.solar_preset))
        readings = readings_of(state, connector, seen.held_a)
        switches = switches_phases(self._charge_point)
        self._phases_seen = (connector.meter.phases_seen or self._phases_seen) if readings.plugged_in else None
        self._most_phases = phases_of_car(self._most_phases, connector) if readings.plugged_in else None
        shown = None if self._state is None else self._state.car.echo.phases
        phases = phases_to_choose(settings, switches, self._most_phases, self._phases_seen, shown)
        car = car_rules_of(settings, self._charge_point.quirks, state.known)
        phases = phases_below_ceilings(phases, car.min_current_a, connector, state)
        rules = rules_of(settings, connector, preset, car, phases)
        before = state_found(readings, rules) if self._state is None else self._state
        given = Given(before, readings, rules, step(before, readings, at, rules))
        self._keep(given)
        record, said = given.step.record, _said(given.step.phases) if switches else None
        return Decision(given.step.limit_a, at=at, record=record, phases=said), record.next_at

    def _keep(self, given: Given) -> None:
        entry = entry_of(self._connector_id, given, self._last, self._whole_at)
        if entry.whole is not None:
            self._whole_at = entry.at
        self._last, self._state = given, given.step.state
        self._charge_point.take_in(entry)
        self._on_record(self._connector_id, given.step.record)


def _said(phases: int) -> int:
    """What a limit says for a car on so many phases: all for one on two."""
    return 1 if phases == 1 else MAX_PHASES
