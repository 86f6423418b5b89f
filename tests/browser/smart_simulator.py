"""Helpers for tests of the simulator that acts by itself: its page, its log, and a central system for the test."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any
from urllib.parse import urlencode

import httpx
from playwright.async_api import Locator, Page, expect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.program import CHECKOUT, Program
from tests.scripted_charger import CALL, CALL_RESULT, TIMESTAMP, schema

PAGE = 'better_simulator.html'
FILE = (CHECKOUT / 'simulator' / PAGE).as_uri()
WITHIN = 20_000
ACCEPTED, REJECTED = {'status': 'Accepted'}, {'status': 'Rejected'}


def served(program: Program) -> str:
    return f'{program.http}/simulator/{PAGE}?cp=STATION1'


def as_file(program: Program) -> str:
    return f'{FILE}?{urlencode({"url": program.ocpp("STATION1"), "tag": "Tag1"})}'


def part(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


async def say(page: Page, name: str, text: str | re.Pattern[str]) -> None:
    await expect(part(page, name)).to_have_text(text, timeout=WITHIN)


async def connect(page: Page, meter_interval_s: int = 2) -> None:
    await part(page, 'connect').click()
    await say(page, 'link', 'Connected')
    for connector_id in (0, 1, 2):
        await say(page, f'status-{connector_id}', 'Available')
    await fill(page, 'meter-interval', str(meter_interval_s))


async def fill(page: Page, name: str, value: str) -> None:
    await part(page, name).fill(value)
    await part(page, name).blur()


async def draws(page: Page, offered: str, drawn: str) -> None:
    await say(page, 'offered-1', f'{offered} A')
    await say(page, 'drawn-1', f'{drawn} A')


def judge(frame: Any, action: str) -> None:
    """Validate a Call or CallResult of the page by the schema of its Action."""
    assert frame[0] in (CALL, CALL_RESULT), frame
    if frame[0] == CALL:
        schema(action).validate(frame[3])
    else:
        schema(f'{action}Response').validate(frame[2])


async def messages(rest: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The program's message log, oldest first, after validating every frame of the page by the schemas."""
    items: list[dict[str, Any]] = (await rest.get('/api/messages?limit=500')).json()['items']
    for item in items:
        text = item['frame'] if item['direction'] == 'in' else item['answer']
        assert item['violations'] == [], item
        if text is not None:
            judge(json.loads(text, parse_float=Decimal), item['action'])
    return items[::-1]


def actions(items: list[dict[str, Any]]) -> list[str]:
    return [item['action'] for item in items if item['direction'] == 'in']


async def until(rest: httpx.AsyncClient, holds: Callable[[list[dict[str, Any]]], bool]) -> None:
    """Poll the program's log until the condition holds for the page's Calls."""
    async with asyncio.timeout(20):
        while True:
            if holds([item for item in await messages(rest) if item['direction'] == 'in']):
                return
            await asyncio.sleep(0.1)


async def sent(rest: httpx.AsyncClient, action: str, has: Callable[[dict[str, Any]], bool]) -> None:
    """Wait until the page has sent a Call with this Action and these members."""
    await until(rest, lambda calls: any(c['action'] == action and has(json.loads(c['frame'])[3]) for c in calls))


async def more_of(rest: httpx.AsyncClient, action: str, times: int, before: int) -> None:
    """Wait until the page has sent this many more Calls of an Action than before."""
    await until(rest, lambda calls: actions(calls).count(action) >= before + times)


async def command(rest: httpx.AsyncClient, action: str, payload: dict[str, Any]) -> dict[str, Any]:
    answer = await rest.post(f'/api/chargepoint/commands/{action}', json=payload)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()['response']
    return document


def profile(profile_id: int, purpose: str, limit: float, unit: str = 'A', level: int = 0) -> dict[str, Any]:
    """A Relative ChargingProfile with one period."""
    schedule = {
        'chargingRateUnit': unit,
        'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': limit, 'numberPhases': 1}],
    }
    return {
        'chargingProfileId': profile_id,
        'stackLevel': level,
        'chargingProfilePurpose': purpose,
        'chargingProfileKind': 'Relative',
        'chargingSchedule': schedule,
    }


ANSWERS: dict[str, dict[str, Any]] = {
    'BootNotification': {'status': 'Accepted', 'currentTime': TIMESTAMP, 'interval': 300},
    'Authorize': {'idTagInfo': ACCEPTED},
    'StartTransaction': {'transactionId': 42, 'idTagInfo': ACCEPTED},
    'Heartbeat': {'currentTime': TIMESTAMP},
    'DataTransfer': {'status': 'UnknownVendorId'},
}


@dataclass
class CentralSystem:
    """A central system with all of OCPP 1.6 and its security extension; it records Calls and validates every frame."""

    url: str = ''
    calls: list[tuple[str, Any]] = field(default_factory=list)
    refused: dict[str, dict[str, Any]] = field(default_factory=dict)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _websocket: ServerConnection | None = None
    _waiting: dict[str, tuple[str, asyncio.Future[Any]]] = field(default_factory=dict)
    _ids: count[int] = field(default_factory=count)
    complaints: list[str] = field(default_factory=list)

    async def serve(self, websocket: ServerConnection) -> None:
        self._websocket = websocket
        async for text in websocket:
            try:
                await self._receive(json.loads(text, parse_float=Decimal))
            except ConnectionClosed:
                return  # the test ended before the answer was sent
            except Exception as error:  # any error is raised in the test
                self.complaints.append(f'{text!r}: {error}')

    async def _receive(self, frame: Any) -> None:
        if frame[0] == CALL:
            judge(frame, frame[2])
            answer = self.refused.pop(frame[2], None) or ANSWERS.get(frame[2], {})
            await self._send([CALL_RESULT, frame[1], answer])
            async with self._changed:
                self.calls.append((frame[2], frame[3]))
                self._changed.notify_all()
            return
        action, future = self._waiting.pop(frame[1])
        if frame[0] == CALL_RESULT:
            judge(frame, action)
        future.set_result(frame[2])

    async def _send(self, frame: list[Any]) -> None:
        assert self._websocket is not None
        await self._websocket.send(json.dumps(frame))

    async def call(self, action: str, payload: dict[str, Any]) -> Any:
        """Send a Call; returns the answer's payload, or the code of a CallError."""
        message_id = f's{next(self._ids)}'
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[message_id] = (action, future)
        await self._send([CALL, message_id, action, payload])
        return await asyncio.wait_for(future, 10)

    async def send(self, text: str) -> None:
        """Send a frame as it is."""
        assert self._websocket is not None
        await self._websocket.send(text)

    async def got(self, action: str, times: int = 1) -> Any:
        """Wait until this many Calls of an Action were received; returns the last one's payload."""
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(lambda: len(self.payloads(action)) >= times)
        return self.payloads(action)[-1]

    def payloads(self, action: str) -> list[Any]:
        return [payload for name, payload in self.calls if name == action]


@asynccontextmanager
async def central_system() -> AsyncIterator[CentralSystem]:
    central = CentralSystem()
    async with serve(central.serve, '127.0.0.1', 0, subprotocols=[Subprotocol('ocpp1.6')]) as server:
        central.url = f'ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ocpp'
        yield central
    assert central.complaints == []


def at(central: CentralSystem) -> str:
    return f'{FILE}?{urlencode({"url": central.url, "cp": "Box 1"})}'
