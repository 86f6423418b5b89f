"""Brings the charger to the newest wanted limit of each connector."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from cpo.charge_limit import LimitOutcome, Step, advice, next_step
from cpo.charging_profiles import ChargingProfile
from cpo.entries import Entry, LimitAccepted, LimitForgotten, RemoteStartGivenUp, RemoteStartSent
from cpo.errors import CallTimeout, ConnectionClosed, CpoError, NotConnected, Rejected
from cpo.ocpp.dialect import Answer, Dialect, Request
from cpo.state import THE_SUN, ChargePointState, Limit, Mode
from cpo.websocket_sender import Reply, WebSocketSender

logger = logging.getLogger(__name__)


class Charger(Protocol):
    """What this module needs of the ChargePoint."""

    @property
    def state(self) -> ChargePointState:
        """What is known now."""
        ...

    @property
    def sender(self) -> WebSocketSender | None:
        """The connection's sender, None without a charger."""
        ...

    def record(self, *entries: Entry) -> None:
        """Take facts in."""
        ...

    def read_answer(self, request: Request, reply: Reply) -> Answer:
        """Read the charger's answer; its entries are still to be recorded."""
        ...


class WantedLimit:
    """One newest wish per connector; an older one that has not been sent yet gives way to it.

    While a transaction is about to begin or to end (at most 60 s) a newer wish is kept, and goes out when it has. There
    is never a second remote start.
    """

    def __init__(
        self,
        charger: Charger,
        dialect: Dialect,
        id_tag: str,
        remote_start_wait_s: float = 60.0,
        caller_wait_s: float = 5.0,
    ) -> None:
        """`id_tag` is what remote starts carry; `caller_wait_s` is how long the caller of a kept wish waits."""
        self._charger = charger
        self._dialect = dialect
        self._id_tag = id_tag
        self._remote_start_wait_s = remote_start_wait_s
        self._caller_wait_s = caller_wait_s
        self._newest: dict[int, Limit] = {}
        self._settled: dict[int, asyncio.Event] = {}
        self._kept: set[asyncio.Task[LimitOutcome]] = set()

    async def reach(self, connector_id: int, wish: Limit) -> LimitOutcome:
        """Send what the wish needs and wait for the charger's answer; a kept wish is waited for 5 s.

        Raises NotConnected, Rejected, CallErrorReceived, CallTimeout or ConnectionClosed.
        """
        self._newest[connector_id] = wish
        outcome = await self._try(connector_id, wish)
        if outcome is not None:
            return outcome
        kept = asyncio.create_task(self._try_when_settled(connector_id, wish))
        self._kept.add(kept)
        kept.add_done_callback(self._kept_is_done)
        done, _ = await asyncio.wait({kept}, timeout=self._caller_wait_s)
        if done:
            return kept.result()
        return _nothing_sent(
            wish, 'The charger is still starting or stopping. This limit is kept until it has done so.'
        )

    def may_be_settled(self) -> None:
        """Look whether what was on its way has begun, has ended or was given up; call it when that may be."""
        for connector_id, settled in list(self._settled.items()):
            connector = self._charger.state.connector(connector_id)
            if connector.remote_start is None and not connector.is_stopping:
                del self._settled[connector_id]
                settled.set()

    async def _try(self, connector_id: int, wish: Limit) -> LimitOutcome | None:
        """None: something is on its way that has to be waited for."""
        sender = self._charger.sender
        if sender is None:
            raise NotConnected('No charger is connected. Nothing is kept for later.')
        async with sender.turn():
            newest = self._newest[connector_id]
            if newest is not wish:
                return _nothing_sent(wish, f'A newer limit of {newest.limit_a:g} A took its place before it was sent.')
            if wish.by == THE_SUN and self._charger.state.connector(connector_id).mode is not Mode.SOLAR:
                return _nothing_sent(wish, 'The sun no longer sets this limit.')
            match next_step(self._charger.state, connector_id, wish.limit_a):
                case Step.NOTHING:
                    return LimitOutcome(wish.limit_a, 0.0, None, None, 'Nothing is charging, so nothing was sent.')
                case Step.START:
                    return await self._start(sender, connector_id, wish)
                case Step.CHANGE | Step.STOP:
                    return await self._change(sender, connector_id, wish)
                case Step.WAIT:
                    return None

    async def _try_when_settled(self, connector_id: int, wish: Limit) -> LimitOutcome:
        was_stopping = self._charger.state.connector(connector_id).is_stopping
        settled = self._settled.setdefault(connector_id, asyncio.Event())
        self.may_be_settled()
        await settled.wait()
        if self._charger.sender is None:
            raise ConnectionClosed('The charger hung up before this could be sent.')
        connector = self._charger.state.connector(connector_id)
        if connector.transaction_id is None and not was_stopping:
            return _nothing_sent(wish, 'The charger accepted the start, but no transaction began.')
        if connector.limit is not None and connector.limit.limit_a == wish.limit_a:
            return LimitOutcome(wish.limit_a, wish.limit_a, None, None, 'The transaction began with this limit.')
        outcome = await self._try(connector_id, wish)
        return outcome or _nothing_sent(wish, 'The charger is starting once more.')

    async def _start(self, sender: WebSocketSender, connector_id: int, wish: Limit) -> LimitOutcome:
        request = self._dialect.remote_start(connector_id, self._id_tag, ChargingProfile(wish.limit_a))
        self._charger.record(RemoteStartSent(connector_id, wish))
        try:
            status, _ = await self._exchange(sender, request)
            if status != 'Accepted':
                raise Rejected(
                    f'The charger refused to start with {wish.limit_a:g} A ({request.action}: {status}). '
                    f'Is the car plugged in, and may {self._id_tag} charge?'
                )
        except CpoError as error:
            self._give_up(connector_id, wish, unanswered=isinstance(error, CallTimeout))
            raise
        asyncio.get_running_loop().call_later(self._remote_start_wait_s, self._give_up, connector_id, wish)
        return LimitOutcome(wish.limit_a, wish.limit_a, request.action, status, advice(wish.limit_a) or 'Accepted.')

    async def _change(self, sender: WebSocketSender, connector_id: int, wish: Limit) -> LimitOutcome:
        connector = self._charger.state.connector(connector_id)
        assert connector.transaction_id is not None
        profile = ChargingProfile(wish.limit_a, connector.transaction_id)
        stops = wish.limit_a == 0
        request = (
            self._dialect.remote_stop(connector.transaction_id)
            if stops
            else self._dialect.change_limit(connector_id, profile)
        )
        status, learned = await self._exchange(sender, request)
        if status != 'Accepted':
            stays = f' It stays at {connector.limit.limit_a:g} A.' if connector.limit is not None else ''
            wanted = 'to stop' if stops else f'{wish.limit_a:g} A'
            raise Rejected(f'The charger refused {wanted} ({request.action}: {status}).{stays}')
        if self._charger.state.connector(connector_id).transaction_id == connector.transaction_id or stops:
            self._charger.record(*learned, LimitAccepted(connector_id, wish))
        if stops:
            asyncio.get_running_loop().call_later(self._remote_start_wait_s, self._stop_is_overdue, connector_id, wish)
        return LimitOutcome(wish.limit_a, wish.limit_a, request.action, status, advice(wish.limit_a) or 'Accepted.')

    async def _exchange(self, sender: WebSocketSender, request: Request) -> tuple[str, tuple[Entry, ...]]:
        reply = await sender.exchange(request.action, request.payload)
        answer = self._charger.read_answer(request, reply)
        return answer.status or 'an answer without a status', answer.entries

    def _give_up(self, connector_id: int, wish: Limit, unanswered: bool = False) -> None:
        if self._charger.state.connector(connector_id).remote_start is wish:
            self._charger.record(RemoteStartGivenUp(connector_id, wish if unanswered else None))
            self.may_be_settled()

    def _stop_is_overdue(self, connector_id: int, wish: Limit) -> None:
        connector = self._charger.state.connector(connector_id)
        if connector.is_stopping and connector.limit is wish:
            self._charger.record(LimitForgotten(connector_id))
            self.may_be_settled()

    def _kept_is_done(self, task: asyncio.Task[LimitOutcome]) -> None:
        self._kept.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.warning('A kept limit was not set: %s', error)


def _nothing_sent(wish: Limit, detail: str) -> LimitOutcome:
    return LimitOutcome(wish.limit_a, None, None, None, detail)
