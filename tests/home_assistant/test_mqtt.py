"""The charger as a device of a real Home Assistant, by a real broker; the tests of a release share one house."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from simulator.car import Car
from simulator.charger import Charger
from tests.home_assistant.mqtt_house import NOTHING, MqttHouse
from tests.home_assistant.releases import ready
from tests.home_assistant.statistics import energy_by_means_wh, statistics_since
from tests.mosquitto import mosquitto
from tests.program import document_when

RELEASES = [release.version for release in ready()] or ['none']
POWER, STATUS, ENERGY = 'sensor.demo_charger_power', 'sensor.demo_charger_status', 'sensor.demo_charger_energy'
NUMBER, SWITCH, MODE = 'number.demo_charger_charge_limit', 'switch.demo_charger_charging', 'select.demo_charger_mode'
SESSION = 'event.demo_charger_session'
ALIVE_WITHIN_S = 5


@pytest_asyncio.fixture(scope='session', loop_scope='session', params=RELEASES, ids=str)
async def house_of_release(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[MqttHouse]:
    """Home Assistant with the integration MQTT and no program yet."""
    release = next((each for each in ready() if each.version == request.param), None)
    if release is None:
        pytest.skip('there is no Home Assistant; python -m tests.home_assistant.releases')
    folder = tmp_path_factory.mktemp('mqtt')
    async with mosquitto(folder) as broker:
        it = MqttHouse(release, folder / 'config', broker)
        try:
            await it.start_home()
            assert await it.home.add_mqtt(broker.port) == 'create_entry'
            yield it
        finally:
            await it.close()


@pytest_asyncio.fixture(loop_scope='session')
async def house(house_of_release: MqttHouse) -> MqttHouse:
    """The house of a release; its program runs, also for a test that is run alone."""
    if not house_of_release.has_program:
        await house_of_release.start_program()
    return house_of_release


async def test_entities_live_soon_after_a_program_that_starts_later(house_of_release: MqttHouse) -> None:
    house = house_of_release
    await asyncio.sleep(10)
    await house.start_program()
    assert await house.alive('sensor.demo_charger_status') < ALIVE_WITHIN_S
    await house.plugged_in()
    await house.home.until(STATUS, 'plugged_in')


async def test_prices_are_pushed_without_the_entities_of_rest(house: MqttHouse) -> None:
    await house.home.act('automation.trigger', 'automation.push_the_prices_to_the_program', skip_condition=False)
    prices = (await house.rest.get('/api/prices')).json()['import']
    assert [slot['price'] for slot in prices if slot['basis'] == 'pushed'] == [0.07]
    assert house.home.complaints() == []  # neither of the push while there was no program


def minutes_since_start(connector: dict[str, Any]) -> int:
    """The whole minutes that the session has lasted."""
    return int(datetime.now(UTC).timestamp() * 1000 - connector['attributes']['txStartTimestamp']) // 60_000


Shown = Callable[[dict[str, Any]], Any]
ENTITIES: tuple[tuple[str, str | None, str | None, str | None, Shown], ...] = (
    ('sensor.demo_charger_status', 'enum', None, None, lambda it: 'charging'),
    ('binary_sensor.demo_charger_car', 'plug', None, None, lambda it: 'on'),
    ('binary_sensor.demo_charger_connection', 'connectivity', None, None, lambda it: 'on'),
    ('sensor.demo_charger_power', 'power', 'W', 'measurement', lambda it: round(it['power'])),
    ('sensor.demo_charger_current_l1', 'current', 'A', 'measurement', lambda it: round(it['currents']['L1'], 1)),
    ('sensor.demo_charger_voltage', 'voltage', 'V', 'measurement', lambda it: it['voltages']['L1']),
    ('sensor.demo_charger_offered_limit', 'current', 'A', 'measurement', lambda it: it['offered']),
    ('sensor.demo_charger_wanted_limit', 'current', 'A', 'measurement', lambda it: it['wish']),
    ('sensor.demo_charger_limit_in_force', 'current', 'A', 'measurement', lambda it: it['limit']),
    ('sensor.demo_charger_energy', 'energy', 'kWh', 'total_increasing', lambda it: it['energy'] / 1000),
    (
        'sensor.demo_charger_session_energy',
        'energy',
        'kWh',
        None,
        lambda it: it['attributes']['totalCharged'] / 1000,
    ),
    ('sensor.demo_charger_session_duration', 'duration', 'min', None, minutes_since_start),
    ('sensor.demo_charger_car_battery', 'battery', '%', 'measurement', lambda it: round(it['soc'])),
    ('number.demo_charger_charge_limit', 'current', 'A', None, lambda it: it['limit']),
    ('select.demo_charger_mode', None, None, None, lambda it: it['mode']),
    ('switch.demo_charger_charging', None, None, None, lambda it: 'on'),
    ('sensor.demo_charger_session_cost', 'monetary', 'EUR', None, lambda it: it['cost']),
    ('number.demo_charger_goal', 'energy', 'kWh', None, lambda it: 0),
    ('text.demo_charger_departure', None, None, None, lambda it: ''),
    ('sensor.demo_charger_last_error', None, None, None, lambda it: 'none'),
    ('sensor.demo_charger_firmware', None, None, None, lambda it: '1.0'),
)


async def test_each_entity_has_its_class_unit_and_value_while_the_demo_charger_charges(house: MqttHouse) -> None:
    home = house.home
    await home.act('number.set_value', NUMBER, value=10)
    await home.until(POWER, lambda value: value not in NOTHING and float(value) > 2000)
    await home.until(ENERGY, lambda value: value not in NOTHING)
    for entity_id, kind, unit, state_class, shown in ENTITIES:
        await same(house, entity_id, shown)
        attributes = home.states[entity_id]['attributes']
        names = ('device_class', 'unit_of_measurement', 'state_class')
        assert tuple(attributes.get(name) for name in names) == (kind, unit, state_class), entity_id
    assert home.states[NUMBER]['attributes'].items() >= {'min': 6, 'max': 16, 'mode': 'slider'}.items()
    await home.until('sensor.demo_charger_why', 'Charging at your limit')
    await home.until_so(lambda: 'MQTT set 10.0 A at' in home.attribute('sensor.demo_charger_why', 'sentence'))
    await house.alive('sensor.demo_charger_session_start')
    start = datetime.fromisoformat(home.value('sensor.demo_charger_session_start') or '')
    assert abs(start - datetime.now(UTC)) < timedelta(minutes=2)


async def same(house: MqttHouse, entity_id: str, shown: Shown) -> None:
    """Wait until an entity shows what REST tells; both go on meanwhile."""
    async with asyncio.timeout(20):
        while True:
            wanted, value = shown(await house.connector()), house.home.value(entity_id)
            if value == wanted or (
                isinstance(wanted, int | float) and value not in (*NOTHING, None) and float(value or 0) == wanted
            ):
                return
            await asyncio.sleep(0.2)


async def test_it_is_one_device_with_all_its_entities(house: MqttHouse) -> None:
    devices = [d for d in await house.home.ask('config/device_registry/list') if d['name'] == 'Demo charger']
    assert [(d['manufacturer'], d['model'], d['sw_version']) for d in devices] == [('Home CPO', 'Demo charger', '1.0')]
    entities = await house.home.ask('config/entity_registry/list')
    own = {e['entity_id'] for e in entities if e['device_id'] == devices[0]['id']}
    events = {'event.demo_charger_event', 'event.demo_charger_session'}
    buttons = {f'button.demo_charger_{name}' for name in ('restart', 'unlock', 'clear_charging_profiles')}
    rest = {f'sensor.demo_charger_{name}' for name in ('why', 'session_start', 'last_session')}
    assert own == {each[0] for each in ENTITIES} | events | buttons | rest


async def test_each_command_is_seen_at_the_charger(house: MqttHouse) -> None:
    home = house.home
    await home.act('number.set_value', NUMBER, value=8)
    await home.until('sensor.demo_charger_limit_in_force', lambda value: float(value) == 8)
    await home.act('select.select_option', MODE, option='solar+min')
    await home.until(MODE, 'solar+min')
    await home.act('select.select_option', MODE, option='manual')
    await home.until(MODE, 'manual')
    await home.act('number.set_value', 'number.demo_charger_goal', value=12)
    await home.until('number.demo_charger_goal', '12.0')
    await home.act('text.set_value', 'text.demo_charger_departure', value='06:30')
    await home.until('text.demo_charger_departure', '06:30')
    goal = (await house.rest.get('/api/chargepoint/1/goal')).json()['goal']
    assert (goal['energy_kwh'], goal['ready_by']) == (12, '06:30')
    await home.act('number.set_value', 'number.demo_charger_goal', value=0)
    await home.until('text.demo_charger_departure', '')
    await home.act('switch.turn_off', SWITCH)
    await home.until(SWITCH, 'off')
    await home.until_so(lambda: home.attribute(SESSION, 'event_type') == 'ended')
    session = home.states[SESSION]['attributes']
    assert session['ended_by'] == 'from_here'
    await home.until_so(lambda: home.attribute('sensor.demo_charger_last_session', 'number') == session['number'])
    await home.act('switch.turn_on', SWITCH)
    await home.until(STATUS, 'charging')
    await home.act('button.press', 'button.demo_charger_clear_charging_profiles')
    await home.act('button.press', 'button.demo_charger_unlock')
    await home.until(STATUS, 'finishing')
    await home.until(POWER, '0.0')
    await home.act('button.press', 'button.demo_charger_restart')
    await house.until_sent('Reset')
    actions = [action for action, _ in await house.sent()]
    limits = [p['csChargingProfiles']['chargingSchedule'] for a, p in await house.sent() if a == 'SetChargingProfile']
    assert 8 in [schedule['chargingSchedulePeriod'][0]['limit'] for schedule in limits]
    wanted = {'RemoteStartTransaction', 'RemoteStopTransaction', 'ClearChargingProfile', 'UnlockConnector'}
    assert wanted <= set(actions)
    assert home.complaints() == []


async def test_a_killed_program_is_unavailable_and_soon_back(house: MqttHouse) -> None:
    await house.kill_program()  # the demo charger left when it was restarted
    await house.start_program()
    await house.alive(STATUS)
    await house.kill_program()
    for entity_id in (STATUS, SWITCH, 'binary_sensor.demo_charger_connection'):
        await house.home.until(entity_id, 'unavailable', 5)
    await house.start_program()
    assert await house.alive(STATUS) < ALIVE_WITHIN_S


async def test_home_assistant_and_the_broker_may_restart(house: MqttHouse) -> None:
    await house.stop_home()
    await house.start_home()
    assert await house.alive(STATUS) < ALIVE_WITHIN_S
    await house.broker.kill()
    await house.home.until(STATUS, 'unavailable')
    await house.broker.start()
    await house.alive(STATUS)
    await house.home.act('select.select_option', MODE, option='solar')
    await house.home.until(MODE, 'solar')
    await house.home.act('select.select_option', MODE, option='manual')


async def test_chargers_take_turns_and_leave_no_ghost(house: MqttHouse) -> None:
    home = house.home
    async with Charger(house.program.ocpp('yard'), connectors=2) as charger:
        await charger.wait_until_online()
        await house.alive('sensor.yard_status')
        await house.alive('sensor.yard_2_status')
        await home.until_so(lambda: not [each for each in home.states if 'demo_charger' in each])
        devices = {d['name']: d for d in await home.ask('config/device_registry/list')}
        assert devices['yard 2']['via_device_id'] == devices['yard']['id']
        charger.plug_in(2, Car(soc=10))
        await home.until('binary_sensor.yard_2_car', 'on')
        await home.act('number.set_value', 'number.yard_2_charge_limit', value=7)
        await home.until('sensor.yard_2_limit_in_force', '7.0')
        assert home.value('switch.yard_charging') == 'off'
    await home.until('sensor.yard_status', 'unavailable')
    async with Charger(house.program.ocpp('garage')) as other:
        await other.wait_until_online()
        await house.alive('sensor.garage_status')
        for entity_id in ('sensor.yard_2_power', 'switch.yard_charging'):
            await home.until(entity_id, 'unavailable', 5)
        await home.until('binary_sensor.yard_connection', 'off', 5)


async def test_statistics_of_two_sessions_with_a_kill_between_them_equal_the_ledger(house: MqttHouse) -> None:
    """A minute of the charger is a second here, so that its energy is 60 times its power and time."""
    home, began = house.home, datetime.now(UTC)
    energy, power = 'sensor.garage_energy', 'sensor.garage_power'
    async with Charger(house.program.ocpp('garage'), speed=60, meter_interval_s=15, max_current_a=16) as charger:
        await charger.wait_until_online()
        await a_session(house, charger, 700)
        await house.kill_program()
        await house.start_program()
        await document_when(house.rest, lambda it: it['connected'] and it['chargePointId'] == 'garage')
        await a_session(house, charger, 400)
        rows = await statistics_since(home, began, energy, power)
        await home.ask('energy/save_prefs', device_consumption=[{'stat_consumption': energy}])
        assert (await home.ask('energy/validate'))['device_consumption'] == [[]]
        assert await home.ask('recorder/validate_statistics') == {}
    sessions = (await house.rest.get('/api/transactions')).json()['items'][:2]
    charged_wh = sum(session['energyWh'] for session in sessions)
    assert rows[energy][-1]['sum'] * 1000 == pytest.approx(charged_wh, abs=0.6)
    assert 60 * await energy_by_means_wh(home, began, power, rows) == pytest.approx(charged_wh, rel=0.12)


async def a_session(house: MqttHouse, charger: Charger, energy_wh: int) -> None:
    """Charge at least that much, and unplug."""
    home = house.home

    def charged(document: dict[str, Any]) -> bool:
        of_session = document['connectors']['1']['attributes']
        return of_session.get('txStopTimestamp', 0) is None and of_session.get('totalCharged', 0) >= energy_wh

    charger.plug_in(1, Car(soc=10))
    await home.until('sensor.garage_status', 'plugged_in')
    await home.act('switch.turn_on', 'switch.garage_charging')
    await document_when(house.rest, charged)
    charger.unplug(1)
    await home.until('sensor.garage_status', 'idle')
    record = (await house.rest.get('/api/transactions')).json()['items'][0]
    await home.until('sensor.garage_last_session', lambda value: value == str(record['energyWh'] / 1000))
