"""What the folder promises, on a real Home Assistant: its entities and our REST interface are both looked at."""

from __future__ import annotations

from datetime import datetime

from simulator.car import Car
from tests.home_assistant.conftest import House


async def test_its_entities_say_what_the_program_says(house: House) -> None:
    home = house.home
    await house.press(10)
    await home.until('sensor.connector_1', 'Charging')
    await home.until('sensor.connector_1_power', '2277')
    await home.until('sensor.connector_1_metervalue', lambda value: float(value) >= 2)
    shown = await house.connector()
    transaction = shown['attributes']
    await home.until('sensor.chargepoint', 'Available')
    assert home.states['sensor.chargepoint']['attributes']['chargePointId'] == 'garage'
    attributes = home.states['sensor.connector_1']['attributes']
    for name in ('txId', 'idTag', 'meterStart', 'txStartTimestamp', 'txStopTimestamp'):
        assert attributes[name] == transaction[name], name
    await home.until('sensor.connector_1_transaction', str(transaction['txId']))
    start = datetime.fromisoformat(home.value('sensor.connector_1_transaction_start') or '')
    assert int(start.timestamp()) == transaction['txStartTimestamp'] // 1000
    await home.until('sensor.connector_1_transaction_stop', 'unavailable')
    await home.until('sensor.connector_1_limit', '10.0')
    await home.until('binary_sensor.charger_connected', 'on')
    await home.until('sensor.connector_1_mode', shown['mode'])
    for entity_id, device_class, unit, state_class in (
        ('sensor.connector_1_metervalue', 'energy', 'Wh', 'total_increasing'),
        ('sensor.connector_1_energy_charged', 'energy', 'kWh', None),
        ('sensor.connector_1_power', 'power', 'W', 'measurement'),
    ):
        attributes = home.states[entity_id]['attributes']
        assert attributes['device_class'] == device_class
        assert attributes['unit_of_measurement'] == unit
        assert attributes.get('state_class') == state_class  # without one, the Energy page does not offer it
    assert home.states['input_number.solar_production']['attributes']['unit_of_measurement'] == 'W'
    for entity_id in ('number.new_charge_limit', 'number.charging_current'):
        assert home.states[entity_id]['attributes']['max'] == 16


async def test_slider_and_button_start_change_and_stop(house: House) -> None:
    await house.press(10)
    await house.limit_is(10)
    await house.home.until('sensor.connector_1', 'Charging')
    await house.press(12.5)
    await house.limit_is(12.5)
    await house.press(0)
    await house.home.until('sensor.connector_1', 'Finishing')
    ended = await house.connector(lambda it: it['attributes']['txStopTimestamp'] is not None)
    assert ended['limitSetBy'] == 'Home Assistant'
    await house.home.until('sensor.connector_1_transaction_stop', lambda value: value != 'unavailable')


async def test_the_slider_alone_changes_nothing(house: House) -> None:
    await house.press(8)
    await house.limit_is(8)
    await house.home.until('sensor.connector_1', 'Charging')
    await house.home.act('input_number.set_value', 'input_number.new_charge_limit', value=4)
    await house.home.until('input_number.new_charge_limit', '4.0')
    await house.press(9)
    await house.limit_is(9)
    assert (await house.sent_limits())[-2:] == [8.0, 9.0]


async def test_the_sun_raises_the_limit_after_10_s_and_lowers_it_at_once(house: House) -> None:
    home = house.home
    await house.choose('Solar')
    for production_w, limit_a, held in (
        (2400, 10.2, True),
        (3300, 14.0, True),
        (2000, 8.5, False),
        (9000, 16.0, True),
        (1400, 0.0, False),
    ):
        await house.sun(production_w)
        took_s = await home.until('input_number.charge_limit', str(limit_a))
        assert 9.5 < took_s < 11.5 if held else took_s < 1, f'{production_w} W took {took_s} s'
        await house.connector(lambda it, wanted=limit_a: it['limit'] == wanted)  # type: ignore[misc]  # a default
        assert home.value('input_select.charging_mode') == 'Solar'
    await home.until('sensor.connector_1', 'Finishing')


async def test_the_production_at_the_end_of_the_10_s_counts(house: House) -> None:
    await house.choose('Solar')
    await house.sun(1600)
    await house.sun(2400)
    took_s = await house.home.until('input_number.charge_limit', lambda value: float(value) > 0)
    assert 9 < took_s < 11.5
    await house.limit_is(10.2)


async def test_manual_stops_the_automation(house: House) -> None:
    home = house.home
    await house.choose('Solar')
    await house.sun(3300)
    await house.limit_is(14.0)
    await house.press(7)
    await house.limit_is(7)
    assert home.value('input_select.charging_mode') == 'Manual'
    for production_w in (1400, 9000):
        await house.sun(production_w)
        await home.until('input_number.solar_production', f'{production_w:.1f}')
    # chosen again, the sun has to have shone for 10 s from then on
    await house.choose('Solar')
    assert 9.5 < await home.until('input_number.charge_limit', '16.0') < 11.5
    await house.limit_is(16)
    assert (await house.sent_limits())[-3:] == [14.0, 7.0, 16.0]


async def test_a_car_that_comes_while_the_sun_shines_is_charged(house: House) -> None:
    house.charger.unplug(1)
    await house.agreed(lambda it: it['status'] == 'Available')
    await house.sun(2400)
    # a start nobody came for has left this behind
    await house.home.act('input_number.set_value', 'input_number.charge_limit', value=10.2)
    await house.choose('Solar')
    house.charger.plug_in(1, Car(soc=40))
    await house.limit_is(10.2)
    await house.home.until('sensor.connector_1', 'Charging')
    house.charger.unplug(1)
    await house.home.until('sensor.connector_1', 'Available')
    await house.home.until('input_number.charge_limit', '0.0')


async def test_who_sets_the_limit_elsewhere_takes_over(house: House) -> None:
    await house.choose('Solar')
    await house.sun(2400)
    await house.limit_is(10.2)
    assert (await house.rest.put('/api/chargepoint/1/chargeLimit', content='13')).status_code == 200
    await house.home.until('input_select.charging_mode', 'Manual')
    await house.limit_is(13)


async def test_number_and_switch_send_limits_as_the_button_does(house: House) -> None:
    home = house.home
    await house.choose('Solar')
    await home.until('binary_sensor.simulated_sun_steers', 'on')
    await home.act('number.set_value', 'number.charging_current', value=11)
    await house.limit_is(11)
    await home.until('number.charging_current', lambda value: float(value) == 11)
    await home.until('input_select.charging_mode', 'Manual')
    await home.until('input_boolean.charging', 'on')  # it shows what runs, whoever started it
    await home.act('input_boolean.turn_off', 'input_boolean.charging')
    await house.limit_is(0)
    await house.connector(lambda it: it['attributes'].get('txStopTimestamp') is not None)
    await home.act('number.set_value', 'number.new_charge_limit', value=4)
    await home.until('input_number.new_charge_limit', '4.0')
    await home.act('input_boolean.turn_on', 'input_boolean.charging')
    await house.limit_is(6)
    await house.connector(lambda it: it['status'] == 'Charging')
    house.charger.unplug(1)
    await home.until('input_boolean.charging', 'off')
    assert (await house.sent_limits())[-2:] == [11.0, 6.0]


async def test_the_most_a_limit_can_be_is_the_programs_maximum(house: House) -> None:
    home = house.home

    async def maximum(limit_a: int) -> None:
        await house.rest.put('/api/settings', json={'max_current': limit_a})
        for entity_id in ('number.new_charge_limit', 'number.charging_current'):
            await home.until_so(lambda of=entity_id: home.attribute(of, 'max') == limit_a)  # type: ignore[misc]

    await home.act('input_number.set_value', 'input_number.new_charge_limit', value=16)
    await maximum(10)
    await home.act('input_boolean.turn_on', 'input_boolean.charging')
    await house.limit_is(10)
    await maximum(32)
    await home.act('number.set_value', 'number.new_charge_limit', value=32)
    await home.act('script.put_new_charging_limit')
    await home.until('input_number.charge_limit', '32.0')
    assert (await house.sent_limits())[-2:] == [10.0, 32.0]
    await maximum(16)


async def test_the_mode_is_one_wherever_it_is_chosen(house: House) -> None:
    home = house.home
    for name, mode in (('Solar+', 'solar+min'), ('Fast', 'fast'), ('Off', 'off')):
        await house.choose(name)
        await house.connector(lambda it, wanted=mode: it['mode'] == wanted)  # type: ignore[misc]  # a default
        await home.until('sensor.connector_1_mode', mode)
    # the simulated sun is steered from Home Assistant: the program only lets it
    await house.choose('Solar')
    await house.connector(lambda it: it['mode'] == 'manual')
    await home.until('binary_sensor.simulated_sun_steers', 'on')
    # Solar chosen in the program is not touched, and the slider of the simulated sun moves nothing then
    await house.rest.put('/api/solar', json={'mode': 'fast'})
    await home.until('input_select.charging_mode', 'Fast')
    await house.rest.put('/api/solar', json={'mode': 'solar'})
    await home.until('input_select.charging_mode', 'Solar')
    assert home.value('binary_sensor.simulated_sun_steers') == 'off'
    assert (await house.connector())['mode'] == 'solar'
    await house.choose('Manual')
    await house.connector(lambda it: it['mode'] == 'manual')


async def test_nothing_stands_in_the_log(house: House) -> None:
    assert house.home.complaints() == []
    repairs = [each['issue_id'] for each in (await house.home.ask('repairs/list_issues'))['issues']]
    assert [each for each in repairs if not each.startswith('python_version')] == []  # where it runs is not our matter


async def test_a_limit_that_cannot_be_set_is_reported(house: House) -> None:
    house.charger.go_offline()
    await house.home.until('sensor.chargepoint', 'Not connected')
    await house.press(10)
    notifications = await house.home.ask('persistent_notification/get')
    (shown,) = [each for each in notifications if each['notification_id'] == 'charging_limit']
    assert 'connected' in shown['message']
    assert house.home.value('input_number.charge_limit') == '0.0'
    house.charger.go_online()
    await house.home.until('sensor.chargepoint', 'Available')
    await house.press(10)
    await house.limit_is(10)
    notifications = await house.home.ask('persistent_notification/get')
    assert all(each['notification_id'] != 'charging_limit' for each in notifications)
