"""Updates of open pages: collects changes of the charge point and refreshes all pages a few times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from nicegui import Event, context

from cpo.charge_point import ChargePoint
from cpo.controllers import SolarController
from cpo.dashboard.words.observation import situation_of
from cpo.dashboard.words.sentence import Words, sentence
from cpo.state import ChargePointState, silent_since, with_contact

INTERVAL_S = 0.2
QUIET_S = 10.0


class Live:
    """Gives every page the objects it shows, and updates all open pages after a change.

    The first change updates the pages at once, further ones at most every 0.2 s. All pages update in one step of the
    event loop, so they show the same state. They also update after 10 s without a change, as some texts depend on the
    time alone (an overdue start, a message that is shown for a minute).
    """

    def __init__(
        self,
        charge_point: ChargePoint,
        solar_controller: SolarController,
        start_demo: Callable[[], None],
    ) -> None:
        """Subscribe to charge point and controller; `start_demo` starts the demo charger in the background."""
        self.charge_point = charge_point
        self.solar_controller = solar_controller
        self.start_demo = start_demo
        self.now = charge_point.now
        self._changed: Event[[]] = Event()
        self._paused = False
        self._changed_in_pause = False
        self._quiet: asyncio.TimerHandle | None = None
        charge_point.subscribe(self._schedule_update)
        solar_controller.subscribe(self._schedule_update)

    @property
    def state(self) -> ChargePointState:
        """The charge point's state as it is now."""
        return self.charge_point.state

    @property
    def silent_since(self) -> datetime | None:
        """When the charger was last heard, where it is connected and three of its Heartbeats are missing."""
        return silent_since(self.state, self.now(), self.charge_point.settings.heartbeat_interval)

    @property
    def shown(self) -> ChargePointState:
        """The state, in which a session whose charger is connected but silent is without contact too."""
        silent = self.silent_since
        return self.state if silent is None else with_contact(self.state, None, silent)

    def words(self, connector_id: int) -> Words:
        """What the connector does and why, in words."""
        charge_point, decision = self.charge_point, self.solar_controller.decision(connector_id)
        settings, quirks = charge_point.settings, charge_point.quirks
        return sentence(situation_of(self.shown, connector_id, decision, settings, quirks, self.now()))

    def on_change(self, update: Callable[[], None]) -> None:
        """Call `update` now and after changes, until the NiceGUI slot being built at this call is deleted."""
        update()
        place = context.slot.parent

        def update_if_shown() -> None:
            if place.is_deleted:
                self._changed.unsubscribe(update_if_shown)
            else:
                update()

        self._changed.subscribe(update_if_shown)

    def refresh(self) -> None:
        """Update all pages soon, as after a change."""
        self._schedule_update()

    def _schedule_update(self) -> None:
        if self._paused:
            self._changed_in_pause = True
            return
        self._paused = True
        asyncio.get_running_loop().call_soon(self._update_pages)

    def _update_pages(self) -> None:
        self._changed_in_pause = False
        self._changed.emit()
        loop = asyncio.get_running_loop()
        loop.call_later(INTERVAL_S, self._end_pause)
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = loop.call_later(QUIET_S, self._schedule_update)

    def _end_pause(self) -> None:
        if self._changed_in_pause:
            self._update_pages()
        else:
            self._paused = False
