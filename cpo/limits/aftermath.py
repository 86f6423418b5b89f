"""What has time once a limit is written: ask what the charger makes of it, take out what would limit others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from cpo.errors import ConnectionClosed, CpoError
from cpo.limits.charger import Charger
from cpo.limits.profile_writer import Superseded
from cpo.limits.requests import LimitRequests
from cpo.state import Connector, Meter
from cpo.websocket_sender import WebSocketSender

logger = logging.getLogger(__name__)

SCHEDULE_AFTER = timedelta(seconds=10)
SILENT_FOR = timedelta(seconds=60)
ASKED_EVERY = timedelta(seconds=15)


class Aftermath:
    """Of one connector. `due` are the times at which there may be something to ask."""

    def __init__(
        self,
        charger: Charger,
        requests: LimitRequests,
        connector_id: int,
        now: Callable[[], datetime],
    ) -> None:
        """Nothing was written yet."""
        self._charger = charger
        self._requests = requests
        self._connector_id = connector_id
        self._now = now
        self._schedule_due: datetime | None = None
        self._meter: Meter | None = None
        self._meter_due: datetime | None = None
        self._deaf: WebSocketSender | None = None  # the connection on which meter values cannot be asked for

    @property
    def due(self) -> tuple[datetime | None, ...]:
        """None where nothing is."""
        return self._schedule_due, self._meter_due

    def written(self) -> None:
        """A limit was written just now, or a start that brings one."""
        self._schedule_due = self._now() + SCHEDULE_AFTER

    def look(self, connector: Connector) -> None:
        """Call it after every change: whether the limit is followed can only be seen in meter values."""
        if connector.transaction_id is None or connector.wish is None:
            self._meter_due = None
        elif connector.meter is not self._meter or self._meter_due is None:
            self._meter_due = self._now() + self._silence
        self._meter = connector.meter

    async def tidy(self) -> None:
        """Do what is due. Raises ConnectionClosed; another failure is only logged."""
        try:
            if self._schedule_due is not None and self._now() >= self._schedule_due:
                await self._ask_for_schedule()
            if self._meter_due is not None and self._now() >= self._meter_due:
                await self._ask_for_meter_values()
            connector = self._connector
            nothing_runs = connector.transaction_id is None and connector.remote_start is None
            if connector.default_profile and nothing_runs and connector.wish is None:
                await self._requests.profiles.clear_default(self._connector_id)
        except Superseded:
            pass
        except ConnectionClosed:
            raise
        except CpoError as error:
            logger.info('Connector %d: %s', self._connector_id, error)

    @property
    def _silence(self) -> timedelta:
        return ASKED_EVERY if self._charger.quirks.meter_on_trigger else SILENT_FOR

    @property
    def _connector(self) -> Connector:
        return self._charger.state.connector(self._connector_id)

    async def _ask_for_schedule(self) -> None:
        connector, limit = self._connector, self._connector.limit
        self._schedule_due = None if connector.remote_start is None else self._now() + SCHEDULE_AFTER
        unclear = connector.meter.offered_a is None and self._charger.state.known.tells_schedule is not False
        if unclear and connector.transaction_id is not None and limit is not None:
            await self._requests.read_schedule(self._connector_id, lambda: self._connector.limit == limit)

    async def _ask_for_meter_values(self) -> None:
        """Some send none unless they are asked."""
        self._meter_due = self._now() + self._silence
        deaf, transaction_id = self._deaf, self._connector.transaction_id
        self._deaf = self._charger.sender  # also where it does not answer at all
        if deaf is not self._deaf and await self._requests.ask_for_meter_values(
            self._connector_id, lambda: self._connector.transaction_id == transaction_id
        ):
            self._deaf = None
