"""The doors of the program on a real port, for the tests that need no page."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from hypothesis import settings as hypothesis_settings
from starlette.types import ASGIApp

import cpo.house
from cpo.access import Arrivals, Passwords, People
from cpo.certificates import Certificates
from cpo.charge_point import ChargePoint
from cpo.clock import COMPUTER, Clock
from cpo.controllers import GoalKeeper, SolarController
from cpo.journal import Journal
from cpo.limits import pacing
from cpo.prices import Prices
from cpo.serving import Server
from cpo.serving.unserved import RecordAttempt
from cpo.settings import Settings
from cpo.statement import Ledger
from cpo.upkeep import CardListKeeper, FileTransfers, KeyBook
from main import DIALECTS
from tests import read_once, ready_tables
from tests.examples import JUDGED, examples
from tests.judge import Judge, Judged

hypothesis_settings.register_profile('home-cpo', derandomize=JUDGED, deadline=None, max_examples=examples(100))
hypothesis_settings.load_profile('home-cpo')

read_once.install()
ready_tables.install()

pytest_plugins = ['tests.turns', 'tests.lanes', 'tests.forked_workers']


@dataclass(frozen=True)
class House:
    """A running ChargePoint with its websocket endpoint and REST interface."""

    charge_point: ChargePoint
    solar_controller: SolarController
    people: People
    goals: GoalKeeper
    ledger: Ledger
    transfers: FileTransfers
    keys: KeyBook
    card_list: CardListKeeper
    port: int
    tls_port: int = 0
    certificates: Certificates | None = None
    judge: Judge = field(default_factory=Judge)

    @property
    def prices(self) -> Prices:
        """What a kWh costs and earns."""
        return self.goals.planning.prices

    @property
    def parts(self) -> tuple[SolarController, People, GoalKeeper, Ledger, FileTransfers, KeyBook, CardListKeeper]:
        """What a door shows and commands beside the ChargePoint, in the order of RestApi."""
        return self.solar_controller, self.people, self.goals, self.ledger, self.transfers, self.keys, self.card_list

    @property
    def http(self) -> str:
        """Where REST is, without a path."""
        return f'http://127.0.0.1:{self.port}'

    def ocpp(self, charge_box_id: str = 'CP1') -> str:
        """The websocket URL of a charger."""
        return f'ws://127.0.0.1:{self.port}/ocpp/{charge_box_id}'

    @property
    def demo(self) -> str:
        """The websocket URL of the demo charger."""
        return self.ocpp('demo-charger') + self.charge_point.connections.demo_query

    async def until(self, condition: Callable[[], bool], timeout_s: float = 10) -> None:
        """Wait until a condition on the state holds; looked at after every change."""
        changed = asyncio.Event()
        unsubscribe = self.charge_point.subscribe(changed.set)
        try:
            async with asyncio.timeout(timeout_s):
                while not condition():
                    changed.clear()
                    await changed.wait()
        finally:
            unsubscribe()


MakeHouse = Callable[..., Awaitable[House]]


def cheap_passwords() -> Passwords:
    """Hashes passwords in a moment; the program's own parameters take a tenth of a second on purpose."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class _Server(Server):
    """Ends as soon as it can, once `end` is set; uvicorn itself looks every 0.1 s, three times."""

    def __init__(self, app: ASGIApp, arrivals: Arrivals, record_attempt: RecordAttempt) -> None:
        super().__init__(app, arrivals, record_attempt)
        self.end = asyncio.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in [*self.server_state.connections]:
            connection.shutdown()
        async with asyncio.timeout(10):
            while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 (there is no event)
                await asyncio.sleep(0.001)
        await self.lifespan.shutdown()


@pytest.fixture
async def make_house() -> AsyncIterator[MakeHouse]:
    """Start a house with these settings; without start-up requests, and for chargers of any id, unless asked for.

    A test whose house sent a frame that the schemas of OCPP do not allow fails.
    """
    judge = Judge()
    running: list[tuple[_Server, asyncio.Task[None], Journal]] = []

    async def make(
        solar_hold_s: float = 10,
        folder: Path | None = None,
        pragmas: Mapping[str, int] | None = None,
        clock: Clock = COMPUTER,
        silent_after_s: float = 30,
        flood_s: float = 10,
        tls_folder: Path | None = None,
        **settings: Any,
    ) -> House:
        journal = Journal(folder, pragmas)
        tls_socket = socket.create_server(('127.0.0.1', 0)) if tls_folder else None
        if tls_socket is not None:
            settings['tls_port'] = tls_socket.getsockname()[1]
        certificates = None if tls_folder is None else Certificates(tls_folder, lambda: ('localhost', '127.0.0.1'))
        chosen = Settings(**{'startup_requests': False, 'adopt': 'any', **settings})
        built = cpo.house.House.build(chosen, journal, DIALECTS, clock, solar_hold_s, cheap_passwords(), certificates)
        server_socket = socket.create_server(('127.0.0.1', 0))
        server_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connections = built.charge_point.connections
        server = _Server(
            Judged(built.open_doors(silent_after_s, flood_s), judge), built.arrivals(), connections.record_attempt
        )
        if tls_socket is not None and certificates is not None:
            server.add_tls(tls_socket, certificates.context)
        task = asyncio.create_task(server.serve([server_socket]))
        running.append((server, task, journal))
        while not server.started:  # noqa: ASYNC110 (uvicorn only has the flag)
            await asyncio.sleep(0.01)
        port, tls_port = server_socket.getsockname()[1], settings.get('tls_port', 0)
        parts = built.solar_controller, built.people, built.goals, built.ledger, built.transfers, built.keys
        return House(built.charge_point, *parts, built.card_list, port, tls_port, certificates, judge)

    yield make
    for server, task, journal in running:
        server.end.set()
        await task
        journal.close()
    assert judge.faults == []


@pytest.fixture
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A charger that has connected gets its first limit at once; the program waits 5 s for what it has to report."""
    monkeypatch.setattr(pacing, 'SETTLED_AFTER', timedelta(seconds=0.1))


@pytest.fixture
async def house(make_house: MakeHouse) -> House:
    """A house with default settings."""
    return await make_house()


@pytest.fixture
async def rest(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to the REST interface of the house; paths are enough as URLs."""
    async with httpx.AsyncClient(verify=False, base_url=house.http) as client:  # certificates take 26 ms to load
        yield client
