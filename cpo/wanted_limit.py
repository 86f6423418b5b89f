"""Brings the charger to the newest wanted limit of each connector."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from cpo.charge_limit import LimitOutcome, Step, advice, next_step
from cpo.charging_profiles import ChargingProfile
from cpo.entries import Entry, LimitAccepted, RemoteStartGivenUp, RemoteStartSent
from cpo.errors import ConnectionClosed, CpoError, NotConnected, Rejected
from cpo.ocpp.dialect import Answer, Dialect, Request
from cpo.state import ChargePointState, Limit
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

    While a remote start is on its way (its transaction has not begun, at most 60 s) a newer wish is kept, and goes out
    when the transaction begins. There is never a second remote start.
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
        self._remote_start_over: dict[int, asyncio.Event] = {}
        self._kept: set[asyncio.Task[LimitOutcome]] = set()

    async def reach(self, connector_id: int, wish: Limit) -> LimitOutcome:
        """Send what the wish needs and wait for the charger's answer; a kept wish is waited for 5 s.

        Raises NotConnected, Rejected, CallErrorReceived, CallTimeout or ConnectionClosed.
        """
        self._newest[connector_id] = wish
        outcome = await self._try(connector_id, wish)
        if outcome is not None:
            return outcome
        kept = asyncio.create_task(self._try_when_begun(connector_id, wish))
        self._kept.add(kept)
        kept.add_done_callback(self._kept_is_done)
        done, _ = await asyncio.wait({kept}, timeout=self._caller_wait_s)
        if done:
            return kept.result()
        return _nothing_sent(wish, 'The charger is still starting. This limit is kept until the transaction begins.')

    def remote_starts_may_be_over(self) -> None:
        """Look whether a transaction has begun or its remote start was given up; call it when either may be."""
        for connector_id, over in list(self._remote_start_over.items()):
            if self._charger.state.connector(connector_id).remote_start is None:
                del self._remote_start_over[connector_id]
                over.set()

    async def _try(self, connector_id: int, wish: Limit) -> LimitOutcome | None:
        """None: there is a remote start to wait for."""
        sender = self._charger.sender
        if sender is None:
            raise NotConnected('No charger is connected. Nothing is kept for later.')
        async with sender.turn():
            newest = self._newest[connector_id]
            if newest is not wish:
                return _nothing_sent(wish, f'A newer limit of {newest.limit_a:g} A took its place before it was sent.')
            match next_step(self._charger.state, connector_id, wish.limit_a):
                case Step.NOTHING:
                    return LimitOutcome(wish.limit_a, 0.0, None, None, 'Nothing is charging, so nothing was sent.')
                case Step.START:
                    return await self._start(sender, connector_id, wish)
                case Step.CHANGE | Step.STOP:
                    return await self._change(sender, connector_id, wish)
                case Step.WAIT:
                    return None

    async def _try_when_begun(self, connector_id: int, wish: Limit) -> LimitOutcome:
        over = self._remote_start_over.setdefault(connector_id, asyncio.Event())
        self.remote_starts_may_be_over()
        await over.wait()
        if self._charger.sender is None:
            raise ConnectionClosed('The charger hung up before this could be sent.')
        connector = self._charger.state.connector(connector_id)
        if connector.transaction_id is None:
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
        except CpoError:
            self._give_up(connector_id, wish)
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
        return LimitOutcome(wish.limit_a, wish.limit_a, request.action, status, advice(wish.limit_a) or 'Accepted.')

    async def _exchange(self, sender: WebSocketSender, request: Request) -> tuple[str, tuple[Entry, ...]]:
        reply = await sender.exchange(request.action, request.payload)
        answer = self._charger.read_answer(request, reply)
        return answer.status or 'an answer without a status', answer.entries

    def _give_up(self, connector_id: int, wish: Limit) -> None:
        if self._charger.state.connector(connector_id).remote_start is wish:
            self._charger.record(RemoteStartGivenUp(connector_id))
            self.remote_starts_may_be_over()

    def _kept_is_done(self, task: asyncio.Task[LimitOutcome]) -> None:
        self._kept.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.warning('A kept limit was not set: %s', error)


def _nothing_sent(wish: Limit, detail: str) -> LimitOutcome:
    return LimitOutcome(wish.limit_a, None, None, None, detail)
