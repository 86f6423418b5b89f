"""One connector that the solar controller steers: what its decisions depend on, one command at a time, one timer."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from cpo.charge_point import ChargePoint
from cpo.controllers.free_charging import was_ended
from cpo.controllers.solar_rule import Decision
from cpo.errors import CpoError
from cpo.limits import lowered
from cpo.settings import Settings
from cpo.state import (
    FULL_SPEED,
    THE_SUN,
    Activity,
    ChargePointState,
    Connector,
    Ending,
    Limit,
    Mode,
    SolarReading,
    Source,
    SourceKind,
    StatusChange,
    cards,
)

logger = logging.getLogger(__name__)

THE_PLAN, THE_GOAL = Source(SourceKind.PLAN), Source(SourceKind.GOAL)
OURS = (THE_SUN, FULL_SPEED, THE_PLAN)
RETRY_START_S = 60.0
RETRY_CHANGE_S = 10.0
NO_CAR = (Activity.UNKNOWN, Activity.IDLE, Activity.RESERVED)
"""Activities in which modes that need no sun do not start: a car has to be plugged in."""


class Asked(NamedTuple):
    """A limit in A, and the phases that it says; None: it does not."""

    limit_a: float
    phases: int | None = None

    def is_another(self, than: Asked) -> bool:
        """True where this is worth a command; the phases are not while nothing may flow."""
        return self != than and (self.limit_a > 0 or than.limit_a > 0)


@dataclass(frozen=True, slots=True)
class Seen:
    """The part of the state that the rule depends on; while it stays equal, the decision stays.

    `held_a` is what a ceiling leaves of the limit that was decided here, None where none lowers it.
    """

    connected: bool
    reading: SolarReading
    status: StatusChange | None
    transaction_id: str | None
    steerable: bool
    in_force: Asked
    paused_by_sun: bool
    was_ended: bool
    held_a: float | None = field(compare=False)
    is_held_back: bool
    is_paused_by_ceiling: bool


class Follower(ABC):
    """Decides for one connector while it is in one mode, and passes the limit on.

    From one start to the next pass `REST_S` at least while the car stays plugged in, whatever the rule says.
    """

    REST_S: ClassVar[float] = 0.0

    def __init__(
        self,
        charge_point: ChargePoint,
        connector: Connector,
        now: Callable[[], datetime],
        notify: Callable[[], None],
        chosen_in: StatusChange | None,
    ) -> None:
        """`notify` is called after a decision that was not made in `on_change`; `chosen_in` as in `obstacle_to`."""
        self._charge_point = charge_point
        self._connector_id, self.mode = connector.connector_id, connector.mode
        self._now = now
        self._notify = notify
        self._seen: Seen | None = None
        self._settings: Settings | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due: datetime | None = None
        self._commands: set[asyncio.Task[None]] = set()
        self._commanded: Asked | None = None
        self._asked: Asked | None = None
        self._not_before: datetime | None = None
        self._rests_until: datetime | None = None
        self._tried_in: StatusChange | None = None
        self.chosen_in = chosen_in
        self._over = False
        self.decision = Decision()

    @abstractmethod
    def _decided(self, seen: Seen, current_a: float, now: datetime) -> tuple[Decision, datetime | None]:
        """The decision at `now`, and when to decide again though nothing changes; `current_a` is the limit so far."""

    def _obstacle(self, seen: Seen) -> str | None:
        """Why no limit must be set, None where it may."""
        return obstacle_to(seen, self.chosen_in, self.mode)

    def _hindered(self, obstacle: str, now: datetime) -> Decision:
        """The decision while something keeps the mode from setting a limit."""
        return Decision(None, obstacle, now)

    def on_change(self) -> bool:
        """Decide again where something the rule depends on has changed; returns True where it did."""
        seen, settings = self._look(), self._charge_point.settings
        if seen == self._seen and seen.status is self._seen.status and settings is self._settings:
            return False
        self._settings = settings
        if self._seen is None or seen.status is not self._seen.status or seen.connected != self._seen.connected:
            self._not_before = None
        if seen.status is not None and seen.status.activity in NO_CAR:
            self._rests_until = None
        self._seen = seen
        self._decide(seen)
        return True

    def _look(self) -> Seen:
        charge_point, state = self._charge_point, self._charge_point.state
        connector = state.connector(self._connector_id)
        return seen_of(state, connector, lowered(connector, state, charge_point.settings, charge_point.quirks).wish)

    def end(self) -> None:
        """Stop deciding, as the connector's mode is another one. A command that was sent is not cancelled."""
        self._over = True
        self._set_timer(None)

    def _decide(self, seen: Seen) -> None:
        now, due = self._now(), None
        current = seen.in_force if self._commanded is None else self._commanded
        obstacle = self._obstacle(seen)
        if obstacle is not None:
            self.decision = self._hindered(obstacle, now)
        else:
            self.decision, due = self._decided(seen, current.limit_a, now)
        limit_a = self.decision.limit_a
        if limit_a is not None and limit_a > current.limit_a and self._commanded is not None:
            return  # a raise waits until the command that is out has ended
        self._set_timer(due)
        if limit_a is None:
            return
        asked = Asked(limit_a, self.decision.phases)
        if asked.is_another(current) and not self._is_asked(asked):
            self._command(asked, seen, current.limit_a, now)

    def _is_asked(self, asked: Asked) -> bool:
        """True where the last command was for this limit and still waits: asked again, it would go out twice."""
        wish = self._charge_point.state.connector(self._connector_id).wish
        is_ours = wish is not None and wish.by == self._source
        return is_ours and wish is not None and Asked(wish.as_wished.limit_a, wish.phases) == asked == self._asked

    @property
    def _source(self) -> Source:
        return FULL_SPEED if self.mode is Mode.FAST else THE_SUN

    def _command(self, asked: Asked, seen: Seen, current_a: float, now: datetime) -> None:
        starting = seen.transaction_id is None and current_a == 0
        tried = seen.status if seen.status is self._tried_in else None
        if starting and tried is not None and tried.activity is Activity.IDLE:
            self.decision = replace(self.decision, reason='Enough sun. It starts when the car is plugged in.')
            return
        for until in (self._not_before, self._rests_until if current_a == 0 else None):
            if until is not None and now < until:
                self._set_timer(min(until, self._due or until))
                return
        if starting:
            self._tried_in = seen.status
        if current_a == 0:
            self._rests_until = now + timedelta(seconds=self.REST_S)
        self._commanded = asked
        task = asyncio.get_running_loop().create_task(self._set_limit(asked, starting))
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)

    async def _set_limit(self, asked: Asked, starting: bool) -> None:
        try:
            await self._charge_point.set_charging_limit(self._connector_id, asked.limit_a, self._source, asked.phases)
            self._asked = asked
        except CpoError as error:
            logger.info('Mode %s wanted %g A: %s', self.mode, asked.limit_a, error)
            pause = RETRY_START_S if starting else RETRY_CHANGE_S
            self._not_before = self._now() + timedelta(seconds=pause)
            self._rests_until = None if starting else self._rests_until
            self._asked = None
            self.decision = replace(self.decision, failure=error)
        if self._commanded == asked:
            self._commanded = None
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
        self._due = at
        delay_s = None if at is None else max(0.0, (at - self._now()).total_seconds())
        self._timer = None if delay_s is None else asyncio.get_running_loop().call_later(delay_s, self._again)


def seen_of(state: ChargePointState, connector: Connector, may_go_out: Limit | None) -> Seen:
    """What the rule sees; a limit that a ceiling holds down counts as what was wished here."""
    transaction = state.running_transaction(connector.connector_id)
    limit = connector.limit if transaction is not None else connector.remote_start
    held_a = None
    if may_go_out is not None and may_go_out.by in OURS and may_go_out.held_by is not None:
        limit, held_a = connector.wish, may_go_out.limit_a
    return Seen(
        state.connected,
        state.solar,
        connector.last_status,
        connector.transaction_id,
        transaction is None or cards.may_be_steered(transaction, state),
        Asked(0.0) if limit is None else Asked(limit.limit_a, limit.phases),
        _is_paused_here(connector, state),
        transaction is None and was_ended(connector, state),
        held_a,
        is_held_back=held_a is not None,
        is_paused_by_ceiling=held_a == 0,
    )


def _is_paused_here(connector: Connector, state: ChargePointState) -> bool:
    """True where the sun or the plan paused charging, also by ending the session; its car has not left since."""
    limit, last = connector.limit, state.transaction(connector.last_transaction_id)
    has_left = connector.transaction_id is None and last is not None and last.ending is Ending.UNPLUGGED
    return limit is not None and limit.limit_a == 0 and limit.by in (THE_SUN, THE_PLAN) and not has_left


def obstacle_to(seen: Seen, chosen_in: StatusChange | None, mode: Mode) -> str | None:
    """Why no limit must be set, None where it may; `chosen_in` is the status in which a person chose the mode.

    None for a mode that was chosen before the program started: nobody asked to charge again.
    """
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
