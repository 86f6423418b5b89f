"""Each fact stands in its table, as the charger reported it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from cpo.errors import CallErrorReceived, CallTimeout, ConnectionClosed
from cpo.state import REST, YOU, Arrival, AttemptVerdict, SolarRead, Source, SourceKind
from tests.conftest import MakeHouse
from tests.journal.quiet_house import NOON, QuietHouse, rows
from tests.scripted_charger import ScriptedCharger

SIGNED = 'OCMF|{"FV":"1.0","RD":[{"RV":"1.5"}]}|{"SD":"3046"}  with  spaces, ünïcode'


async def test_boots_are_persisted_each_with_its_time(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        for version in ('1.0', '1.1'):
            payload = {'chargePointVendor': 'V', 'chargePointModel': 'M', 'firmwareVersion': version}
            await house.call('BootNotification', payload)
    found = rows(tmp_path, 'SELECT charge_box_id, vendor, model, firmware_version, serial_number FROM boots')
    assert found == [('CP1', 'V', 'M', '1.0', None), ('CP1', 'V', 'M', '1.1', None)]
    first, second = (at for (at,) in rows(tmp_path, 'SELECT at FROM boots'))
    assert NOON.timestamp() * 1000 < first < second < NOON.timestamp() * 1000 + 1000


async def test_status_changes_are_persisted_each_once_with_both_times(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        for status in ('Available', 'Available', 'Preparing', 'Available'):
            await house.status(status, seconds=-30)
        payload = {
            'connectorId': 2,
            'status': 'Faulted',
            'errorCode': 'OtherError',
            'info': 'x',
            'vendorErrorCode': '7',
        }
        await house.call('StatusNotification', payload)
    sql = 'SELECT connector_id, status, error_code, info, vendor_error_code FROM status_changes ORDER BY rowid'
    assert rows(tmp_path, sql) == [
        (1, 'Available', '', None, None),
        (1, 'Preparing', '', None, None),
        (1, 'Available', '', None, None),
        (2, 'Faulted', 'OtherError', 'x', '7'),
    ]
    ages = rows(tmp_path, 'SELECT heard_at - at FROM status_changes')
    assert [age // 1000 for (age,) in ages] == [30, 30, 30, 0]


async def test_commands_are_persisted_with_their_answers_also_those_without_one(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = await make_house(folder=tmp_path, call_timeout=0.2)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        command = house.charge_point.command
        await asyncio.gather(command('ClearCache', {}), charger.expect('ClearCache', 'Rejected'))
        refused = asyncio.create_task(command('GetConfiguration', {}))
        message_id, _ = await charger.receive_call('GetConfiguration')
        await charger.send([4, message_id, 'InternalError', 'Out of memory', {}])
        unanswered = asyncio.create_task(command('GetLocalListVersion', {}))
        await charger.receive_call('GetLocalListVersion')
        for task, error in ((refused, CallErrorReceived), (unanswered, CallTimeout)):
            assert isinstance((await asyncio.gather(task, return_exceptions=True))[0], error)
        cut_off = asyncio.create_task(command('Reset', {'type': 'Soft'}))
        await charger.receive_call('Reset')
    assert isinstance((await asyncio.gather(cut_off, return_exceptions=True))[0], ConnectionClosed)
    await house.charge_point.flushed()
    found = rows(tmp_path, 'SELECT action, status, answer FROM commands ORDER BY rowid')
    assert [(action, status) for action, status, _ in found] == [
        ('ClearCache', 'Rejected'),
        ('GetConfiguration', 'CallError InternalError'),
        ('GetLocalListVersion', 'no answer'),
        ('Reset', 'connection closed'),
    ]
    assert [answer is None for _, _, answer in found] == [False, False, True, True]
    assert rows(tmp_path, "SELECT request FROM commands WHERE action = 'Reset'")[0][0].endswith('{"type":"Soft"}]')


async def test_signed_meter_data_is_persisted_verbatim_and_once(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        transaction_id = await house.start()
        samples = [{'value': SIGNED, 'format': 'SignedData'}, {'value': '1500'}]
        value = {'timestamp': house.clock.text(-1), 'sampledValue': samples}
        for _ in range(2):
            payload = {'connectorId': 1, 'transactionId': transaction_id, 'meterValue': [value]}
            await house.call('MeterValues', payload)
        ended = {'timestamp': house.clock.text(), 'sampledValue': [{'value': SIGNED + '2', 'format': 'SignedData'}]}
        await house.stop(transaction_id, transactionData=[ended])
    assert rows(tmp_path, 'SELECT number, text FROM signed_values ORDER BY at') == [
        (transaction_id, SIGNED),
        (transaction_id, SIGNED + '2'),
    ]
    assert rows(tmp_path, 'SELECT value FROM meter_samples') == [(1500,)]


async def test_samples_are_numbers_in_base_units_by_measurand_and_phase(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        samples = [
            {'value': '1.5', 'measurand': 'Energy.Active.Import.Register', 'unit': 'kWh'},
            {'value': '7.2', 'measurand': 'Power.Active.Import', 'unit': 'kW', 'phase': 'L1'},
            {'value': '230.4', 'measurand': 'Voltage', 'unit': 'V', 'phase': 'L1-N'},
        ]
        value = {'timestamp': '2026-06-14T11:59:59.5Z', 'sampledValue': samples}
        for _ in range(2):
            await house.call('MeterValues', {'connectorId': 1, 'meterValue': [value]})
    sql = 'SELECT measurand, phase, value, at FROM meter_samples JOIN series USING (series_id) ORDER BY series_id'
    at = 1781438399500
    assert rows(tmp_path, sql) == [
        ('Energy.Active.Import.Register', '', 1500, at),
        ('Power.Active.Import', 'L1', 7200, at),
        ('Voltage', 'L1', 230.4, at),
    ]


async def test_inputs_are_persisted_as_they_came(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.charge_point.record_reading(pv_w=5000.5)
        house.charge_point.record_reading(grid_w=-300)
    assert rows(tmp_path, 'SELECT pv_w, grid_w FROM inputs ORDER BY at') == [(5000.5, None), (None, -300)]
    async with QuietHouse(tmp_path) as house:
        assert (house.state.solar.pv_w, house.state.solar.grid_w) == (5000.5, -300)


async def test_each_reading_of_the_house_is_there_after_a_restart(tmp_path: Path) -> None:
    meter = Source(SourceKind.PROGRAM, 'house meter')
    async with QuietHouse(tmp_path) as house:
        now = house.charge_point.now().replace(microsecond=0)
        minute = timedelta(minutes=1)
        house.charge_point.record(SolarRead(now, battery_w=-700, battery_soc=64, pv_w=900, by=REST))
        house.charge_point.record(SolarRead(now, by=meter, measured_at=now - minute, grid_a=(1, -2.5, 3), grid_w=300))
        house.charge_point.record(SolarRead(now, by=REST, forgotten=frozenset({'battery_w'})))
        house.charge_point.record(SolarRead(now, pv_w=1200, by=YOU))
    async with QuietHouse(tmp_path) as house:
        solar = house.state.solar
        assert (solar.pv_w, solar.grid_w, solar.battery_w, solar.battery_soc) == (1200, 300, None, 64)
        assert solar.grid_a == (1, -2.5, 3)
        assert solar.arrivals == {
            'grid_w': Arrival(now - minute, by=meter),
            'grid_a': Arrival(now - minute, by=meter),
            'battery_soc': Arrival(now, by=REST),
        }
        assert solar.source('pv_w') == YOU
    columns = 'pv_w, grid_w, battery_w, battery_soc, l1_a, l2_a, l3_a'
    assert rows(tmp_path, f'SELECT {columns} FROM inputs ORDER BY rowid LIMIT 2') == [
        (900, None, -700, 64, None, None, None),
        (None, 300, None, None, 1, -2.5, 3),
    ]


async def test_connects_refusals_and_the_like_are_events(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.call('Authorize', {'idTag': 'Stranger'})
        await charger.call('FirmwareStatusNotification', {'status': 'Installed'})
    await house.until(lambda: not house.charge_point.state.connected)
    house.charge_point.connections.record_attempt('192.0.2.8', '/x', AttemptVerdict.WRONG_PATH, 'ws://h/ocpp/x')
    await house.charge_point.flushed()
    assert rows(tmp_path, 'SELECT number, kind, details FROM events ORDER BY number') == [
        (1, 'adopted', '{"chargeBoxId":"CP1"}'),
        (2, 'connected', '{"address":"127.0.0.1","path":"/ocpp/CP1","chargeBoxId":"CP1"}'),
        (3, 'boot', '{"vendor":"Test","model":"Scripted"}'),
        (4, 'status', '{"status":"Available"}'),
        (5, 'status', '{"status":"Available"}'),
        (6, 'tag_refused', '{"idTag":"Stranger","status":"Invalid"}'),
        (7, 'firmware_status', '{"status":"Installed","chargeBoxId":"CP1"}'),
        (8, 'disconnected', '{"chargeBoxId":"CP1"}'),
        (9, 'wrong_path', '{"address":"192.0.2.8","path":"/x","fact":"ws://h/ocpp/x"}'),
    ]


async def test_configuration_keys_are_persisted_as_read(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        asked = asyncio.create_task(house.charge_point.command('GetConfiguration', {}))
        message_id, _ = await charger.receive_call('GetConfiguration')
        keys = [{'key': 'A', 'readonly': True, 'value': 'x, y'}, {'key': 'B', 'readonly': False}]
        await charger.answer(message_id, {'configurationKey': keys})
        await asked
    await house.charge_point.flushed()
    assert rows(tmp_path, 'SELECT charge_box_id, key, value FROM configuration_keys') == [
        ('CP1', 'A', 'x, y'),
        ('CP1', 'B', None),
    ]
