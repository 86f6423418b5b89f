"""Callers of set_charging_limit that wait for the outcome of the limit they wish."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from cpo.errors import ConnectionClosed
from cpo.limits import sentences
from cpo.limits.wish import LimitOutcome
from cpo.state import Connector, Limit

CALLER_WAIT = timedelta(seconds=5)
"""How long a caller waits while the wish itself has to wait."""


class Callers:
    """The futures that callers of set_charging_limit await, by the wished limit, also where a ceiling lowers it.

    Each is resolved exactly once. Each caller has its own, so that one that goes away takes nothing with it.
    """

    def __init__(self) -> None:
        self._waiting: dict[Limit, list[asyncio.Future[LimitOutcome]]] = {}
        self._answer_by: dict[Limit, datetime] = {}

    def new(self, wish: Limit) -> asyncio.Future[LimitOutcome]:
        """A future of the outcome of this wished limit; callers may wish the same at the same moment."""
        future: asyncio.Future[LimitOutcome] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())  # its caller may have gone
        self._waiting.setdefault(wish.as_wished, []).append(future)
        return future

    def resolve(self, wish: Limit, outcome: LimitOutcome) -> None:
        """Hand the outcome of this wished limit to its callers, if any wait."""
        for caller in self._pop(wish):
            if not caller.done():
                caller.set_result(outcome)

    def refuse(self, wish: Limit, error: Exception) -> bool:
        """Raise the error for the callers who wished this limit; False where there were none."""
        callers = self._pop(wish)
        for caller in callers:
            if not caller.done():
                caller.set_exception(error)
        return bool(callers)

    def refuse_all(self, error: Exception, but: Limit | None = None) -> None:
        """Raise the error for every caller; not for that of `but`, which is being sent."""
        for wish in [wish for wish in self._waiting if but is None or wish != but.as_wished]:
            self.refuse(wish, error)

    def superseded(self, newest: Limit, but: Limit | None = None) -> None:
        """Answer the callers that the newest wished limit replaced theirs; not that of `but`, which is being sent."""
        stay = [wish.as_wished for wish in (newest, but) if wish is not None]
        for wish in [wish for wish in self._waiting if wish not in stay]:
            self.resolve(wish, nothing_sent(wish, sentences.superseded_by(stay[0].limit_a)))

    def answer(self, connector: Connector, is_connected: bool, waits: bool, now: datetime) -> None:
        """Answer every caller, as no request is due; where the wished limit has to wait (`waits`), only after 5 s.

        Without a connection they get ConnectionClosed.
        """
        if not is_connected:
            self.refuse_all(ConnectionClosed(was_sent=False))
        elif waits:
            for wish in self._waiting:
                self._answer_by.setdefault(wish, now + CALLER_WAIT)
        else:
            for wish in list(self._waiting):
                self.resolve(wish, _settled(wish, connector))

    @property
    def due(self) -> datetime | None:
        """When the next caller is answered though the wished limit still waits, None where no caller waits for that."""
        return min(self._answer_by.values(), default=None)

    def answer_overdue(self, now: datetime) -> None:
        """Answer the callers who have waited 5 s that the limit they wish is postponed."""
        for wish in [wish for wish, due in self._answer_by.items() if now >= due]:
            self.resolve(wish, nothing_sent(wish, sentences.POSTPONED))

    def _pop(self, wish: Limit) -> list[asyncio.Future[LimitOutcome]]:
        self._answer_by.pop(wish.as_wished, None)
        return self._waiting.pop(wish.as_wished, [])


def nothing_sent(wish: Limit, detail: str) -> LimitOutcome:
    """The outcome where nothing was sent for a wished limit; `detail` is a sentence on why."""
    return LimitOutcome(wish.limit_a, None, None, None, detail)


def _settled(wish: Limit, connector: Connector) -> LimitOutcome:
    """The outcome of a wish for which nothing is to be sent, any more or at all."""
    if connector.wish is None and wish.limit_a:
        return nothing_sent(wish, sentences.wish_ended(connector.wish_end))
    limit = connector.wish
    if limit is not None and limit.held_by is not None:
        return LimitOutcome(wish.limit_a, limit.limit_a, None, None, sentences.held_back(limit))
    if connector.transaction_id is None:
        return LimitOutcome(wish.limit_a, 0.0, None, None, sentences.NOTHING_CHARGES)
    return LimitOutcome(wish.limit_a, wish.limit_a, None, None, sentences.BEGAN_WITH_LIMIT)
