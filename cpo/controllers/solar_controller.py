"""Charging with the sun: from power readings and time to a wanted limit and the reason for it.

`solar_rule.step` decides; `SolarController` adds the timers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cpo.amperes import rounded_down
from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.controllers.free_charging import was_ended
from cpo.controllers.solar_rule import (
    HOLD_S,
    Decision,
    Rules,
    at_full_speed,
    step,
    with_minimum,
    without_reading,
)
from cpo.errors import CpoError
from cpo.limits import lowered
from cpo.state import (
    FULL_SPEED,
    STEERED_MODES,
    THE_SUN,
    Activity,
    ChargePointState,
    Connector,
    Limit,
    Mode,
    SolarReading,
    StatusChange,
)

logger = logging.getLogger(__name__)

RETRY_START_S = 60.0
RETRY_CHANGE_S = 10.0
FIRST_READING_WITHIN = timedelta(seconds=30)
NO_CAR = (Activity.UNKNOWN, Activity.IDLE, Activity.RESERVED)
"""Activities in which modes that need no sun do not start: a car has to be plugged in."""
NO_READING = 'There is no solar reading yet.'


class SolarController:
    """Sets the limit of each connector in mode SOLAR or SOLAR_MIN by the power readings, in mode FAST to the maximum.

    It changes only transactions that this program started, none that began with a card.
    """

    def __init__(
        self, charge_point: ChargePoint, now: Callable[[], datetime] = utc_now, hold_s: float = HOLD_S
    ) -> None:
        """Follows the ChargePoint for its whole life; `hold_s` is as in `Rules`."""
        # limits have one decimal: with a maximum of 13.75 A the highest one is 13.7 A
        self._rules = Rules(rounded_down(charge_point.settings.max_current), hold_s)
        self._charge_point = charge_point
        self._now = now
        self._wait_until = now() + FIRST_READING_WITHIN
        self._followers: dict[int, _Follower] = {}
        self._listeners: list[Callable[[], None]] = []
        charge_point.subscribe(self._on_change)

    def decision(self, connector_id: int) -> Decision:
        """The newest decision for a connector; one without a limit in another mode."""
        follower = self._followers.get(connector_id)
        return Decision(reason='The sun does not set this limit.') if follower is None else follower.decision

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every new decision; the returned function unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _on_change(self) -> None:
        state = self._charge_point.state
        if not self._followers and not any(c.mode in STEERED_MODES for c in state.connectors.values()):
            return
        changed = False
        for connector in state.charging_connectors:
            follower = self._followers.get(connector.connector_id)
            if follower is not None and connector.mode is not follower.mode:
                follower.end()
                del self._followers[connector.connector_id]
                follower, changed = None, True
            if connector.mode not in STEERED_MODES:
                continue
            if follower is None:
                follower = self._follower(connector)
                self._followers[connector.connector_id] = follower
            changed |= follower.on_change()
        if changed:
            self._notify()

    def _follower(self, connector: Connector) -> _Follower:
        return _Follower(self._charge_point, connector, self._rules, self._now, self._notify, self._wait_until)

    def _notify(self) -> None:
        for listener in tuple(self._listeners):
            listener()


@dataclass(frozen=True, slots=True)
class _Seen:
    """The part of the state that the rule depends on; while it stays equal, the decision stays."""

    connected: bool
    reading: SolarReading
    status: StatusChange | None
    transaction_id: str | None
    steerable: bool
    in_force_a: float
    paused_by_sun: bool
    was_ended: bool


class _Follower:
    """Runs the rule for one connector while it is in one mode."""

    def __init__(
        self,
        charge_point: ChargePoint,
        connector: Connector,
        rules: Rules,
        now: Callable[[], datetime],
        notify: Callable[[], None],
        wait_until: datetime,
    ) -> None:
        """Until `wait_until` a reading from before the program's start is not judged: the next one is awaited."""
        self._rules = rules
        self._charge_point = charge_point
        self._connector_id, self.mode = connector.connector_id, connector.mode
        self._now = now
        self._notify = notify
        self._wait_until = wait_until
        self._seen: _Seen | None = None
        self._rising_since: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._commands: set[asyncio.Task[None]] = set()
        self._commanded_a: float | None = None
        self._not_before: datetime | None = None
        self._tried_in: StatusChange | None = None
        self._chosen_in = connector.last_status
        self._over = False
        self.decision = Decision()

    def on_change(self) -> bool:
        """Decide again where something the rule depends on has changed; returns True where it did."""
        seen = self._look()
        if seen == self._seen and seen.status is self._seen.status:
            return False
        if self._seen is None or seen.status is not self._seen.status or seen.connected != self._seen.connected:
            self._not_before = None
        self._seen = seen
        self._decide(seen)
        return True

    def _look(self) -> _Seen:
        charge_point, state = self._charge_point, self._charge_point.state
        connector = state.connector(self._connector_id)
        return _seen(state, connector, lowered(connector, state, charge_point.settings, charge_point.quirks).wish)

    def end(self) -> None:
        """Stop deciding, as the connector's mode is another one. A command that was sent is not cancelled."""
        self._over = True
        self._set_timer(None)

    def _decide(self, seen: _Seen) -> None:
        now, rising_since, stale_at = self._now(), self._rising_since, None
        current_a = seen.in_force_a if self._commanded_a is None else self._commanded_a
        obstacle = _obstacle(seen, self._chosen_in, self.mode)
        if obstacle is not None:
            self.decision, self._rising_since = Decision(None, obstacle, now), None
        elif self.mode is Mode.FAST:
            self.decision = at_full_speed(self._rules, now)
        else:
            stale_at = self._follow_sun(seen.reading, current_a, now)
        limit_a = self.decision.limit_a
        if limit_a is not None and limit_a > current_a and self._commanded_a is not None:
            self._rising_since = rising_since  # a raise waits until the command that is out has ended
            return
        self._set_timer(min((at for at in (self.decision.next_at, stale_at) if at is not None), default=None))
        if limit_a is not None and limit_a != current_a:
            self._command(limit_a, seen, current_a, now)

    def _follow_sun(self, reading: SolarReading, current_a: float, now: datetime) -> datetime | None:
        """Decide by the readings; returns when they become stale."""
        stale_at = self._stale_at(reading)
        is_from_before = reading.at is not None and reading.at < self._wait_until - FIRST_READING_WITHIN
        if reading.pv_w is None or (is_from_before and (stale_at is None or now < stale_at)):
            self.decision, self._rising_since = Decision(None, NO_READING, now), None
        elif stale_at is not None and now >= stale_at:
            self.decision, self._rising_since, stale_at = without_reading(current_a, now), None, None
        else:
            self.decision, self._rising_since = step(self._rules, current_a, reading.pv_w, self._rising_since, now)
        if self.mode is Mode.SOLAR_MIN:
            self.decision = with_minimum(self._rules, self.decision)
        return stale_at

    def _stale_at(self, reading: SolarReading) -> datetime | None:
        """From when on the production is no longer known; None for a simulated one, which stays."""
        pv = reading.arrival('pv_w')
        return None if pv is None else max(pv.fresh_until, self._wait_until)

    def _command(self, limit_a: float, seen: _Seen, current_a: float, now: datetime) -> None:
        starting = seen.transaction_id is None and current_a == 0
        tried = seen.status if seen.status is self._tried_in else None
        if starting and tried is not None and tried.activity is Activity.IDLE:
            self.decision = replace(self.decision, reason='Enough sun. It starts when the car is plugged in.')
            return
        if self._not_before is not None and now < self._not_before:
            self._set_timer(self._not_before)
            return
        if starting:
            self._tried_in = seen.status
        self._commanded_a = limit_a
        task = asyncio.get_running_loop().create_task(self._set_limit(limit_a, starting))
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)

    async def _set_limit(self, limit_a: float, starting: bool) -> None:
        try:
            by = FULL_SPEED if self.mode is Mode.FAST else THE_SUN
            await self._charge_point.set_charging_limit(self._connector_id, limit_a, by)
        except CpoError as error:
            logger.info('Mode %s wanted %g A: %s', self.mode, limit_a, error)
            pause = RETRY_START_S if starting else RETRY_CHANGE_S
            self._not_before = self._now() + timedelta(seconds=pause)
            self.decision = replace(self.decision, failure=error)
        if self._commanded_a == limit_a:
            self._commanded_a = None
            self._again()

    def _again(self) -> None:
        """Decide again: time has passed, or a command has ended."""
        if self._seen is not None and not self._over:
            self._seen = self._look()
            self._decide(self._seen)
            self._notify()

    def _set_timer(self, at: datetime | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        delay_s = None if at is None else max(0.0, (at - self._now()).total_seconds())
        self._timer = None if delay_s is None else asyncio.get_running_loop().call_later(delay_s, self._again)


def _seen(state: ChargePointState, connector: Connector, may_go_out: Limit | None) -> _Seen:
    """What the rule sees; a limit that a ceiling holds down counts as what was wished here."""
    transaction = state.running_transaction(connector.connector_id)
    limit = connector.limit if transaction is not None else connector.remote_start
    if may_go_out is not None and may_go_out.by in (THE_SUN, FULL_SPEED) and may_go_out.held_by is not None:
        limit = connector.wish
    return _Seen(
        state.connected,
        state.solar,
        connector.last_status,
        connector.transaction_id,
        transaction is None or transaction.remote,
        0.0 if limit is None else limit.limit_a,
        connector.limit is not None and connector.limit.limit_a == 0 and connector.limit.by == THE_SUN,
        transaction is None and was_ended(connector, state),
    )


def _obstacle(seen: _Seen, chosen_in: StatusChange | None, mode: Mode) -> str | None:
    """Why no limit must be set, None where it may; `chosen_in` is the status in which a person chose the mode."""
    if not seen.connected:
        return 'No charger is connected.'
    if not seen.steerable:
        return 'This charging was started at the charger; the sun does not steer it.'
    if seen.transaction_id is not None:
        return None
    activity = Activity.UNKNOWN if seen.status is None else seen.status.activity
    if activity in (Activity.FAULTED, Activity.UNAVAILABLE):
        return 'The charger cannot charge now.'
    if mode is not Mode.SOLAR and activity in NO_CAR:
        return 'It charges as soon as a car is plugged in.'
    is_over = activity is Activity.FINISHING if mode is Mode.SOLAR else seen.was_ended
    if is_over and not seen.paused_by_sun and seen.status is not chosen_in:
        return 'This session was ended by somebody; the next one starts when a car is plugged in.'
    return None
