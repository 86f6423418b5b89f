"""A charger that floods the program with 64 Calls outstanding loses no status and no fact of a transaction."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.journal.quiet_house import rows
from tests.program import running

OUTSTANDING = 64
SESSIONS = 3
READINGS = 1500
STATUS_EVERY = 100
PHASES = ('L1', 'L2', 'L3')
BEGAN = datetime.now(UTC)


class Flooder:
    """Sends Calls without waiting for the answers, as long as fewer than OUTSTANDING are outstanding."""

    def __init__(self, websocket: ClientConnection) -> None:
        self._websocket = websocket
        self._free = asyncio.Semaphore(OUTSTANDING)
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self.sent = 0

    async def send(self, action: str, payload: dict[str, Any]) -> asyncio.Future[Any]:
        """Send a Call; the future is the payload of its CallResult."""
        await self._free.acquire()
        self.sent += 1
        answer = self._answers[str(self.sent)] = asyncio.get_running_loop().create_future()
        await self._websocket.send(json.dumps([2, str(self.sent), action, payload], separators=(',', ':')))
        return answer

    async def read(self) -> None:
        """Take the answers until cancelled."""
        async for text in self._websocket:
            kind, message_id, *rest = json.loads(text)
            assert kind == 3, text
            self._free.release()
            self._answers.pop(message_id).set_result(rest[0])

    async def all_answered(self) -> None:
        """Wait for every answer."""
        for answer in tuple(self._answers.values()):
            await answer


def after(seconds: float) -> str:
    return (BEGAN + timedelta(seconds=seconds)).isoformat()


def reading(number: int, transaction_id: int) -> dict[str, Any]:
    flow = [{'value': str(number % 32), 'measurand': 'Current.Import', 'phase': p, 'unit': 'A'} for p in PHASES]
    register = {'value': str(number), 'measurand': 'Energy.Active.Import.Register', 'unit': 'Wh'}
    value = {'timestamp': after(number / 1000), 'sampledValue': [register, *flow]}
    return {'connectorId': 1, 'transactionId': transaction_id, 'meterValue': [value]}


def status(number: int, word: str) -> dict[str, Any]:
    return {'connectorId': 1, 'errorCode': 'NoError', 'status': word, 'timestamp': after(number / 1000)}


async def flood(charger: Flooder) -> tuple[list[str], list[int]]:
    """Charge several times with far too many readings; returns the statuses and the transaction ids."""
    statuses, ids, number = [], [], 0
    for _ in range(SESSIONS):
        start = {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': number, 'timestamp': after(number / 1000)}
        started = await (await charger.send('StartTransaction', start))
        ids.append(started['transactionId'])
        for _ in range(READINGS):
            if number % STATUS_EVERY == 0:
                statuses.append(('Charging', 'SuspendedEV')[number // STATUS_EVERY % 2])
                await charger.send('StatusNotification', status(number, statuses[-1]))
            await charger.send('MeterValues', reading(number, ids[-1]))
            number += 1
        stop = {'transactionId': ids[-1], 'meterStop': number, 'timestamp': after(number / 1000)}
        await charger.send('StopTransaction', stop)
        statuses.append('Available')
        await charger.send('StatusNotification', status(number, 'Available'))
    await charger.all_answered()
    return statuses, ids


@pytest.mark.program
async def test_a_flood_loses_readings_only_and_the_events_say_so(tmp_path: Path) -> None:
    environment = {'CPO_DATA_DIR': str(tmp_path), 'CPO_STARTUP_REQUESTS': 'false'}
    async with (
        running(environment=environment) as program,
        connect(program.ocpp('CP1'), subprotocols=[Subprotocol('ocpp1.6')]) as websocket,
    ):
        charger = Flooder(websocket)
        reader = asyncio.create_task(charger.read())
        await charger.send('BootNotification', {'chargePointVendor': 'Test', 'chargePointModel': 'Flooder'})
        async with asyncio.timeout(60):
            statuses, ids = await flood(charger)
        async with program.client() as client:
            shown = (await client.get('/api/chargepoint')).json()
        ended = await program.stop()
        await asyncio.wait([reader])
    assert 'lost' not in ended.errors
    assert [word for (word,) in rows(tmp_path, 'SELECT status FROM status_changes ORDER BY rowid')] == statuses
    stops = rows(tmp_path, 'SELECT transaction_id, meter_start_wh, meter_stop_wh FROM transactions ORDER BY number')
    each = [(str(i), float(n * READINGS), float((n + 1) * READINGS)) for n, i in enumerate(ids)]
    assert stops == each
    assert shown['connectors']['1']['status'] == 'Available'
    assert rows(tmp_path, "SELECT count(*) FROM events WHERE kind = 'values_thinned'")[0][0] >= 1
    samples = rows(tmp_path, 'SELECT count(*) FROM meter_samples')[0][0]
    assert 0 < samples < SESSIONS * READINGS
