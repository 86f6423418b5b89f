"""Starts the program: settings → journal → ChargePoint → doors (charger, REST, dashboard) → server."""

from __future__ import annotations

import signal
import sys

if __name__ == '__main__':  # the imports take a second or two, and Ctrl-C ends them as quietly as the rest
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))

import asyncio
import contextlib
import gc
import socket
from datetime import timedelta
from typing import NamedTuple

from fastapi import FastAPI

from cpo.access import FOREIGN_HOST, Arrivals, Gate, Refusal
from cpo.addresses import announcement, charger_url, listening_socket, names_of_this_machine
from cpo.charge_point import ChargePoint
from cpo.clock import COMPUTER, Clock, Timekeeper
from cpo.controllers import HOLD_S, ClockWatch, FreeCharging, SolarController
from cpo.dashboard import Dashboard
from cpo.errors import MustNotStart
from cpo.journal import Journal, keep_small
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.rest_api import RestApi, create_app
from cpo.serving import Server, at_most, believe_proxies, configure_logging, new_event_loop, stop_on_signal
from cpo.settings import DEMO_CHARGE_BOX_ID, Settings, load_settings
from cpo.state import AttemptVerdict
from cpo.websocket_endpoint import WebSocketEndpoint
from simulator.demo import Demo
from simulator.pages import PAGES

DIALECTS = (Ocpp16Dialect(),)
"""The OCPP versions a charger may speak, by the websocket subprotocol of each; the preferred one first."""
LEAVE_S = 0.6


class House(NamedTuple):
    """The ChargePoint and its solar controller: what the doors show and command."""

    charge_point: ChargePoint
    solar_controller: SolarController


def build(settings: Settings, journal: Journal, clock: Clock = COMPUTER, solar_hold_s: float = HOLD_S) -> House:
    """The ChargePoint with the state of the journal, and its controllers; needs a running event loop.

    `solar_hold_s` is how long the sun has to be enough, in s, before it raises a limit.
    """
    timekeeper = Timekeeper(clock, journal.newest_arrival)
    charge_point = ChargePoint(settings, DIALECTS, journal, timekeeper.now)
    ClockWatch(charge_point, timekeeper)
    FreeCharging(charge_point)
    return House(charge_point, SolarController(charge_point, timekeeper.now, solar_hold_s))


def open_doors(house: House) -> FastAPI:
    """The application with every door but the dashboard, of which NiceGUI allows one per process, behind the gate."""
    charge_point, solar_controller = house
    settings, connections = charge_point.settings, charge_point.connections
    app = create_app()
    RestApi(charge_point, solar_controller, [lambda: charge_point.journal.problem]).install(app)
    app.include_router(WebSocketEndpoint(charge_point).router)
    believe_proxies(app, settings.trusted_proxies)

    def record_refusal(address: str, path: str, refusal: Refusal) -> None:
        verdict = AttemptVerdict.FOREIGN_HOST if refusal.error == FOREIGN_HOST else AttemptVerdict.FOREIGN_PAGE
        connections.record_attempt(address, path, verdict, refusal.fact)

    app.add_middleware(Gate, settings, names_of_this_machine(), record_refusal)
    return app


def arrivals_of(house: House) -> Arrivals:
    """Who may wait at the doors: there is always room for the charger that was here last."""
    charge_point = house.charge_point
    return Arrivals(charge_point.settings.trusted_proxies, lambda: charge_point.state.address)


async def serve(settings: Settings, journal: Journal, server_socket: socket.socket) -> None:
    """Serve until a signal arrives; before the charger's connection ends, its limits are left as the settings want."""
    charge_point, solar_controller = house = build(settings, journal)
    demo = Demo(charger_url(settings, DEMO_CHARGE_BOX_ID))
    app = open_doors(house)
    Dashboard(charge_point, solar_controller, demo.start, PAGES).install(app)

    async def say_goodbye() -> None:
        await at_most(LEAVE_S, charge_point.leave())
        await demo.stop()
        await charge_point.connections.close(1001, 'the server stops')

    server = Server(app, arrivals_of(house))
    stop_on_signal(server, say_goodbye)
    thinning = asyncio.create_task(keep_small(journal, timedelta(days=settings.keep_samples_days)))
    print(announcement(settings), flush=True)
    if settings.demo:
        charge_point.connections.invite_demo(demo.start)
    await server.serve([server_socket])
    thinning.cancel()


def main() -> int:
    """Run the program; the exit status is 0 after Ctrl-C, 2 where it must not start."""
    configure_logging()
    try:
        settings = load_settings(sys.argv[1:])
        server_socket = listening_socket(settings)
        journal = Journal(None if settings.memory else settings.data_dir)
    except MustNotStart as error:
        print(error, file=sys.stderr)
        return 2
    with contextlib.closing(journal), server_socket, asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(settings, journal, server_socket))
    gc.freeze()  # else Python's last search for garbage takes seconds after many pages
    return 0


if __name__ == '__main__':
    sys.exit(main())
