"""The loop that brings one connector to its wish, from whatever state it is in: one task, one timer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime

from cpo.clock import moved
from cpo.errors import CallErrorReceived, CallTimeout, ConnectionClosed, CpoError, Rejected
from cpo.limits.callers import Callers
from cpo.limits.cap import cap
from cpo.limits.ceilings import is_above
from cpo.limits.decision import QUESTIONS, RECORDED, SENT, Action, Decision, decide
from cpo.limits.eager_task import begun
from cpo.limits.exchange import Superseded
from cpo.limits.facts import Facts
from cpo.limits.failure import Failure, found_by
from cpo.limits.limited_charger import LimitedCharger
from cpo.limits.lowered_connector import LoweredConnector
from cpo.limits.memory import Memory, Remembered
from cpo.limits.profile_writer import RETRIED_FORMS
from cpo.limits.requests import LimitRequests, nothing_began
from cpo.limits.wish import LimitOutcome, why_over
from cpo.state import (
    Connector,
    Limit,
    LimitReadBack,
    LimitWished,
    RemoteStartGivenUp,
    RemoteStopGivenUp,
    WishEnd,
    WishEnded,
)

logger = logging.getLogger(__name__)


class ConnectorLoop:
    """Brings one connector to its wished limit: decides what to send, sends it, and decides again.

    Its task runs while there is something to do; a change of the connector or the timer starts it again.
    """

    def __init__(
        self, charger: LimitedCharger, requests: LimitRequests, connector_id: int, now: Callable[[], datetime]
    ) -> None:
        self._charger, self._requests = charger, requests
        self._connector_id, self._now, self._lowered = connector_id, now, LoweredConnector(charger, connector_id)
        self._memory = Memory()
        self._callers = Callers()
        self._performing: Limit | None = None
        self._is_awake = self._is_running = self._is_over = False
        self._observed_at: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def _connector(self) -> Connector:
        return self._lowered.newest

    @property
    def _facts(self) -> Facts:
        c = self._charger
        return Facts(c.settings, c.state, c.quirks, c.sender, c.harm.was_gone_shortly)

    # ---- what wakes it

    def reach(self, wish: Limit) -> Awaitable[LimitOutcome]:
        """Begin to bring the connector to a recorded wish; the outcome is awaited, and raises as LimitRequests does."""
        self._memory = self._memory.after_wish(self._facts)
        self._callers.superseded(wish, but=self._performing)
        outcome = self._callers.new(wish)
        self._wake(begun)  # the request goes out before anything else is done
        return outcome

    def on_change(self, is_set_up_anew: bool = False) -> None:
        """Decide where the connector, a ceiling, the connection, the charger's boot or the settings are others."""
        if is_set_up_anew or not self._memory.has_seen(self._connector, self._facts):
            self._observed_at, sender = self._observe(self._connector, self._facts), self._charger.sender
            if self._performing is None and sender is not None and is_above(self._connector):
                sender.overtake()
            self._wake()

    def end(self) -> None:
        """Send nothing more about this connector, as the program ends; callers that wait for that are refused."""
        self._is_awake, self._is_over = False, True
        self._callers.refuse_all(ConnectionClosed(was_sent=False), but=self._performing)

    def _wake(self, begin: Callable[[Coroutine[None, None, None]], asyncio.Task[None]] = asyncio.create_task) -> None:
        """Have the loop decide again; `begin` makes its task where none runs."""
        self._is_awake = not self._is_over
        if self._is_awake and not self._is_running:
            self._is_running = True
            self._task = begin(self._run())

    def move_times(self, move: Callable[[datetime], datetime]) -> None:
        """Correct the remembered times, as the program's time was set."""
        self._memory, self._observed_at = moved(self._memory, move), None

    def _wake_at(self, *times: datetime | None) -> None:
        """Set the timer to the earliest of these times, instead of any that was set before."""
        if self._timer is not None:
            self._timer.cancel()
        due = min((at for at in times if at is not None), default=None)
        delay_s = 0.0 if due is None else (due - self._now()).total_seconds()
        self._timer = None if due is None else asyncio.get_running_loop().call_later(delay_s, self._on_time)

    def _on_time(self) -> None:
        """Decide at a deadline; overdue callers are answered also while a request waits for its answer."""
        self._callers.answer_overdue(self._now())
        self._wake_at(self._callers.due)
        self._wake()

    async def _run(self) -> None:
        while self._is_awake:
            self._is_awake = False
            try:
                again, self._observed_at = await self._step(), None
                self._is_awake = (self._is_awake or again) and not self._is_over
            except Exception as error:  # a mistake of ours is not repeated for ever: the next change begins again
                logger.exception('The work on connector %d failed', self._connector_id)
                self._is_awake, self._observed_at = False, None
                self._callers.refuse_all(error)
        self._is_running = False
        if self._is_over:
            self._callers.refuse_all(ConnectionClosed(was_sent=False))

    # ---- one step

    def _observe(self, connector: Connector, facts: Facts) -> datetime:
        """Remember what is new about the connector, and return the time at which it was observed."""
        now = self._now()
        self._remember(self._memory.after_seen(connector, facts, now))
        return now

    def _remember(self, remembered: Remembered) -> None:
        """Replace the memory and then record the entries, as recording calls `on_change`."""
        self._memory, entries = remembered
        if entries:
            self._charger.record(*entries)

    async def _step(self) -> bool:
        """Decide and perform the decision, after a change as of then; False when nothing is left to do."""
        now, connector, facts = self._observed_at, self._connector, self._facts
        if now is None or not self._memory.has_seen(connector, facts):
            now = self._observe(connector, facts)
            if self._charger.state is not facts.state:  # by what was seen
                connector, facts = self._connector, self._facts
        decision = decide(connector, self._memory, facts, now)
        if decision.action in RECORDED:
            self._record(decision.action, connector)
        elif decision.action in SENT and connector.wish is not None:
            self._wake_at(self._callers.due)
            await self._send(decision.action, connector, connector.wish)
        else:
            return await self._rest(decision, connector)
        return True

    def _record(self, action: Action, connector: Connector) -> None:
        """Perform an action that sends nothing."""
        match action:
            case Action.GIVE_UP_START:
                self._give_up_start(connector)
            case Action.GIVE_UP_STOP:
                self._charger.record(RemoteStopGivenUp(self._connector_id))
                self._remember(self._memory.after_stop_given_up(connector, self._now()))
            case Action.CAP:
                self._charger.record(cap(connector, self._facts, self._now()))
            case Action.KEEP_LIMIT if connector.limit is not None:
                self._charger.record(LimitWished(self._connector_id, connector.limit.as_wished))
            case _:
                self._charger.record(WishEnded(self._connector_id, why_over(connector)))

    def _give_up_start(self, connector: Connector) -> None:
        """Start in another way, as no transaction followed, or tell people what they can do."""
        awaited, tag = connector.remote_start, self._charger.tag_for_remote_start()
        self._charger.record(RemoteStartGivenUp(self._connector_id))
        if connector.wish == awaited and self._requests.may_start_otherwise(connector):
            return
        found = LimitReadBack(self._connector_id, nothing_began(connector, tag, self._now()))
        self._charger.record(WishEnded(self._connector_id, WishEnd.NO_TRANSACTION), found)

    async def _rest(self, decision: Decision, connector: Connector) -> bool:
        """Answer the callers, and ask the question that is due; True when one was asked."""
        self._callers.answer(connector, self._memory.is_connected(self._charger.sender), decision.waits, self._now())
        self._wake_at(decision.due, self._callers.due)
        if is_question := decision.action in QUESTIONS:
            await self._ask(decision.action, connector)
        return is_question

    # ---- requests

    async def _send(self, action: Action, connector: Connector, wish: Limit) -> None:
        self._performing, connection = wish, self._charger.sender
        try:
            outcome = await self._perform(action, connector, wish)
        except Superseded:
            self._callers.superseded(self._lowered.wished.last_wish or wish)
        except CpoError as error:
            self._failed(action, wish, error, connection)
        else:
            self._callers.resolve(wish, outcome)
        finally:
            self._performing = None

    async def _perform(self, action: Action, before: Connector, wish: Limit) -> LimitOutcome:
        """Send the request of the action, and remember that the charger accepted it."""
        requests, connector_id, wanted = self._requests, self._connector_id, self._lowered.still_wanted(wish)
        fallback_a = self._charger.settings.fallback_current
        match action:
            case Action.START:
                outcome = await requests.start(connector_id, wish, wanted)
                self._memory = self._memory.after_start_accepted(wish, self._now(), fallback_a)
            case Action.STOP:
                outcome = await requests.stop(connector_id, wish, wanted)
                self._memory = self._memory.after_stop_accepted(wish, self._now())
            case Action.END:
                self._memory = self._memory.after_end_sent(self._now())
                outcome = await requests.stop(connector_id, wish, wanted, may_pause=False)
                self._remember(self._memory.after_end_accepted(wish, self._connector, self._facts, self._now()))
            case _:
                most_forms = RETRIED_FORMS if self._is_replaying(before) else None
                outcome = await requests.change(connector_id, wish, wanted, most_forms)
                self._memory = self._memory.after_change_accepted(wish, before, self._now(), fallback_a)
        return outcome

    def _failed(self, action: Action, wish: Limit, error: CpoError, connection: object) -> None:
        """Raise the error for the caller, and remember the failure."""
        connector, facts, now = self._connector, self._facts, self._now()
        is_answer = isinstance(error, (Rejected, CallErrorReceived))
        if is_answer and action in (Action.CHANGE, Action.RENEW) and self._memory.may_stop_instead(wish, facts):
            self._memory = self._memory.after_pause_refused(wish)
            return
        if is_answer and self._is_replaying(connector):
            self._memory = self._memory.after_refused_in_replay(wish)
            return
        was_reported = action is Action.END or self._callers.refuse(wish, error)
        if not was_reported:
            logger.warning('Connector %d: %s', self._connector_id, error)
        if isinstance(error, ConnectionClosed):
            self._memory = self._memory.after_broken(connection)
            return
        found = found_by(error, wish, connector, action in (Action.STOP, Action.END), now)
        failure = Failure(wish, found, was_reported)
        match action:
            case Action.END:
                self._remember(self._memory.after_end_failed(failure, connector))
            case Action.START:
                self._remember(self._memory.after_start_failed(failure, connector))
            case _ if isinstance(error, CallTimeout):
                self._remember(self._memory.after_silence(failure, connector, now))
            case _:
                self._remember(self._memory.after_refused(failure, connector, facts, now))

    def _is_replaying(self, connector: Connector) -> bool:
        return self._memory.pacing.is_settling(now := self._now()) or connector.backlog.is_replaying(now)

    # ---- questions

    async def _ask(self, action: Action, connector: Connector) -> None:
        """Ask the question that is due; a failure is only logged."""
        connection, limit = self._charger.sender, connector.limit
        try:
            match action:
                case Action.READ_SCHEDULE:
                    self._memory = self._memory.after_schedule_asked(connector.transaction_id)
                    await self._requests.read_schedule(self._connector_id, lambda: self._connector.limit == limit)
                case Action.ASK_METER:
                    await self._ask_for_meter_values(connector.transaction_id)
                case _:
                    await self._requests.profiles.clear_default(self._connector_id)
        except Superseded:
            pass
        except CpoError as error:
            logger.info('Connector %d: %s', self._connector_id, error)
            if isinstance(error, ConnectionClosed):
                self._memory = self._memory.after_broken(connection)
            elif action is Action.CLEAR_DEFAULT:
                self._memory = self._memory.after_clear_failed(self._now())

    async def _ask_for_meter_values(self, transaction_id: object) -> None:
        self._memory = self._memory.after_meter_asked(self._facts, self._now())
        accepted = await self._requests.ask_for_meter_values(
            self._connector_id, lambda: self._connector.transaction_id == transaction_id
        )
        self._memory = self._memory.after_meter_answered(accepted)
