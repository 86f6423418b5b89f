"""Free charging: plugging in a car starts charging with the configured maximum, without a card."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from cpo.charge_point import ChargePoint
from cpo.errors import CpoError
from cpo.state import (
    Activity,
    ChargePointState,
    Connector,
    Ending,
    Mode,
    Source,
    SourceKind,
    cards,
)

logger = logging.getLogger(__name__)

PLUG_AND_CHARGE = Source(SourceKind.PLUG_AND_CHARGE)
"""Who set a limit that came with the plug."""
RESUMABLE_ENDINGS = (Ending.POWER_CUT, Ending.RESTART)
"""Nobody ended the session: the car continues to charge."""


class FreeCharging:
    """Asks for the configured maximum once each time a connector becomes PLUGGED_IN; a refused start is not repeated.

    In mode SOLAR the start is left to the solar controller. After a session that somebody ended, the next one starts
    only when the car was unplugged.
    """

    def __init__(
        self, charge_point: ChargePoint, is_planned: Callable[[int], bool] = lambda connector_id: False
    ) -> None:
        """Follows the ChargePoint for its whole life; a car that waits when the settings allow it starts then.

        `is_planned` is true for a connector whose plan says when it starts.
        """
        self._charge_point, self._is_planned = charge_point, is_planned
        self._seen = {c.connector_id: c.last_status for c in charge_point.state.charging_connectors}
        self._plugged_in: set[int] = set()
        self._wishes: set[asyncio.Task[None]] = set()
        charge_point.subscribe(self._on_change)

    def _on_change(self) -> None:
        if not self._charge_point.settings.free_charging:
            return
        state = self._charge_point.state
        for connector in state.charging_connectors:
            connector_id = connector.connector_id
            if connector.last_status is not self._seen.get(connector_id):
                self._seen[connector_id] = connector.last_status
                self._plugged_in.discard(connector_id)
                if _became_plugged_in(connector, state):
                    self._plugged_in.add(connector_id)
            # after a power cut, the status may come before the end of the transaction that was cut
            if connector_id in self._plugged_in and connector.transaction_id is None:
                self._plugged_in.discard(connector_id)
                if _may_start(connector, state) and not self._is_planned(connector_id):
                    self._start(connector_id)

    def _start(self, connector_id: int) -> None:
        task = asyncio.get_running_loop().create_task(self._wish(connector_id))
        self._wishes.add(task)
        task.add_done_callback(self._wishes.discard)

    async def _wish(self, connector_id: int) -> None:
        limit_a = self._charge_point.settings.max_current
        try:
            await self._charge_point.set_charging_limit(connector_id, limit_a, by=PLUG_AND_CHARGE)
        except CpoError as error:
            logger.warning('A car was plugged in, but does not charge: %s', error)


def _became_plugged_in(connector: Connector, state: ChargePointState) -> bool:
    """The newest status, reported on this connection, is the first PLUGGED_IN in a row.

    Its time is by our clock, as the charger's may be wrong.
    """
    heard_at, since = connector.status_heard_at, state.since
    if not state.connected or heard_at is None or since is None or heard_at < since:
        return False
    if connector.transaction_id is not None and not cards.charged_since_plugged_in(connector):
        return False  # a transaction of this car has just begun
    newest, *older = [change.activity for change in connector.status_changes[:2]]
    return newest is Activity.PLUGGED_IN and Activity.PLUGGED_IN not in older


def _may_start(connector: Connector, state: ChargePointState) -> bool:
    """True where neither the sun, nor somebody's wish, nor the end of a session by somebody decides about this car."""
    heard_at = connector.status_heard_at
    asked = connector.wish or (connector.awaited_start(heard_at) if heard_at is not None else None)
    if connector.mode is not Mode.MANUAL or asked is not None:
        return False
    return not was_ended(connector, state)


def was_ended(connector: Connector, state: ChargePointState) -> bool:
    """True where somebody ended a session of the car that is plugged in: the next one waits for the next plug-in."""
    last = state.transaction(connector.last_transaction_id)
    return cards.charged_since_plugged_in(connector) and (last is None or last.ending not in RESUMABLE_ENDINGS)
