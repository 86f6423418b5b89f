"""Registration of the dashboard's pages with NiceGUI."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from nicegui import app as nicegui_app
from nicegui import ui

from cpo.access import People, hash_policy
from cpo.certificates import Certificates
from cpo.charge_point import ChargePoint
from cpo.controllers import GoalKeeper, SolarController
from cpo.dashboard import cards_page, charger_page, connect, home, messages, people_page, sessions, settings_page, why
from cpo.dashboard.live import Live
from cpo.dashboard.other_clients import install_answers, not_found
from cpo.dashboard.parts.layout import CARDS, CHARGER, CONNECT, HOME, MESSAGES, PEOPLE, SESSIONS, SETTINGS, WHY, Page
from cpo.upkeep import FileTransfers

SIMULATORS_MAY = {'connect_src': "'self' ws: wss:", 'worker_src': 'blob:'}
"""They talk OCPP to any server, and keep time in a worker."""


class Dashboard:
    """The dashboard: pages Home, Sessions, Why, Messages, Connect, Charger, Cards, People and Settings.

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
        mqtt_problem: Callable[[], str | None] = lambda: None,
        goals: GoalKeeper | None = None,
        transfers: FileTransfers | None = None,
    ) -> None:
        """Register the pages with NiceGUI, to be served by `ui.run_with`.

        `start_demo` starts the demo charger; `simulators` are the chargers that run in a browser, as HTML files;
        `mqtt_problem` returns a sentence while the MQTT broker cannot be used.
        """
        self._simulators = {path.name: path for path in simulators}
        self._policies = {path.name: hash_policy(path.read_text('utf-8'), **SIMULATORS_MAY) for path in simulators}
        connections = charge_point.connections

        def start() -> None:
            connections.invite_demo(start_demo)

        live = Live(charge_point, solar_controller, people, start, certificates, mqtt_problem, goals, transfers)
        _add_pages(live)

    def install(self, app: FastAPI) -> None:
        """Serve the pages on `app`; to be called last, since NiceGUI takes every path that is left."""
        app.add_api_route('/simulator/{name}', self._show_simulator, include_in_schema=False)
        install_answers()
        nicegui_app.config.quasar_config['loadingBar']['skipHijack'] = True  # else a bar moves at each request
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
    builders: dict[Page, Callable[[Live], None]] = {
        SESSIONS: sessions.page,
        WHY: lambda live: why.page(live, recalled),
        MESSAGES: messages.page,
        CONNECT: connect.page,
        CHARGER: charger_page.page,
        CARDS: cards_page.page,
        PEOPLE: people_page.page,
        SETTINGS: settings_page.page,
    }
    _add_page(live, HOME.path, None, home.page)
    for page, build in builders.items():
        _add_page(live, page.path, page.name, build)


def _add_page(live: Live, path: str, title: str | None, build: Callable[[Live], None]) -> None:
    @ui.page(path, title=title)
    def show() -> None:
        build(live)
