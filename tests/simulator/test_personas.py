"""Every persona lives a day at a central system without a violation, and does what its source says."""

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ocpp.v16 import call

import simulator.persona
from simulator import Car, Charger, Persona, Script, persona_names
from tests.simulator.central_system import CentralSystem, charging_profile, remote_start, set_limit

SPEED = 50
REST_OF_THE_DAY = """
20s   go offline for 10s
35s   power cut for 5s
45s   fault GroundFailure for 5s
55s   unplug
"""


def a_charger(central_system: CentralSystem, persona: str) -> Charger:
    return Charger(central_system.url, persona=Persona.load(persona), meter_interval_s=10, speed=SPEED)


def a_remote_start_for(persona: Persona) -> Any:
    """A RemoteStartTransaction that this persona accepts; a profile in it sets 10 A."""
    profile = charging_profile(10)
    profile['charging_schedule'] |= {'min_charging_rate': 6}
    profile['charging_schedule']['charging_schedule_period'][0]['number_phases'] = persona.phases
    needs_profile = 'chargingProfile' in persona.remote_start_needs
    return call.RemoteStartTransaction(persona.remote_start_tag or 'Tag1', 1, profile if needs_profile else None)


async def start(central_system: CentralSystem, charger: Charger) -> None:
    """Start a transaction in the way this persona offers: by itself, by remote start, or with a card."""
    persona = charger.persona
    charger.plug_in(1, Car(phases=persona.phases))
    async with asyncio.timeout(10):  # a BootNotification that breaks its schema is never accepted
        await charger.wait_until_online()
    if 'RemoteStartTransaction' in persona.answers:
        charger.tap('Tag1', 1)
    elif not persona.own_tag:
        assert (await central_system.ask(a_remote_start_for(persona))).status == 'Accepted'
    await central_system.wait_for('StatusNotification', status='Charging')


@pytest.mark.turns(3)
@pytest.mark.parametrize('name', persona_names())
async def test_a_day_of_every_persona_is_without_violation(central_system: CentralSystem, name: str) -> None:
    persona = Persona.load(name)
    async with Charger(central_system.url, persona=persona, meter_interval_s=10, speed=300) as charger:
        await start(central_system, charger)
        if charger.configuration.number('MeterValueSampleInterval') != 10:
            await central_system.ask(call.TriggerMessage('MeterValues'))
        await central_system.wait_for('MeterValues')
        await Script.read(REST_OF_THE_DAY).play(charger)
        await central_system.wait_for('StopTransaction')
        await central_system.wait_for('BootNotification', count=2)
        await charger.wait_until_answered()
    assert central_system.seen('BootNotification')[0]['chargePointVendor'] == persona.vendor
    assert len(central_system.seen('BootNotification')) == 2
    reason = 'PowerLoss' if persona.power_loss == 'stop' else 'Other'  # the fault ends what was resumed
    assert [stop['reason'] for stop in central_system.seen('StopTransaction')] == [reason]


def test_there_are_more_than_twenty_and_each_names_its_source() -> None:
    personas = [Persona.load(name) for name in persona_names()]
    assert len(personas) > 20
    assert all(persona.source for persona in personas)


def test_no_two_personas_look_the_same_to_a_central_system() -> None:
    personas = [Persona.load(name) for name in persona_names()]
    assert len({(persona.vendor, persona.model, persona.firmware) for persona in personas}) == len(personas)


def test_every_peculiarity_is_somebodys() -> None:
    tables = tomllib.loads(Path(simulator.persona.__file__).with_name('personas.toml').read_text(encoding='utf-8'))
    used = {member for table in tables.values() for member in table}
    everybodys = {'name', 'connectors'}  # the name is the table's, and these are chargers for homes
    assert set(Persona.__dataclass_fields__) - used == everybodys


DEFAULT, MAX = 'TxDefaultProfile', 'ChargePointMaxProfile'


@pytest.mark.parametrize(
    ('persona', 'connector_id', 'profile', 'status'),
    [
        ('wallbox-pulsar-5', 0, charging_profile(10, DEFAULT), 'Accepted'),
        ('wallbox-pulsar-5', 0, charging_profile(10, DEFAULT, stack_level=1), 'Rejected'),
        ('wallbox-pulsar-6', 0, charging_profile(10, DEFAULT), 'Accepted'),
        ('wallbox-pulsar-6', 1, charging_profile(10, DEFAULT), 'Rejected'),
        ('wallbox-pulsar-6', 0, charging_profile(10, DEFAULT, charging_profile_kind='Absolute'), 'Rejected'),
        ('wallbox-pulsar-6', 0, charging_profile(10, MAX), 'Rejected'),
        ('huawei', 0, charging_profile(10, DEFAULT), 'Rejected'),
        ('huawei', 0, charging_profile(7000, DEFAULT, 'W', stack_level=30), 'Accepted'),
        ('abb-terra', 0, charging_profile(10, DEFAULT), 'Accepted'),
        ('abb-terra', 0, charging_profile(10, DEFAULT, stack_level=3), 'Rejected'),
        ('schneider', 0, charging_profile(10, DEFAULT, stack_level=999), 'Accepted'),
        ('schneider-locked', 0, charging_profile(10, DEFAULT), 'Rejected'),
        ('charge-amps', 1, charging_profile(10, DEFAULT), 'Rejected'),
        ('everest', 1, charging_profile(10, DEFAULT, charging_profile_kind='Absolute'), 'Rejected'),
        ('strict', 1, charging_profile(10, DEFAULT), 'Rejected'),
        ('heidelberg', 1, charging_profile(0, DEFAULT), 'Accepted'),
        ('ignores-limits', 1, charging_profile(0, DEFAULT), 'Accepted'),
        ('no-smart-charging', 1, charging_profile(10, DEFAULT), 'NotSupported'),
        ('unlimited', 1, charging_profile(10, DEFAULT), 'Rejected'),
    ],
)
async def test_what_profiles_a_persona_accepts(
    central_system: CentralSystem, persona: str, connector_id: int, profile: dict[str, object], status: str
) -> None:
    async with a_charger(central_system, persona) as charger:
        await charger.wait_until_online()
        assert (await central_system.ask(call.SetChargingProfile(connector_id, profile))).status == status


@pytest.mark.parametrize(
    ('persona', 'key', 'value', 'status'),
    [
        ('easee', 'MeterValueSampleInterval', '29', 'Rejected'),
        ('easee', 'MeterValueSampleInterval', '30', 'Accepted'),
        ('easee', 'MeterValuesSampledData', 'Current.Offered', 'Rejected'),
        ('evbox-elvi', 'MeterValuesSampledData', 'Current.Import,SoC', 'Rejected'),
        ('go-e', 'MeterValuesSampledData', 'Current.Import', 'Rejected'),
        ('sync-ev', 'MeterValueSampleInterval', '60', 'Rejected'),
    ],
)
async def test_what_configuration_a_persona_accepts(
    central_system: CentralSystem, persona: str, key: str, value: str, status: str
) -> None:
    async with a_charger(central_system, persona) as charger:
        await charger.wait_until_online()
        assert (await central_system.ask(call.ChangeConfiguration(key, value))).status == status


async def test_go_e_starts_without_a_profile_only_and_ignores_watts(central_system: CentralSystem) -> None:
    async with a_charger(central_system, 'go-e') as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        assert (await central_system.ask(remote_start(10))).status == 'Rejected'
        assert (await central_system.ask(remote_start())).status == 'Accepted'
        await charger.wait_for(1, 'Charging')
        await charger.wait_until_answered()
        assert (await central_system.ask(set_limit(0, unit='W'))).status == 'Accepted'
        await central_system.wait_for_reading('Current.Offered', 32, 32)


async def test_schneider_starts_again_only_after_the_cable_was_out(central_system: CentralSystem) -> None:
    async with a_charger(central_system, 'schneider') as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await charger.wait_for(1, 'Charging')
        charger.tap('Tag1', 1)
        assert (await central_system.ask(remote_start())).status == 'Rejected'
        charger.unplug(1)
        charger.plug_in(1, Car())
        assert (await central_system.ask(remote_start())).status == 'Accepted'


async def test_huawei_ends_a_transaction_without_current(central_system: CentralSystem) -> None:
    async with a_charger(central_system, 'huawei') as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await central_system.wait_for('MeterValues')
        await charger.wait_until_answered()
        assert (await central_system.ask(set_limit(0, unit='W'))).status == 'Accepted'
        await central_system.wait_for('StopTransaction', reason='Other')


async def test_vestel_counts_from_zero_in_every_transaction(central_system: CentralSystem) -> None:
    async with a_charger(central_system, 'vestel') as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        for number in (1, 2):
            await central_system.ask(remote_start())
            await central_system.wait_for('MeterValues', count=3, transactionId=100 + number)
            charger.tap('Tag1', 1)
            assert (await central_system.wait_for('StopTransaction', count=number))['meterStop'] > 0
    assert [start['meterStart'] for start in central_system.seen('StartTransaction')] == [0, 0]


async def test_sync_ev_hides_smart_charging_and_measures_on_demand(central_system: CentralSystem) -> None:
    async with a_charger(central_system, 'sync-ev') as charger:
        await charger.wait_until_online()
        keys = ['SupportedFeatureProfiles', 'MeterValueSampleInterval']
        answer = await central_system.ask(call.GetConfiguration(keys))
        assert 'SmartCharging' not in answer.configuration_key[0]['value']
        assert answer.configuration_key[1] == {'key': keys[1], 'readonly': True, 'value': '0'}
        charger.plug_in(1, Car())
        await central_system.ask(remote_start())
        await charger.wait_for(1, 'Charging')
        await charger.clock.sleep(120)
        await charger.wait_until_answered()
        assert central_system.seen('MeterValues') == []
        await central_system.ask(call.TriggerMessage('MeterValues'))
        await central_system.wait_for('MeterValues')


async def test_a_hidden_key_is_unknown(central_system: CentralSystem) -> None:
    persona = Persona.read('shy', {'source': 'this test', 'hidden_keys': ['ChargeProfileMaxStackLevel']})
    async with Charger(central_system.url, persona=persona) as charger:
        await charger.wait_until_online()
        answer = await central_system.ask(call.GetConfiguration(['ChargeProfileMaxStackLevel']))
        change = await central_system.ask(call.ChangeConfiguration('ChargeProfileMaxStackLevel', '1'))
    assert answer.unknown_key == ['ChargeProfileMaxStackLevel']
    assert change.status == 'NotSupported'


@pytest.mark.parametrize(
    ('table', 'complaint'),
    [
        ({}, 'no source'),
        ({'source': 'x', 'colour': 'red'}, 'colour unknown'),
        ({'source': 'x', 'power_loss': 'explode'}, 'power_loss'),
        ({'source': 'x', 'on_resume': 'explode'}, 'on_resume'),
        ({'source': 'x', 'rejected_profiles': [{'colour': 'red'}]}, 'colour'),
        ({'source': 'x', 'ignored_profiles': [{'at': 'home'}]}, 'at a charge point or connector'),
    ],
)
def test_a_table_that_is_no_persona_is_refused(table: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Persona.read('x', table)


def test_the_error_for_an_unknown_persona_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match='go-e'):
        Persona.load('tesla')
