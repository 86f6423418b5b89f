"""Every Call a central system may send gets an answer that its JSON schema allows."""

from typing import Any

import pytest
from ocpp.exceptions import OCPPError
from ocpp.v16 import call

from simulator import Car, Charger
from tests.simulator.central_system import CentralSystem, charging_profile, remote_start, set_limit

LATER = '2099-01-01T00:00:00Z'
PROFILE = charging_profile(10, 'TxDefaultProfile')

ANSWERS = [
    (call.CancelReservation(7), 'Rejected'),
    (call.ChangeAvailability(0, 'Operative'), 'Accepted'),
    (call.ChangeAvailability(1, 'Inoperative'), 'Accepted'),
    (call.ChangeAvailability(9, 'Inoperative'), 'Rejected'),
    (call.ChangeConfiguration('HeartbeatInterval', '10'), 'Accepted'),
    (call.ChangeConfiguration('HeartbeatInterval', 'often'), 'Rejected'),
    (call.ChangeConfiguration('NumberOfConnectors', '2'), 'Rejected'),
    (call.ChangeConfiguration('MeterValuesSampledData', 'Power.Active.Import,Temperature'), 'Rejected'),
    (call.ChangeConfiguration('Unheard', '1'), 'NotSupported'),
    (call.ClearCache(), 'Accepted'),
    (call.ClearChargingProfile(), 'Unknown'),
    (call.DataTransfer('com.example'), 'UnknownVendorId'),
    (call.GetCompositeSchedule(1, 60), 'Accepted'),
    (call.GetCompositeSchedule(0, 60, 'W'), 'Accepted'),
    (call.GetCompositeSchedule(9, 60), 'Rejected'),
    (remote_start(), 'Accepted'),
    (remote_start(connector_id=0), 'Rejected'),
    (remote_start(connector_id=9), 'Rejected'),
    (call.RemoteStartTransaction('Tag1', 1, charging_profile(10, stack_level=99)), 'Rejected'),
    (call.RemoteStartTransaction('Tag1', 1, PROFILE), 'Rejected'),
    (call.RemoteStopTransaction(4711), 'Rejected'),
    (call.ReserveNow(1, LATER, 'Tag1', 7), 'Accepted'),
    (call.ReserveNow(0, LATER, 'Tag1', 7), 'Rejected'),
    (call.Reset('Soft'), 'Accepted'),
    (call.SendLocalList(1, 'Full'), 'Accepted'),
    (call.SendLocalList(0, 'Differential'), 'VersionMismatch'),
    (call.SetChargingProfile(1, PROFILE), 'Accepted'),
    (call.SetChargingProfile(0, charging_profile(3680, 'ChargePointMaxProfile', 'W')), 'Accepted'),
    (call.SetChargingProfile(1, charging_profile(16, 'ChargePointMaxProfile')), 'Rejected'),
    (set_limit(10), 'Rejected'),  # a TxProfile without a transaction
    (set_limit(10, purpose='TxDefaultProfile', stack_level=9), 'Rejected'),
    (call.TriggerMessage('BootNotification'), 'Accepted'),
    (call.TriggerMessage('Heartbeat'), 'Accepted'),
    (call.TriggerMessage('MeterValues', 1), 'Accepted'),
    (call.TriggerMessage('StatusNotification'), 'Accepted'),
    (call.TriggerMessage('FirmwareStatusNotification'), 'Accepted'),
    (call.TriggerMessage('DiagnosticsStatusNotification'), 'Accepted'),
    (call.TriggerMessage('StatusNotification', 9), 'Rejected'),
    (call.UnlockConnector(1), 'Unlocked'),
    (call.UnlockConnector(9), 'NotSupported'),
]


@pytest.mark.parametrize(('request_', 'status'), ANSWERS, ids=lambda value: str(value)[:60])
async def test_answer(central_system: CentralSystem, request_: object, status: str) -> None:
    async with Charger(central_system.url, speed=50) as charger:
        await charger.wait_until_online()
        assert (await central_system.ask(request_)).status == status
        await charger.wait_until_answered()


async def test_answers_without_a_status(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, connectors=2) as charger:
        await charger.wait_until_online()
        assert (await central_system.ask(call.GetLocalListVersion())).list_version == 0
        everything = await central_system.ask(call.GetConfiguration())
        some = await central_system.ask(call.GetConfiguration(['NumberOfConnectors', 'Unheard']))
        await central_system.ask(call.GetDiagnostics('ftp://example.com'))
        await central_system.ask(call.UpdateFirmware('ftp://example.com', LATER))
    assert len(everything.configuration_key) > 20
    assert some.configuration_key == [{'key': 'NumberOfConnectors', 'readonly': True, 'value': '2'}]
    assert some.unknown_key == ['Unheard']


@pytest.mark.parametrize(
    'action',
    ['BootNotification', 'Heartbeat', 'StatusNotification', 'FirmwareStatusNotification', 'MeterValues'],
)
async def test_a_triggered_message_comes(central_system: CentralSystem, action: str) -> None:
    async with Charger(central_system.url) as charger:
        await charger.wait_until_online()
        await charger.wait_until_answered()
        before = len(central_system.seen(action))
        await central_system.ask(call.TriggerMessage(action))
        await central_system.wait_for(action, count=before + 1)


async def test_inoperative_waits_for_the_end_of_the_transaction(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, speed=50) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await charger.wait_for(1, 'Charging')
        assert (await central_system.ask(call.ChangeAvailability(1, 'Inoperative'))).status == 'Scheduled'
        assert (await central_system.ask(remote_start())).status == 'Rejected'
        charger.unplug(1)
        await central_system.wait_for('StatusNotification', status='Unavailable', connectorId=1)


async def test_a_reservation_made_again_moves_to_the_other_connector(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, connectors=2, speed=50) as charger:
        await charger.wait_until_online()
        await central_system.ask(call.ReserveNow(1, LATER, 'Tag1', 7))
        await central_system.wait_for('StatusNotification', status='Reserved', connectorId=1)
        assert (await central_system.ask(call.ReserveNow(2, LATER, 'Tag1', 7))).status == 'Accepted'
        await central_system.wait_for('StatusNotification', status='Reserved', connectorId=2)
        assert charger.station.connectors[1].status == 'Available'


async def test_a_reservation_is_used_up_by_its_own_tag(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, speed=50) as charger:
        await charger.wait_until_online()
        await central_system.ask(call.ReserveNow(1, LATER, 'Tag1', 7))
        await central_system.wait_for('StatusNotification', status='Reserved')
        assert (await central_system.ask(call.RemoteStartTransaction('Tag2', 1))).status == 'Rejected'
        await central_system.ask(remote_start())
        charger.plug_in(1, Car())
        assert (await central_system.wait_for('StartTransaction'))['reservationId'] == 7


async def test_a_profile_for_another_transaction_is_rejected(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, speed=50) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await central_system.wait_for('StartTransaction')
        await charger.wait_until_answered()
        assert (await central_system.ask(set_limit(10, transaction_id=7))).status == 'Rejected'
        assert (await central_system.ask(set_limit(10, transaction_id=101))).status == 'Accepted'
        schedule: Any = await central_system.ask(call.GetCompositeSchedule(1, 60))
        assert (await central_system.ask(call.ClearChargingProfile(id=1))).status == 'Accepted'
    assert schedule.charging_schedule['charging_schedule_period'][0]['limit'] == 10


MALFORMED = [
    ('["2"', None),
    ('{}', None),
    ('[]', None),
    ('[2]', None),
    ('[2,5,"Reset",{"type":"Soft"}]', None),
    ('[9,"id","Reset",{}]', None),
    ('[3,"stray",{}]', None),
    ('[4,"stray"]', None),
    (b'\x00', None),
    ('[2,"id","Dance",{}]', 'NotImplemented'),
    ('[2,"id","Reset"]', 'FormationViolation'),
    ('[2,"id","Reset",[]]', 'FormationViolation'),
    ('[2,"id","Reset",{}]', 'ProtocolError'),
    ('[2,"id","Reset",{"type":1}]', 'TypeConstraintViolation'),
    ('[2,"id","Reset",{"type":"Gentle"}]', 'PropertyConstraintViolation'),
    ('[2,"id","GetConfiguration",{"key":[1]}]', 'TypeConstraintViolation'),
    ('[2,"id","SetChargingProfile",{"connectorId":1,"csChargingProfiles":{}}]', 'ProtocolError'),
    (
        '[2,"id","SendLocalList",{"listVersion":1,"updateType":"Full","localAuthorizationList":[1]}]',
        'FormationViolation',
    ),
]


@pytest.mark.parametrize(('text', 'code'), MALFORMED)
async def test_malformed_input_never_ends_the_charger(
    central_system: CentralSystem, text: str | bytes, code: str | None
) -> None:
    async with Charger(central_system.url) as charger:
        await charger.wait_until_online()
        await central_system.send_text(text)
        await central_system.ask(call.ClearCache())
    assert [message[2] for message in central_system.refused] == ([code] if code else [])
    assert central_system.connections == 1
    central_system.refused.clear()


async def test_a_call_error_comes_back_to_the_central_system(central_system: CentralSystem) -> None:
    async with Charger(central_system.url) as charger:
        await charger.wait_until_online()
        profile = charging_profile(10, 'TxDefaultProfile', charging_profile_kind='Recurring')
        with pytest.raises(OCPPError, match='recurrencyKind'):
            await central_system.ask(call.SetChargingProfile(1, profile))
    central_system.refused.clear()
