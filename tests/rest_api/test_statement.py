"""`/api/statement` and `/api/statement/seal`: what was charged, also where it is reported late."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from cpo.clock import RELEASED_AT, Clock
from cpo.statement import Finding, verified
from tests.conftest import House, MakeHouse
from tests.journal.quiet_house import rows
from tests.rest_api.conftest import client_of
from tests.rest_api.test_signed_values import send_signed
from tests.scripted_charger import ScriptedCharger
from tests.statement.test_ocmf import SPECIFICATION, public_der, record

MID_JULY = datetime(2026, 7, 15, 12, tzinfo=UTC)


class Calendar:
    """The clock of a computer that a test sets forward."""

    def __init__(self, now: datetime = MID_JULY) -> None:
        self.now = now

    def _seconds(self) -> float:
        return self.now.timestamp()

    def clock(self) -> Clock:
        return Clock(lambda: self.now, self._seconds, RELEASED_AT)


async def charge(charger: ScriptedCharger, at: datetime, meter_start: int, meter_stop: int) -> int:
    """A session of an hour, reported as it happened."""
    begun, ended = (each.isoformat() for each in (at, at + timedelta(hours=1)))
    payload = {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': meter_start, 'timestamp': begun}
    transaction_id = int((await charger.call('StartTransaction', payload))['transactionId'])
    if meter_stop:
        stop = {'transactionId': transaction_id, 'meterStop': meter_stop, 'timestamp': ended}
        await charger.call('StopTransaction', stop)
    return transaction_id


async def statement(rest: httpx.AsyncClient, **query: str) -> Any:
    answer = await rest.get('/api/statement', params=query)
    assert answer.status_code == 200, answer.text
    assert verified(answer.content).finding is Finding.WHOLE
    return answer.json()


async def test_a_statement_has_readings_prices_meter_and_what_is_missing(make_house: MakeHouse) -> None:
    house = await make_house(clock=Calendar().clock(), price=0.25, name='Garage')
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        boot = {'chargePointVendor': 'Home Works', 'chargePointModel': 'Box', 'meterSerialNumber': 'EM-1'}
        await charger.call('BootNotification', boot)
        await rest.put('/api/idtags/Tag1', json={'status': 'Accepted', 'name': 'Blue card', 'person': 'Anna'})
        await charge(charger, MID_JULY, 1000, 9000)
        found = await statement(rest)
        assert (found['from'], found['to'], found['chargingPoint']) == ('2026-07-01', '2026-07-15', 'Garage')
        (month,) = found['months']
        (session,) = month['sessions']
        assert session['charger'] == 'Home Works Box'
        known = ('meterSerial', 'person', 'card', 'cardName', 'meterStartWh', 'meterStopWh', 'energyWh', 'obtained')
        assert [session[name] for name in known] == ['EM-1', 'Anna', 'Tag1', 'Blue card', 1000, 9000, 8000, 'register']
        assert (session['cost'], session['price'], session['missing']) == ('2.00', '0.2500', [])
        assert (
            found['sum']
            == month['sum']
            == {'sessions': 1, 'energyWh': 8000, 'cost': {'EUR': '2.00'}, 'withoutPrice': 0}
        )
        assert (await statement(rest, person='anna'))['sum'] == found['sum']
        assert (await statement(rest, card='blue card'))['sum'] == found['sum']
        assert (await statement(rest, card='tag1', **{'from': '2025'}))['months'] == []
        for query in ('person=Ben', 'card=Tag9'):
            nobody = await rest.get(f'/api/statement?{query}')
            assert (nobody.status_code, nobody.json()['error']) == (404, 'UnknownPerson')


async def test_a_session_whose_start_was_never_reported_is_listed_without_an_energy(make_house: MakeHouse) -> None:
    house = await make_house(clock=Calendar().clock())
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        ended = {'transactionId': 4711, 'meterStop': 9000, 'timestamp': MID_JULY.isoformat()}
        await charger.call('StopTransaction', ended)
        found = await statement(rest)
        ((session,),) = [month['sessions'] for month in found['months']]
        missing = ['start', 'meter_start', 'meter_serial', 'energy', 'who', 'price']
        assert (session['begun'], session['energyWh'], session['missing']) == (None, 0, missing)
        assert found['sum'] == {'sessions': 1, 'energyWh': 0, 'cost': {}, 'withoutPrice': 1}


@pytest.mark.parametrize('form', ['json', 'csv', 'html', 'pdf'])
async def test_each_format_is_whole_and_says_what_it_is(house: House, rest: httpx.AsyncClient, form: str) -> None:
    answer = await rest.get('/api/statement', params={'format': form})
    assert answer.status_code == 200
    assert form in answer.headers['Content-Type']
    assert f'.{form}"' in answer.headers['Content-Disposition']
    assert verified(answer.content).finding is Finding.WHOLE


@pytest.mark.parametrize(
    ('query', 'first', 'last'),
    [
        ({'from': '2025-07'}, '2025-07-01', '2025-07-31'),
        ({'from': '2025'}, '2025-01-01', '2025-12-31'),
        ({'from': '2025-01', 'to': '2025-02'}, '2025-01-01', '2025-02-28'),
        ({'from': '2025-01-31'}, '2025-01-31', '2025-01-31'),
        ({'from': '2025-01-31', 'to': '2099'}, '2025-01-31', '2099-12-31'),
    ],
)
async def test_a_period_is_given_in_days_months_or_years(
    rest: httpx.AsyncClient, query: dict[str, str], first: str, last: str
) -> None:
    found = await statement(rest, **query)
    assert (found['from'], found['to']) == (first, last)


@pytest.mark.parametrize(
    'query',
    [
        *('from=2026-13', 'from=x', 'from=2026-02-30', 'from=2026-02&to=2026-01', 'to=', 'separator=|', 'format=xml'),
        *('from=2099', 'from=2099-01&to=2099-02', 'idTag=Tag1', 'person=Anna&card=Tag1'),
    ],
)
async def test_a_wrong_period_or_format_is_refused(rest: httpx.AsyncClient, query: str) -> None:
    answer = await rest.get(f'/api/statement?{query}')
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidQuery')


async def test_a_stop_that_comes_after_its_month_was_closed_is_added_to_the_next(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    calendar = Calendar()
    house = await make_house(folder=tmp_path, clock=calendar.clock(), price=0.25)
    async with client_of(house) as rest:
        async with ScriptedCharger(house.ocpp()) as charger:
            await charger.boot()
            await charge(charger, MID_JULY, 1000, 5000)
            late = await charge(charger, MID_JULY + timedelta(hours=2), 5000, 0)
        calendar.now = datetime(2026, 8, 2, 12, tzinfo=UTC)
        july = await statement(rest, **{'from': '2026-07'})
        assert july['sum']['energyWh'] == 4000
        sealed = json.loads((await rest.get('/api/statement/seal?month=2026-07')).json()['sealed'])
        assert [each['energyWh'] for each in sealed['sessions']] == [4000]
        async with ScriptedCharger(house.ocpp()) as charger:
            ended = (MID_JULY + timedelta(hours=3)).isoformat()
            await charger.call('StopTransaction', {'transactionId': late, 'meterStop': 7000, 'timestamp': ended})
        assert (await statement(rest, **{'from': '2026-07'}))['months'] == july['months']
        (session,) = (await statement(rest, **{'from': '2026-08'}))['months'][0]['sessions']
        assert (session['energyWh'], session['cost'], session['addsTo']) == (2000, '0.50', '2026-07')
        assert (await statement(rest, **{'from': '2026'}))['sum']['energyWh'] == 6000


async def test_a_closed_month_is_served_with_its_public_key_and_an_open_one_is_not(make_house: MakeHouse) -> None:
    calendar = Calendar()
    house = await make_house(clock=calendar.clock())
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await charge(charger, MID_JULY, 1000, 5000)
        answer = await rest.get('/api/statement/seal?month=2026-07')
        assert (answer.status_code, answer.json()['error']) == (404, 'UnknownMonth')
        calendar.now += timedelta(days=31)
        answer = await rest.get('/api/statement/seal?month=2026-07')
        found = verified(answer.content)
        assert found.finding is Finding.WHOLE
        assert found.key is not None
        assert answer.json()['publicKey'] == found.key.hex()


async def test_a_changed_closed_month_is_told(make_house: MakeHouse, tmp_path: Path) -> None:
    calendar = Calendar()
    house = await make_house(folder=tmp_path, clock=calendar.clock())
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await charge(charger, MID_JULY, 1000, 5000)
        calendar.now += timedelta(days=31)
        assert (await statement(rest, **{'from': '2026-07'}))['broken'] == []
        with closing(sqlite3.connect(tmp_path / 'journal.db')) as connection, connection:
            connection.execute("UPDATE closed_months SET text = replace(text, '4000', '4001')")
        assert (await statement(rest, **{'from': '2026-07'}))['broken'] == ['2026-07']


async def test_the_key_stays_over_restarts_and_is_in_no_backup_by_rest(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    public = (await house.ledger.key()).public
    async with client_of(house) as rest:
        backup = (await rest.get('/api/backup')).content
    house.charge_point.journal.close()
    ((secret,),) = rows(tmp_path, 'SELECT private FROM seal_key')
    assert secret.encode() not in backup
    house = await make_house(folder=tmp_path)
    assert (await house.ledger.key()).public == public


async def test_without_its_key_a_journal_makes_another_one_and_the_chain_continues(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    """As after a backup by REST took the place of the journal."""
    calendar = Calendar()
    house = await make_house(folder=tmp_path, clock=calendar.clock())
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await charge(charger, MID_JULY, 1000, 5000)
        calendar.now += timedelta(days=31)
        await charge(charger, calendar.now, 5000, 6000)
        first = (await rest.get('/api/statement/seal?month=2026-07')).json()
        with closing(sqlite3.connect(tmp_path / 'journal.db')) as connection, connection:
            connection.execute('DELETE FROM seal_key')
        calendar.now += timedelta(days=31)
        second = (await rest.get('/api/statement/seal?month=2026-08')).json()
        assert json.loads(second['sealed'])['previous'] == first['sha256']
        assert second['publicKey'] != first['publicKey']
        assert (await statement(rest, **{'from': '2026'}))['broken'] == []


async def test_two_who_ask_first_get_the_same_key(house: House) -> None:
    keys = await asyncio.gather(*(house.ledger.key() for _ in range(4)))
    assert len({key.public for key in keys}) == 1


@pytest.mark.parametrize(
    ('end_kwh', 'obtained', 'missing'), [('8.480', 'signed', []), ('9.480', 'register', ['signature'])]
)
async def test_a_session_is_stated_as_signed_where_the_signed_values_prove_it(
    make_house: MakeHouse, end_kwh: str, obtained: str, missing: list[str]
) -> None:
    house = await make_house(clock=Calendar().clock(), meter_public_key=public_der(SPECIFICATION).hex())
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        transaction_id = await charger.start(meter_start=1000)
        await send_signed(charger, transaction_id, record('1', 'B'), record(end_kwh, 'E'))
        ((session,),) = [month['sessions'] for month in (await statement(rest))['months']]
        assert (session['obtained'], session['meterSerial'], session['missing']) == (obtained, '21070006', missing)
