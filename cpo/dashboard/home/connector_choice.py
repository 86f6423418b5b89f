"""The choice of the connector that a page shows and controls."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from cpo.dashboard.live import Live
from cpo.dashboard.parts.segments import Segments
from cpo.dashboard.words.names import connector_name
from cpo.state import Connector


class ConnectorChoice:
    """The connector that one open page shows: at first one with a transaction, otherwise connector 1."""

    def __init__(self, live: Live) -> None:
        running = (c.connector_id for c in live.state.charging_connectors if c.transaction_id is not None)
        self._live = live
        self._segments: Segments | None = None
        self._offered: tuple[int, ...] = ()
        self.connector_id = next(running, 1)

    @property
    def connector(self) -> Connector:
        """The chosen connector as it is now."""
        return self._live.state.connector(self.connector_id)

    def build(self, on_choose: Callable[[], None]) -> None:
        """Build the row of connectors with their states, visible only with several.

        A click calls `on_choose` after the change.
        """
        place = ui.element('div').classes('cpo-connector-choice')

        def choose(connector_id: int) -> None:
            self.connector_id = connector_id
            on_choose()

        def name(connector_id: int) -> str:
            return connector_name(connector_id, self._live.charge_point.settings)

        def update() -> None:
            offered = tuple(c.connector_id for c in self._live.state.charging_connectors)
            if offered != self._offered:
                self._offered = offered
                place.clear()
                place.set_visibility(len(offered) > 1)
                with place:
                    self._segments = Segments('Connector', {i: name(i) for i in offered}, choose, 'connector')
            if self._segments and len(offered) > 1:
                self._segments.show(self.connector_id)
                for i in offered:
                    self._segments.name(i, f'{self._live.words(i).pill}\n{name(i)}')

        self._live.on_change(update)
