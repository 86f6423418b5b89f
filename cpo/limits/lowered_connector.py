"""`LoweredConnector`: one connector of the newest state as the ceilings leave it."""

from __future__ import annotations

from collections.abc import Callable

from cpo.frozen import replace
from cpo.limits.ceilings import lowered, may_be_lowered
from cpo.limits.limited_charger import LimitedCharger
from cpo.state import Connector, Limit, may_wish


class LoweredConnector:
    """Serves the connector with the limit that may go out in place of its wish; the same object while that is so."""

    def __init__(self, charger: LimitedCharger, connector_id: int) -> None:
        self._charger, self._connector_id = charger, connector_id
        self._wished: Connector | None = None
        self._lowered: Connector | None = None

    @property
    def wished(self) -> Connector:
        """The connector as it is in the state, with the wish itself."""
        return self._charger.state.connector(self._connector_id)

    @property
    def newest(self) -> Connector:
        """The connector as the ceilings leave it."""
        charger, last = self._charger, self._lowered
        state = charger.state
        wished = new = state.connector(self._connector_id)
        if may_be_lowered(wished, state, charger.settings):
            new = lowered(wished, state, charger.settings, charger.quirks)
        if new is wished or last is None or not _is_same(new.last_wish, last.last_wish):
            self._wished, self._lowered = wished, new
        elif wished is not self._wished:
            self._wished, self._lowered = wished, replace(new, last_wish=last.last_wish)
        return self._lowered or new

    def still_wanted(self, wish: Limit) -> Callable[[], bool]:
        """What tells later whether the wish, of the connector as it is now, is still to be brought to the charger."""
        charger, state, then, sender = self._charger, self._charger.state, self.newest, self._charger.sender

        def wanted() -> bool:
            if charger.state is state or charger.sender is not sender:
                return charger.sender is sender
            now = self.newest
            same = now.wish == wish and now.transaction_id == then.transaction_id
            return same and (may_wish(wish.by, now.mode) or now.limit == wish)

        return wanted


def _is_same(new: Limit | None, old: Limit | None) -> bool:
    is_held_alike = new is not None and old is not None and new.held_by == old.held_by
    return new == old and is_held_alike
