"""Records after a restart: those the state no longer has come from the journal."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cpo.state import MAX_TRANSACTIONS, SessionEnergy, Transaction, TransactionStarted, TransactionStopped
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.scripted_charger import ScriptedCharger

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
OLD = MAX_TRANSACTIONS + 50


def record_transactions(house: House, count: int) -> list[int]:
    """Record ended transactions, oldest first; returns their numbers."""
    charge_point, numbers = house.charge_point, [t.number for t in house.charge_point.state.transactions]
    for i in range(count):
        at, number = NOW + timedelta(hours=i), charge_point.context(NOW).next_number
        energy = SessionEnergy.started(1000, at)
        box = charge_point.state.charge_box_id or ''
        begun = Transaction(
            str(number), box, 1, 'Tag1', number=number, meter_start_wh=1000, start_timestamp=at, energy=energy
        )
        numbers.append(number)
        charge_point.record(TransactionStarted(begun, at))
        end = at + timedelta(minutes=30)
        charge_point.record(TransactionStopped(str(number), 6400, end, 'Local', end, number))
    return sorted(numbers)


async def restarted(house: House, make_house: MakeHouse, folder: Path) -> House:
    """The house started again from its journal."""
    house.charge_point.journal.close()
    return await make_house(folder=folder)


@pytest.mark.turns(3)
async def test_pages_continue_in_the_journal_where_the_state_ends(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        numbers = record_transactions(house, OLD)
    house = await restarted(house, make_house, tmp_path)
    assert len(house.charge_point.state.transactions) == MAX_TRANSACTIONS
    async with client_of(house) as rest:
        found, path = [], '/api/transactions?limit=70'
        while path:
            page = (await rest.get(path)).json()
            found += [item['number'] for item in page['items']]
            path = page['next']
        oldest = (await rest.get(f'/api/transactions/{numbers[0]}')).json()
    assert found == numbers[::-1]
    assert (oldest['energyWh'], oldest['startTimestamp'], oldest['stopReason']) == (
        5400,
        '2026-06-14T12:00:00Z',
        'Local',
    )


async def test_what_is_fresher_in_the_state_is_what_is_shown(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        transaction_id = await charger.start(meter_start=1000)  # answered, so it is persisted as running
        house.charge_point.record(TransactionStopped(str(transaction_id), 1500, NOW, 'Local', NOW, transaction_id))
        items = (await rest.get('/api/transactions')).json()['items']
    assert [(item['transactionId'], item['meterStop']) for item in items] == [(transaction_id, 1500)]


async def test_transactions_of_the_demo_charger_are_listed_while_it_is_connected(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.demo) as charger, client_of(house) as rest:
        await charger.boot()
        numbers = record_transactions(house, 3)
        page = (await rest.get('/api/transactions?limit=2')).json()
        rest_of_it = (await rest.get(page['next'])).json()
        assert [i['number'] for i in (*page['items'], *rest_of_it['items'])] == numbers[::-1]
        assert (await rest.get('/api/transactions.csv')).text.count('\r\n') == 1
    await house.until(lambda: not house.charge_point.state.connected)
    for after in (house, await restarted(house, make_house, tmp_path)):
        async with client_of(after) as rest:
            assert (await rest.get('/api/transactions')).json() == {'items': [], 'next': None}


def meter_values(
    transaction_id: int, minute: int, connector_id: int = 1, extra: dict[str, str] | None = None
) -> dict[str, Any]:
    samples: list[dict[str, str]] = [
        {'value': str(1.0 + minute / 10), 'measurand': 'Energy.Active.Import.Register', 'unit': 'kWh'},
        {'value': '10.5', 'measurand': 'Current.Import', 'phase': 'L1', 'unit': 'A'},
    ]
    if extra:
        samples.append(extra)
    at = f'2026-06-14T12:{minute:02}:00Z'
    value = [{'timestamp': at, 'sampledValue': samples}]
    return {'connectorId': connector_id, 'transactionId': transaction_id, 'meterValue': value}


SIGNED = 'OCMF|{"FV":"1.0","RD":[{"RV":1.4}]}|{"SD":"3045"}'


async def test_the_samples_of_a_transaction_are_persisted_and_paged_newest_first(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start(meter_start=1000)
        for minute in (1, 2, 3):
            await charger.call('MeterValues', meter_values(transaction_id, minute))
            await charger.call('MeterValues', meter_values(transaction_id, minute, connector_id=2))
        signed = {'value': SIGNED, 'format': 'SignedData', 'context': 'Transaction.End'}
        await charger.call('MeterValues', meter_values(transaction_id, 4, extra=signed))
        stop = {'transactionId': transaction_id, 'meterStop': 1400, 'timestamp': '2026-06-14T12:04:00Z'}
        await charger.call('StopTransaction', stop)
        await charger.call('MeterValues', meter_values(transaction_id, 9))
    house = await restarted(house, make_house, tmp_path)
    async with client_of(house) as rest:
        path = f'/api/transactions/{transaction_id}/meterValues?limit=3'
        pages = []
        while path:
            pages.append((await rest.get(path)).json())
            path = pages[-1]['next']
    assert [len(page['items']) for page in pages] == [3, 3, 2]
    items = [item for page in pages for item in page['items']]
    minutes = ['04', '04', '03', '03', '02', '02', '01', '01']
    assert [item['timestamp'] for item in items] == [f'2026-06-14T12:{minute}:00Z' for minute in minutes]
    assert items[1] == {
        'timestamp': '2026-06-14T12:04:00Z',
        'measurand': 'Energy.Active.Import.Register',
        'value': 1400,
        'unit': 'Wh',
    }
    assert items[0] == {
        'timestamp': '2026-06-14T12:04:00Z',
        'measurand': 'Current.Import',
        'phase': 'L1',
        'value': 10.5,
        'unit': 'A',
    }
    assert pages[0]['signed'] == [{'timestamp': '2026-06-14T12:04:00Z', 'value': SIGNED}]
    assert 'signed' not in pages[1]


async def test_a_transaction_on_no_known_connector_has_no_samples(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await charger.stop(-1, 1500)
        answer = await rest.get('/api/transactions/-1/meterValues')
        assert answer.json() == {'items': [], 'next': None, 'signed': []}
        unknown = await rest.get('/api/transactions/-2/meterValues')
        assert (unknown.status_code, unknown.json()['error']) == (404, 'UnknownTransaction')
        wrong = await rest.get('/api/transactions/-1/meterValues?before=yesterday')
        assert (wrong.status_code, wrong.json()['error']) == (400, 'InvalidQuery')


async def reserve(house: House, charger: ScriptedCharger, action: str, **payload: Any) -> None:
    async with client_of(house) as rest:
        url = f'/api/chargepoint/commands/{action}'
        sending = asyncio.create_task(rest.post(url, json=payload))
        await charger.expect(action)
        assert (await sending).status_code == 200


async def test_reservations_stay_with_what_became_of_them(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    member, soon = {'connectorId': 1, 'idTag': 'Tag1'}, datetime.now(UTC) + timedelta(seconds=0.6)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await reserve(house, charger, 'ReserveNow', **member, expiryDate='2099-01-01T12:00:00Z')
        await reserve(house, charger, 'ReserveNow', **member, expiryDate=soon.isoformat())
        await reserve(house, charger, 'ReserveNow', **member, expiryDate='2099-01-01T12:00:00Z', parentIdTag='Family')
        await reserve(house, charger, 'CancelReservation', reservationId=3)
        start = {**member, 'meterStart': 0, 'timestamp': '2026-06-14T12:00:00Z', 'reservationId': 1}
        used_by = (await charger.call('StartTransaction', start))['transactionId']
    await asyncio.sleep(max(0, (soon - datetime.now(UTC)).total_seconds()))
    for _ in range(2):
        async with client_of(house) as rest:
            page = (await rest.get('/api/reservations?limit=2')).json()
            last = (await rest.get(page['next'])).json()
        found = [(item['reservationId'], item['status']) for item in (*page['items'], *last['items'])]
        assert found == [(3, 'Cancelled'), (2, 'Expired'), (1, 'Used')]
        assert page['items'][0]['parentIdTag'] == 'Family'
        assert last == {
            'items': [
                {
                    'reservationId': 1,
                    'connectorId': 1,
                    'idTag': 'Tag1',
                    'parentIdTag': None,
                    'expiryDate': '2099-01-01T12:00:00Z',
                    'status': 'Used',
                    'transactionId': used_by,
                    'chargeBoxId': 'CP1',
                }
            ],
            'next': None,
        }
        house = await restarted(house, make_house, tmp_path)
