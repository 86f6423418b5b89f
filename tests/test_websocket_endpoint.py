"""The charger's door: who is let in, who is not and why, and which connection counts."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.frames import Close, Frame, Opcode
from websockets.typing import Subprotocol

from cpo.errors import ConnectionClosed
from cpo.sentences import attempt_sentence
from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state import REST, YOU, AttemptVerdict, ConnectionAttempt, IdTag, IdTagChanged, Mode
from tests.conftest import House, MakeHouse
from tests.scripted_charger import TIMESTAMP, ScriptedCharger


def last_attempt(house: House) -> ConnectionAttempt:
    return house.charge_point.state.attempts[0]


async def refused(url: str) -> str:
    """Try to connect; returns the body of the 404."""
    with pytest.raises(InvalidStatus) as refusal:
        await connect(url, subprotocols=None)
    assert refusal.value.response.status_code == 404
    return (refusal.value.response.body or b'').decode()


async def closed(charger: ScriptedCharger) -> int | None:
    """Wait for the end of the charger's connection; its close code."""
    async with asyncio.timeout(10):
        await charger.websocket.wait_closed()
    return charger.websocket.close_code


# ---- the subprotocol


async def test_ocpp_1_6_is_selected_from_any_list(house: House) -> None:
    for offered in (('ocpp1.6',), ('ocpp2.0.1', 'ocpp1.6'), ('ocpp1.6', 'ocpp2.1'), ('a', 'ocpp1.6', 'b')):
        async with ScriptedCharger(house.ocpp(), offered) as charger:
            assert charger.websocket.subprotocol == 'ocpp1.6', offered
            await charger.boot()


async def test_a_charger_that_offers_no_subprotocol_is_taken_with_a_warning(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async with ScriptedCharger(house.ocpp(), ()) as charger:
        assert charger.websocket.subprotocol is None
        await charger.boot()
        assert house.charge_point.state.connected
    attempt = last_attempt(house)
    assert attempt.accepted
    assert 'did not say which protocol' in attempt_sentence(attempt)
    assert any('did not say' in record.message for record in caplog.records if record.levelname == 'WARNING')


async def test_foreign_subprotocols_get_a_handshake_without_selection_and_a_close(house: House) -> None:
    for offered in (('ocpp2.0.1',), ('soap', 'ocpp1.5')):
        async with ScriptedCharger(house.ocpp(), offered) as charger:
            assert charger.websocket.subprotocol is None
            assert await closed(charger) == 1002
            assert 'ocpp1.6' in (charger.websocket.close_reason or '')
        assert not house.charge_point.state.connected
        attempt = last_attempt(house)
        assert attempt.verdict is AttemptVerdict.WRONG_PROTOCOL
        assert offered[0] in attempt_sentence(attempt)
        assert not attempt.accepted


# ---- the path

IDS = {
    'CP1': 'CP1',
    'CP1/': 'CP1',
    'A%2FB': 'A/B',
    'A%2FB/': 'A/B',
    'my%20garage': 'my garage',
    'W%C3%A4rmeh%C3%A4uschen': 'Wärmehäuschen',
    '50%25': '50%',
    'CP-1_a.b~*:1': 'CP-1_a.b~*:1',
}


async def test_the_charge_box_id_is_the_rest_of_the_path_decoded(house: House) -> None:
    for path, charge_box_id in IDS.items():
        async with ScriptedCharger(house.ocpp(path)) as charger:
            await charger.boot()
            assert house.charge_point.state.charge_box_id == charge_box_id
        await house.until(lambda: not house.charge_point.state.connected)


async def test_an_empty_charge_box_id_is_answered_with_where_it_belongs(house: House) -> None:
    url = f'ws://127.0.0.1:{house.port}'
    for path in ('/ocpp/', '/ocpp', '/ocpp//'):
        assert f'{url}/ocpp/<name>' in await refused(url + path)
        assert last_attempt(house).verdict is AttemptVerdict.WRONG_PATH
        assert last_attempt(house).path == path


async def test_slashes_of_the_chargers_own_do_no_harm(house: House) -> None:
    """ZJ Beny dials `///name` (lbbrhzn/ocpp#1078)."""
    for path in ('//ocpp/CP1', '///CP1', '//CP1/', '/ocpp///CP1', '//ocpp//CP1//'):
        async with ScriptedCharger(f'ws://127.0.0.1:{house.port}{path}') as charger:
            await charger.boot()
            assert house.charge_point.state.charge_box_id == 'CP1', path
        await house.until(lambda: not house.charge_point.state.connected)


WRONG_PATHS = {
    '//': '<name>',
    '//ocpp': '<name>',
    '//steve/CP1': 'CP1',
    '/': '<name>',
    '/CP1': 'CP1',
    '/ocppj/CP1': 'CP1',
    '/steve/websocket/CentralSystemService/CP1/': 'CP1',
    '/api/chargepoint': 'chargepoint',
}


async def test_another_path_is_answered_with_the_url_to_use(house: House) -> None:
    url = f'ws://127.0.0.1:{house.port}'
    for path, name in WRONG_PATHS.items():
        assert f'{url}/ocpp/{name}' in await refused(url + path)
        attempt = last_attempt(house)
        assert (attempt.verdict, attempt.path, attempt.accepted) == (AttemptVerdict.WRONG_PATH, path, False)
        assert f'{url}/ocpp/{name}' in attempt_sentence(attempt)


async def test_a_name_with_a_line_feed_is_not_advised_again(house: House) -> None:
    for name in ('%0ACP1', 'C%0D%0AP1'):
        assert f'ws://127.0.0.1:{house.port}/ocpp/<name>' in await refused(house.ocpp(name))
        async with httpx.AsyncClient() as browser:
            assert '/ocpp/&lt;name&gt;' in (await browser.get(f'{house.http}/ocpp/{name}')).text


async def test_a_name_without_an_end_is_shortened_in_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    name = 'garage' * 500
    async with ScriptedCharger(house.ocpp(name)) as charger:
        await charger.boot()
        assert house.charge_point.state.charge_box_id == name
        await refused(house.ocpp('other' * 600))
    await house.until(lambda: any('has gone' in record.message for record in caplog.records))
    lines = [record.message for record in caplog.records if record.name.startswith('cpo.')]
    assert len(lines) == 3
    assert max(map(len, lines)) < 500


async def test_the_same_wrong_attempt_again_is_counted(house: House) -> None:
    for _ in range(3):
        await refused(f'ws://127.0.0.1:{house.port}/CP1')
    assert last_attempt(house).count == 3
    assert len(house.charge_point.state.attempts) == 1


async def test_a_browser_learns_what_the_address_is_for(house: House) -> None:
    async with httpx.AsyncClient(verify=False) as browser:
        for path in ('/ocpp/CP1', '/ocpp/', '/ocpp/A%2FB', '/ocpp'):
            response = await browser.get(house.http + path)
            assert response.status_code == 426
            assert response.headers['upgrade'] == 'websocket'
            assert f'ws://127.0.0.1:{house.port}/ocpp/' in response.text


async def test_a_name_that_is_html_is_shown_as_text(house: House) -> None:
    async with httpx.AsyncClient(verify=False) as browser:
        response = await browser.get(house.http + '/ocpp/' + quote('<script>alert(1)</script>'))
    assert '&lt;script&gt;' in response.text
    assert '<script' not in response.text


# ---- connections that come to nothing


async def test_a_charger_that_hangs_up_without_a_word_is_no_good_connection(house: House) -> None:
    for _ in range(2):
        await (await connect(house.ocpp(), subprotocols=[Subprotocol('ocpp1.6')])).close()
    await house.until(lambda: last_attempt(house).count == 2)
    attempt = last_attempt(house)
    assert attempt.verdict is AttemptVerdict.HUNG_UP_UNHEARD
    assert attempt_sentence(attempt) == 'CP1 was let in, but hung up without a word.'


async def test_a_charger_that_hangs_up_out_of_order_at_once_is_recorded(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        charger.websocket.transport.abort()
    await house.until(lambda: not house.charge_point.state.connected)
    assert last_attempt(house).verdict is AttemptVerdict.HUNG_UP_AT_ONCE
    assert attempt_sentence(last_attempt(house)) == 'CP1 was let in, but hung up within 5 s.'


async def test_a_connection_that_the_server_ends_is_nobodys_fault(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, ScriptedCharger(house.ocpp()) as newer:
        assert await closed(charger) == 1000
        await house.charge_point.connections.close(1001, 'the server stops')
        assert await closed(newer) == 1001
    await house.until(lambda: not house.charge_point.state.connected)
    assert {attempt.verdict for attempt in house.charge_point.state.attempts} == {AttemptVerdict.CONNECTED}


async def test_a_charger_that_says_nothing_is_recorded_once(make_house: MakeHouse) -> None:
    house = await make_house(silent_after_s=0.1)
    async with ScriptedCharger(house.ocpp('garage')):
        await house.until(lambda: last_attempt(house).verdict is AttemptVerdict.SILENT)
        assert attempt_sentence(last_attempt(house)) == 'garage was let in, but has not said a word for 0.1 s.'


async def test_a_charger_that_spoke_is_not_silent(make_house: MakeHouse) -> None:
    house = await make_house(silent_after_s=0.2)
    async with ScriptedCharger(house.ocpp('garage')) as charger:
        await charger.boot()
        await asyncio.sleep(0.4)
        assert last_attempt(house).verdict is AttemptVerdict.CONNECTED


# ---- who is let in


async def test_with_a_charge_box_id_set_the_url_of_another_path_has_it(make_house: MakeHouse) -> None:
    house = await make_house(charge_box_id='garage')
    url = f'ws://127.0.0.1:{house.port}'
    for path, verdict in (
        ('/ocpp/', AttemptVerdict.NO_NAME),
        ('/ocpp', AttemptVerdict.NO_NAME),
        ('/', AttemptVerdict.NO_NAME),
        ('/CP1', AttemptVerdict.WRONG_PATH),
    ):
        assert f'Use {url}/ocpp/garage instead.' in await refused(url + path)
        assert verdict in (None, last_attempt(house).verdict)


async def test_with_a_charge_box_id_set_only_that_one_is_let_in(make_house: MakeHouse) -> None:
    house = await make_house(charge_box_id='garage')
    detail = await refused(house.ocpp('CP1'))
    assert 'CP1' in detail
    assert 'garage' in detail
    assert not house.charge_point.state.connected
    async with ScriptedCharger(house.ocpp('garage')) as charger:
        await charger.boot()
        assert house.charge_point.state.charge_box_id == 'garage'


async def test_a_second_id_is_refused_only_while_another_is_connected(house: House) -> None:
    async with ScriptedCharger(house.ocpp('CP1')) as charger:
        await charger.boot()
        detail = await refused(house.ocpp('CP2'))
        assert 'CP1' in detail
        assert 'CP2' in detail
        assert attempt_sentence(last_attempt(house)) in detail
        await charger.call('Heartbeat', {})
    await house.until(lambda: not house.charge_point.state.connected)
    async with ScriptedCharger(house.ocpp('CP2')) as charger:
        await charger.boot()
        assert house.charge_point.state.charge_box_id == 'CP2'


async def test_a_change_of_id_keeps_the_transactions_each_with_its_charge_box_id(house: House) -> None:
    ids = []
    for charge_box_id in ('CP1', 'CP2'):
        async with ScriptedCharger(house.ocpp(charge_box_id)) as charger:
            await charger.boot()
            ids.append(await charger.start())
            await charger.stop(ids[-1])
        await house.until(lambda: not house.charge_point.state.connected)
    assert [(t.transaction_id, t.charge_box_id) for t in house.charge_point.state.transactions] == [
        (str(ids[1]), 'CP2'),
        (str(ids[0]), 'CP1'),
    ]
    assert ids[0] != ids[1]


# ---- the demo charger


async def test_the_demo_charger_yields_to_a_real_one(house: House) -> None:
    async with ScriptedCharger(house.demo) as demo:
        await demo.boot()
        await demo.start()
        assert house.charge_point.state.demo
        async with ScriptedCharger(house.ocpp('garage')) as charger:
            await charger.boot()
            assert await closed(demo) == 1000
            transaction_id = await charger.start()
            state = house.charge_point.state
            assert state.connected
            assert state.charge_box_id == 'garage'
            assert not state.demo
            assert [(t.demo, t.charge_box_id) for t in state.transactions] == [
                (False, 'garage'),
            ]
            await charger.stop(transaction_id)


async def test_the_last_words_of_the_demo_charger_are_not_taken_for_the_real_ones(house: House) -> None:
    charge_point = house.charge_point
    sent: list[str] = []

    async def send_text(text: str) -> None:
        sent.append(text)

    async def close(code: int, reason: str) -> None:
        pass

    demo = charge_point.connections.connect(DEMO_CHARGE_BOX_ID, '127.0.0.1', send_text, close)
    async with ScriptedCharger(house.ocpp('garage')) as charger:
        await charger.boot()
        payload = '{"connectorId":1,"idTag":"Tag1","meterStart":0,"timestamp":"2026-06-14T12:00:00Z"}'
        await charge_point.handle_ocpp_message(demo, f'[2,"late","StartTransaction",{payload}]')
        assert charge_point.state.transactions == ()
        assert sent == []
    charge_point.connections.disconnect(demo)


async def test_the_demo_charger_is_refused_while_a_real_one_is_connected(house: House) -> None:
    async with ScriptedCharger(house.ocpp('garage')) as charger:
        await charger.boot()
        assert 'garage' in await refused(house.demo)
        await charger.call('Heartbeat', {})


async def test_the_demo_charger_stays_away_for_ever_once_a_real_one_was_connected(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp('garage')) as charger:
        await charger.boot()
    await house.until(lambda: not house.charge_point.state.connected)
    assert 'garage was connected' in await refused(house.demo)
    house.charge_point.journal.close()
    house = await make_house(folder=tmp_path)
    assert 'garage was connected' in await refused(house.demo)
    assert house.charge_point.state.charge_box_id == 'garage'


async def test_what_the_demo_shows_is_forgotten_with_it_and_what_is_the_houses_stays(house: House) -> None:
    charge_point = house.charge_point
    before = charge_point.state
    async with ScriptedCharger(house.demo) as demo:
        await demo.boot()
        await demo.start()
        charge_point.set_mode(1, Mode.SOLAR)
        charge_point.record(IdTagChanged(IdTag('Guest')))
        charge_point.record_reading(grid_w=-100, by=REST)
        charge_point.record_reading(pv_w=5000, by=YOU)
        assert AttemptVerdict.WRONG_PATH not in {attempt.verdict for attempt in charge_point.state.attempts}
        await refused(house.ocpp(''))
        assert charge_point.state.solar.pv_w == 5000
        assert charge_point.state.transactions
    await house.until(lambda: not charge_point.state.connected)
    after = charge_point.state
    assert after == replace(
        before, id_tags=after.id_tags, attempts=after.attempts, solar=after.solar, changed_in=after.changed_in
    )
    assert 'guest' in after.id_tags
    assert (after.solar.pv_w, after.solar.grid_w) == (None, -100)
    assert [attempt.verdict for attempt in after.attempts] == [AttemptVerdict.WRONG_PATH]


async def test_a_demo_that_is_asked_for_in_memory_comes_whoever_was_connected(make_house: MakeHouse) -> None:
    house = await make_house(demo=True, memory=True)
    async with ScriptedCharger(house.ocpp('garage')) as charger:
        await charger.boot()
        await charger.start()
    await house.until(lambda: not house.charge_point.state.connected)
    before = house.charge_point.state
    async with ScriptedCharger(house.demo) as demo:
        await demo.boot()
        assert house.charge_point.state.demo
    await house.until(lambda: not house.charge_point.state.demo)
    assert replace(house.charge_point.state, attempts=before.attempts) == before


async def test_where_one_id_is_known_only_the_demo_charger_of_this_process_is_let_in_too(
    make_house: MakeHouse,
) -> None:
    house = await make_house(charge_box_id='garage')
    for stranger in (
        'demo-charger',
        '/demo-charger',
        '%2Fdemo-charger',
        'demo-charger?demo-key=',
        'demo-charger?demo-key=x',
    ):
        assert 'garage' in await refused(house.ocpp(stranger))
    async with ScriptedCharger(house.demo) as demo:
        await demo.boot()
        assert house.charge_point.state.demo
        async with ScriptedCharger(house.ocpp('garage')) as charger:
            await charger.boot()
            assert not house.charge_point.state.demo


@pytest.mark.parametrize('name', ['demo-charger', '/demo-charger', 'demo-charger?demo-key=x', '%2Fdemo-charger%2F'])
async def test_a_stranger_with_the_name_of_the_demo_charger_is_a_charger_as_any(
    make_house: MakeHouse, tmp_path: Path, name: str
) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp(name)) as charger:
        await charger.boot()
        await charger.start()
        assert 'demo-charger' in await refused(house.ocpp('garage'))
        assert 'demo-charger was connected' in await refused(house.demo)
        assert not house.charge_point.state.demo
    house.charge_point.journal.close()
    state = (await make_house(folder=tmp_path)).charge_point.state
    assert state.charge_box_id == 'demo-charger'
    assert [(t.charge_box_id, t.demo) for t in state.transactions] == [('demo-charger', False)]


async def test_what_makes_the_demo_charger_known_is_shown_nowhere(
    house: House, rest: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = house.charge_point.connections.demo_query.partition('=')[2]
    async with ScriptedCharger(house.demo) as demo:
        await demo.boot()
        shown = [(await rest.get(f'/api/{path}')).text for path in ('chargepoint', 'messages', 'transactions')]
    shown += [
        str(house.charge_point.state.attempts),
        *(r.getMessage() for r in caplog.records if r.name.startswith('cpo')),
    ]
    assert json.loads(shown[0])['chargePointId'] == 'demo-charger'
    assert not any(token in text for text in shown)


# ---- the newest connection wins


async def test_the_newest_connection_of_the_same_id_wins(house: House) -> None:
    charge_point = house.charge_point
    async with ScriptedCharger(house.ocpp()) as old:
        await old.boot()
        transaction_id = await old.start()
        waiting = asyncio.create_task(charge_point.set_charging_limit(1, 10))
        await old.receive_call('SetChargingProfile')
        async with ScriptedCharger(house.ocpp()) as new:
            with pytest.raises(ConnectionClosed):
                await waiting
            assert await closed(old) == 1000
            # the server has seen the old one's end when it answers what comes after it
            await new.call('BootNotification', {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted'})
            assert charge_point.state.connected
            assert charge_point.state.running_transaction(1) is not None
            await new.status(1, 'Charging')
            changed = asyncio.create_task(charge_point.set_charging_limit(1, 12))
            request = await new.expect('SetChargingProfile')
            assert request['csChargingProfiles']['chargingSchedule']['chargingSchedulePeriod'][0]['limit'] == 12
            assert (await changed).status == 'Accepted'
            await new.stop(transaction_id)
    await house.until(lambda: not charge_point.state.connected)


async def test_a_dead_old_socket_keeps_nobody_waiting(house: House) -> None:
    charge_point = house.charge_point
    sent = asyncio.Event()

    async def send_text(text: str) -> None:
        sent.set()

    async def close(code: int, reason: str) -> None:
        await asyncio.get_running_loop().create_future()  # the other side never answers

    old = charge_point.connections.connect('CP1', '127.0.0.1', send_text, close)
    old.sender.open_gate()
    command = asyncio.create_task(charge_point.command('ClearCache', {}))
    await sent.wait()
    async with ScriptedCharger(house.ocpp()) as new:
        await new.boot()
        with pytest.raises(ConnectionClosed):
            async with asyncio.timeout(5):
                await command
        charge_point.connections.disconnect(old)
        assert charge_point.state.connected


async def test_a_storm_of_reconnects_ends_with_one_working_connection(house: House) -> None:
    storm = [ScriptedCharger(house.ocpp()) for _ in range(20)]
    for charger in storm:
        await charger.__aenter__()
    await asyncio.gather(*(closed(charger) for charger in storm[:-1]))
    await storm[-1].boot()
    assert house.charge_point.state.connected
    await storm[-1].websocket.close()
    await house.until(lambda: not house.charge_point.state.connected)


async def test_what_is_answered_at_once_overtakes_nothing_and_is_recorded(house: House) -> None:
    samples = [{'value': str(number)} for number in range(5000)]
    large = {'connectorId': 1, 'meterValue': [{'timestamp': TIMESTAMP, 'sampledValue': samples}]}
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        for turn in range(5):
            frames: tuple[tuple[str, str, object], ...] = (
                (f'a{turn}', 'Heartbeat', {}),
                (f'b{turn}', 'MeterValues', large),
                (f'c{turn}', 'Heartbeat', {}),
            )
            for name, action, payload in frames:
                await charger.send(json.dumps([2, name, action, payload], separators=(',', ':')))
                await asyncio.sleep(0.003)
            answers = [json.loads(await charger.websocket.recv()) for _ in frames]
            assert [(kind, answered) for kind, answered, _ in answers] == [(3, name) for name, *_ in frames]
        newest = [message for message in house.charge_point.messages if message.action == 'Heartbeat'][:2]
        assert [message.message_id for message in newest] == ['c4', 'a4']
        assert (newest[0].answer or '').startswith('[3,"c4",{"currentTime":')


ENDS = {  # close code that the charger gets: its last frame, how its attempt to connect is recorded
    1000: (Frame(Opcode.CLOSE, Close(1000, 'restarting').serialize()), AttemptVerdict.CONNECTED),
    1002: (Frame(Opcode.CLOSE, (1006).to_bytes(2)), None),
    1007: (Frame(Opcode.TEXT, b'\xff'), AttemptVerdict.NOT_UTF8),
    1009: (Frame(Opcode.TEXT, bytes(5 * 1024 * 1024)), AttemptVerdict.FRAME_TOO_LARGE),
}


@pytest.mark.parametrize('code', ENDS)
async def test_what_a_charger_sends_with_its_goodbye_is_recorded(house: House, code: int) -> None:
    goodbye, verdict = ENDS[code]
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        stop = {'transactionId': await charger.start(), 'meterStop': 2000, 'timestamp': TIMESTAMP}
        finishing = {'connectorId': 1, 'status': 'Finishing', 'errorCode': 'NoError', 'timestamp': TIMESTAMP}
        calls = {'Heartbeat': {}, 'StatusNotification': finishing, 'StopTransaction': stop}
        texts = [json.dumps([2, action, action, payload]).encode() for action, payload in calls.items()]
        frames = b''.join(Frame(Opcode.TEXT, text).serialize(mask=True) for text in texts)
        charger.websocket.transport.write(frames + goodbye.serialize(mask=True)[:40])  # the beginning says its length
        assert await closed(charger) == code
    await house.until(lambda: not house.charge_point.state.connected)
    assert house.charge_point.state.running_transaction(1) is None
    newest = [message.action for message in house.charge_point.messages if message.action][:3]
    assert newest == ['StopTransaction', 'StatusNotification', 'Heartbeat']
    assert verdict in (None, last_attempt(house).verdict)


async def test_a_charger_that_does_not_read_its_answers_is_heard(house: House) -> None:
    charge_point = house.charge_point
    has_room = asyncio.Event()

    async def send_text(text: str) -> None:
        await has_room.wait()

    async def close(code: int, reason: str) -> None:
        raise AssertionError(code, reason)

    connection = charge_point.connections.connect('CP1', '127.0.0.1', send_text, close)
    faulted = {'connectorId': 1, 'status': 'Faulted', 'errorCode': 'GroundFailure', 'timestamp': TIMESTAMP}
    text = json.dumps([2, 'a', 'StatusNotification', faulted])
    handled = asyncio.create_task(charge_point.handle_ocpp_message(connection, text))
    await asyncio.sleep(0)
    assert not handled.done()
    assert [message.message_id for message in charge_point.messages] == ['a']
    assert charge_point.state.connector(1).status == 'Faulted'
    has_room.set()
    await handled
    charge_point.connections.disconnect(connection)


async def test_a_flood_that_is_slowed_waits_for_its_turn(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        connection = house.charge_point.connections.current
        assert connection is not None
        connection.rest_s = 0.1
        assert house.charge_point.inbox.answer_at_once(connection, '[2,"at once","Heartbeat",{}]') is None
        assert list(await charger.call('Heartbeat', {})) == ['currentTime']
        assert not any(message.message_id == 'at once' for message in house.charge_point.messages)


async def test_a_charger_that_comes_back_finds_its_transaction_running(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start(meter_start=1000)
        charger.websocket.transport.abort()
    await house.until(lambda: not house.charge_point.state.connected)
    running = house.charge_point.state.running_transaction(1)
    assert running is not None
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.meter(transaction_id, energy=1500)
        running = house.charge_point.state.running_transaction(1)
        assert running is not None
        assert running.energy_wh == 500


async def test_a_command_after_our_goodbye_fails_at_once(house: House) -> None:
    charge_point = house.charge_point
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charge_point.connections.close(1001, 'the server stops')
        with pytest.raises(ConnectionClosed):
            await charge_point.command('ClearCache', {})
        assert await closed(charger) == 1001
