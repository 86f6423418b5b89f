"""Chargers that connect while the journal is damaged: they are asked to wait, and nothing they report is confirmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.websockets import WebSocket, WebSocketDisconnect

from cpo.clock import utc_now
from cpo.connection import WaitingCharger
from cpo.ocpp import Dialect, Problem, Registration

NOT_KEPT = 'The journal is damaged, so nothing can be kept. Please send it again later.'


class WaitingChargers:
    """Answers a BootNotification with Pending (OCPP 1.6 §4.2), as WaitingCharger says."""

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
        charger = WaitingCharger(dialect, Registration.PENDING, Problem.OWN_FAULT, NOT_KEPT, self._interval)
        await websocket.accept(subprotocol=chosen)
        try:
            while True:
                message = await websocket.receive()
                if message['type'] == 'websocket.disconnect':
                    return
                text = message.get('text') or (message.get('bytes') or b'').decode('utf-8', 'replace')
                if (answer := charger.answer(text, self._now())) is not None:
                    await websocket.send_text(answer)
        except (WebSocketDisconnect, RuntimeError):  # it hung up before the answer
            return
