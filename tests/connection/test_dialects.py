"""Each connection speaks the OCPP version that its subprotocol names."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime
from typing import Any

from cpo.charge_point import ChargePoint
from cpo.connection import Connection
from cpo.journal import Journal
from cpo.ocpp import Call, CallResult, Context, Handled
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.settings import Settings
from cpo.state import ChargePointState


class NextDialect(Ocpp16Dialect):
    """Another version, which answers every Call with its own name."""

    subprotocol = 'ocpp9.9'

    def handle(self, call: Call, context: Context) -> Handled:
        return Handled(CallResult(call.message_id, {'version': '9.9'}), call.action)

    def handle_repeated(self, text: str, state: ChargePointState, now: datetime) -> None:
        return None


async def test_calls_are_handled_by_the_dialect_of_their_connection() -> None:
    with closing(Journal(None)) as journal:
        charge_point = ChargePoint(Settings(startup_requests=False), (Ocpp16Dialect(), NextDialect()), journal)
        assert charge_point.connections.subprotocols == ('ocpp1.6', 'ocpp9.9')
        answers: list[Any] = []

        async def send_text(text: str) -> None:
            answers.append(json.loads(text)[2])

        async def close(code: int, reason: str) -> None:
            pass

        async def heartbeat(connection: Connection) -> None:
            await charge_point.handle_ocpp_message(connection, '[2,"1","Heartbeat",{}]')

        def connect(subprotocol: str | None) -> Connection:
            return charge_point.connections.connect('CP1', '192.0.2.7', send_text, close, subprotocol)

        newer, older, unnamed = connect('ocpp9.9'), connect('ocpp1.6'), connect(None)
        for connection in (newer, older, unnamed):
            await heartbeat(connection)
        assert [list(answer) for answer in answers] == [['version'], ['currentTime'], ['currentTime']]
        assert charge_point.dialect.subprotocol == 'ocpp1.6'
        current = connect('ocpp9.9')
        assert charge_point.dialect.subprotocol == 'ocpp9.9'
        charge_point.connections.disconnect(current)
        assert charge_point.dialect.subprotocol == 'ocpp9.9'
