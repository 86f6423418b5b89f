"""The websocket endpoint for chargers, `/ocpp/{chargeBoxId}` (OCPP-J 1.6 §3): handshake and receive loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial
from http import HTTPStatus
from time import monotonic, perf_counter

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.websockets import WebSocket, WebSocketState

from cpo.access import MAX_IN_WINDOW, Handshakes, prefix_of
from cpo.charge_point import ChargePoint
from cpo.charger_websocket import CERTIFICATE, AtOnce, answer_at_once, closer_of, ping_of, text_of, writer_of
from cpo.connection import MAX_TURN_S, Connection, Proof, Shown, Unproven, denial_of, subject_of
from cpo.errors import ConnectionClosed
from cpo.host_names import is_loopback, shown_address
from cpo.sentences import shortened
from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state import AttemptVerdict, SecurityProfile

logger = logging.getLogger(__name__)

PATH = '/ocpp/'
MAX_FRAME_BYTES = 4 * 1024 * 1024
PROTOCOL_ERROR, POLICY_VIOLATION = 1002, 1008
IN_ORDER = (1000, 1001)
"""Close codes of a connection that was ended in order (RFC 6455 §7.4.1)."""
CUTS = {1007: AttemptVerdict.NOT_UTF8, 1009: AttemptVerdict.FRAME_TOO_LARGE}
"""Close codes of our server for what it cannot read; an answer that can no longer be sent may come before them."""
SILENT_AFTER_S = 30.0
FLOOD_S = 10.0
MANY_A_SECOND = 100
AT_ONCE_S = 5.0
NEW_HERE = (AttemptVerdict.NOT_ADOPTED, AttemptVerdict.WAITS)
NO_PROOF = Proof(SecurityProfile.NONE)


class NoPagePath(PathConvertor):
    """Matches every websocket path but NiceGUI's own, so that one that is no charger's is refused with advice."""

    regex = '(?!_nicegui_ws)(?s:.*)'


register_url_convertor('no_page', NoPagePath())


class WebSocketEndpoint:
    """Accepts or refuses chargers and passes their frames to the ChargePoint; `router` has its routes.

    Every attempt to connect is recorded with how it ended.
    """

    def __init__(
        self, charge_point: ChargePoint, silent_after_s: float = SILENT_AFTER_S, flood_s: float = FLOOD_S
    ) -> None:
        """A connected charger that sends no frame for `silent_after_s` is recorded as silent.

        One that sends more than 100 a second for `flood_s` is recorded as one that floods.
        """
        self._charge_point = charge_point
        self._silent_after_s = silent_after_s
        self._flood_s = flood_s
        self._handshakes = Handshakes()
        self.router = APIRouter()
        self.router.add_api_websocket_route(PATH + '{charge_box_id:path}', self._on_charger)
        self.router.add_api_websocket_route('/{path:no_page}', self._on_wrong_path)

    async def _on_charger(self, websocket: WebSocket, charge_box_id: str) -> None:
        """Some chargers put slashes of their own around their name (ZJ Beny)."""
        charge_box_id = self._charge_point.connections.identity(charge_box_id, websocket.url.query)
        if not charge_box_id:
            await self._on_wrong_path(websocket)
            return
        connections = self._charge_point.connections
        if not connections.adoption.is_adopted(charge_box_id) and await self._is_one_too_many(websocket):
            return
        refusal = connections.refusal(charge_box_id)
        may_wait = refusal is not None and refusal[0] is AttemptVerdict.NOT_ADOPTED and connections.waiting_room.is_open
        if refusal is not None and not may_wait:
            await self._refuse(websocket, *refusal, charge_box_id)
            return
        try:
            proof = NO_PROOF if may_wait else await self._proof(websocket, charge_box_id)
        except Unproven as why:
            if not await self._is_one_too_many(websocket):
                await self._refuse(websocket, why.verdict, why.fact, charge_box_id)
            return
        offered: list[str] = websocket.scope.get('subprotocols') or []
        chosen = next((name for name in connections.subprotocols if name in offered), None)
        if offered and chosen is None:
            await self._refuse_protocol(websocket, offered)
            return
        await websocket.accept(subprotocol=chosen)
        if may_wait:
            await self._let_wait(websocket, charge_box_id, chosen)
        else:
            await self._serve(websocket, charge_box_id, chosen, proof)

    async def _proof(self, websocket: WebSocket, charge_box_id: str) -> Proof:
        """How the charger proves who it is; the demo charger knows its key. Raises Unproven."""
        if charge_box_id == DEMO_CHARGE_BOX_ID:
            return NO_PROOF
        authorization, is_tls = websocket.headers.get('authorization'), websocket.url.scheme == 'wss'
        certificate = websocket.scope.get('extensions', {}).get(CERTIFICATE, {}).get('certificate')
        address = shown_address(websocket.client)
        shown = Shown(charge_box_id, address, authorization, is_tls, subject_of(certificate))
        return await self._charge_point.connections.credentials.prove(shown)

    async def _is_one_too_many(self, websocket: WebSocket) -> bool:
        """Refuse the handshake of an address that makes too many, and record the first of them in a minute."""
        address = shown_address(websocket.client)
        if (refused := self._handshakes.count(address)) is None:
            return False
        if refused.is_first:
            self._refused(websocket, AttemptVerdict.TOO_MANY_HANDSHAKES, str(MAX_IN_WINDOW))
        retry = {'Retry-After': str(refused.retry_after_s)}
        reason = f'Try again in {refused.retry_after_s} s.\n'
        await websocket.send_denial_response(PlainTextResponse(reason, HTTPStatus.TOO_MANY_REQUESTS, retry))
        return True

    async def _let_wait(self, websocket: WebSocket, charge_box_id: str, chosen: str | None) -> None:
        """Answer a charger that nobody has adopted, until it hangs up or is adopted."""
        self._refused(websocket, AttemptVerdict.WAITS, '', charge_box_id)
        write = writer_of(websocket)
        room = self._charge_point.connections.waiting_room
        with room.seat(charge_box_id, chosen, closer_of(websocket)) as charger:
            while (message := await websocket.receive())['type'] != 'websocket.disconnect':
                text, _ = text_of(message)
                answer = None if text is None else charger.answer(text, self._charge_point.now())
                if answer is not None:
                    with contextlib.suppress(ConnectionClosed):
                        await write(answer)

    async def _serve(self, websocket: WebSocket, charge_box_id: str, chosen: str | None, proof: Proof) -> None:
        """Register an accepted connection and receive its frames until it ends; most are answered as they arrive."""
        connections, ping = self._charge_point.connections, ping_of(websocket)
        address = shown_address(websocket.client)
        if (refusal := await connections.refusal_of_rival(charge_box_id, address, ping)) is not None:
            self._refused(websocket, *refusal, charge_box_id)
            await websocket.close(POLICY_VIOLATION, 'another device with this name is connected')
            return
        connection = connections.connect(
            charge_box_id, address, writer_of(websocket), closer_of(websocket), chosen, ping
        )
        connection.dialled = _url(websocket, charge_box_id)
        connections.credentials.proved(charge_box_id, proof, connection.dialect)
        assumed = (AttemptVerdict.PROTOCOL_ASSUMED, connections.subprotocols[0])
        inbox = self._charge_point.inbox
        answer_at_once(websocket, AtOnce(partial(inbox.answer_at_once, connection), inbox.end_turn))
        said = self._record(connection, *(assumed if chosen is None else (AttemptVerdict.CONNECTED, '')))
        logger.log(logging.INFO if chosen else logging.WARNING, '%s: %s', address, said)
        connection.in_background(self._note_silence(connection))
        connection.in_background(self._note_flood(connection))
        began = monotonic()
        try:
            code, reason = await self._receive(websocket, connection)
            was_closed_here = websocket.application_state is not WebSocketState.CONNECTED and code not in CUTS
            if connection is connections.current and not was_closed_here:
                self._ended(connection, code, reason, monotonic() - began)
        finally:
            connections.disconnect(connection)
            logger.info('%s has gone', shortened(charge_box_id))

    async def _note_silence(self, connection: Connection) -> None:
        await asyncio.sleep(self._silent_after_s)
        if not connection.frames:
            self._record(connection, AttemptVerdict.SILENT, f'{self._silent_after_s:g}')

    async def _note_flood(self, connection: Connection) -> None:
        """Too many messages are no reason to close: they are read more slowly, except those from this machine."""
        before = -1
        while connection.frames - before <= MANY_A_SECOND * self._flood_s:
            before = connection.frames
            await asyncio.sleep(self._flood_s)
        self._record(connection, AttemptVerdict.FLOODS, str(MANY_A_SECOND))
        connection.rest_s = 0 if is_loopback(connection.address) else MAX_TURN_S

    def _record(self, connection: Connection, verdict: AttemptVerdict, fact: str = '') -> str:
        """Record an attempt that was let in; returns it in words."""
        name = connection.charge_box_id
        path = PATH + name.lstrip('/')
        return self._charge_point.connections.record_attempt(connection.address, path, verdict, fact, name)

    async def _receive(self, websocket: WebSocket, connection: Connection) -> tuple[int | None, str]:
        """Pass frames to the ChargePoint until the connection ends; no content of a frame ends it.

        Returns the code and reason of the end.
        """
        turn_began = perf_counter()
        while True:
            message = await websocket.receive()
            if message['type'] == 'websocket.disconnect':
                return message.get('code'), message.get('reason') or ''
            connection.frames += 1
            text, violations = text_of(message)
            if text is None:
                self._charge_point.record_violation(f'{len(message["bytes"])} bytes', violations[0])
            else:
                try:
                    await self._charge_point.handle_ocpp_message(connection, text, violations)
                except ConnectionClosed:  # without its answer; what the charger sent before it hung up counts
                    if connection is not self._charge_point.connections.current:
                        return None, ''
            # yield to the dashboard and the REST interface while a charger floods the connection
            if perf_counter() - turn_began > MAX_TURN_S:
                await asyncio.sleep(connection.rest_s)
                turn_began = perf_counter()

    def _ended(self, connection: Connection, code: int | None, reason: str, after_s: float) -> None:
        """Record an end that this program did not want, by itself or by its server (RFC 6455 §7.4.1)."""
        if code in CUTS:
            fact = str(MAX_FRAME_BYTES // 2**20) if CUTS[code] is AttemptVerdict.FRAME_TOO_LARGE else ''
            said = self._record(connection, CUTS[code], fact)
            self._charge_point.record_violation(reason, said)
        elif not connection.frames:
            self._record(connection, AttemptVerdict.HUNG_UP_UNHEARD)
        elif after_s < AT_ONCE_S and code not in IN_ORDER:
            self._record(connection, AttemptVerdict.HUNG_UP_AT_ONCE, f'{AT_ONCE_S:g}')

    async def _on_wrong_path(self, websocket: WebSocket) -> None:
        """`//ocpp/x` and `///x` are the right path, with slashes of the charger's own."""
        if await self._is_one_too_many(websocket):
            return
        path = str(websocket.scope['path'])
        first, _, rest = path.strip('/').partition('/')
        charge_box_id = rest.strip('/') if first == PATH.strip('/') else '' if rest else first
        if path.startswith('//') and charge_box_id:
            await self._on_charger(websocket, charge_box_id)
            return
        name = path.strip('/').rpartition('/')[2]
        has_name = name not in ('', 'ocpp') and name.isprintable()  # with a line feed, the right path was not found
        if (only := self._charge_point.settings.charge_box_id) is not None:
            verdict = AttemptVerdict.WRONG_PATH if has_name else AttemptVerdict.NO_NAME
            await self._refuse(websocket, verdict, _url(websocket, only))
        else:
            await self._refuse(websocket, AttemptVerdict.WRONG_PATH, _url(websocket, name if has_name else '<name>'))

    async def _refuse(self, websocket: WebSocket, verdict: AttemptVerdict, fact: str, name: str = '') -> None:
        reason = self._refused(websocket, verdict, fact, name)
        await websocket.send_denial_response(PlainTextResponse(reason + '\n', *denial_of(verdict)))

    async def _refuse_protocol(self, websocket: WebSocket, offered: list[str]) -> None:
        """Complete the handshake without a subprotocol, then close (OCPP-J 1.6 §3.2)."""
        self._refused(websocket, AttemptVerdict.WRONG_PROTOCOL, ', '.join(offered))
        await websocket.accept()
        await websocket.close(
            PROTOCOL_ERROR, f'only {", ".join(self._charge_point.connections.subprotocols)} is spoken here'
        )

    def _refused(self, websocket: WebSocket, verdict: AttemptVerdict, fact: str, charge_box_id: str = '') -> str:
        """Record and log an attempt that is refused; returns why, in words."""
        address, path = shown_address(websocket.client), websocket.url.path
        connections = self._charge_point.connections
        reason = connections.record_attempt(address, path, verdict, fact, charge_box_id)
        if verdict in NEW_HERE:
            connections.adoption.knocked(charge_box_id, address)
        logger.warning('%s asked for %s: %s', address, shortened(path), reason)
        return reason


def _url(websocket: WebSocket, name: str) -> str:
    return f'{websocket.url.scheme}://{websocket.url.netloc}{prefix_of(websocket.scope)}{PATH}{name}'
