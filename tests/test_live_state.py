"""Meter values wait until somebody looks; everything else is applied at once, and its listeners hear of it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.charge_point import ChargePoint
from cpo.state import POWER, MeterRead, MeterSample, thinned
from tests.journal.quiet_house import QuietHouse, rows

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)


def values(number: int, power_w: float, at: datetime) -> str:
    sampled = f'{{"value":"{power_w}","measurand":"Power.Active.Import","unit":"W"}}'
    return (
        f'[2,"v{number}","MeterValues",{{"connectorId":1,"meterValue":'
        f'[{{"timestamp":"{at.isoformat()}","sampledValue":[{sampled}]}}]}}]'
    )


def counted(charge_point: ChargePoint) -> Callable[[], int]:
    """How often listeners were called since now."""
    calls: list[Any] = []
    charge_point.subscribe(lambda: calls.append(None))
    return lambda: len(calls)


async def flood(house: QuietHouse, count: int, at: datetime) -> None:
    assert house.connection is not None
    for number in range(count):
        await house.charge_point.handle_ocpp_message(house.connection, values(number, number, at))


async def test_listeners_hear_of_a_flood_once_at_its_beginning_and_soon_of_its_end(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        await house.boot()
        await asyncio.sleep(0.21)
        calls = counted(house.charge_point)
        await flood(house, 100, house.clock.now)
        assert 1 <= calls() <= 2
        await asyncio.sleep(0.25)
        assert 2 <= calls() <= 3
        assert house.state.connector(1).meter.power_w == 99


async def test_who_looks_sees_the_newest_value_at_once(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        await house.boot()
        for count in (1, 2, 5):
            await flood(house, count, house.clock.now + timedelta(seconds=count))
            assert house.state.connector(1).meter.power_w == count - 1


async def test_in_a_flood_what_is_shown_follows_the_listeners_and_its_end_is_shown(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        await house.boot()
        live, at, heard = house.charge_point.live, house.clock.now, asyncio.Event()
        house.charge_point.subscribe(heard.set)
        await flood(house, 100, at)
        for power_w, count, shown_w in ((99, 50, 99), (49, 2, 49), (1, 3, 2)):
            heard.clear()
            await asyncio.wait_for(heard.wait(), 5)
            assert live.shown.connector(1).meter.power_w == power_w
            live.notify()  # as by a listener that records something
            await flood(house, count, at)
            assert live.shown.connector(1).meter.power_w == shown_w
            assert house.state.connector(1).meter.power_w == count - 1


async def test_a_status_in_a_flood_is_told_at_once(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        await house.boot()
        await flood(house, 10, house.clock.now)
        calls = counted(house.charge_point)
        assert house.connection is not None
        frame = '[2,"s","StatusNotification",{"connectorId":1,"status":"Charging","errorCode":"NoError"}]'
        await house.charge_point.handle_ocpp_message(house.connection, frame)
        assert calls() == 1
        assert house.state.connector(1).meter.power_w == 9


async def test_the_history_says_what_was_left_out(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        await house.boot()
        await asyncio.sleep(0.21)
        await flood(house, 51, house.clock.now)
        await asyncio.sleep(0.25)
        await house.charge_point.flushed()
        assert rows(tmp_path, "SELECT details FROM events WHERE kind = 'values_thinned'") == [('{"count":49}',)]
        assert rows(tmp_path, 'SELECT count(*) FROM meter_samples') == [(1,)]


# ---- which readings of a flood are used


def read(second: float, value: float = 1.0, signed: bool = False, connector_id: int = 1) -> MeterRead:
    sample = MeterSample(POWER, '', None if signed else value, 'signed' if signed else '', signed)
    return MeterRead(connector_id, None, NOON + timedelta(seconds=second), (sample,), NOON)


@pytest.mark.parametrize(
    ('given_reads', 'used'),
    [
        pytest.param([read(0), read(0.4), read(0.9)], [read(0.9)], id='one second'),
        pytest.param([read(0), read(10), read(20)], [read(0), read(10), read(20)], id='what was stored while offline'),
        pytest.param([read(5), read(4)], [read(5), read(4)], id='a clock that was set back'),
        pytest.param([read(0, connector_id=2), read(0)], [read(0, connector_id=2), read(0)], id='two connectors'),
        pytest.param([read(0, signed=True), read(0, signed=True)], [read(0, signed=True)] * 2, id='signed values'),
    ],
)
def test_of_each_second_the_newest_reading_is_used(given_reads: list[MeterRead], used: list[MeterRead]) -> None:
    assert thinned(given_reads) == used


@given(st.lists(st.builds(read, st.floats(0, 5), st.floats(0, 9), st.booleans(), st.integers(1, 2)), max_size=30))
def test_no_reading_is_left_out_without_a_newer_one_of_its_second(reads: list[MeterRead]) -> None:
    used = thinned(reads)
    assert used == [reading for reading in reads if any(reading is other for other in used)]
    for place, reading in enumerate(reads):
        if not any(reading is other for other in used):
            newer = (
                other.timestamp - reading.timestamp for other in used if other.connector_id == reading.connector_id
            )
            assert any(timedelta(0) <= gap < timedelta(seconds=1) for gap in newer), place


async def test_answers_and_calls_go_out_before_listeners_hear_of_what_they_are_about(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        order: list[str] = []

        async def send_text(text: str) -> None:
            if '"RemoteStartTransaction"' in text:
                order.append('sent')

        async def close(code: int, reason: str) -> None:
            pass

        house.connection = house.charge_point.connections.connect('CP1', '192.0.2.7', send_text, close)
        for text in (
            '[2,"1","BootNotification",{"chargePointVendor":"Test","chargePointModel":"Quiet"}]',
            '[2,"2","StatusNotification",{"connectorId":1,"status":"Preparing","errorCode":"NoError"}]',
        ):
            await house.charge_point.handle_ocpp_message(house.connection, text)
        house.charge_point.subscribe(lambda: order.append('heard'))
        frame = '[2,"answered","StatusNotification",{"connectorId":1,"status":"SuspendedEV","errorCode":"NoError"}]'
        assert house.charge_point.inbox.answer_at_once(house.connection, frame) == '[3,"answered",{}]'
        assert order == []
        house.charge_point.inbox.end_turn()
        assert order == ['heard']
        order.clear()
        wish = asyncio.create_task(house.charge_point.set_charging_limit(1, 10))
        await asyncio.sleep(0.05)
        assert order[:2] == ['sent', 'heard']
        assert house.state.connector(1).remote_start is not None
        wish.cancel()
