"""Settings → Journal → ChargePoint → doors → serve."""

from __future__ import annotations

import signal
import sys

if __name__ == '__main__':  # the imports take a second or two, and Ctrl-C ends them as quietly as the rest
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))

import asyncio
import contextlib
import logging
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus

import uvicorn
import uvloop
from fastapi import HTTPException
from fastapi.responses import FileResponse
from nicegui import ui

from cpo.addresses import announcement, charger_url, listening_socket
from cpo.charge_point import ChargePoint
from cpo.controllers import FreeCharging, SolarController
from cpo.dashboard import Dashboard
from cpo.errors import MustNotStart
from cpo.journal import Journal, keep_small
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.rest_api import RestApi, create_app
from cpo.settings import DEMO_CHARGE_BOX_ID, Settings, load_settings
from cpo.websocket_endpoint import MAX_FRAME_BYTES, WebSocketEndpoint
from simulator.demo import Demo
from simulator.pages import PAGES

DIALECTS = (Ocpp16Dialect(),)
"""The OCPP versions a charger may speak, by the websocket subprotocol of each; the preferred one first."""
LEAVE_S = 1.0
GOODBYE_S = 0.5


class Server(uvicorn.Server):
    """A uvicorn server that leaves the signals to `serve`: its own handling ends Ctrl-C with a traceback."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def show_simulator(name: str) -> FileResponse:
    """A charger that runs in the browser, as a page."""
    page = next((page for page in PAGES if page.name == name), None)
    if page is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f'There is no simulator {name}.')
    return FileResponse(page)


async def serve(settings: Settings, journal: Journal, server_socket: socket.socket) -> None:
    """Serve until a signal comes; the charger is told before its connection ends."""
    charge_point = ChargePoint(settings, DIALECTS, journal)
    solar_controller = SolarController(charge_point)
    FreeCharging(charge_point)
    demo = Demo(charger_url(settings, DEMO_CHARGE_BOX_ID))

    def start_demo() -> None:
        charge_point.connections.demo_is_invited = True
        if (reason := charge_point.connections.demo_refusal) is None:
            demo.start()
        else:
            print(reason, flush=True)

    app = create_app()
    RestApi(charge_point, solar_controller, [lambda: journal.problem]).install(app)
    app.include_router(WebSocketEndpoint(charge_point).router)
    app.add_api_route('/simulator/{name}', show_simulator, include_in_schema=False)
    Dashboard(charge_point, solar_controller, start_demo)
    ui.run_with(
        app, title='Home CPO', favicon='⚡', dark=None, language='en-US', binding_refresh_interval=None, tailwind=False
    )
    server = Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            ws='websockets-sansio',  # the fastest, and the only one with patient pings
            ws_max_size=MAX_FRAME_BYTES,
            ws_ping_interval=20,
            ws_ping_timeout=None,
            timeout_graceful_shutdown=1,
        )
    )

    async def stop() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await charge_point.leave()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await demo.stop()
                await charge_point.connections.close(1001, 'the server stops')
        server.should_exit = True

    stopping: set[asyncio.Task[None]] = set()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, lambda: stopping.add(asyncio.create_task(stop())))
    thinning = asyncio.create_task(keep_small(journal, timedelta(days=settings.keep_samples_days)))
    print(announcement(settings), flush=True)
    if settings.demo:
        start_demo()
    await server.serve([server_socket])
    thinning.cancel()


def main() -> int:
    """Run the program; the exit status is 0 after Ctrl-C, 2 where it must not start."""
    logging.basicConfig(level=logging.INFO, format='%(asctime)s %(levelname)s %(message)s')
    logging.getLogger('uvicorn').setLevel(logging.WARNING)
    # what it says at ERROR about connections is the charger's fault, and is told by the endpoint
    logging.getLogger('uvicorn.error').addFilter(lambda record: not re.search('handshake|UTF-8', record.getMessage()))
    try:
        settings = load_settings(sys.argv[1:])
        server_socket = listening_socket(settings)
        journal = Journal(None if settings.memory else settings.data_dir)
    except MustNotStart as error:
        print(error, file=sys.stderr)
        return 2
    with contextlib.closing(journal), server_socket, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, journal, server_socket))
    return 0


if __name__ == '__main__':
    sys.exit(main())
