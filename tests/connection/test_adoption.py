"""Which chargers are let in: those adopted, by themselves or by somebody's word."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from cpo.connection import ChargerChange
from cpo.errors import InvalidCharger
from cpo.journal import Journal
from cpo.state import AttemptVerdict, EventKind
from tests.conftest import House, MakeHouse
from tests.journal.quiet_house import NOON, Clock, QuietHouse
from tests.scripted_charger import CALL_ERROR, ScriptedCharger

LAN, OTHER_LAN = {'X-Forwarded-For': '192.168.1.7'}, {'X-Forwarded-For': '192.168.1.8'}


def whole_milliseconds() -> Clock:
    """As times are in the journal."""
    return Clock(NOON.replace(microsecond=0))


def adopted(house: House) -> set[str]:
    return {box for box, known in house.charge_point.state.chargers.items() if known.adopted}


def verdicts(house: House) -> list[AttemptVerdict]:
    return [attempt.verdict for attempt in house.charge_point.state.attempts]


async def status(url: str, headers: dict[str, str] | None = None) -> int:
    """The status with which a handshake is refused; 101 where it is not."""
    try:
        async with connect(url, subprotocols=['ocpp1.6'], additional_headers=headers):  # type: ignore[list-item]
            return 101
    except InvalidStatus as error:
        return error.response.status_code


async def gone(house: House) -> None:
    await house.until(lambda: not house.charge_point.state.connected)


async def code_of(websocket: ClientConnection) -> int | None:
    """The code with which the server closes."""
    async with asyncio.timeout(5):
        await websocket.wait_closed()
    return websocket.close_code


async def test_the_first_charger_ever_is_adopted_and_a_later_one_waits(make_house: MakeHouse) -> None:
    house = await make_house(adopt='first')
    async with ScriptedCharger(house.ocpp('garage')) as charger:
        await charger.boot()
    await gone(house)
    assert await status(house.ocpp('stranger')) == 403
    assert adopted(house) == {'garage'}
    waiting = house.charge_point.state.chargers['stranger']
    assert (waiting.adopted, waiting.address) == (False, '127.0.0.1')
    assert verdicts(house)[0] is AttemptVerdict.NOT_ADOPTED
    assert await status(house.ocpp('garage')) == 101


async def test_a_charger_that_speaks_no_protocol_of_ours_is_not_the_first(make_house: MakeHouse) -> None:
    house = await make_house(adopt='first')
    async with connect(house.ocpp('garage'), subprotocols=['ocpp2.0.1']) as websocket:  # type: ignore[list-item]
        assert await code_of(websocket) == 1002
    assert adopted(house) == set()


async def test_one_word_lets_a_charger_in_and_it_can_be_taken_back(make_house: MakeHouse) -> None:
    house = await make_house(adopt='ask')
    connections = house.charge_point.connections
    assert await status(house.ocpp()) == 403
    await connections.change_known('CP1', ChargerChange(adopted=True))
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await connections.change_known('CP1', ChargerChange(adopted=False))
        assert await code_of(charger.websocket) == 1008
    assert await status(house.ocpp()) == 403
    kinds = [event.kind for event in house.charge_point.events]
    assert [kind for kind in kinds if kind in (EventKind.ADOPTED, EventKind.RELEASED)] == ['adopted', 'released']


async def test_where_the_row_of_the_only_charger_is_damaged_no_stranger_is_the_first(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    Journal(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / 'journal.db')) as connection, connection:
        connection.execute("INSERT INTO chargers VALUES ('CP1', 1, 'noon', '', '', 1, 'x', NULL, NULL)")
    house = await make_house(folder=tmp_path, adopt='first')
    assert house.charge_point.journal.rows_set_aside == {'chargers': 1}
    assert await status(house.ocpp('stranger')) == 403
    assert await status(house.ocpp('CP1')) == 403
    await house.charge_point.connections.change_known('CP1', ChargerChange(adopted=True))
    assert await status(house.ocpp('CP1')) == 101


async def test_the_demo_charger_is_let_in_and_never_adopted(make_house: MakeHouse) -> None:
    house = await make_house(adopt='first')
    async with ScriptedCharger(house.demo) as demo:
        await demo.boot()
        assert house.charge_point.state.demo
        assert house.charge_point.state.chargers == {}
        async with ScriptedCharger(house.ocpp('wallbox')) as charger:
            await charger.boot()
            assert adopted(house) == {'wallbox'}


async def test_what_knocks_while_the_demo_charger_is_there_is_known_when_it_has_gone(make_house: MakeHouse) -> None:
    house = await make_house(adopt='ask')
    async with ScriptedCharger(house.demo) as demo:
        await demo.boot()
        assert await status(house.ocpp('wallbox')) == 403
    await gone(house)
    assert set(house.charge_point.state.chargers) == {'wallbox'}


async def test_any_adopts_whoever_connects(make_house: MakeHouse) -> None:
    house = await make_house(adopt='any')
    for box in ('CP1', 'CP2'):
        assert await status(house.ocpp(box)) == 101
        await gone(house)
    assert adopted(house) == {'CP1', 'CP2'}


async def test_the_charger_of_the_settings_is_adopted_and_no_other_may_wait(make_house: MakeHouse) -> None:
    house = await make_house(adopt='ask', charge_box_id='garage')
    assert await status(house.ocpp('other')) == 404
    assert house.charge_point.state.chargers == {}
    assert await status(house.ocpp('garage')) == 101
    assert adopted(house) == {'garage'}
    with pytest.raises(InvalidCharger, match='CPO_CHARGE_BOX_ID'):
        await house.charge_point.connections.change_known('garage', ChargerChange(adopted=False))


async def test_who_is_adopted_outlives_a_restart(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path, whole_milliseconds(), adopt='first') as quiet:
        quiet.connect()
        quiet.charge_point.connections.adoption.knocked('stranger', '192.168.1.9')
        before = quiet.state.chargers
    async with QuietHouse(tmp_path, adopt='first') as quiet:
        assert quiet.state.chargers == before
        assert [known.adopted for known in before.values()] == [True, False]


async def test_of_very_many_strangers_the_newest_are_known_and_no_adopted_one_is_forgotten(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path, whole_milliseconds()) as quiet:
        quiet.connect()
        for number in range(210):
            quiet.charge_point.connections.adoption.knocked(f'S{number}', '192.168.1.9')
        before = quiet.state.chargers
        assert len(before) == 200
        assert 'S209' in before
        assert 'S0' not in before
        assert [box for box, known in before.items() if known.adopted] == ['CP1']
    async with QuietHouse(tmp_path) as quiet:
        assert quiet.state.chargers == before


@pytest.mark.parametrize('answer', ['Pending', 'Rejected'])
async def test_a_charger_that_may_wait_gets_that_answer_and_changes_nothing(make_house: MakeHouse, answer: str) -> None:
    house = await make_house(adopt='first', unadopted=answer.lower(), heartbeat_interval=77)
    async with ScriptedCharger(house.ocpp('garage')) as charger:
        await charger.boot()
        async with ScriptedCharger(house.ocpp('stranger')) as stranger:
            make = {'chargePointVendor': 'V', 'chargePointModel': 'M'}
            boot = await stranger.call('BootNotification', make)
            assert (boot['status'], boot['interval']) == (answer, 77)
            assert 'currentTime' in await stranger.call('Heartbeat', {})
            status = {'connectorId': 1, 'status': 'Faulted', 'errorCode': 'GroundFailure'}
            refused = await stranger.call('StatusNotification', status)
            assert (refused[0], refused[2]) == (CALL_ERROR, 'SecurityError')
            await stranger.send('[2,"x","Heartbeat"')
            assert (await stranger.receive())[:2] == [CALL_ERROR, 'x']
            await stranger.send('no JSON')
            assert house.charge_point.state.charge_box_id == 'garage'
            assert house.charge_point.state.connector(1).status != 'Faulted'
            assert verdicts(house)[0] is AttemptVerdict.WAITS
            await house.charge_point.connections.change_known('stranger', ChargerChange(adopted=True))
            assert await code_of(stranger.websocket) == 1001
    await gone(house)
    async with ScriptedCharger(house.ocpp('stranger')) as stranger:
        await stranger.boot()


async def test_no_more_than_a_few_may_wait(make_house: MakeHouse) -> None:
    house = await make_house(adopt='ask', unadopted='pending')
    waiting = [await connect(house.ocpp(f'S{number}')) for number in range(16)]
    assert await status(house.ocpp('one-more')) == 403
    for websocket in waiting:
        await websocket.close()


async def test_a_stranger_who_knocks_too_often_has_to_wait_and_nobody_else(make_house: MakeHouse) -> None:
    house = await make_house(adopt='first')
    assert await status(house.ocpp('garage'), LAN) == 101
    answers = [await status(house.ocpp('stranger'), LAN) for _ in range(59)]
    assert set(answers) == {403}
    with pytest.raises(InvalidStatus) as refused:
        await connect(house.ocpp('another'), additional_headers=LAN)
    assert refused.value.response.status_code == 429
    assert 1 <= int(refused.value.response.headers['Retry-After']) <= 60
    assert await status(house.ocpp('stranger'), LAN) == 429
    assert verdicts(house).count(AttemptVerdict.TOO_MANY_HANDSHAKES) == 1
    assert house.charge_point.state.attempts[0].count == 1
    assert await status(f'ws://127.0.0.1:{house.port}/wrong', LAN) == 429
    assert await status(house.ocpp('stranger'), OTHER_LAN) == 403
    assert await status(house.ocpp('stranger')) == 403
    assert await status(house.ocpp('garage'), LAN) == 101


async def test_a_charger_that_floods_stays_connected_and_is_read_more_slowly(make_house: MakeHouse) -> None:
    house = await make_house(flood_s=0.2)
    async with connect(house.ocpp(), subprotocols=['ocpp1.6'], additional_headers=LAN) as websocket:  # type: ignore[list-item]
        while verdicts(house)[:1] != [AttemptVerdict.FLOODS]:
            for number in range(50):
                await websocket.send(f'[2,"{number}","Heartbeat",{{}}]')
            for _ in range(50):
                await websocket.recv()
        connection = house.charge_point.connections.current
        assert connection is not None
        assert connection.rest_s > 0
        await websocket.send('[2,"last","Heartbeat",{}]')
        assert 'last' in str(await websocket.recv())
    assert verdicts(house).count(AttemptVerdict.FLOODS) == 1


async def test_a_charger_with_little_to_say_never_floods(make_house: MakeHouse) -> None:
    house = await make_house(flood_s=0.05)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await asyncio.sleep(0.2)
        await charger.call('Heartbeat', {})
    assert AttemptVerdict.FLOODS not in verdicts(house)
