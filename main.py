"""Starts the program: settings → journal → ChargePoint → doors (charger, REST, dashboard) → server."""

from __future__ import annotations

import gc
import signal
import sys

gc.disable()  # until all is imported: a search for garbage finds none there, and takes a tenth of the start

if __name__ == '__main__':  # the imports take a second or two, and Ctrl-C ends them as quietly as the rest
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))

import asyncio
import contextlib
import os
import socket
from functools import partial
from typing import TYPE_CHECKING

from cpo.addresses import announcement, charger_url, listening_socket
from cpo.certificates import Certificates
from cpo.commands import (
    app_environment,
    app_folder,
    run_app_backup,
    run_password,
    run_replay,
    run_verify,
    take_restored,
)
from cpo.dashboard.late_pages import LatePages
from cpo.errors import MustNotStart
from cpo.house import House
from cpo.journal import Journal
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.rescue import sound_journal
from cpo.serving import (
    LogLevel,
    Server,
    configure_logging,
    let_the_event_loop_in,
    new_event_loop,
    stop_on_signal,
)
from cpo.settings import Settings, load_settings
from simulator.demo import Demo
from simulator.pages import PAGES

if TYPE_CHECKING:
    from cpo.dashboard.dashboard import Dashboard

gc.freeze()
gc.enable()

COMMANDS = {'password': run_password, 'replay': run_replay, 'verify': run_verify}
DIALECTS = (Ocpp16Dialect(),)
"""The OCPP versions a charger may speak, by the websocket subprotocol of each; the preferred one first."""


async def serve(
    settings: Settings,
    journal: Journal,
    server_socket: socket.socket,
    tls_socket: socket.socket | None,
    certificates: Certificates | None,
) -> None:
    """Serve until a signal arrives; before the charger's connection ends, its limits are left as the settings want."""
    house = House.build(settings, journal, DIALECTS, certificates=certificates)
    LogLevel(house.charge_point)
    demo = Demo(charger_url(settings, 'demo-charger') + house.charge_point.connections.demo_query)
    app = house.open_doors()
    pages = LatePages('cpo.dashboard.dashboard', partial(build_dashboard, house, demo))
    app.mount('/', pages)
    server = Server(app, house.arrivals(), house.charge_point.connections.record_attempt)
    if tls_socket is not None and certificates is not None:
        server.add_tls(tls_socket, certificates.context)
    stop_on_signal(server, demo.stop, house.leave)
    print(announcement(house.charge_point.settings), flush=True)
    if settings.demo:
        house.charge_point.connections.invite_demo(demo.start)
    chores = [asyncio.create_task(chore) for chore in house.chores()]
    let_the_event_loop_in()
    gc.freeze()  # all of this stays; searching it for garbage again and again would stop the event loop for 50 to 85 ms
    await server.serve([server_socket])
    for chore in chores:
        chore.cancel()
    await pages.close()


def build_dashboard(house: House, demo: Demo) -> Dashboard:
    """The pages, which need NiceGUI."""
    from cpo.dashboard.dashboard import Dashboard  # noqa: PLC0415 (a quarter of the start and of the memory)

    problem = house.mqtt.problem if house.mqtt else lambda: None
    parts = house.charge_point, house.solar_controller, house.people, demo.start
    return Dashboard(*parts, PAGES, house.certificates, problem, house.goals, house.transfers)


def main() -> int:
    """Run the program or a command of it; the exit status is 0 after Ctrl-C, 2 where it must not start."""
    configure_logging()
    try:
        if command := COMMANDS.get(''.join(sys.argv[1:2])):
            return command(sys.argv[2:])
        if sys.argv[1:2] == ['app-backup']:
            return run_app_backup(app_folder(os.environ))
        if sys.argv[1:2] == ['app']:
            os.environ |= app_environment(os.environ, app_folder(os.environ))
            take_restored(app_folder(os.environ))
            del sys.argv[1]
        settings = load_settings(sys.argv[1:])
        server_socket = listening_socket(settings)
        tls_socket = listening_socket(settings, settings.tls_port) if settings.tls_port else None
        journal = sound_journal(settings, server_socket, tls_socket, DIALECTS)
        certificates = Certificates.of(settings)
    except MustNotStart as error:
        print(error, file=sys.stderr)
        return 2
    if journal is None:  # a signal arrived before anybody said what to do about a damaged one
        return 0
    with contextlib.closing(journal), server_socket, asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(settings, journal, server_socket, tls_socket, certificates))
    gc.freeze()  # else Python's last search for garbage takes seconds after many pages
    return 0


if __name__ == '__main__':
    sys.exit(main())
