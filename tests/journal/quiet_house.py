"""A ChargePoint with its journal, without a network and with a clock of its own: for many short lives."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cpo.clock import Clock as ComputerClock
from cpo.connection import Connection
from cpo.house import House
from cpo.journal import Journal
from cpo.settings import Settings
from cpo.state import Arrival, ChargePointState, Connector, HistoryPoint, Meter, MeterValue
from cpo.state.backlog import Backlog
from main import DIALECTS
from tests.scripted_charger import CALL

NOON = datetime(2026, 6, 14, 12, 0, 0, 250, tzinfo=UTC)


class Clock:
    """The time advances by a millisecond with each reading, and by what a test lets pass."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def let_pass(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def text(self, seconds: float = 0) -> str:
        """So many seconds from now, as a charger writes it."""
        return (self.now + timedelta(seconds=seconds)).isoformat().replace('+00:00', 'Z')


def right_clock(clock: Clock) -> ComputerClock:
    """The clock of a computer that is never wrong."""

    def seconds() -> float:
        return (clock() - NOON).total_seconds()

    return ComputerClock(clock, seconds, datetime.min.replace(tzinfo=UTC))


class QuietHouse:
    """`async with QuietHouse(folder) as house: house.connect(); await house.call('Heartbeat', {})`."""

    def __init__(
        self,
        folder: Path | None,
        clock: Clock | None = None,
        computer_clock: ComputerClock | None = None,
        **settings: Any,
    ) -> None:
        self.clock = clock or Clock()
        self.journal = Journal(folder)
        chosen = Settings(**{'startup_requests': False, **settings})
        house = House.build(chosen, self.journal, DIALECTS, computer_clock or right_clock(self.clock))
        self.charge_point, self.solar_controller = house.charge_point, house.solar_controller
        self.planning = house.goals.planning
        self.connection: Connection | None = None
        self._ids = count(1)
        self._answers: asyncio.Queue[Any] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.disconnect()
        self.journal.close()

    @property
    def state(self) -> ChargePointState:
        return self.charge_point.state

    def connect(self, charge_box_id: str = 'CP1') -> None:
        async def send_text(text: str) -> None:
            if (frame := json.loads(text))[0] != CALL:  # requests to it stay without an answer
                self._answers.put_nowait(frame)

        async def close(code: int, reason: str) -> None:
            pass

        self.disconnect()
        self.connection = self.charge_point.connections.connect(charge_box_id, '192.0.2.7', send_text, close)

    def disconnect(self) -> None:
        if self.connection is not None:
            self.charge_point.connections.disconnect(self.connection)
            self.connection = None

    async def call(self, action: str, payload: Mapping[str, Any], message_id: str | None = None) -> Any:
        """Send a Call of the charger; the payload of the answer, or the whole CallError."""
        assert self.connection is not None
        text = json.dumps([2, message_id or f'm{next(self._ids)}', action, payload])
        await self.charge_point.handle_ocpp_message(self.connection, text)
        self.charge_point.live.notify()  # as after the 0.2 s that pass between a charger's messages
        answer = await asyncio.wait_for(self._answers.get(), 10)
        return answer[2] if answer[0] == 3 else answer

    async def boot(self, firmware: str | None = None) -> None:
        payload = {'chargePointVendor': 'Test', 'chargePointModel': 'Quiet'}
        await self.call('BootNotification', payload if firmware is None else {**payload, 'firmwareVersion': firmware})

    async def status(self, status: str, connector_id: int = 1, seconds: float = 0) -> None:
        payload = {'connectorId': connector_id, 'status': status, 'errorCode': 'NoError'}
        await self.call('StatusNotification', {**payload, 'timestamp': self.clock.text(seconds)})

    def start_payload(self, meter_start: int = 1000, seconds: float = 0, connector_id: int = 1) -> dict[str, Any]:
        timestamp = self.clock.text(seconds)
        return {'connectorId': connector_id, 'idTag': 'Tag1', 'meterStart': meter_start, 'timestamp': timestamp}

    async def start(self, meter_start: int = 1000, seconds: float = 0, connector_id: int = 1) -> int:
        answer = await self.call('StartTransaction', self.start_payload(meter_start, seconds, connector_id))
        return int(answer['transactionId'])

    async def stop(self, transaction_id: int, meter_stop: int = 2000, seconds: float = 0, **members: Any) -> Any:
        payload = {'transactionId': transaction_id, 'meterStop': meter_stop, 'timestamp': self.clock.text(seconds)}
        return await self.call('StopTransaction', {**payload, **members})

    async def meter(
        self, transaction_id: int | None, seconds: float = 0, connector_id: int = 1, **values: float
    ) -> None:
        """MeterValues; `values` are `energy` in Wh and `power` in W."""
        names = {'energy': ('Energy.Active.Import.Register', 'Wh'), 'power': ('Power.Active.Import', 'W')}
        samples = [{'value': str(v), 'measurand': names[k][0], 'unit': names[k][1]} for k, v in values.items()]
        payload: dict[str, Any] = {
            'connectorId': connector_id,
            'meterValue': [{'timestamp': self.clock.text(seconds), 'sampledValue': samples}],
        }
        if transaction_id is not None:
            payload['transactionId'] = transaction_id
        assert await self.call('MeterValues', payload) == {}


OpenHouse = Callable[[], QuietHouse]
"""The fixture `open_house`: begin the program once more."""


def rows(folder: Path, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """What stands in the file, read past the program."""
    with closing(sqlite3.connect(folder / 'journal.db')) as connection:
        return connection.execute(sql, parameters).fetchall()


def persisted(value: Any) -> Any:
    """A value of the state as a journal keeps it: times in whole milliseconds, without texts that are no numbers.

    What a charger replays, how often a value comes, and why nobody wishes anything any more, is not known after a
    restart; a value is then as old as its measurement.
    """
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    if isinstance(value, Meter):
        value = replace(value, unread={})
    if isinstance(value, MeterValue):
        return MeterValue(value.value, persisted(value.timestamp), Arrival(persisted(value.timestamp)))
    if isinstance(value, Arrival):
        return Arrival(persisted(value.at), by=value.by)
    if isinstance(value, HistoryPoint):
        value = replace(value, sun_until=None, car_until=None, grid_until=None, house_until=None)
    if isinstance(value, Connector):
        value = replace(value, backlog=Backlog(), wish_end=None, register_flow=None, reported=None)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: persisted(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, Mapping):
        return {key: persisted(member) for key, member in value.items()}
    if isinstance(value, tuple):
        return tuple(persisted(member) for member in value)
    return value
