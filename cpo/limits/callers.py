"""Whoever waits for what becomes of a wish: everybody is answered once, and nobody waits for ever."""

from __future__ import annotations

import asyncio

from cpo.limits.step import LimitOutcome
from cpo.state import Connector, Limit


class Callers:
    """The callers of the wishes for one connector."""

    def __init__(self, wait_s: float) -> None:
        """`wait_s` is how long a caller waits while a transaction begins or ends."""
        self._wait_s = wait_s
        self._waiting: dict[Limit, asyncio.Future[LimitOutcome]] = {}

    def new(self, wish: Limit) -> asyncio.Future[LimitOutcome]:
        """What becomes of this wish; whoever wishes the same at the same moment shares the answer."""
        if wish not in self._waiting:
            future = self._waiting[wish] = asyncio.get_running_loop().create_future()
            future.add_done_callback(lambda done: done.cancelled() or done.exception())  # its caller may have gone
        return self._waiting[wish]

    def superseded(self, newest: Limit, but: Limit | None = None) -> None:
        """All older wishes gave way to the newest, `but` the one that is being sent."""
        text = f'A newer limit of {newest.limit_a:g} A took its place before it was sent.'
        for wish in [wish for wish in self._waiting if wish not in (newest, but)]:
            self.tell(wish, nothing_sent(wish, text))

    def tell(self, wish: Limit, outcome: LimitOutcome) -> None:
        """Answer the caller of this wish, if one waits."""
        caller = self._waiting.pop(wish, None)
        if caller is not None and not caller.done():
            caller.set_result(outcome)

    def refuse(self, wish: Limit, error: Exception) -> bool:
        """Raise for the caller of this wish; False where none waits any more."""
        caller = self._waiting.pop(wish, None)
        if caller is None or caller.done():
            return False
        caller.set_exception(error)
        return True

    def refuse_all(self, error: Exception) -> None:
        """Raise for everybody."""
        for wish in list(self._waiting):
            self.refuse(wish, error)

    def kept(self) -> None:
        """What they wish has to wait: they are told so after a while."""
        text = 'The charger is still starting, stopping or telling what was. This limit is kept until it has done so.'
        for wish in self._waiting:
            asyncio.get_running_loop().call_later(self._wait_s, self.tell, wish, nothing_sent(wish, text))

    def settled(self, connector: Connector) -> None:
        """There is nothing to send (any more)."""
        for wish in list(self._waiting):
            if connector.wish is None and wish.limit_a:
                outcome = nothing_sent(wish, 'The charger accepted the start, but no transaction began.')
            elif connector.transaction_id is None:
                outcome = LimitOutcome(wish.limit_a, 0.0, None, None, 'Nothing is charging, so nothing was sent.')
            else:
                text = 'The transaction began with this limit.'
                outcome = LimitOutcome(wish.limit_a, wish.limit_a, None, None, text)
            self.tell(wish, outcome)


def nothing_sent(wish: Limit, detail: str) -> LimitOutcome:
    """An outcome without a message to the charger."""
    return LimitOutcome(wish.limit_a, None, None, None, detail)
