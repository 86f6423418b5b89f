"""The bridge between the house and the pages: changes come one by one, pages hear of them a few times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from nicegui import Event, context

from cpo.charge_point import ChargePoint
from cpo.controllers import SolarController
from cpo.dashboard.earlier_limits import EarlierLimits
from cpo.state import ChargePointState

INTERVAL_S = 0.2
QUIET_S = 10.0


class Live:
    """What every page is given: the objects behind it, and word of their changes.

    The first change is told at once, later ones at most every 0.2 s; all pages are told in the same step of the event
    loop, so they show the same state. After 10 s without a change they are told too: some words depend on the time
    alone (a start that is overdue, a message that has been read).
    """

    def __init__(
        self,
        charge_point: ChargePoint,
        solar_controller: SolarController,
        start_demo: Callable[[], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Listen to both from now on; `start_demo` starts the simulated charger in the background."""
        self.charge_point = charge_point
        self.solar_controller = solar_controller
        self.start_demo = start_demo
        self.now = now
        self.earlier_limits = EarlierLimits()
        self._changed: Event[[]] = Event()
        self._waiting = False
        self._again = False
        self._quiet: asyncio.TimerHandle | None = None
        charge_point.subscribe(self._look)
        solar_controller.subscribe(self._note_change)

    @property
    def state(self) -> ChargePointState:
        """All that is known of the charger now."""
        return self.charge_point.state

    def on_change(self, update: Callable[[], None]) -> None:
        """Call `update` now and after changes, as long as the part of the page that is being built exists."""
        update()
        place = context.slot.parent

        def tell() -> None:
            if place.is_deleted:
                self._changed.unsubscribe(tell)
            else:
                update()

        self._changed.subscribe(tell)

    def tell(self) -> None:
        """Have the pages look again, as after a change."""
        self._note_change()

    def _look(self) -> None:
        self.earlier_limits.look(self.state)
        self._note_change()

    def _note_change(self) -> None:
        if self._waiting:
            self._again = True
            return
        self._waiting = True
        asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._again = False
        self._changed.emit()
        loop = asyncio.get_running_loop()
        loop.call_later(INTERVAL_S, self._rest)
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = loop.call_later(QUIET_S, self._note_change)

    def _rest(self) -> None:
        if self._again:
            self._tell()
        else:
            self._waiting = False
