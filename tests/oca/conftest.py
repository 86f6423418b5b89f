"""A charge point and an operator for the cases by which the Open Charge Alliance certifies a central system.

Each test is one case in our words. The charge point's half is played over a real websocket: by our simulator where the
case is a session, by a script of frames and by a charger of the PyPI package `ocpp` where it has to answer as the case
wants. The operator's half is REST. Whatever the program sends, the JSON schemas judge (`tests/judge.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from simulator import Charger
from tests.conftest import House
from tests.examples import JUDGED
from tests.oca.pypi_player import PypiPlayer
from tests.scripted_charger import ScriptedCharger

COMMANDS = '/api/chargepoint/commands/'


class Operator:
    """Sends requests to the charge point by REST, as a person would."""

    def __init__(self, house: House, rest: httpx.AsyncClient, charger: ScriptedCharger) -> None:
        """A house with its REST interface, and the charge point that is connected to it."""
        self.house = house
        self.rest = rest
        self.charger = charger

    async def sends(self, action: str, payload: dict[str, Any], answer: dict[str, Any]) -> Any:
        """A request reaches the charge point as it was given; what the operator reads is the charger's `answer`."""
        sent = asyncio.create_task(self.rest.post(COMMANDS + action, json=payload))
        message_id, received = await self.charger.receive_call(action)
        assert received == payload
        await self.charger.answer(message_id, answer)
        read = await sent
        assert (read.status_code, read.json()['response']) == (200, answer)
        return read.json()

    async def commands(self, action: str, **payload: Any) -> Any:
        """What the operator reads after a request to a charge point that answers by itself."""
        sent = await self.rest.post(COMMANDS + action, json=payload)
        assert sent.status_code == 200, sent.text
        return sent.json()['response']

    async def document(self) -> dict[str, Any]:
        """What REST says about the charge point."""
        document: dict[str, Any] = (await self.rest.get('/api/chargepoint')).json()
        return document

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """The details of the events of this kind, newest first."""
        items = (await self.rest.get('/api/history', params={'kind': kind})).json()['items']
        return [item['details'] for item in items]


PLAYERS = {'script': ScriptedCharger, 'pypi': PypiPlayer}
TODAYS = [*PLAYERS] if JUDGED else [[*PLAYERS][datetime.now(UTC).toordinal() % len(PLAYERS)]]
"""At a desk one of them plays, the other the next day."""


@pytest.fixture(params=TODAYS)
async def charger(house: House, request: pytest.FixtureRequest) -> AsyncIterator[ScriptedCharger]:
    """A charge point that has booted; each case is played by both, where a change is judged."""
    async with PLAYERS[request.param](house.ocpp()) as connected:
        await connected.boot()
        yield connected


@pytest.fixture
async def operator(house: House, rest: httpx.AsyncClient, charger: ScriptedCharger) -> Operator:
    """The operator of that charge point."""
    return Operator(house, rest, charger)


@pytest.fixture
async def simulator(house: House) -> AsyncIterator[Charger]:
    """Our simulated charger, fifty times as fast as a real one."""
    async with Charger(house.ocpp(), speed=50) as connected:
        yield connected
