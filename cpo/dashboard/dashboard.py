"""The pages and what stands behind them."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from cpo.charge_point import ChargePoint
from cpo.controllers import SolarController
from cpo.dashboard import connect, home, messages, sessions
from cpo.dashboard.live import Live


class Dashboard:
    """The door for people: Home, Sessions, Messages, Connect; pages of each browser stay up to date."""

    def __init__(
        self, charge_point: ChargePoint, solar_controller: SolarController, start_demo: Callable[[], None]
    ) -> None:
        """Register the pages with NiceGUI; serve them with `ui.run_with`."""
        live = Live(charge_point, solar_controller, start_demo)

        @ui.page('/')
        def show_home() -> None:
            home.page(live)

        @ui.page('/sessions', title='Sessions')
        def show_sessions() -> None:
            sessions.page(live)

        @ui.page('/messages', title='Messages')
        def show_messages() -> None:
            messages.page(live)

        @ui.page('/connect', title='Connect')
        def show_connect() -> None:
            connect.page(live)
