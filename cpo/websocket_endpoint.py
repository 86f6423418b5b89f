"""The websocket endpoint for chargers, `/ocpp/{chargeBoxId}` (OCPP-J 1.6 §3): handshake and receive loop."""

from __future__ import annotations

import asyncio
import contextlib
import html
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from time import perf_counter
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from cpo.charge_point import ChargePoint
from cpo.connection import Connection
from cpo.errors import ConnectionClosed
from cpo.state import AttemptVerdict

logger = logging.getLogger(__name__)

PATH = '/ocpp/'
MAX_FRAME_BYTES = 4 * 1024 * 1024
PROTOCOL_ERROR = 1002
MAX_TURN_S = 0.005


class NoPagePath(PathConvertor):
    """Matches every websocket path but NiceGUI's own, so that one that is no charger's is refused with advice."""

    regex = '(?!_nicegui_ws)(?s:.*)'


register_url_convertor('no_page', NoPagePath())


class WebSocketEndpoint:
    """Accepts or refuses chargers and passes their frames to the ChargePoint; `router` has its routes.

    Every attempt to connect is recorded with how it ended. A GET on a charger's path, as by a browser, is answered with
    an explanation of the address.
    """

    def __init__(self, charge_point: ChargePoint) -> None:
        self._charge_point = charge_point
        self.router = APIRouter()
        self.router.add_api_websocket_route(PATH + '{charge_box_id:path}', self._on_charger)
        self.router.add_api_websocket_route('/{path:no_page}', self._on_wrong_path)
        self.router.add_api_route(PATH + '{charge_box_id:path}', self._explain, include_in_schema=False)
        self.router.add_api_route('/ocpp', self._explain, include_in_schema=False)

    async def _on_charger(self, websocket: WebSocket, charge_box_id: str) -> None:
        """Some chargers put slashes of their own around their name (ZJ Beny)."""
        charge_box_id = self._charge_point.connections.identity(charge_box_id, websocket.url.query)
        if not charge_box_id:
            await self._on_wrong_path(websocket)
            return
        address = _address(websocket)
        if (refusal := self._charge_point.connections.refusal(charge_box_id)) is not None:
            await self._refuse(websocket, *refusal, charge_box_id)
            return
        offered: list[str] = websocket.scope.get('subprotocols') or []
        spoken = self._charge_point.connections.subprotocols
        chosen = next((name for name in spoken if name in offered), None)
        if offered and chosen is None:
            await self._refuse_protocol(websocket, offered)
            return
        await websocket.accept(subprotocol=chosen)
        connections = self._charge_point.connections
        connection = connections.connect(charge_box_id, address, _writer(websocket), _closer(websocket), chosen)
        verdict, fact = (AttemptVerdict.CONNECTED, '') if chosen else (AttemptVerdict.PROTOCOL_ASSUMED, spoken[0])
        said = connections.record_attempt(address, websocket.url.path, verdict, fact, charge_box_id)
        logger.log(logging.INFO if chosen else logging.WARNING, '%s: %s', address, said)
        try:
            await self._receive(websocket, connection)
        finally:
            self._charge_point.connections.disconnect(connection)
            logger.info('%s has gone', charge_box_id)

    async def _receive(self, websocket: WebSocket, connection: Connection) -> None:
        """Pass frames to the ChargePoint until the connection ends; no content of a frame ends it."""
        turn_began = perf_counter()
        while True:
            message = await websocket.receive()
            if message['type'] == 'websocket.disconnect':
                self._ended(connection, message.get('code'), message.get('reason'))
                return
            text, violations = _text_of(message)
            if text is None:
                self._charge_point.record_violation(f'{len(message["bytes"])} bytes', violations[0])
            else:
                try:
                    await self._charge_point.handle_ocpp_message(connection, text, violations)
                except ConnectionClosed:
                    return  # the charger hung up before its answer was sent
            # yield to the dashboard and the REST interface while a charger floods the connection
            if perf_counter() - turn_began > MAX_TURN_S:
                await asyncio.sleep(0)
                turn_began = perf_counter()

    def _ended(self, connection: Connection, code: int | None, reason: str | None) -> None:
        """The codes with which uvicorn ends a connection by itself are of RFC 6455 §7.4.1."""
        cuts = {1007: AttemptVerdict.NOT_UTF8, 1009: AttemptVerdict.FRAME_TOO_LARGE}
        if code in cuts:
            fact = str(MAX_FRAME_BYTES // 2**20) if cuts[code] is AttemptVerdict.FRAME_TOO_LARGE else ''
            path = PATH + connection.charge_box_id
            said = self._charge_point.connections.record_attempt(connection.address, path, cuts[code], fact)
            self._charge_point.record_violation(reason or '', said)

    async def _on_wrong_path(self, websocket: WebSocket) -> None:
        """`//ocpp/x` and `///x` are the right path, with slashes of the charger's own."""
        path = str(websocket.scope['path'])
        first, _, rest = path.strip('/').partition('/')
        charge_box_id = rest.strip('/') if first == PATH.strip('/') else '' if rest else first
        if path.startswith('//') and charge_box_id:
            await self._on_charger(websocket, charge_box_id)
            return
        name = path.strip('/').rpartition('/')[2]
        shown = name if name and name != 'ocpp' else '<name>'
        await self._refuse(websocket, AttemptVerdict.WRONG_PATH, _url(websocket, shown))

    async def _refuse(self, websocket: WebSocket, verdict: AttemptVerdict, fact: str, name: str = '') -> None:
        reason = self._refused(websocket, verdict, fact, name)
        await websocket.send_denial_response(PlainTextResponse(reason + '\n', HTTPStatus.NOT_FOUND))

    async def _refuse_protocol(self, websocket: WebSocket, offered: list[str]) -> None:
        """Complete the handshake without a subprotocol, then close (OCPP-J 1.6 §3.2)."""
        self._refused(websocket, AttemptVerdict.WRONG_PROTOCOL, ', '.join(offered))
        await websocket.accept()
        await websocket.close(
            PROTOCOL_ERROR, f'only {", ".join(self._charge_point.connections.subprotocols)} is spoken here'
        )

    def _refused(self, websocket: WebSocket, verdict: AttemptVerdict, fact: str, charge_box_id: str = '') -> str:
        """Record and log an attempt that is refused; returns why, in words."""
        address, path = _address(websocket), websocket.url.path
        reason = self._charge_point.connections.record_attempt(address, path, verdict, fact, charge_box_id)
        logger.warning('%s asked for %s: %s', address, path, reason)
        return reason

    async def _explain(self, request: Request) -> HTMLResponse:
        name = request.url.path.strip('/').partition('/')[2] or '<name>'
        if 'sec-websocket-key' in request.headers:  # some firmware of Autel forgets one (evcc, CHARGERS)
            address = request.client.host if request.client else 'somebody'
            verdict = AttemptVerdict.BROKEN_HANDSHAKE
            self._charge_point.connections.record_attempt(address, request.url.path, verdict)
        url = html.escape(f'ws://{request.url.netloc}{PATH}{name}')
        page = (
            '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
            '<title>For chargers</title><body style="font: 1rem sans-serif; margin: 2rem; max-width: 40rem">'
            '<h1>This address is for chargers</h1>'
            f'<p>Type it into the OCPP settings of the wallbox: <code>{url}</code> (OCPP 1.6 JSON). '
            '&lt;name&gt; is any name you choose.</p><p>People find the dashboard at <a href="/">/</a>.</p>'
        )
        return HTMLResponse(page, HTTPStatus.UPGRADE_REQUIRED, {'Upgrade': 'websocket', 'Connection': 'Upgrade'})


def _text_of(message: Mapping[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """The text of a frame and what is wrong with it; None for bytes that are no JSON array."""
    if message.get('text') is not None:
        return message['text'], ()
    text = message['bytes'].decode('utf-8', 'replace')
    if text.lstrip('\ufeff \t\r\n').startswith('['):
        return text, ('A binary frame; OCPP-J is text. It was read.',)
    return None, ('A binary frame; OCPP-J is text. It was ignored.',)


def _writer(websocket: WebSocket) -> Callable[[str], Awaitable[None]]:
    async def send_text(text: str) -> None:
        try:
            await websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError):  # RuntimeError: closed from this side
            raise ConnectionClosed(was_sent=False) from None

    return send_text


def _closer(websocket: WebSocket) -> Callable[[int, str], Awaitable[None]]:
    async def close(code: int, reason: str) -> None:
        if websocket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError):  # closed by the charger meanwhile
                await websocket.close(code, reason)

    return close


def _address(websocket: WebSocket) -> str:
    return websocket.client.host if websocket.client else 'somebody'


def _url(websocket: WebSocket, name: str) -> str:
    return f'ws://{websocket.url.netloc}{PATH}{name}'
