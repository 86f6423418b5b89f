"""Chargers that connect while the journal is damaged: they are asked to wait, and nothing they report is confirmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.websockets import WebSocket, WebSocketDisconnect

from cpo.clock import utc_now
from cpo.ocpp import Call, CallError, Context, Dialect, Malformed, OcppJsonMessage, Problem
from cpo.state import ChargePointState

NOT_KEPT = 'The journal is damaged, so nothing can be kept. Please send it again later.'


class WaitingChargers:
    """Answers a BootNotification with Pending (OCPP 1.6 §4.2), and what neither reports nor asks for anything.

    Everything else gets a CallError: a charger sends the messages of a transaction again (§3.7.1).
    """

    def __init__(
        self, dialects: Sequence[Dialect], heartbeat_interval: int, now: Callable[[], datetime] = utc_now
    ) -> None:
        """`dialects` are those a charger may speak, the preferred one first; a pending one asks at each interval."""
        self._dialects = {dialect.subprotocol: dialect for dialect in dialects}
        self._interval = heartbeat_interval
        self._now = now

    async def serve(self, websocket: WebSocket) -> None:
        """Answer one charger until it hangs up."""
        offered = websocket.scope.get('subprotocols') or []
        chosen = next((name for name in self._dialects if name in offered), None)
        dialect = self._dialects[chosen or next(iter(self._dialects))]
        await websocket.accept(subprotocol=chosen)
        try:
            while True:
                message = await websocket.receive()
                if message['type'] == 'websocket.disconnect':
                    return
                text = message.get('text') or (message.get('bytes') or b'').decode('utf-8', 'replace')
                if (answer := self._answer(text, dialect)) is not None:
                    await websocket.send_text(answer)
        except (WebSocketDisconnect, RuntimeError):  # it hung up before the answer
            return

    def _answer(self, text: str, dialect: Dialect) -> str | None:
        call = OcppJsonMessage.from_json_array(text, dialect.large_actions)
        if isinstance(call, Malformed) and call.is_call:
            return CallError(call.message_id, dialect.error_code(Problem.MALFORMED), call.reason).to_json_array()
        if not isinstance(call, Call):
            return None
        handled = dialect.handle(call, Context(ChargePointState(), self._now(), self._interval, '', 0, pending=True))
        says_nothing = not handled.entries and handled.status is None  # a Heartbeat
        if handled.introduces or says_nothing:
            return handled.answer.to_json_array()
        return CallError(call.message_id, dialect.error_code(Problem.OWN_FAULT), NOT_KEPT).to_json_array()
