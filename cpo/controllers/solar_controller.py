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
from cpo.controllers.solar_rule import HOLD_S, Decision, Rules, step, without_reading
from cpo.errors import CpoError
from cpo.limits import lowered
from cpo.state import THE_SUN, Activity, ChargePointState, Connector, Limit, Mode, SolarReading, StatusChange

logger = logging.getLogger(__name__)

RETRY_START_S = 60.0
RETRY_CHANGE_S = 10.0
FIRST_READING_WITHIN = timedelta(seconds=30)
NO_READING = 'There is no solar reading yet.'


class SolarController:
    """Sets the limit of each connector in mode SOLAR by the power readings.

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
        """The newest decision for a connector; one without a limit where its mode is not SOLAR."""
        follower = self._followers.get(connector_id)
        return Decision(reason='The sun does not set this limit.') if follower is None else follower.decision

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every new decision; the returned function unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _on_change(self) -> None:
        state = self._charge_point.state
        if not self._followers and all(c.mode is not Mode.SOLAR for c in state.connectors.values()):
            return
        changed = False
        for connector in state.charging_connectors:
            follower = self._followers.get(connector.connector_id)
            if connector.mode is not Mode.SOLAR:
                if follower is not None:
                    follower.end()
                    del self._followers[connector.connector_id]
                    changed = True
                continue
            if follower is None:
                follower = self._follower(connector.connector_id)
                self._followers[connector.connector_id] = follower
            changed |= follower.on_change()
        if changed:
            self._notify()

    def _follower(self, connector_id: int) -> _Follower:
        return _Follower(self._charge_point, connector_id, self._rules, self._now, self._notify, self._wait_until)

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


class _Follower:
    """Runs the rule for one connector."""

    def __init__(
        self,
        charge_point: ChargePoint,
        connector_id: int,
        rules: Rules,
        now: Callable[[], datetime],
        notify: Callable[[], None],
        wait_until: datetime,
    ) -> None:
        """Until `wait_until` a reading from before the program's start is not judged: the next one is awaited."""
        self._rules = rules
        self._charge_point = charge_point
        self._connector_id = connector_id
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
        self._chosen_in = charge_point.state.connector(connector_id).last_status
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
        """Stop deciding, as the connector's mode is no longer SOLAR. A command that was sent is not cancelled."""
        self._over = True
        self._set_timer(None)

    def _decide(self, seen: _Seen) -> None:
        now = self._now()
        obstacle, pv_w, stale_at = _obstacle(seen, self._chosen_in), seen.reading.pv_w, self._stale_at(seen.reading)
        is_from_before = seen.reading.at is not None and seen.reading.at < self._wait_until - FIRST_READING_WITHIN
        if obstacle is not None or pv_w is None or (is_from_before and (stale_at is None or now < stale_at)):
            self._rising_since = None
            self.decision = Decision(None, obstacle or NO_READING, now)
            self._set_timer(stale_at if obstacle is None else None)
            return
        current_a = seen.in_force_a if self._commanded_a is None else self._commanded_a
        rising_since = self._rising_since
        if stale_at is not None and now >= stale_at:
            self.decision, self._rising_since, stale_at = without_reading(current_a, now), None, None
        else:
            self.decision, self._rising_since = step(self._rules, current_a, pv_w, rising_since, now)
        limit_a = self.decision.limit_a
        if limit_a is not None and limit_a > current_a and self._commanded_a is not None:
            self._rising_since = rising_since  # a raise waits until the command that is out has ended
            return
        self._set_timer(min((at for at in (self.decision.next_at, stale_at) if at is not None), default=None))
        if limit_a is not None and limit_a != current_a:
            self._command(limit_a, seen, current_a, now)

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
            await self._charge_point.set_charging_limit(self._connector_id, limit_a, THE_SUN)
        except CpoError as error:
            logger.info('The sun wanted %g A: %s', limit_a, error)
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
    """What the rule sees; a limit that a ceiling holds down counts as what the sun wished."""
    transaction = state.running_transaction(connector.connector_id)
    limit = connector.limit if transaction is not None else connector.remote_start
    if may_go_out is not None and may_go_out.by == THE_SUN and may_go_out.held_by is not None:
        limit = connector.wish
    return _Seen(
        state.connected,
        state.solar,
        connector.last_status,
        connector.transaction_id,
        transaction is None or transaction.remote,
        0.0 if limit is None else limit.limit_a,
        connector.limit is not None and connector.limit.limit_a == 0 and connector.limit.by == THE_SUN,
    )


def _obstacle(seen: _Seen, chosen_in: StatusChange | None) -> str | None:
    """Why the rule must not act, None where it may; `chosen_in` is the status in which a person chose SOLAR."""
    if not seen.connected:
        return 'No charger is connected.'
    if not seen.steerable:
        return 'This charging was started at the charger; the sun does not steer it.'
    if seen.transaction_id is not None or seen.status is None:
        return None
    if seen.status.activity in (Activity.FAULTED, Activity.UNAVAILABLE):
        return 'The charger cannot charge now.'
    is_over = seen.status.activity is Activity.FINISHING
    if is_over and not seen.paused_by_sun and seen.status is not chosen_in:
        return 'This session was ended by somebody; the sun starts the next one.'
    return None
