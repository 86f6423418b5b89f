"""What has time once a limit is written: ask what the charger makes of it, take out what would limit others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from cpo.connector import Limit
from cpo.errors import ConnectionClosed, CpoError
from cpo.limit_requests import LimitRequests, Superseded
from cpo.limited_charger import Charger

logger = logging.getLogger(__name__)

SCHEDULE_AFTER = timedelta(seconds=10)


class Aftermath:
    """Of one connector. `due` is when the charger is to be asked for its schedule, None where it is not."""

    def __init__(
        self, charger: Charger, requests: LimitRequests, connector_id: int, now: Callable[[], datetime]
    ) -> None:
        """Nothing was written yet."""
        self._charger = charger
        self._requests = requests
        self._connector_id = connector_id
        self._now = now
        self.due: datetime | None = None

    def written(self) -> None:
        """A limit was written just now."""
        self.due = self._now() + SCHEDULE_AFTER

    async def tidy(self) -> None:
        """Do what is due. Raises ConnectionClosed; another failure is only logged."""
        try:
            if self.due is not None and self._now() >= self.due:
                self.due = None
                await self._ask_for_schedule()
            connector = self._charger.state.connector(self._connector_id)
            nothing_runs = connector.transaction_id is None and connector.remote_start is None
            if connector.default_profile and nothing_runs and connector.wish is None:
                await self._requests.clear_default(self._connector_id)
        except Superseded:
            pass
        except ConnectionClosed:
            raise
        except CpoError as error:
            logger.info('Connector %d: %s', self._connector_id, error)

    @property
    def _limit(self) -> Limit | None:
        return self._charger.state.connector(self._connector_id).limit

    async def _ask_for_schedule(self) -> None:
        state = self._charger.state
        connector, limit = state.connector(self._connector_id), self._limit
        unclear = connector.meter.offered_a is None and state.known.tells_schedule is not False
        if unclear and connector.transaction_id is not None and limit is not None:
            await self._requests.read_schedule(self._connector_id, lambda: self._limit == limit)
