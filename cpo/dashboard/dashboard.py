"""Registration of the dashboard's pages with NiceGUI."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from nicegui import ui

from cpo.access import People, hash_policy
from cpo.certificates import Certificates
from cpo.charge_point import ChargePoint
from cpo.controllers import SolarController
from cpo.dashboard import connect, home, messages, people_page, sessions, settings_page, why
from cpo.dashboard.live import Live
from cpo.dashboard.other_clients import install_answers, not_found

SIMULATORS_MAY = {'connect_src': 'ws: wss:', 'worker_src': 'blob:'}
"""They talk OCPP to any server, and keep time in a worker."""


class Dashboard:
    """The dashboard: pages Home, Sessions, Why, Messages, Connect, People and Settings.

    They follow every change in all open browsers. NiceGUI allows one per process.
    """

    def __init__(
        self,
        charge_point: ChargePoint,
        solar_controller: SolarController,
        people: People,
        start_demo: Callable[[], None],
        simulators: Sequence[Path],
        certificates: Certificates | None = None,
    ) -> None:
        """Register the pages with NiceGUI, to be served by `ui.run_with`.

        `start_demo` starts the demo charger; `simulators` are the chargers that run in a browser, as HTML files.
        """
        self._simulators = {path.name: path for path in simulators}
        self._policies = {path.name: hash_policy(path.read_text('utf-8'), **SIMULATORS_MAY) for path in simulators}
        connections = charge_point.connections
        live = Live(charge_point, solar_controller, people, lambda: connections.invite_demo(start_demo), certificates)
        _add_pages(live)

    def install(self, app: FastAPI) -> None:
        """Serve the pages on `app`; to be called last, since NiceGUI takes every path that is left."""
        app.add_api_route('/simulator/{name}', self._show_simulator, include_in_schema=False)
        install_answers()
        ui.run_with(
            app,
            title='Home CPO',
            favicon='⚡',
            dark=None,
            language='en-US',
            binding_refresh_interval=None,
            tailwind=False,
        )

    def _show_simulator(self, name: str, request: Request) -> Response:
        if name not in self._simulators:
            return not_found(request)
        return FileResponse(self._simulators[name], headers=self._policies[name])


def _add_pages(live: Live) -> None:
    recalled = why.Recalled(live)

    @ui.page('/')
    def show_home() -> None:
        home.page(live)

    @ui.page('/sessions', title='Sessions')
    def show_sessions() -> None:
        sessions.page(live)

    @ui.page('/why', title='Why')
    def show_why() -> None:
        why.page(live, recalled)

    @ui.page('/messages', title='Messages')
    def show_messages() -> None:
        messages.page(live)

    @ui.page('/connect', title='Connect')
    def show_connect() -> None:
        connect.page(live)

    @ui.page('/people', title='People')
    def show_people() -> None:
        people_page.page(live)

    @ui.page('/settings', title='Settings')
    def show_settings() -> None:
        settings_page.page(live)
