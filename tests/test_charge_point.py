"""What the charger says and what it is answered, with a scripted charger over a real websocket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpo.state import MAX_STATUS_CHANGES, ChargePointState, Meter, Transaction
from tests.conftest import House, MakeHouse
from tests.scripted_charger import TIMESTAMP, ScriptedCharger

MOMENT = datetime.fromisoformat(TIMESTAMP)


@dataclass(frozen=True)
class Pair:
    """A booted charger and the house it is connected to."""

    house: House
    charger: ScriptedCharger

    @property
    def state(self) -> ChargePointState:
        return self.house.charge_point.state

    @property
    def meter(self) -> Meter:
        return self.state.connector(1).meter

    @property
    def newest(self) -> Transaction:
        return self.state.transactions[0]

    async def sampled(self, *samples: dict[str, Any], timestamp: str = TIMESTAMP, **members: Any) -> None:
        """MeterValues of connector 1."""
        meter_value = [{'timestamp': timestamp, 'sampledValue': list(samples)}]
        assert await self.charger.call('MeterValues', {'connectorId': 1, 'meterValue': meter_value, **members}) == {}


@pytest.fixture
async def pair(house: House) -> AsyncIterator[Pair]:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        yield Pair(house, charger)


def moment(seconds: int) -> str:
    return (MOMENT + timedelta(seconds=seconds)).isoformat().replace('+00:00', 'Z')


# ---- the ten Actions


async def test_boot_notification_is_accepted_and_remembered(make_house: MakeHouse) -> None:
    house = await make_house(heartbeat_interval=45)
    async with ScriptedCharger(house.ocpp()) as charger:
        payload = {
            'chargePointVendor': 'Vendor',
            'chargePointModel': 'Model',
            'firmwareVersion': '1.2.3',
            'chargeBoxSerialNumber': 'S1',
            'meterType': 'M',
        }
        answer = await charger.call('BootNotification', payload)
        assert (answer['status'], answer['interval']) == ('Accepted', 45)
        assert answer['currentTime'].endswith('Z')
        boot = house.charge_point.state.boot
        assert boot is not None
        assert (boot.vendor, boot.model, boot.firmware_version, boot.serial_number, boot.meter_type) == (
            'Vendor',
            'Model',
            '1.2.3',
            'S1',
            'M',
        )


async def test_heartbeat_is_answered_with_the_time(pair: Pair) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    answer = await pair.charger.call('Heartbeat', {})
    assert answer['currentTime'].endswith('Z')
    assert before <= datetime.fromisoformat(answer['currentTime']) <= datetime.now(UTC)


async def test_status_notification_is_remembered_with_its_details(pair: Pair) -> None:
    payload = {
        'connectorId': 1,
        'status': 'Faulted',
        'errorCode': 'GroundFailure',
        'info': 'RCD',
        'vendorErrorCode': '17',
        'timestamp': TIMESTAMP,
    }
    assert await pair.charger.call('StatusNotification', payload) == {}
    status = pair.state.connector(1).last_status
    assert status is not None
    assert (status.status, status.error_code, status.info, status.vendor_error_code, status.at) == (
        'Faulted',
        'GroundFailure',
        'RCD',
        '17',
        MOMENT,
    )


async def test_every_connector_has_its_own_status_and_0_is_no_outlet(pair: Pair) -> None:
    await pair.charger.status(2, 'Preparing')
    assert [(c.connector_id, c.status) for c in pair.state.charging_connectors] == [(1, 'Available'), (2, 'Preparing')]
    assert pair.state.connector(0).status == 'Available'


async def test_the_status_history_is_bounded_and_newest_first(pair: Pair) -> None:
    for number in range(MAX_STATUS_CHANGES + 10):
        await pair.charger.status(1, ('Preparing', 'Charging')[number % 2])
    changes = pair.state.connector(1).status_changes
    assert len(changes) == MAX_STATUS_CHANGES
    assert changes[0].status == 'Charging'


async def test_the_same_status_again_is_no_change(pair: Pair) -> None:
    for _ in range(3):
        await pair.charger.status(1, 'Preparing')
    assert [change.status for change in pair.state.connector(1).status_changes] == ['Preparing', 'Available']


async def test_a_status_nobody_knows_stays_text(pair: Pair) -> None:
    await pair.charger.status(1, 'Offline')
    assert pair.state.connector(1).status == 'Offline'


async def test_authorize_is_answered_from_the_list_of_id_tags(pair: Pair) -> None:
    for id_tag, status in (('Tag1', 'Accepted'), ('tAG2', 'Accepted'), ('Nobody', 'Invalid')):
        assert pair.state.refused_tag is None
        assert await pair.charger.call('Authorize', {'idTag': id_tag}) == {'idTagInfo': {'status': status}}
    assert pair.state.refused_tag is not None
    assert pair.state.refused_tag.id_tag == 'Nobody'


async def test_the_tag_of_remote_starts_may_always_charge(make_house: MakeHouse) -> None:
    house = await make_house(id_tags='A,B', remote_start_tag='Me')
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        for id_tag in ('A', 'b', 'Me'):
            assert (await charger.call('Authorize', {'idTag': id_tag}))['idTagInfo']['status'] == 'Accepted'


async def test_data_transfer_is_answered_unknown_vendor_id(pair: Pair) -> None:
    assert await pair.charger.call('DataTransfer', {'vendorId': 'x', 'messageId': 'y', 'data': 'z'}) == {
        'status': 'UnknownVendorId'
    }


async def test_firmware_and_diagnostics_status_are_remembered(pair: Pair) -> None:
    assert await pair.charger.call('FirmwareStatusNotification', {'status': 'Downloading'}) == {}
    assert await pair.charger.call('DiagnosticsStatusNotification', {'status': 'Uploaded'}) == {}
    assert pair.state.firmware_status == 'Downloading'
    assert pair.state.diagnostics_status == 'Uploaded'


# ---- transactions


async def test_a_transaction_from_start_to_stop(pair: Pair) -> None:
    transaction_id = await pair.charger.start(meter_start=1000)
    assert transaction_id > 0
    assert pair.newest.running
    assert pair.newest.charge_box_id == 'CP1'
    payload = {
        'transactionId': transaction_id,
        'meterStop': 3500,
        'timestamp': moment(60),
        'idTag': 'Tag1',
        'reason': 'EVDisconnected',
    }
    assert await pair.charger.call('StopTransaction', payload) == {'idTagInfo': {'status': 'Accepted'}}
    stopped = pair.newest
    assert not stopped.running
    assert (stopped.energy_wh, stopped.stop_reason, stopped.stop_id_tag) == (2500, 'EVDisconnected', 'Tag1')
    assert stopped.stop_timestamp == MOMENT + timedelta(seconds=60)
    assert pair.state.running_transaction(1) is None
    assert pair.meter.energy_wh == 3500


async def test_a_stop_without_tag_and_reason_is_local_and_answered_empty(pair: Pair) -> None:
    assert await pair.charger.stop(await pair.charger.start()) == {}
    assert pair.newest.stop_reason == 'Local'


async def test_transaction_ids_are_unique_and_positive(pair: Pair) -> None:
    ids = []
    for number in range(10):
        ids.append(await pair.charger.start(meter_start=number))
        await pair.charger.stop(ids[-1])
    assert len(set(ids)) == 10
    assert min(ids) > 0
    assert max(ids) < 2**31


async def test_a_repeated_start_gets_the_same_id_and_counts_once(pair: Pair) -> None:
    payload = {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': 5, 'timestamp': TIMESTAMP}
    first = await pair.charger.call('StartTransaction', payload, 'first')
    for message_id in ('first', 'second'):
        assert await pair.charger.call('StartTransaction', payload, message_id) == first
    assert len(pair.state.transactions) == 1


async def test_a_repeated_stop_counts_once(pair: Pair) -> None:
    payload = {'transactionId': await pair.charger.start(), 'meterStop': 2000, 'timestamp': moment(60)}
    assert await pair.charger.call('StopTransaction', payload, 'first') == {}
    stopped = pair.newest
    for message_id in ('first', 'second'):
        assert await pair.charger.call('StopTransaction', payload, message_id) == {}
    assert pair.state.transactions == (stopped,)


async def test_the_first_end_of_a_transaction_counts(pair: Pair) -> None:
    transaction_id = await pair.charger.start(meter_start=1000)
    for meter_stop in (2000, 9000):
        assert await pair.charger.stop(transaction_id, meter_stop) == {}
    assert pair.newest.energy_wh == 1000


async def test_a_start_repeated_after_the_stop_does_not_open_it_again(pair: Pair) -> None:
    transaction_id = await pair.charger.start()
    await pair.charger.stop(transaction_id)
    assert await pair.charger.start() == transaction_id
    assert pair.state.running_transaction(1) is None


async def test_a_tag_that_may_not_charge_gets_a_transaction_all_the_same(pair: Pair) -> None:
    payload = {'connectorId': 1, 'idTag': 'Nobody', 'meterStart': 0, 'timestamp': TIMESTAMP}
    answer = await pair.charger.call('StartTransaction', payload)
    assert answer['idTagInfo'] == {'status': 'Invalid'}
    assert answer['transactionId'] > 0
    assert (pair.newest.transaction_id, pair.newest.id_tag_status) == (str(answer['transactionId']), 'Invalid')
    assert pair.state.refused_tag is not None


async def test_the_stop_of_an_unknown_transaction_is_confirmed_and_recorded(pair: Pair) -> None:
    for transaction_id, recorded in ((77, '77'), (0, '0'), (2**63 - 1, '-1')):
        assert await pair.charger.stop(transaction_id, 5000) == {}
        kept = pair.newest
        assert (kept.transaction_id, kept.meter_stop_wh, kept.energy_wh) == (recorded, 5000, None)
        assert not kept.running
        assert kept.note
    assert len(pair.state.transactions) == 3


async def test_two_unknown_transactions_with_the_same_id_are_two(pair: Pair) -> None:
    for meter_stop in (5000, 6000, 6000):
        assert await pair.charger.stop(-1, meter_stop) == {}
    assert [transaction.meter_stop_wh for transaction in pair.state.transactions] == [6000, 5000]


async def test_available_closes_a_transaction_the_charger_forgot(pair: Pair) -> None:
    transaction_id = await pair.charger.start(meter_start=1000)
    await pair.charger.meter(transaction_id, energy=1800)
    await pair.charger.status(1, 'Available')
    assert pair.state.running_transaction(1) is None
    assert not pair.newest.running
    assert pair.newest.energy_wh == 800
    assert pair.newest.note
    # the end may still be reported
    await pair.charger.stop(transaction_id, 1900)
    assert pair.newest.energy_wh == 900
    assert pair.newest.note is None
    assert len(pair.state.transactions) == 1


async def test_a_start_closes_what_still_runs_on_its_connector(pair: Pair) -> None:
    first = await pair.charger.start(meter_start=1000)
    second = await pair.charger.start(meter_start=4000)
    assert [(t.transaction_id, t.running) for t in pair.state.transactions] == [
        (str(second), True),
        (str(first), False),
    ]


async def test_a_meter_that_began_again_at_0_is_an_estimate_and_never_negative(pair: Pair) -> None:
    await pair.charger.stop(await pair.charger.start(meter_start=1000), 400)
    assert (pair.newest.energy_wh, pair.newest.energy_estimated) == (400, True)


async def test_transaction_data_are_meter_values(pair: Pair) -> None:
    transaction_id = await pair.charger.start(meter_start=1000)
    sample = {'value': '53', 'measurand': 'SoC', 'unit': 'Percent'}
    payload = {
        'transactionId': transaction_id,
        'meterStop': 2000,
        'timestamp': moment(60),
        'transactionData': [{'timestamp': moment(60), 'sampledValue': [sample]}],
    }
    assert await pair.charger.call('StopTransaction', payload) == {}
    assert pair.meter.soc_percent == 53


async def test_a_running_transaction_that_was_never_reported_is_taken_in(pair: Pair) -> None:
    await pair.charger.status(1, 'Charging')
    await pair.charger.meter(4711, energy=1500)
    running = pair.state.running_transaction(1)
    assert running is not None
    assert running.transaction_id == '4711'
    assert running.note
    await pair.charger.stop(4711)
    assert len(pair.state.transactions) == 1
    assert not pair.newest.running


async def test_a_transaction_id_given_before_any_transaction_starts_none(pair: Pair) -> None:
    for transaction_id in (0, 1):
        await pair.charger.meter(transaction_id, energy=1500)
    assert pair.state.transactions == ()
    assert pair.meter.energy_wh == 1500


# ---- meter values


REGISTERS: list[tuple[dict[str, Any], float]] = [
    ({'value': '1500'}, 1500),
    ({'value': '1501', 'unit': 'Wh'}, 1501),
    ({'value': '1.502', 'unit': 'kWh', 'measurand': 'Energy.Active.Import.Register'}, 1502),
    ({'value': '1.5030000000000002', 'unit': 'kWh'}, 1503),
    ({'value': 1504}, 1504),
    ({'value': '1505', 'context': '', 'unit': '', 'phase': ''}, 1505),
    ({'value': '1506', 'context': 'Sample.Clock', 'format': 'Raw', 'location': 'Outlet'}, 1506),
    ({'value': '1507', 'location': 'Garage'}, 1507),
]


async def test_a_register_in_all_its_spellings(pair: Pair) -> None:
    for sample, energy_wh in REGISTERS:
        await pair.sampled(sample)
        assert pair.meter.energy_wh == pytest.approx(energy_wh)


UNREAD: list[dict[str, Any]] = [
    {'value': '1500', 'measurand': 'Energy.Of.Nobody'},
    {'value': '1501', 'unit': 'MWh'},
    {'value': '1502', 'phase': 'L4'},
    {'value': '1503', 'context': 'Sample.Sometimes'},
    {'value': 'OCMF|{"FV":"1.0"}|{"SD":"3046"}', 'format': 'SignedData'},
    {'value': 'much'},
    {'value': 'NaN'},
    {'value': ''},
]


async def test_a_sample_that_cannot_be_read_stays_text_and_is_left_out(pair: Pair) -> None:
    await pair.sampled({'value': '1000'})
    for volts, sample in enumerate(UNREAD, start=230):
        await pair.sampled(sample, {'value': str(volts), 'measurand': 'Voltage', 'unit': 'V'})
        assert pair.meter.energy_wh == 1000
        assert pair.meter.value('Voltage') == volts
        assert any(text.split(' ')[0] == sample['value'] for text in pair.meter.unread.values()), sample


async def test_phases_are_distinguished_and_l1_n_is_l1(pair: Pair) -> None:
    samples = [
        {'value': str(value), 'phase': phase, 'measurand': measurand}
        for measurand, values in {'Voltage': (229, 230, 231), 'Current.Import': (10, 11, 12)}.items()
        for phase, value in zip(('L1-N', 'L2', 'L3-N'), values, strict=True)
    ]
    await pair.sampled(*samples)
    assert pair.meter.per_phase('Voltage') == {'L1': 229, 'L2': 230, 'L3': 231}
    assert pair.meter.per_phase('Current.Import') == {'L1': 10, 'L2': 11, 'L3': 12}
    assert pair.meter.current_a == 12


async def test_energy_and_power_by_phase_are_added_up(pair: Pair) -> None:
    await pair.sampled(
        *(
            {'value': value, 'phase': phase, 'measurand': measurand}
            for measurand, value in (('Energy.Active.Import.Register', '100'), ('Power.Active.Import', '1000'))
            for phase in ('L1', 'L2', 'L3')
        )
    )
    assert pair.meter.energy_wh == 300
    assert pair.meter.power_w == 3000


async def test_power_is_computed_where_only_currents_come(pair: Pair) -> None:
    await pair.sampled({'value': '10', 'measurand': 'Current.Import', 'unit': 'A'})
    assert pair.meter.power_w == 2300
    await pair.sampled(
        {'value': '10', 'measurand': 'Current.Import', 'phase': 'L1'},
        {'value': '5', 'measurand': 'Current.Import', 'phase': 'L2'},
        {'value': '240', 'measurand': 'Voltage', 'phase': 'L1-N'},
        timestamp=moment(10),
    )
    assert pair.meter.power_w == 10 * 240 + 5 * 240


async def test_units_and_multipliers_are_handled(pair: Pair) -> None:
    await pair.sampled(
        {'value': '7.4', 'measurand': 'Power.Active.Import', 'unit': 'kW'},
        {'value': '300.15', 'measurand': 'Temperature', 'unit': 'K'},
        {'value': '80', 'measurand': 'SoC', 'unit': 'Percent'},
        {'value': '16', 'measurand': 'Current.Offered', 'unit': 'A'},
    )
    assert pair.meter.power_w == 7400
    assert pair.meter.temperature_c == pytest.approx(27)
    assert pair.meter.soc_percent == 80
    assert pair.meter.offered_a == 16
    await pair.sampled({'value': '68', 'measurand': 'Temperature', 'unit': 'Fahrenheit'}, timestamp=moment(1))
    assert pair.meter.temperature_c == pytest.approx(20)


async def test_the_newest_value_of_each_measurand_counts(pair: Pair) -> None:
    await pair.sampled({'value': '230', 'measurand': 'Voltage'}, timestamp=moment(10))
    await pair.sampled({'value': '5', 'measurand': 'Current.Import'}, timestamp=moment(20))
    await pair.sampled({'value': '200', 'measurand': 'Voltage'}, timestamp=moment(0))
    assert pair.meter.value('Voltage') == 230
    assert pair.meter.value('Current.Import') == 5


async def test_an_export_register_is_no_import(pair: Pair) -> None:
    await pair.sampled(
        {'value': '1000', 'measurand': 'Energy.Active.Import.Register'},
        {'value': '9', 'measurand': 'Energy.Active.Export.Register'},
    )
    assert pair.meter.energy_wh == 1000


async def test_late_values_of_an_ended_transaction_are_not_live(pair: Pair) -> None:
    transaction_id = await pair.charger.start(meter_start=1000)
    await pair.charger.stop(transaction_id, 2000)
    await pair.sampled({'value': '9999'}, transactionId=transaction_id, timestamp=moment(100))
    assert pair.meter.energy_wh == 2000
    assert pair.newest.energy_wh == 1000


async def test_power_is_no_longer_live_after_the_transaction(pair: Pair) -> None:
    transaction_id = await pair.charger.start()
    await pair.charger.meter(transaction_id, energy=1500, power=2300, current=10)
    await pair.charger.stop(transaction_id)
    assert pair.meter.power_w is None
    assert pair.meter.current_a is None


async def test_meter_values_without_a_transaction_id_belong_to_the_one_that_runs(pair: Pair) -> None:
    await pair.charger.start(meter_start=1000)
    await pair.charger.meter(energy=1700)
    assert pair.newest.energy_wh == 700


async def test_meter_values_of_connector_0_are_the_main_meters(pair: Pair) -> None:
    await pair.charger.meter(connector_id=0, energy=5000)
    assert pair.meter.energy_wh is None
    assert pair.state.connector(0).meter.energy_wh == 5000


async def test_a_clock_that_is_ahead_does_not_stop_the_meter(pair: Pair) -> None:
    ahead = '2099-01-01T00:00:00Z'
    start = {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': 1000, 'timestamp': ahead}
    transaction_id = (await pair.charger.call('StartTransaction', start))['transactionId']
    await pair.sampled({'value': '1500'}, timestamp=ahead, transactionId=transaction_id)
    await pair.sampled({'value': '1600'}, timestamp='2099-01-01T00:00:10Z', transactionId=transaction_id)
    assert pair.newest.energy_wh == 600
    stop = {'transactionId': transaction_id, 'meterStop': 2000, 'timestamp': '2099-01-01T00:01:00Z'}
    assert await pair.charger.call('StopTransaction', stop) == {}
    assert pair.newest.energy_wh == 1000
    await pair.sampled({'value': '2001'}, timestamp=ahead)
    assert pair.meter.energy_wh == 2001


async def test_a_listener_that_fails_disturbs_nobody(pair: Pair) -> None:
    heard = []

    def fail() -> None:
        raise ValueError('a page that is gone')

    charge_point = pair.house.charge_point
    unsubscribe = [charge_point.subscribe(fail), charge_point.subscribe(lambda: heard.append(charge_point.state))]
    await pair.charger.status(1, 'Preparing')
    assert heard[-1].connector(1).status == 'Preparing'
    for stop in unsubscribe:
        stop()
    count = len(heard)
    await pair.charger.status(1, 'Charging')
    assert len(heard) == count


async def test_an_available_from_before_the_transaction_does_not_end_it(pair: Pair) -> None:
    transaction_id = await pair.charger.start()
    payload = {'connectorId': 1, 'status': 'Available', 'errorCode': 'NoError', 'timestamp': moment(-3600)}
    await pair.charger.call('StatusNotification', payload)
    assert pair.newest.running
    assert pair.state.connector(1).transaction_id == str(transaction_id)


async def test_a_transaction_taken_for_forgotten_runs_again_when_it_is_measured(pair: Pair) -> None:
    transaction_id = await pair.charger.start()
    await pair.charger.status(1, 'Available')
    assert not pair.newest.running
    await pair.charger.status(1, 'Charging')
    await pair.charger.meter(transaction_id, power=2000)
    assert pair.newest.running
    assert pair.newest.note is None
    assert pair.state.connector(1).transaction_id == str(transaction_id)


@pytest.mark.parametrize(
    ('sample', 'text'),
    [
        ({'value': '1e308', 'unit': 'kWh'}, '1e308 kWh'),
        ({'value': '1_0', 'unit': 'Wh'}, '1_0 Wh'),
        ({'value': '5', 'measurand': 'Energy.Active.Import.Register', 'unit': 'A'}, '5 A'),
    ],
)
async def test_an_impossible_value_stays_text(pair: Pair, sample: dict[str, Any], text: str) -> None:
    await pair.sampled(sample)
    assert pair.meter.energy_wh is None
    assert pair.meter.unread == {'Energy.Active.Import.Register': text}


async def test_signed_data_that_does_not_say_so_stays_whole(pair: Pair) -> None:
    signed = 'OCMF|{"FV":"1.0","RD":[]}|{"SD":"3046022100"}'
    await pair.sampled({'value': signed})
    assert pair.meter.unread == {'Energy.Active.Import.Register': signed}


async def test_a_measured_power_is_not_replaced_by_a_computed_one(pair: Pair) -> None:
    await pair.charger.meter(power=2000)
    await pair.sampled({'value': '10', 'measurand': 'Current.Import', 'unit': 'A'}, timestamp=moment(10))
    assert pair.meter.power_w == 2000
