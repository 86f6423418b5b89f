"""Updates of open pages: collects changes of the charge point and refreshes all pages a few times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, TypeVarTuple

from nicegui import app, context
from nicegui.element import Element

from cpo.access import People
from cpo.certificates import Certificates
from cpo.charge_point import ChargePoint
from cpo.controllers import GoalKeeper, SolarController
from cpo.dashboard.words.observation import situation_of
from cpo.dashboard.words.sentence import Words, sentence
from cpo.dashboard.words.situation import Situation
from cpo.state import ChargePointState, silent_since, with_contact
from cpo.upkeep import FileTransfers

INTERVAL_S = 0.2
QUIET_S = 10.0
Arguments = TypeVarTuple('Arguments')
Value = TypeVar('Value')


class Subscription(NamedTuple):
    """A function that updates a part of one open page, and the element that the part is in."""

    update: Callable[[], None]
    place: Element


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
        people: People,
        start_demo: Callable[[], None],
        certificates: Certificates | None = None,
        mqtt_problem: Callable[[], str | None] = lambda: None,
        goals: GoalKeeper | None = None,
        transfers: FileTransfers | None = None,
    ) -> None:
        """Subscribe to charge point, controller and people; `start_demo` starts the demo charger in the background.

        `certificates` are those of TLS, None without it; `mqtt_problem` says what is wrong with the MQTT broker; no
        page offers goals without `goals`.
        """
        self.charge_point = charge_point
        self.solar_controller = solar_controller
        self.people = people
        self.start_demo = start_demo
        self.transfers = transfers
        self.certificates = certificates
        self.mqtt_problem = mqtt_problem
        self.goals = goals
        self.now = charge_point.now
        self._subscriptions: list[Subscription] = []
        self._computed: dict[Hashable, Any] | None = None
        self._paused = False
        self._changed_in_pause = False
        self._quiet: asyncio.TimerHandle | None = None
        charge_point.subscribe(self._schedule_update)
        solar_controller.subscribe(self._schedule_update)
        people.on_change(self._schedule_update)
        if goals is not None:
            goals.subscribe(self._schedule_update)

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
        return self.shared(_shown)

    def words(self, connector_id: int) -> Words:
        """What the connector does and why, in words."""
        return self.shared(_words, connector_id)

    def situation(self, connector_id: int) -> Situation:
        """All that the words on the connector are made of."""
        return self.shared(_situation, connector_id)

    def shared(self, make: Callable[[Live, *Arguments], Value], *arguments: *Arguments) -> Value:
        """`make(live, *arguments)`, made once per update for all open pages; a page that is being built makes its own.

        An update is one step of the event loop, in which nothing changes. `make` is a function of a module, and the
        arguments are hashable.
        """
        if self._computed is None:
            return make(self, *arguments)
        key = (make, *arguments)
        if key not in self._computed:
            self._computed[key] = make(self, *arguments)
        value: Value = self._computed[key]
        return value

    def on_change(self, update: Callable[[], None]) -> None:
        """Call `update` now and after changes, until the NiceGUI slot being built at this call is deleted."""
        update()
        self._subscriptions.append(Subscription(update, context.slot.parent))

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
        self._computed = {}
        self._subscriptions = [each for each in self._subscriptions if not each.place.is_deleted]
        for subscription in self._subscriptions:
            _update(subscription)
        self._computed = None
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


def _update(subscription: Subscription) -> None:
    """Update a part of a page; an error in it is reported and leaves the other parts as they should be."""
    if subscription.place.is_deleted:  # by a part before it in the same update
        return
    with subscription.place:
        try:
            subscription.update()
        except Exception as error:
            app.handle_exception(error)


def _shown(live: Live) -> ChargePointState:
    silent = live.silent_since
    return live.state if silent is None else with_contact(live.state, None, silent)


def _words(live: Live, connector_id: int) -> Words:
    return sentence(live.situation(connector_id))


def _situation(live: Live, connector_id: int) -> Situation:
    charge_point, decision = live.charge_point, live.solar_controller.decision(connector_id)
    settings, quirks = charge_point.settings, charge_point.quirks
    return situation_of(live.shown, connector_id, decision, settings, quirks, live.now())
