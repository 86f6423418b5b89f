"""A charge point and an operator for the cases by which the Open Charge Alliance certifies a central system.

Each test is one case in our words: the charge point's half is a script of frames over a real websocket, whose answers
the schemas judge, the operator's half is REST. Where it can play a case, a charger of the PyPI package `ocpp` does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.conftest import House
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

    async def document(self) -> dict[str, Any]:
        """What REST says about the charge point."""
        document: dict[str, Any] = (await self.rest.get('/api/chargepoint')).json()
        return document

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """The details of the events of this kind, newest first."""
        items = (await self.rest.get('/api/history', params={'kind': kind})).json()['items']
        return [item['details'] for item in items]


@pytest.fixture
async def charger(house: House) -> AsyncIterator[ScriptedCharger]:
    """A charge point that has booted."""
    async with ScriptedCharger(house.ocpp()) as connected:
        await connected.boot()
        yield connected


@pytest.fixture
async def operator(house: House, rest: httpx.AsyncClient, charger: ScriptedCharger) -> Operator:
    """The operator of that charge point."""
    return Operator(house, rest, charger)
