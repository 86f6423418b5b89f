"""`/api/transactions.csv`, read as a spreadsheet does."""

from __future__ import annotations

import csv
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from cpo.rest_api.transactions_csv import CARD, COLUMNS, local_time, transaction_line
from cpo.spreadsheet import csv_line, shown
from cpo.state import Fault, FaultTrace, SessionCost, SessionEnergy, Transaction
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.rest_api.test_persisted_records import record_transactions, restarted
from tests.scripted_charger import ScriptedCharger

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)


def cells(transaction: Transaction, separator: str = ',') -> dict[str, str]:
    """The cells of one line."""
    (values,) = csv.reader([transaction_line(transaction, separator)], delimiter=separator)
    return dict(zip((*COLUMNS, CARD), values, strict=True))


def session(**members: Any) -> Transaction:
    end = NOW + timedelta(hours=2)
    finished: dict[str, Any] = {
        'transaction_id': '7',
        'charge_box_id': 'garage',
        'connector_id': 1,
        'id_tag': 'Tag1',
        'number': 12,
        'meter_start_wh': 1000,
        'meter_stop_wh': 7420.0,
        'start_timestamp': NOW,
        'stop_timestamp': end,
        'stop_reason': 'EVDisconnected',
        'energy': SessionEnergy.started(1000, NOW).stopped(7420, end),
        'sun_wh': 3210.0,
    }
    return Transaction(**finished | members)


@pytest.mark.parametrize(('separator', 'cost'), [(',', '1.92'), (';', '1,92')])
def test_a_session_has_its_cost_to_the_cent(separator: str, cost: str) -> None:
    found = cells(session(cost=SessionCost('EUR', NOW, 1_915_000_001)), separator)
    assert (found['cost'], found['currency']) == (cost, 'EUR')


def test_a_session_has_its_times_in_utc_and_its_energies_in_kwh() -> None:
    found = cells(session())
    del found['startLocal'], found['stopLocal']
    assert found == {
        'number': '12',
        'transactionId': '7',
        'chargeBoxId': 'garage',
        'connectorId': '1',
        'idTag': 'Tag1',
        'startTimestamp': '2026-06-14T12:00:00Z',
        'stopTimestamp': '2026-06-14T14:00:00Z',
        'meterStartKWh': '1.000',
        'meterStopKWh': '7.420',
        'energyKWh': '6.420',
        'energyEstimated': 'no',
        'sunKWh': '3.210',
        'cost': '',
        'currency': '',
        'stopReason': 'EVDisconnected',
        'idTagStatus': 'Accepted',
        'note': '',
        'fault': '',
        'noContactSince': '',
        'person': '',
        'card': '',
    }


@pytest.mark.parametrize(
    ('trace', 'cell'),
    [
        (FaultTrace(NOW, Fault.GROUND, 'GroundFailure'), 'GroundFailure'),
        (FaultTrace(NOW, None, 'OtherError', 'E17'), 'OtherError E17'),
        (FaultTrace(NOW, None, '', '=1+1'), "'=1+1"),
        (FaultTrace(NOW), 'unknown'),
    ],
)
def test_a_session_that_a_fault_stopped_has_its_codes(trace: FaultTrace, cell: str) -> None:
    assert cells(session(fault_trace=trace))['fault'] == cell


def test_with_semicolons_numbers_have_decimal_commas() -> None:
    assert cells(session(), ';')['energyKWh'] == '6,420'


def test_a_running_session_has_no_end_and_an_abandoned_one_says_that_it_is_estimated() -> None:
    running = cells(session(meter_stop_wh=None, stop_timestamp=None, stop_reason=None, energy=None, sun_wh=None))
    ends = ('stopTimestamp', 'stopLocal', 'meterStopKWh', 'energyKWh', 'sunKWh', 'stopReason')
    assert [running[name] for name in ends] == [''] * 6
    abandoned = SessionEnergy.started(1000, NOW).with_register(3000, NOW + timedelta(hours=1)).abandoned()
    found = cells(session(energy=abandoned))
    assert (found['energyKWh'], found['energyEstimated']) == ('2.000', 'yes')


FORMULAS = [
    '=1+1',
    '+49',
    '-5',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '\nx',
    ' =1',
    '＝1+1',
    '＋1',
    '－a',
    '＠SUM(A1)',
    '\u200b=1',
    '\ufeff=1',
    '\ufeff\u200b +1',
    '\u2060@A',
]
NUMBERS = ['1E10', '00012345', '12345', '1,5', '1.5e-3', ' 7', '3/4', '1-2', '12:30', '5%', '２３']


@pytest.mark.parametrize('text', FORMULAS)
def test_a_text_is_never_a_formula(text: str) -> None:
    assert cells(session(id_tag=text))['idTag'] == f"'{text}"


@pytest.mark.parametrize(
    'text', ['1E10', '00012345', '12345', '1,5', '1.5e-3', ' 7', '3/4', '1-2', '12:30', '5%', '２３']
)
def test_a_text_is_never_a_number_or_a_date(text: str) -> None:
    assert cells(session(id_tag=text))['idTag'] == f"'{text}"


@pytest.mark.parametrize('text', ['TRUE', 'true', 'False', '\ufeffTRUE', ' false '])
def test_a_text_is_never_a_truth_value(text: str) -> None:
    assert cells(session(id_tag=text))['idTag'] == f"'{text}"


@pytest.mark.parametrize('text', ['truly', 'Tag1', '04A1B2C3', '1E', 'E10', '1E10E', 'a-1', 'garage 7', '.', ''])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert cells(session(id_tag=text))['idTag'] == text


def test_a_number_below_zero_stays_a_number() -> None:
    assert (shown(-1, ','), shown(-0.5, ',')) == ('-1', '-0.500')


@pytest.mark.parametrize('text', ['a,b;c', 'a "b" c', 'two\r\nlines', 'ü…'])
def test_a_text_with_anything_in_it_stays_one_cell(text: str) -> None:
    for separator in (',', ';'):
        assert cells(session(id_tag=text), separator)['idTag'] == text


def test_a_lone_surrogate_does_not_break_the_file() -> None:
    assert csv_line([shown('\ud800', ',')], ',').encode() == b'?\r\n'


def test_the_local_time_is_that_of_the_server_and_empty_where_it_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('TZ', 'CET-1CEST,M3.5.0,M10.5.0/3')
    time.tzset()
    hour = timedelta(hours=1)
    end_of_summer_time = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert local_time(NOW) == '2026-06-14 14:00:00+02:00'
    assert local_time(end_of_summer_time) == '2026-10-25 02:30:00+02:00'
    assert local_time(end_of_summer_time + hour) == '2026-10-25 02:30:00+01:00'
    assert local_time(datetime(9999, 12, 31, 23, 59, tzinfo=UTC)) is None
    assert local_time(None) is None
    monkeypatch.undo()
    time.tzset()


async def test_a_file_without_sessions_is_a_head_alone(rest: httpx.AsyncClient) -> None:
    answer = await rest.get('/api/transactions.csv')
    assert answer.headers['content-type'] == 'text/csv; charset=utf-8'
    assert answer.headers['content-disposition'] == 'attachment; filename="charging-sessions.csv"'
    assert answer.content == b'\xef\xbb\xbf' + ','.join((*COLUMNS, CARD)).encode() + b'\r\n'


async def test_another_separator_than_the_two_is_refused(rest: httpx.AsyncClient) -> None:
    answer = await rest.get('/api/transactions.csv?separator=|')
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidQuery')
    assert answer.json()['detail'].startswith('separator:')


async def numbers_in_file(house: House) -> list[int]:
    async with client_of(house) as rest:
        text = (await rest.get('/api/transactions.csv?separator=;')).content.decode('utf-8-sig')
    head, *lines = csv.reader(text.splitlines(), delimiter=';')
    assert head == [*COLUMNS, CARD]
    return [int(line[0]) for line in lines]


@pytest.mark.turns(3)
async def test_the_file_has_every_session_once_oldest_first(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        numbers = record_transactions(house, 450)
        assert await numbers_in_file(house) == numbers
    house = await restarted(house, make_house, tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        record_transactions(house, 1)  # not persisted yet
        assert await numbers_in_file(house) == [*numbers, house.charge_point.state.transactions[0].number]
