"""Helpers for tests of the manual simulator: its page, its fields, and a central system under the test's control."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import httpx
from playwright.async_api import Locator, Page, expect
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from tests.program import CHECKOUT, Program
from tests.scripted_charger import CALL, CALL_ERROR, CALL_RESULT, schema

PAGE = 'simulator_1.6.html'
FILE = (CHECKOUT / 'simulator' / PAGE).as_uri()
WITHIN = 20_000
URL = "URL, with the charger's name at the end"
CONNECTOR = 'Connector id (0 is the whole charger)'


def served(program: Program) -> str:
    """The URL at which the program serves the simulator."""
    return f'{program.http}/simulator/{PAGE}?tag=Tag1'


def as_file(program: Program) -> str:
    """The file URL of the simulator, with the program as its address."""
    return f'{FILE}?{urlencode({"url": program.ocpp("STATION1")})}'


Place = Callable[[Program], str]


def button(page: Page, name: str) -> Locator:
    """The button with this name."""
    return page.get_by_role('button', name=name, exact=True)


def field(page: Page, name: str) -> Locator:
    """The field with this accessible name."""
    text, number, choice = [page.get_by_role(r, name=name, exact=True) for r in ('textbox', 'spinbutton', 'combobox')]
    return text.or_(number).or_(choice)


def logged(page: Page, text: str | re.Pattern[str]) -> Locator:
    """The entries of the page's log with this text, newest first."""
    return page.locator('#log li').filter(has_text=text)


async def connect(page: Page) -> None:
    """Press Connect and wait until the simulator is connected."""
    await button(page, 'Connect').click()
    await expect(page.get_by_role('status')).to_have_text('Connected', timeout=WITHIN)


async def press(page: Page, name: str) -> None:
    """Press the button of a message and wait for its answer."""
    action = name.replace(' ', '')
    answers = logged(page, f'{action}: answer')
    before = await answers.count()
    await button(page, name).click()
    await expect(answers).to_have_count(before + 1, timeout=WITHIN)


async def open_all(page: Page) -> None:
    """Open all collapsed sections."""
    for name in ('Answers to the server', 'More messages', 'Send something broken'):
        await page.get_by_text(name, exact=True).click()


async def messages(rest: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The program's message log, oldest first."""
    items: list[dict[str, Any]] = (await rest.get('/api/messages?limit=500')).json()['items']
    return items[::-1]


async def assert_all_is_valid(rest: httpx.AsyncClient) -> list[str]:
    """No frame of the simulator breaks a schema or a rule of the server; returns the Actions it sent."""
    actions = []
    for item in await messages(rest):
        assert item['violations'] == []
        if item['direction'] == 'in':
            kind, _, action, payload = json.loads(item['frame'], parse_float=Decimal)
            assert kind == CALL
            schema(action).validate(payload)
            assert str(payload.get('timestamp', 'Z')).endswith('Z')
            actions.append(action)
        elif item['answer'] is not None:
            kind, _, *members = json.loads(item['answer'], parse_float=Decimal)
            assert kind == CALL_RESULT
            schema(f'{item["action"]}Response').validate(members[0])
    return actions


class CentralSystem:
    """A central system that sends Calls for a test and validates the answers by their schemas."""

    def __init__(self) -> None:
        self.url = ''
        self.connections: list[ServerConnection] = []

    @property
    def page_url(self) -> str:
        """The file URL of the simulator, with this central system as its address."""
        return f'{FILE}?{urlencode({"url": self.url})}'

    async def on_charger(self, connection: ServerConnection) -> None:
        """Accept a charger's connection, from which only the test reads."""
        self.connections.append(connection)
        await connection.wait_closed()

    async def ask(self, action: str, payload: dict[str, Any]) -> Any:
        """Send a Call; returns the CallResult's payload, or the code of the CallError."""
        connection = self.connections[-1]
        await connection.send(json.dumps([CALL, f'id of {action}', action, payload]))
        kind, message_id, *members = json.loads(await connection.recv(), parse_float=Decimal)
        assert message_id == f'id of {action}'
        if kind == CALL_RESULT:
            schema(f'{action}Response').validate(members[0])
        else:
            assert kind == CALL_ERROR
            assert len(members) == 3
        return members[0]


@asynccontextmanager
async def central_system() -> AsyncIterator[CentralSystem]:
    central = CentralSystem()
    protocol = Subprotocol('ocpp1.6')
    async with serve(central.on_charger, '127.0.0.1', 0, subprotocols=[protocol]) as server:
        central.url = f'ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/ocpp/STATION1'
        yield central
