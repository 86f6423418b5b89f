"""Brings one connector to its wish, from whatever state it is in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cpo.errors import CallErrorReceived, CallTimeout, ConnectionClosed, CpoError, Rejected
from cpo.limits.aftermath import Aftermath
from cpo.limits.callers import Callers
from cpo.limits.charger import Charger
from cpo.limits.compliance import Obedience
from cpo.limits.pacing import RaiseSpacing
from cpo.limits.profile_writer import FEW, Superseded
from cpo.limits.requests import LimitRequests
from cpo.limits.setbacks import Setbacks
from cpo.limits.step import LimitOutcome, Step, next_step, why_no_start
from cpo.limits.waker import Waker
from cpo.state import (
    THE_SUN,
    Backlog,
    BootInformation,
    Connector,
    Limit,
    LimitWished,
    Mode,
    RemoteStartGivenUp,
    RemoteStopGivenUp,
    WishEnded,
)
from cpo.websocket_sender import WebSocketSender

KEPT_START = timedelta(minutes=5)
"""A start that the connection swallowed is sent again when the charger is back within that time, not later."""
STOP_WAIT_S = 5.0
"""How long a charger that accepted to end a transaction may take until it is told the limit as well."""


class ConnectorReconciler:
    """One connector. A task runs while there is something to send; what is waited for wakes it again."""

    def __init__(
        self,
        charger: Charger,
        requests: LimitRequests,
        connector_id: int,
        now: Callable[[], datetime],
        remote_start_wait_s: float,
        caller_wait_s: float,
    ) -> None:
        self._charger = charger
        self._requests = requests
        self._connector_id = connector_id
        self._now = now
        self._remote_start_wait_s = remote_start_wait_s
        self._callers = Callers(caller_wait_s)
        self._obedience = Obedience(charger, connector_id, now)
        self._setbacks = Setbacks(charger, connector_id, self._obedience, now)
        self._aftermath = Aftermath(charger, requests, connector_id, now)
        self._waker = Waker(self._do_next, self._callers.refuse_all)
        self._performing: Limit | None = None
        self._spacing = RaiseSpacing()
        self._backlog = Backlog()
        self._refused_meanwhile: Limit | None = None
        self._seen: Connector | None = None
        self._sender: WebSocketSender | None = None
        self._broken: WebSocketSender | None = None
        self._boot: BootInformation | None = None
        self._forget_failures()

    @property
    def _connector(self) -> Connector:
        return self._charger.state.connector(self._connector_id)

    @property
    def _is_connected(self) -> bool:
        """A connection that broke under a request is none, even before its end is known."""
        return self._charger.sender is not None and self._charger.sender is not self._broken

    def _forget_failures(self) -> None:
        self._obedience.begin_anew()
        self._unstoppable: Limit | None = None  # the wish to stop that the charger accepted and did not follow
        self._setbacks.forget()

    # ---- waking up

    async def reach(self, wish: Limit) -> LimitOutcome:
        """As LimitReconciler says."""
        self._sender, self._boot = self._charger.sender, self._charger.state.boot
        self._forget_failures()
        self._callers.superseded(wish, but=self._performing)
        future = self._callers.new(wish)
        self._waker.wake()
        return await asyncio.shield(future)  # a caller that goes away takes nothing with it

    def look(self, connector: Connector) -> None:
        """Cheap while nothing has changed: it is called for every message."""
        sender, boot = self._charger.sender, self._charger.state.boot
        if connector is self._seen and sender is self._sender:
            return
        if sender is not self._sender or boot is not self._boot:
            self._sender, self._boot = sender, boot
            self._forget_failures()
            self._setbacks.forget(settling=True)
            if connector.stopping is not None:  # whoever waited for it may be gone: the program began anew
                self._expect_the_end(connector.stopping)
        before, self._seen, now = self._seen, connector, self._now()
        self._aftermath.look(connector)
        state = self._charger.state
        self._backlog.look(connector.meter.timestamp, now, state.clock_off)
        if spared := before and self._backlog.spared_wish(before, connector, state.since, now):
            self._charger.record(LimitWished(self._connector_id, spared))
        if not self._backlog.is_told(now):
            self._obedience.look(connector)
        self._waker.wake()

    def rest(self) -> None:
        """Nothing is begun any more."""
        self._waker.rest()

    # ---- the next step

    async def _do_next(self) -> bool:
        """Whether there may be more to do."""
        connector, wish, sender = self._connector, self._connector.wish, self._charger.sender
        step = self._step(connector)
        if step in (Step.NOTHING, Step.WAIT) or wish is None:
            self._rest(connector, step)
            if self._is_connected:
                try:
                    await self._aftermath.tidy()
                except ConnectionClosed:
                    self._broken = sender
            return False
        self._performing = wish
        try:
            outcome = await self._perform(step, wish, self._still_wanted(connector, wish))
        except Superseded:
            self._callers.superseded(self._connector.last_wish or wish)
        except CpoError as error:
            self._broken = sender if isinstance(error, ConnectionClosed) else self._broken
            if self._backlog.is_told(self._now()) and isinstance(error, (Rejected, CallErrorReceived)):
                self._refused_meanwhile = wish  # the session may be over: it is told again when that is known
                return True
            told = step is Step.END or self._callers.refuse(wish, error)
            self._setbacks.failed(step, wish, error, told)
        else:
            self._callers.tell(wish, outcome)
        finally:
            self._performing = None
        return True

    def _step(self, connector: Connector) -> Step:
        """What to do now; WAIT also where it is not yet time, or where no charger is there."""
        wish, now = connector.wish, self._now()
        if wish is None:
            return Step.NOTHING
        if self._obedience.must_end(connector):
            return Step.END if self._is_connected else Step.WAIT
        if wish.by == THE_SUN and connector.mode is not Mode.SOLAR:
            connector = self._left_by_the_sun(connector)
            if (wish := connector.wish) is None:
                return Step.NOTHING
        if connector.stopping is not None and connector.stopping is self._unstoppable:
            connector = replace(connector, stopping=None)
        step = next_step(connector, self._pauses(wish), now, self._requests.profiles.renew_before)
        if wish == self._obedience.failed and (step is not Step.CHANGE or connector.limit != wish):
            return Step.NOTHING  # but what is in force is renewed
        if step is Step.NOTHING and self._obedience.write_again and connector.transaction_id is not None:
            step = Step.CHANGE
        if step is Step.START and now - wish.at > KEPT_START:
            self._charger.record(WishEnded(self._connector_id))
            return Step.NOTHING
        if step in (Step.NOTHING, Step.WAIT):
            return step
        return Step.WAIT if self._has_to_wait(connector, wish, step) else step

    def _has_to_wait(self, connector: Connector, wish: Limit, step: Step) -> bool:
        """Nobody is there, it is too soon, or the charger still tells of the past: then only a decrease goes out."""
        now = self._now()
        if not self._is_connected or self._setbacks.have_to_wait():
            return True
        if wish.by == THE_SUN and step is Step.CHANGE and self._spacing.due(connector.limit, wish) > now:
            return True
        return self._backlog.is_told(now) and not self._is_urgent(connector, wish)

    def _is_urgent(self, connector: Connector, wish: Limit) -> bool:
        """It is less than what is in force, or may be, and was not refused meanwhile."""
        less = connector.limit is None or wish.limit_a < connector.limit.limit_a
        return less and wish != self._refused_meanwhile

    def _left_by_the_sun(self, connector: Connector) -> Connector:
        """Solar was switched off: what is in force stays and is renewed, what the sun still wished is over."""
        limit = connector.limit
        if limit is None or connector.transaction_id is None or connector.is_stopping:
            self._charger.record(WishEnded(self._connector_id))
        elif connector.wish != limit:
            self._charger.record(LimitWished(self._connector_id, limit))
        return self._connector

    def _pauses(self, wish: Limit) -> bool:
        quirks = self._charger.quirks
        may_pause = self._charger.settings.pause_at_zero or quirks.pauses or wish == self._unstoppable
        return may_pause and not quirks.zero_ends

    async def _perform(self, step: Step, wish: Limit, wanted: Callable[[], bool]) -> LimitOutcome:
        loop, before = asyncio.get_running_loop(), self._connector.limit
        match step:
            case Step.START:
                outcome = await self._requests.start(self._connector_id, wish, wanted)
                self._aftermath.written()
                loop.call_later(self._remote_start_wait_s, self._give_up_start, wish)
            case Step.END:
                self._obedience.ending()
                outcome = await self._requests.stop(self._connector_id, wish, wanted, may_pause=False)
                self._obedience.told_to_end()
                self._expect_the_end(wish)
            case Step.STOP:
                outcome = await self._stop(wish, wanted)
            case _:
                outcome = await self._change(wish, wanted)
                self._spacing.written(self._now(), before, wish)
                self._obedience.written()
                self._aftermath.written()
        self._setbacks.forget()
        return outcome

    async def _change(self, wish: Limit, wanted: Callable[[], bool]) -> LimitOutcome:
        try:
            few = FEW if self._backlog.is_told(self._now()) else None
            return await self._requests.change(self._connector_id, wish, wanted, few)
        except CpoError as error:
            if wish.limit_a or isinstance(error, (CallTimeout, ConnectionClosed)) or wish == self._unstoppable:
                raise
        return await self._stop(wish, wanted)  # it does not pause

    async def _stop(self, wish: Limit, wanted: Callable[[], bool]) -> LimitOutcome:
        outcome = await self._requests.stop(self._connector_id, wish, wanted)
        asyncio.get_running_loop().call_later(STOP_WAIT_S, self._stop_is_overdue, wish)
        self._expect_the_end(wish)
        return outcome

    def _expect_the_end(self, wish: Limit) -> None:
        asyncio.get_running_loop().call_later(self._remote_start_wait_s, self._give_up_stop, wish)

    def _still_wanted(self, then: Connector, wish: Limit) -> Callable[[], bool]:
        sender = self._charger.sender

        def wanted() -> bool:
            now = self._connector
            same = now.wish == wish and now.transaction_id == then.transaction_id
            by_sun = wish.by != THE_SUN or now.mode is Mode.SOLAR or now.limit == wish
            return same and by_sun and self._charger.sender is sender

        return wanted

    # ---- waiting

    def _rest(self, connector: Connector, step: Step) -> None:
        wish, now = connector.wish, self._now()
        if not self._is_connected:
            self._callers.refuse_all(ConnectionClosed(was_sent=False))
        elif step is Step.WAIT:
            self._callers.kept()
        else:
            self._callers.settled(connector)
        over = connector.transaction_id is None and step is Step.NOTHING
        if over and wish is not None and wish.limit_a == 0:
            self._charger.record(WishEnded(self._connector_id))
        times = [self._setbacks.retry_at, self._backlog.until, *self._aftermath.due, self._obedience.end_again_at]
        if wish is not None and connector.limit_expires_at is not None and connector.transaction_id is not None:
            times.append(connector.limit_expires_at - self._requests.profiles.renew_before)
        if step is Step.WAIT and wish is not None and wish.by == THE_SUN:
            times.append(self._spacing.due(connector.limit, wish))
        later = [at for at in times if at is not None and at > now]
        if later:
            self._waker.wake_in((min(later) - now).total_seconds())

    def _give_up_start(self, wish: Limit) -> None:
        connector = self._connector
        if connector.remote_start is not wish:
            return
        self._charger.record(RemoteStartGivenUp(self._connector_id))
        if not (connector.wish == wish and self._requests.may_start_otherwise(connector)):
            advice = why_no_start(connector, self._charger.tag_for_remote_start())
            detail = f'The charger accepted the start, but no transaction began. {advice}'
            self._charger.record(WishEnded(self._connector_id))
            self._setbacks.say(detail)
        self._waker.wake()

    def _stop_is_overdue(self, wish: Limit) -> None:
        if self._connector.stopping is wish:
            self._unstoppable = wish
            self._obedience.write_again = not self._charger.quirks.zero_ends
            self._waker.wake()

    def _give_up_stop(self, wish: Limit) -> None:
        if self._connector.stopping is wish:
            self._charger.record(RemoteStopGivenUp(self._connector_id))
            if self._obedience.is_above_maximum:
                self._obedience.does_not_end('It accepted to end it, and goes on.')
            self._waker.wake()
