"""The charger at a real broker: values, commands, readings, who comes and goes, and a broker that is away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from cpo.certificates.issuing import certificate_pem, new_root, new_server_certificate
from simulator.car import Car
from simulator.charger import Charger
from tests.mosquitto import Listener, Mosquitto, mosquitto
from tests.program import Program, document_when, running
from tests.scripted_charger import ScriptedCharger

pytestmark = pytest.mark.program

STATE, EVENT, CONNECTED = 'homecpo/garage/1/state', 'homecpo/garage/event', 'homecpo/garage/connected'


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """A broker for everybody."""
    async with mosquitto(tmp_path) as it:
        yield it


@asynccontextmanager
async def a_program(broker: Mosquitto, **settings: str) -> AsyncIterator[Program]:
    """The program at this broker."""
    async with running(environment={'CPO_MQTT': broker.address, 'CPO_MEMORY': 'true', **settings}) as program:
        yield program


async def requests(rest: httpx.AsyncClient) -> list[str]:
    """What was sent to the charger, oldest first."""
    items = (await rest.get('/api/messages', params={'limit': 200})).json()['items']
    frames = [json.loads(item['frame']) for item in reversed(items) if item['direction'] == 'out']
    return [frame[2] for frame in frames if frame[0] == 2]


async def test_a_charger_is_followed_and_steered(broker: Mosquitto) -> None:
    async with (
        a_program(broker) as program,
        program.client() as rest,
        broker.listener() as seen,
        broker.listener('homeassistant/device/#') as devices,
        Charger(program.ocpp('garage'), meter_interval_s=1, max_current_a=16) as charger,
    ):
        await charger.wait_until_online()
        charger.plug_in(1, Car(soc=40))
        await seen.until(lambda: seen.document(STATE).get('status') == 'plugged_in')
        await seen.until_text('homecpo/status', 'online')
        await seen.until_text(CONNECTED, 'ON')
        await devices.until(lambda: 'homeassistant/device/homecpo_garage/config' in devices.newest)

        await command(seen, '1/charge_limit', '9')
        await seen.until(lambda: seen.document(STATE).get('status') == 'charging')
        await seen.until(lambda: seen.document(STATE).get('limit') == 9)
        await seen.until(lambda: seen.document(STATE).get('power', 0) > 1000)
        shown = (await rest.get('/api/chargepoint')).json()['connectors']['1']
        assert (shown['limit'], shown['limitSetBy']) == (9, 'MQTT')
        await command(seen, '1/mode', 'solar+min')
        await seen.until(lambda: seen.document(STATE)['mode'] == 'solar+min')
        await command(seen, '1/charging', 'OFF')
        await seen.until(lambda: seen.document(STATE)['charging'] == 'OFF')
        await seen.until(lambda: 'homecpo/garage/1/session' in seen.newest)
        record = seen.document('homecpo/garage/1/session')
        assert (record['connector'], record['ended_by']) == (1, 'from_here')
        await command(seen, '1/charging', 'ON')
        await seen.until(lambda: seen.document(STATE)['charging'] == 'ON')
        await command(seen, '1/unlock', 'PRESS')
        await seen.until(lambda: seen.document('homecpo/garage/1/event').get('event_type') == 'ended')
        await command(seen, 'clear_profiles', 'PRESS')
        await command(seen, 'restart', 'PRESS')
        await seen.until_text(CONNECTED, 'OFF')
        await seen.until_text(CONNECTED, 'ON', 30)
        sent = await requests(rest)
        for action in ('RemoteStartTransaction', 'RemoteStopTransaction', 'UnlockConnector', 'Reset'):
            assert action in sent
        assert 'ClearChargingProfile' in sent
        events = [json.loads(text)['event_type'] for topic, text in seen.all if topic == 'homecpo/garage/1/event']
        assert events == ['started', 'ended', 'started', 'ended']


async def until_asked(rest: httpx.AsyncClient, path: str, text: str) -> str:
    """What REST answers once it has this text; it can only be asked again and again."""
    async with asyncio.timeout(10):
        while text not in (answer := (await rest.get(path)).text):  # noqa: ASYNC110 (as above)
            await asyncio.sleep(0.05)
    return answer


async def command(seen: Listener, name: str, payload: str) -> None:
    """A command for the charger."""
    await seen.send(f'homecpo/garage/{name}/set', payload)


async def test_a_wrong_or_retained_command_is_not_obeyed_but_answered(broker: Mosquitto) -> None:
    async with (
        a_program(broker) as program,
        program.client() as rest,
        broker.listener() as seen,
        Charger(program.ocpp('garage'), max_current_a=16) as charger,
    ):
        await charger.wait_until_online()
        charger.plug_in(1, Car(soc=40))
        await seen.until(lambda: seen.document(STATE).get('status') == 'plugged_in')
        await seen.send('homecpo/garage/1/charge_limit/set', '10', retain=True)
        for name, payload in (('charge_limit', '99'), ('charge_limit', 'nan'), ('mode', 'sun'), ('charging', 'on')):
            seen.newest.clear()
            await command(seen, f'1/{name}', payload)
            await seen.until(lambda: {STATE, EVENT} <= seen.newest.keys())
            refusal = seen.document(EVENT)
            assert (refusal['event_type'], refusal['command']) == ('command_refused', name)
            assert seen.document(STATE)['mode'] == 'manual'
        for topic in ('homecpo/other/restart/set', 'homecpo/garage/explode/set', 'homecpo/garage/7/mode/set'):
            await seen.send(topic, 'manual')
        assert not {'RemoteStartTransaction', 'Reset'} & set(await requests(rest))
        assert (await rest.get('/api/chargepoint')).json()['connectors']['1']['mode'] == 'manual'


async def test_readings_of_the_house(broker: Mosquitto) -> None:
    async with a_program(broker) as program, program.client() as rest, broker.listener() as seen:
        await seen.until_text('homecpo/status', 'online')
        for _ in range(3):
            await seen.send('homecpo/pv_w', 'unavailable')
        for name, payload in (('grid_w', '-900'), ('battery_soc', '64'), ('grid_a', '[1, -2, 0.5]'), ('pv_w', '3300')):
            await seen.send(f'homecpo/{name}', payload)
        await until_asked(rest, '/api/solar', '3300')
        found = (await rest.get('/api/solar')).json()
        assert (found['grid_w'], found['battery_soc'], found['grid_a']) == (-900, 64, [1, -2, 0.5])
        assert (found['pv_w'], found['by']) == (3300, 'MQTT')
        await seen.send('homecpo/battery_w', '500', retain=True)
        await until_asked(rest, '/api/solar', '"battery_w":500')
        await seen.send('homecpo/battery_soc', '')
        await until_asked(rest, '/api/solar', '"battery_soc":null')
        ended = await program.stop()
        await seen.until_text('homecpo/status', 'offline')
    assert (ended.status, ended.errors.count('Traceback'), ended.errors.count('is of no use')) == (0, 0, 1)


async def test_what_the_charger_reports_is_an_event(broker: Mosquitto) -> None:
    async with (
        a_program(broker, CPO_STARTUP_REQUESTS='false') as program,
        broker.listener() as seen,
        ScriptedCharger(program.ocpp('garage')) as charger,
    ):
        await charger.boot()
        await seen.until_text(CONNECTED, 'ON')
        await charger.call('Authorize', {'idTag': '04A2'})
        await seen.until(lambda: seen.document(EVENT).get('event_type') == 'card_refused')
        assert seen.document(EVENT)['idTag'] == '04A2'
        await charger.call('FirmwareStatusNotification', {'status': 'Downloading'})
        await seen.until(lambda: seen.document(EVENT).get('event_type') == 'firmware')
        await charger.call('StatusNotification', {'connectorId': 1, 'status': 'Faulted', 'errorCode': 'GroundFailure'})
        await seen.until(lambda: seen.document('homecpo/garage/1/event').get('event_type') == 'alarm')
        await seen.until(lambda: seen.document(STATE).get('last_error') == 'GroundFailure')


async def test_rubbish_harms_nothing(broker: Mosquitto) -> None:
    topics = [
        f'homecpo/garage/{name}/set'
        for name in ('restart', '1/unlock', '1/charge_limit', '1/goal', '0/mode', '99/unlock', 'x')
    ]
    topics += [
        'homecpo/grid_w',
        'homecpo/grid_a',
        'homecpo/yard/connected',
        'homecpo//1/mode/set',
        'homeassistant/status',
    ]
    payloads = ('\x00', '{', '[' * 200, '9' * 5000, 'é' * 60, 'x' * 100_000, '')
    async with (
        a_program(broker) as program,
        program.client() as rest,
        broker.listener() as seen,
        Charger(program.ocpp('garage')) as charger,
    ):
        await charger.wait_until_online()
        await seen.until_text(CONNECTED, 'ON')
        for topic in topics:
            for payload in payloads:
                await seen.send(topic, payload)
        await command(seen, '1/mode', 'fast')
        await seen.until(lambda: seen.document(STATE).get('mode') == 'fast')
        assert not {'Reset', 'UnlockConnector', 'RemoteStartTransaction'} & set(await requests(rest))
        assert (await rest.get('/api/health')).json()['detail'] == 'The program runs.'
        assert 'Traceback' not in (await program.stop()).errors


async def test_two_chargers_take_turns_and_leave_no_ghost(broker: Mosquitto) -> None:
    """The second takes over; the program dies, and the second leaves while it is away."""
    async with broker.listener() as seen:
        async with a_program(broker) as program:
            for name, other in (('garage', 'yard'), ('yard', 'garage')):
                async with Charger(program.ocpp(name), max_current_a=16) as charger:
                    await charger.wait_until_online()
                    await seen.until_text(f'homecpo/{name}/connected', 'ON')
                    assert seen.newest.get(f'homecpo/{other}/connected', 'OFF') == 'OFF'
            async with Charger(program.ocpp('yard')) as charger:
                await charger.wait_until_online()
                await seen.until_text('homecpo/yard/connected', 'ON')
                program.process.kill()
                await seen.until_text('homecpo/status', 'offline')
        async with a_program(broker) as program, Charger(program.ocpp('garage')) as charger:
            await charger.wait_until_online()
            await seen.until_text('homecpo/garage/connected', 'ON')
            await seen.until_text('homecpo/yard/connected', 'OFF')


async def test_the_demo_charger_is_shown_and_removed_when_a_real_one_comes(broker: Mosquitto) -> None:
    device = 'homeassistant/device/homecpo_demo-charger/config'
    async with (
        broker.listener('#') as seen,
        a_program(broker, CPO_DEMO='true') as program,
    ):
        await seen.until_text('homecpo/demo-charger/connected', 'ON')
        await seen.until(lambda: seen.document(device).get('device', {}).get('name') == 'Demo charger')
        async with Charger(program.ocpp('garage')) as charger:
            await charger.wait_until_online()
            await seen.until_text(CONNECTED, 'ON')
            await seen.until_text(device, '')
    async with broker.listener('#') as after:
        await after.until_text('homecpo/status', 'offline')
        assert not [topic for topic in after.newest if 'demo' in topic]


async def test_a_broker_that_is_away_harms_nothing_and_is_found_again(broker: Mosquitto) -> None:
    await broker.kill()
    async with (
        a_program(broker) as program,
        program.client() as rest,
        Charger(program.ocpp('garage'), meter_interval_s=1) as charger,
    ):
        await charger.wait_until_online()
        charger.plug_in(1, Car(soc=40))
        assert (await rest.put('/api/chargepoint/1/chargeLimit', content='8')).status_code == 200
        await document_when(rest, lambda it: it['connectors']['1']['status'] == 'Charging')
        health = await rest.get('/api/health')
        assert health.status_code == 200
        assert (
            f'The MQTT broker {broker.address} cannot be reached (Connection refused); charging'
            in health.json()['detail']
        )
        page = (await rest.get('/', headers={'Accept': 'text/html'})).text
        assert 'cannot be reached' in page
        for _ in range(2):
            await broker.start()
            async with broker.listener() as seen:
                await seen.until(lambda: seen.document(STATE).get('status') == 'charging', 20)
                await seen.until_text('homecpo/status', 'online')
                assert 'MQTT' not in (await rest.get('/api/health')).json()['detail']
            await broker.kill()


async def test_a_wrong_password_is_one_sentence_and_never_shown(tmp_path: Path) -> None:
    async with mosquitto(tmp_path, password='right') as broker:
        settings = {'CPO_MQTT_USER': 'cpo', 'CPO_MQTT_PASSWORD': 'geheim'}
        async with a_program(broker, **settings) as program, program.client() as rest:
            health = await until_asked(rest, '/api/health', 'refuses')
            page = (await rest.get('/', headers={'Accept': 'text/html'})).text
            shown = (await rest.get('/api/settings')).text
            ended = await program.stop()
        sentence = f'The MQTT broker {broker.address} refuses the user name or the password'
        assert sentence in health
        assert sentence in page
        assert 'geheim' not in health + page + shown + ended.output + ended.errors
        async with (
            a_program(broker, **settings | {'CPO_MQTT_PASSWORD': 'right'}),
            broker.listener(password='right') as seen,
        ):
            await seen.until_text('homecpo/status', 'online')


async def test_with_tls_the_broker_needs_a_certificate_that_is_trusted(tmp_path: Path) -> None:
    root, both, authority = new_root(), tmp_path / 'broker.pem', tmp_path / 'root.pem'
    both.write_bytes(new_server_certificate(root, False, ['127.0.0.1'], datetime.now(UTC)))
    authority.write_bytes(certificate_pem(root.certificate))
    trusted = {'CPO_MQTT_TLS': 'true', 'SSL_CERT_FILE': str(authority)}
    async with mosquitto(tmp_path, certificate=both) as broker:
        async with a_program(broker, CPO_MQTT_TLS='true') as program, program.client() as rest:
            await until_asked(rest, '/api/health', 'certificate verify failed')
        async with a_program(broker, **trusted), broker.listener(authority=authority) as seen:
            await seen.until_text('homecpo/status', 'online')


async def test_nothing_is_sent_while_nothing_changes_and_values_come_once_a_second(broker: Mosquitto) -> None:
    async with (
        a_program(broker) as program,
        broker.listener('#') as seen,
        Charger(program.ocpp('garage'), speed=10, meter_interval_s=1) as charger,
    ):
        await charger.wait_until_online()
        await seen.until(lambda: seen.document(STATE).get('status') == 'idle')
        await asyncio.sleep(0.5)
        quiet = len(seen.all)
        await asyncio.sleep(1.5)
        assert len(seen.all) == quiet
        await seen.send('homeassistant/status', 'online')  # Home Assistant has started: it is told everything again
        device = 'homeassistant/device/homecpo_garage/config'
        await seen.until(lambda: {device, STATE} <= {topic for topic, _ in seen.all[quiet:]})
        charger.plug_in(1, Car(soc=40))
        await command(seen, '1/charge_limit', '16')
        await seen.until(lambda: seen.document(STATE).get('power', 0) > 3000)
        await asyncio.sleep(1)
        begun = len(seen.all)
        await asyncio.sleep(3)
        states = [text for topic, text in seen.all[begun:] if topic == STATE]
        assert 2 <= len(states) <= 4
        assert len(states) == len(seen.all) - begun
