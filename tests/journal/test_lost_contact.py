"""Sessions of a charger that is away: they do not claim to run, and continue once it is back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import httpx

from cpo.access import People
from cpo.dashboard.live import Live
from cpo.dashboard.words.session_row import session_row
from cpo.dashboard.words.times import time_marker
from cpo.journal import AccountTables
from cpo.state import Transaction
from tests.conftest import MakeHouse
from tests.journal.quiet_house import Clock, QuietHouse
from tests.scripted_charger import ScriptedCharger


def whole_ms(at: datetime | None) -> datetime | None:
    return at and at.replace(microsecond=at.microsecond // 1000 * 1000)


async def leave_three(house: QuietHouse) -> dict[str, datetime | None]:
    """Three chargers, each replaced by the next while its session runs; when each was last heard."""
    heard: dict[str, datetime | None] = {}
    for box in ('one', 'two', 'three'):
        house.connect(box)
        await house.boot()
        await house.status('Charging')
        given = await house.start(20000)
        house.clock.let_pass(minutes=4)
        await house.meter(given, energy=20400)
        heard[box] = whole_ms(house.state.last_message_at)
        house.clock.let_pass(minutes=15)
    house.disconnect()
    return heard


def contact(house: QuietHouse) -> dict[str, datetime | None]:
    return {t.charge_box_id: whole_ms(t.no_contact_since) for t in house.state.transactions if t.running}


async def test_a_session_of_a_charger_that_was_replaced_has_no_contact_since_its_last_message(tmp_path: Path) -> None:
    clock = Clock()
    async with QuietHouse(tmp_path, clock) as house:
        heard = await leave_three(house)
        assert contact(house) == heard
        for session in house.state.transactions:
            row, until = session_row(session), session.no_contact_since
            assert until is not None
            assert (row.duration, row.tags) == ('4\u00a0min', ())
            assert row.time.endswith(f'– {time_marker(until)}')
            assert 'no contact since' in (row.note or '')
    async with QuietHouse(tmp_path, clock) as restarted:
        assert contact(restarted) == heard


async def test_it_continues_once_its_charger_is_back(tmp_path: Path) -> None:
    clock = Clock()
    async with QuietHouse(tmp_path, clock) as house:
        heard = await leave_three(house)
    async with QuietHouse(tmp_path, clock) as house:
        house.connect('two')
        assert contact(house) == heard | {'two': None}
        running = house.state.running_transaction(1)
        assert running is not None
        assert session_row(running).tags == (('running', 'running'),)
        await house.status('Charging')
        await house.meter(int(running.transaction_id), energy=20900)
        assert _figures(house.state.transaction(running.transaction_id)) == (900, True)
        await house.stop(int(running.transaction_id), 21000)
        assert _figures(house.state.transaction(running.transaction_id)) == (1000, False)
        house.connect('one')  # without a word
        assert contact(house) == {'one': None, 'three': heard['three']}


def _figures(session: Transaction | None) -> tuple[float | None, bool] | None:
    return None if session is None else (session.energy_wh, session.running)


async def test_rest_and_the_csv_say_since_when_there_is_no_contact(make_house: MakeHouse) -> None:
    house = await make_house()
    async with httpx.AsyncClient(base_url=house.http) as rest:
        async with ScriptedCharger(house.ocpp('one')) as charger:
            await charger.boot()
            given = await charger.start(meter_start=1000)
            assert (await rest.get(f'/api/transactions/{given}')).json()['noContactSince'] is None
        await house.until(lambda: not house.charge_point.state.connected)
        async with ScriptedCharger(house.ocpp('two')) as charger:
            await charger.boot()
            await charger.start(meter_start=5000)
            other, found = (await rest.get('/api/transactions')).json()['items']
            lines = [line.split(',') for line in (await rest.get('/api/transactions.csv')).text.splitlines()]
    assert (found['transactionId'], found['stopTimestamp'], other['noContactSince']) == (given, None, None)
    since = datetime.fromisoformat(found['noContactSince'])
    assert datetime.fromisoformat(found['startTimestamp']) < since
    column = lines[0].index('noContactSince')
    assert [line[column][:19] for line in lines[1:]] == [found['noContactSince'][:19], '']


async def test_the_pages_show_no_contact_with_a_silent_charger_either(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        live = Live(house.charge_point, house.solar_controller, People(AccountTables(house.journal)), lambda: None)
        house.connect()
        await house.boot()
        await house.start()
        assert live.shown is house.state
        house.clock.let_pass(seconds=3 * house.charge_point.settings.heartbeat_interval + 1)
        (session,) = live.shown.transactions
        assert session.no_contact_since == house.state.last_message_at
        assert house.state.transactions[0].no_contact_since is None
        await house.call('Heartbeat', {})
        assert live.shown is house.state
