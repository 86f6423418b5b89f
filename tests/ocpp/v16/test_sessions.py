"""Which session runs is decided by what the charger does: ids 0 and -1, older ids, second starts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from cpo.dashboard.words.session_row import session_row
from cpo.state import ChargePointState, TransactionNote
from tests.conftest import House
from tests.scripted_charger import TIMESTAMP, ScriptedCharger

MOMENT = datetime.fromisoformat(TIMESTAMP)


class Sessions:
    """A booted charger that starts, measures and stops at seconds after MOMENT."""

    def __init__(self, house: House, charger: ScriptedCharger) -> None:
        self.house = house
        self.charger = charger

    @property
    def state(self) -> ChargePointState:
        return self.house.charge_point.state

    @property
    def listed(self) -> list[tuple[str, float | None, bool]]:
        return [(t.transaction_id, t.energy_wh, t.running) for t in self.state.transactions if t.is_session]

    async def start(self, at: int, meter_start: int = 70000, connector_id: int = 1) -> int:
        payload = {'connectorId': connector_id, 'idTag': 'Tag1', 'meterStart': meter_start, 'timestamp': moment(at)}
        given = (await self.charger.call('StartTransaction', payload))['transactionId']
        assert isinstance(given, int)
        return given

    async def measure(self, at: int, register_wh: int, connector_id: int = 1, **members: Any) -> None:
        sample = {'measurand': 'Energy.Active.Import.Register', 'unit': 'Wh', 'value': str(register_wh)}
        value = [{'timestamp': moment(at), 'sampledValue': [sample]}]
        assert (
            await self.charger.call('MeterValues', {'connectorId': connector_id, 'meterValue': value, **members}) == {}
        )

    async def stop(self, at: int, meter_stop: int, transaction_id: int) -> None:
        payload = {'transactionId': transaction_id, 'meterStop': meter_stop, 'timestamp': moment(at)}
        assert await self.charger.call('StopTransaction', payload) == {}


@pytest.fixture
async def sessions(house: House) -> Any:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        yield Sessions(house, charger)


def moment(seconds: int) -> str:
    return (MOMENT + timedelta(seconds=seconds)).isoformat().replace('+00:00', 'Z')


@pytest.mark.parametrize('no_id', [0, -1])
@pytest.mark.parametrize('at', [600, -1820])
async def test_a_stop_with_0_or_minus_1_ends_the_one_session_that_runs(sessions: Sessions, no_id: int, at: int) -> None:
    given = await sessions.start(0, 8016)
    await sessions.measure(300, 9016, transactionId=no_id)
    assert sessions.listed == [(str(given), 1000, True)]
    for _ in range(2):
        await sessions.stop(at, 11100, no_id)
        assert sessions.listed == [(str(given), 3084, False)]
    again = await sessions.start(700, 11100)
    await sessions.stop(at, 11100, no_id)  # the older one, sent again
    assert sessions.listed[0][0] == str(again)
    assert sessions.listed[0][2]


NO_ID: list[dict[str, Any]] = [{}, {'transactionId': None}, {'transactionId': ''}, {'transactionId': '0'}]


@pytest.mark.parametrize('members', NO_ID, ids=str)
async def test_a_stop_without_an_id_ends_the_one_session_that_runs(sessions: Sessions, members: dict[str, Any]) -> None:
    given = await sessions.start(0)
    payload = {'meterStop': 71000, 'timestamp': moment(600), **members}
    assert await sessions.charger.call('StopTransaction', payload) == {}
    assert sessions.listed == [(str(given), 1000, False)]
    assert await sessions.charger.call('StopTransaction', payload) == {}  # sent again
    assert sessions.listed == [(str(given), 1000, False)]
    again = await sessions.start(700, 71000)
    assert sessions.listed[0] == (str(again), 0, True)


@pytest.mark.parametrize('members', NO_ID, ids=str)
async def test_a_stop_without_an_id_is_no_guess_where_two_sessions_run(
    sessions: Sessions, members: dict[str, Any]
) -> None:
    await sessions.charger.status(2, 'Preparing')
    first, second = await sessions.start(0), await sessions.start(5, connector_id=2)
    payload = {'meterStop': 71000, 'timestamp': moment(600), **members}
    assert await sessions.charger.call('StopTransaction', payload) == {}
    assert [(t, runs) for t, _, runs in sessions.listed][1:] == [(str(second), True), (str(first), True)]


@pytest.mark.parametrize('members', NO_ID, ids=str)
async def test_values_without_an_id_count_for_the_session_on_their_connector(
    sessions: Sessions, members: dict[str, Any]
) -> None:
    given = await sessions.start(0)
    await sessions.measure(60, 70100, **members)
    assert sessions.listed == [(str(given), 100, True)]


async def test_0_is_no_guess_where_two_sessions_run(sessions: Sessions) -> None:
    await sessions.charger.status(2, 'Preparing')
    first, second = await sessions.start(0), await sessions.start(5, connector_id=2)
    await sessions.measure(60, 70100, connector_id=2, transactionId=0)
    assert {(t, wh) for t, wh, _ in sessions.listed} == {(str(first), 0), (str(second), 100)}
    await sessions.stop(120, 71000, 0)
    assert [(t, runs) for t, _, runs in sessions.listed] == [('0', False), (str(second), True), (str(first), True)]


async def test_an_unknown_positive_id_is_a_session_of_its_own(sessions: Sessions) -> None:
    given = await sessions.start(0)
    await sessions.stop(60, 71000, 77)
    assert [(t, runs) for t, _, runs in sessions.listed] == [('77', False), (str(given), True)]


@pytest.mark.parametrize('starts', [2, 3])
async def test_values_with_an_older_id_show_that_this_session_runs(sessions: Sessions, starts: int) -> None:
    first, *others = [await sessions.start(120 * i) for i in range(starts)]
    await sessions.charger.status(1, 'Charging')
    await sessions.measure(600, 70300)
    await sessions.measure(660, 70400, transactionId=first)
    assert sessions.listed == [(str(first), 400, True)]
    assert sessions.state.connector(1).transaction_id == str(first)
    await sessions.measure(720, 70500, transactionId=first)
    await sessions.stop(800, 70900, first)
    assert sessions.listed == [(str(first), 900, False)]
    for other in others:  # both ids are ended, as both were given
        await sessions.stop(800, 70900, other)
    assert sessions.listed == [(str(first), 900, False)]
    assert sessions.state.connector(1).transaction_id is None


async def test_a_stop_with_the_older_id_ends_what_runs(sessions: Sessions) -> None:
    first, _ = await sessions.start(0), await sessions.start(120)
    await sessions.stop(800, 70900, first)
    assert sessions.listed == [(str(first), 900, False)]


async def test_a_stop_with_the_id_of_the_second_start_ends_the_session_that_runs(sessions: Sessions) -> None:
    first, second = await sessions.start(0), await sessions.start(120)
    await sessions.measure(660, 70400, transactionId=first)
    await sessions.stop(800, 70900, second)
    assert sessions.listed == [(str(first), 900, False)]


async def test_late_values_of_the_session_before_change_nothing(sessions: Sessions) -> None:
    first, second = await sessions.start(0), await sessions.start(600, 70500)
    await sessions.measure(300, 70200, transactionId=first)
    assert [(t, runs) for t, _, runs in sessions.listed] == [(str(second), True), (str(first), False)]
    await sessions.measure(700, 70600, transactionId=second)
    await sessions.measure(800, 70700, transactionId=first)  # the newer id was used as well
    await sessions.stop(590, 70500, first)
    assert sessions.listed == [(str(second), 100, True), (str(first), 500, False)]


async def test_a_second_start_that_nothing_follows_is_not_listed(sessions: Sessions, rest: httpx.AsyncClient) -> None:
    first = await sessions.start(0)
    await sessions.measure(600, 70400, transactionId=first)
    second = await sessions.start(660, 0)
    await sessions.charger.status(1, 'Available', timestamp=moment(670))
    assert sessions.listed == [(str(first), 400, False)]
    assert sessions.state.connector(1).last_transaction_id == str(first)
    await sessions.house.charge_point.flushed()
    items = (await rest.get('/api/transactions')).json()['items']
    csv = (await rest.get('/api/transactions.csv')).text
    assert [item['transactionId'] for item in items] == [first]
    assert len(csv.splitlines()) == 2
    # its end may still be reported: then it was a session
    await sessions.stop(900, 500, second)
    assert [t for t, _, _ in sessions.listed] == [str(second), str(first)]
    assert sessions.state.transactions[0].note is not TransactionNote.PHANTOM


async def test_a_second_start_that_charged_is_a_session(sessions: Sessions) -> None:
    first, second = await sessions.start(0), await sessions.start(120)
    await sessions.measure(600, 70400)
    await sessions.charger.status(1, 'Available', timestamp=moment(670))
    assert [(t, wh) for t, wh, _ in sessions.listed] == [(str(second), 400), (str(first), None)]


STOPS = {
    'in order': (('first', 20700), ('second', 20800), {'first': 700.0, 'second': 100.0}),
    'a whole kWh later': (('first', 21700), ('second', 22700), {'first': 1700.0, 'second': 1000.0}),
    'the second first': (('second', 20800), ('first', 20700), {'first': 500.0, 'second': 300.0}),
    'the second first, to the end': (('second', 20800), ('first', 20800), {'first': 500.0, 'second': 300.0}),
}


@pytest.mark.parametrize('name', STOPS)
async def test_a_stop_that_names_the_second_start_makes_it_a_session(
    sessions: Sessions, rest: httpx.AsyncClient, name: str
) -> None:
    (one, stop_1), (other, stop_2), energy_wh = STOPS[name]
    given = {'first': await sessions.start(0, 20000), 'second': await sessions.start(30, 20500)}
    await sessions.stop(40, stop_1, given[one])
    for _ in range(2):  # a repeated one counts once
        await sessions.stop(50, stop_2, given[other])
    await sessions.house.charge_point.flushed()
    items = (await rest.get('/api/transactions')).json()['items']
    figures = {item['transactionId']: (item['energyWh'], item['meterStop'], item['note']) for item in items}
    stops = {one: stop_1, other: stop_2}
    assert figures == {given[who]: (energy_wh[who], stops[who], None) for who in ('second', 'first')}
    assert [item['energyEstimated'] for item in items if item['meterStop'] - item['meterStart'] != item['energyWh']]
    one_of_them = (await rest.get(f'/api/transactions/{given["second"]}')).json()
    assert (one_of_them['meterStop'], one_of_them['note']) == (stops['second'], None)
    assert len((await rest.get('/api/transactions.csv')).text.splitlines()) == 3
    assert sessions.state.connector(1).last_transaction_id == str(given['second'])
    assert sessions.state.connector(1).transaction_id is None


@pytest.mark.parametrize('meter_stop', [20700, 20650])
async def test_the_same_end_for_the_second_start_adds_no_session(sessions: Sessions, meter_stop: int) -> None:
    first, second = await sessions.start(0, 20000), await sessions.start(30, 20500)
    await sessions.stop(40, 20700, first)
    await sessions.stop(50, meter_stop, second)
    assert sessions.listed == [(str(first), 700, False)]


@pytest.mark.parametrize('status', ['Charging', 'SuspendedEV', 'Finishing'])
async def test_values_that_name_the_second_start_after_the_first_ended_make_it_a_session(
    sessions: Sessions, status: str
) -> None:
    first, second = await sessions.start(0, 20000), await sessions.start(30, 20500)
    await sessions.stop(40, 20700, first)
    assert sessions.listed == [(str(first), 700, False)]
    await sessions.charger.status(1, status, timestamp=moment(41))
    await sessions.measure(45, 20750, transactionId=second)
    assert sessions.listed == [(str(second), 50, True), (str(first), 700, False)]
    await sessions.measure(50, 20780, transactionId=second)
    await sessions.stop(60, 20800, second)
    assert sessions.listed == [(str(second), 100, False), (str(first), 700, False)]


async def test_values_that_name_the_second_start_while_the_first_runs_make_it_the_running_session(
    sessions: Sessions,
) -> None:
    first, second = await sessions.start(0, 20000), await sessions.start(30, 20500)
    await sessions.charger.status(1, 'Charging')
    await sessions.measure(40, 20600, transactionId=first)
    await sessions.measure(50, 20700, transactionId=second)
    assert sessions.listed == [(str(second), 100, True), (str(first), 600, False)]
    assert sessions.state.connector(1).transaction_id == str(second)
    await sessions.stop(60, 20800, second)
    assert sessions.listed == [(str(second), 200, False), (str(first), 600, False)]


async def test_a_late_stop_of_a_second_start_ends_no_newer_session(sessions: Sessions) -> None:
    first, second = await sessions.start(0, 20000), await sessions.start(30, 20500)
    await sessions.stop(40, 20700, first)
    third = await sessions.start(100, 20800)
    await sessions.measure(110, 20900, transactionId=third)
    await sessions.stop(60, 20800, second)
    assert sessions.listed == [(str(third), 100, True), (str(second), 100, False), (str(first), 700, False)]
    assert sessions.state.connector(1).transaction_id == str(third)
    assert sessions.state.connector(1).last_transaction_id == str(third)


async def test_a_late_stop_from_before_the_next_session_counts_in_full(sessions: Sessions) -> None:
    first = await sessions.start(0, 0)
    second = await sessions.start(600, 0)  # its register begins again with each session
    await sessions.measure(610, 50, transactionId=second)
    await sessions.stop(590, 700, first)
    assert sessions.listed == [(str(second), 50, True), (str(first), 700, False)]


async def test_a_session_on_connector_0_outlasts_what_is_said_of_the_charger(
    sessions: Sessions, rest: httpx.AsyncClient
) -> None:
    given = await sessions.start(0, connector_id=0)
    for status in ('Available', 'Unavailable', 'Available'):
        await sessions.charger.status(0, status, timestamp=moment(5))
    await sessions.charger.status(1, 'Available', timestamp=moment(5))  # for the first time: no car has left
    await sessions.charger.status(1, 'Charging', timestamp=moment(6))
    assert sessions.listed == [(str(given), 0, True)]
    items = (await rest.get('/api/transactions')).json()['items']
    assert [(item['transactionId'], item['connectorId']) for item in items] == [(given, 0)]
    assert session_row(sessions.state.transactions[0]).note == 'The charger named no connector.'
    await sessions.stop(60, 71000, given)
    assert sessions.listed == [(str(given), 1000, False)]


@pytest.mark.parametrize('connector_id', [0, 1])
async def test_a_session_on_connector_0_ends_once_its_car_has_left(sessions: Sessions, connector_id: int) -> None:
    given = await sessions.start(0, connector_id=0)
    if connector_id == 0:
        await sessions.charger.status(1, 'Available', timestamp=moment(1))
    for at, status in ((5, 'Charging'), (70, 'Available')):
        assert sessions.listed == [(str(given), 0, True)]
        await sessions.charger.status(connector_id, status, timestamp=moment(at))
    assert [(t, runs) for t, _, runs in sessions.listed] == [(str(given), False)]
    assert sessions.state.transactions[0].note is TransactionNote.NEVER_ENDED


@pytest.mark.parametrize('members', NO_ID, ids=str)
async def test_a_stop_without_an_id_ends_the_session_of_a_connector_before_one_on_connector_0(
    sessions: Sessions, members: dict[str, Any]
) -> None:
    whole, given = await sessions.start(0, connector_id=0), await sessions.start(5)
    assert sessions.state.transactions[0].id_tag_status == 'Accepted'  # connector 0 is not another one
    payload = {'meterStop': 71000, 'timestamp': moment(600), **members}
    assert await sessions.charger.call('StopTransaction', payload) == {}
    assert sessions.listed == [(str(given), 1000, False), (str(whole), 0, True)]
    later = {'meterStop': 72000, 'timestamp': moment(700), **members}
    assert await sessions.charger.call('StopTransaction', later) == {}
    assert sessions.listed == [(str(given), 1000, False), (str(whole), 2000, False)]
