"""The simulator that acts by itself, opened as a file, with a central system that has the security extension."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.smart_simulator import (
    ACCEPTED,
    FILE,
    REJECTED,
    WITHIN,
    at,
    central_system,
    connect,
    draws,
    fill,
    part,
    profile,
    say,
)
from tests.scripted_charger import TIMESTAMP


async def test_the_security_extension_is_spoken_and_the_unknown_is_not_implemented(open_page: OpenPage) -> None:
    async with central_system() as central:
        page = await open_page(at(central))
        await connect(page)
        log = {'logType': 'SecurityLog', 'requestId': 4, 'log': {'remoteLocation': 'ftp://house/'}}
        assert (await central.call('GetLog', log)) == {'status': 'Accepted', 'filename': 'SecurityLog.txt'}
        assert await central.got('LogStatusNotification', 2) == {'status': 'Uploaded', 'requestId': 4}
        firmware = {
            'location': 'ftp://house/',
            'retrieveDateTime': TIMESTAMP,
            'signingCertificate': 'c',
            'signature': 's',
        }
        update = {'requestId': 5, 'firmware': firmware}
        assert await central.call('SignedUpdateFirmware', update) == ACCEPTED
        assert await central.got('SignedFirmwareStatusNotification', 5) == {'status': 'Installed', 'requestId': 5}
        for requested, action in (
            ('BootNotification', 'BootNotification'),
            ('LogStatusNotification', 'LogStatusNotification'),
            ('FirmwareStatusNotification', 'SignedFirmwareStatusNotification'),
            ('Heartbeat', 'Heartbeat'),
            ('MeterValues', 'MeterValues'),
            ('StatusNotification', 'StatusNotification'),
        ):
            before = len(central.payloads(action))
            assert await central.call('ExtendedTriggerMessage', {'requestedMessage': requested}) == ACCEPTED
            await central.got(action, before + 1)
        unknown = await central.call('ExtendedTriggerMessage', {'requestedMessage': 'Weather'})
        assert unknown == {'status': 'NotImplemented'}
        await part(page, 'security-event').click()
        await central.got('SecurityEventNotification')
        assert await central.call('InstallCertificate', {}) == 'ProtocolError'
        assert await central.call('Explode', {}) == 'NotImplemented'
        assert await central.call('Reset', {}) == 'ProtocolError'
        assert await central.call('Reset', {'type': 5}) == 'TypeConstraintViolation'
        assert await central.call('Reset', {'type': 'Sofft'}) == 'PropertyConstraintViolation'


async def test_a_reservation_of_the_same_id_is_replaced_on_whichever_connector_it_was(open_page: OpenPage) -> None:
    async with central_system() as central:
        page = await open_page(at(central))
        await connect(page)

        async def reserve(connector_id: int, id_tag: str) -> Any:
            reservation = {'reservationId': 7, 'expiryDate': '2099-01-01T12:00:00Z'}
            return await central.call('ReserveNow', {**reservation, 'connectorId': connector_id, 'idTag': id_tag})

        for connector_id, id_tag, other_id in ((2, 'Anna', 1), (1, 'Anna', 2), (1, 'Ben', 2)):
            assert await reserve(connector_id, id_tag) == ACCEPTED
            await say(page, f'status-{connector_id}', 'Reserved')
            await say(page, f'reservation-{connector_id}', id_tag)
            await say(page, f'status-{other_id}', 'Available')
        await part(page, 'plug-2').click()
        await say(page, 'status-2', 'Preparing')
        assert await reserve(2, 'Anna') == {'status': 'Occupied'}
        await say(page, 'reservation-1', 'Ben')
        assert await central.call('CancelReservation', {'reservationId': 7}) == ACCEPTED
        assert await central.call('CancelReservation', {'reservationId': 7}) == REJECTED
        await say(page, 'status-1', 'Available')


async def test_profiles_of_all_purposes_units_and_levels_decide_together(open_page: OpenPage) -> None:
    async with central_system() as central:
        page = await open_page(at(central))
        await connect(page)

        async def install(connector_id: int, each: dict[str, Any]) -> Any:
            return await central.call('SetChargingProfile', {'connectorId': connector_id, 'csChargingProfiles': each})

        await part(page, 'plug-1').click()
        start = {'idTag': 'Tag1', 'connectorId': 1, 'chargingProfile': profile(1, 'TxProfile', 14)}
        assert await central.call('RemoteStartTransaction', start) == ACCEPTED
        await draws(page, '14.0', '13.9')
        await central.got('StartTransaction')
        for connector_id, each, offered in (
            (1, profile(2, 'TxProfile', 2300, 'W', 2), '10.0'),
            (0, profile(3, 'ChargePointMaxProfile', 7), '7.0'),
            (0, profile(4, 'TxDefaultProfile', 6.5, level=8), '7.0'),
            (0, profile(3, 'ChargePointMaxProfile', 0), '0.0'),
        ):
            assert await install(connector_id, each) == ACCEPTED
            await say(page, 'offered-1', f'{offered} A')
        await say(page, 'status-1', 'SuspendedEVSE')
        await say(page, 'drawn-1', '0.0 A')
        await say(page, 'profile-count', '4')
        assert await central.call('ClearChargingProfile', {'chargingProfilePurpose': 'TxProfile'}) == ACCEPTED
        assert await central.call('ClearChargingProfile', {'id': 3}) == ACCEPTED
        await draws(page, '6.5', '6.4')

        each = profile(6, 'TxProfile', 16)
        each['chargingSchedule']['chargingSchedulePeriod'].append({'startPeriod': 3600, 'limit': 8})
        assert await install(1, each) == ACCEPTED
        schedule = await central.call('GetCompositeSchedule', {'connectorId': 1, 'duration': 7200})
        periods = schedule['chargingSchedule']['chargingSchedulePeriod']
        assert [float(period['limit']) for period in periods] == [16, 8]
        assert 3500 < periods[1]['startPeriod'] <= 3600
        in_watts = {'connectorId': 0, 'duration': 60, 'chargingRateUnit': 'W'}
        watts = await central.call('GetCompositeSchedule', in_watts)
        assert [float(p['limit']) for p in watts['chargingSchedule']['chargingSchedulePeriod']] == [22080]
        assert await install(0, profile(7, 'TxDefaultProfile', 8, level=9)) == REJECTED

        assert await central.call('RemoteStopTransaction', {'transactionId': 42}) == ACCEPTED
        await say(page, 'status-1', 'Finishing')
        assert (await central.got('StopTransaction'))['reason'] == 'Remote'
        assert await central.call('ClearCache', {}) == ACCEPTED  # its earlier messages have been answered


async def test_a_refused_boot_and_a_refused_card_start_nothing(open_page: OpenPage) -> None:
    async with central_system() as central:
        central.refused['BootNotification'] = {'status': 'Pending', 'currentTime': TIMESTAMP, 'interval': 600}
        page = await open_page(at(central))
        await part(page, 'connect').click()
        await say(page, 'link', 'Connected, but Pending')
        assert await central.call('RemoteStartTransaction', {'idTag': 'Tag1'}) == REJECTED
        assert central.payloads('StatusNotification') == []
        assert await central.call('TriggerMessage', {'requestedMessage': 'BootNotification'}) == ACCEPTED
        await say(page, 'link', 'Connected')
        await part(page, 'plug-2').click()
        central.refused['Authorize'] = {'idTagInfo': {'status': 'Blocked'}}
        await part(page, 'tap-2').click()
        await expect(part(page, 'log')).to_contain_text('Tag1 may not start here (Blocked)', timeout=WITHIN)
        central.refused['StartTransaction'] = {'transactionId': 43, 'idTagInfo': {'status': 'Invalid'}}
        await part(page, 'tap-2').click()
        assert (await central.got('StopTransaction'))['reason'] == 'DeAuthorized'
        await say(page, 'status-2', 'Finishing')
        assert await central.call('ClearCache', {}) == ACCEPTED  # its earlier messages have been answered


async def test_a_card_known_from_before_starts_offline_and_an_unknown_one_does_not(open_page: OpenPage) -> None:
    async with central_system() as central:
        page = await open_page(at(central))
        await connect(page)
        await part(page, 'plug-1').click()
        await part(page, 'tap-1').click()
        await say(page, 'transaction-1', '42, Tag1')
        await part(page, 'tap-1').click()
        await central.got('StopTransaction')
        await part(page, 'connect').click()
        await fill(page, 'tag', 'Stranger')
        await part(page, 'tap-1').click()
        await expect(part(page, 'log')).to_contain_text('Stranger may not start while offline')
        await fill(page, 'tag', 'Tag1')
        await part(page, 'tap-1').click()
        await say(page, 'transaction-1', 'not answered, Tag1')
        await say(page, 'status-1', 'Charging')
        await part(page, 'connect').click()
        await central.got('StartTransaction', 2)
        await say(page, 'transaction-1', '42, Tag1')
        await part(page, 'tap-1').click()
        await central.got('StopTransaction', 2)

        assert await central.call('ClearCache', {}) == ACCEPTED
        await part(page, 'connect').click()
        await part(page, 'tap-1').click()
        await expect(part(page, 'log')).to_contain_text('Tag1 may not start while offline')


async def test_answers_are_matched_by_their_id_and_garbage_harms_nothing(open_page: OpenPage) -> None:
    async with central_system() as central:
        page = await open_page(at(central))
        await connect(page)
        for garbage in ('{', '[]', '7', '[2]', '[3,"nobody",{}]', '[4,"nobody","GenericError","",{}]', '[9,"x",{}]'):
            await central.send(garbage)
        assert await central.call('ClearCache', {}) == ACCEPTED
        await part(page, 'heartbeat').click()
        await central.got('Heartbeat')
        await say(page, 'link', 'Connected')


async def test_an_address_that_is_none_is_said_and_a_server_that_comes_later_is_found(open_page: OpenPage) -> None:
    page = await open_page(f'{FILE}?{urlencode({"url": "nonsense"})}')
    await part(page, 'connect').click()
    await say(page, 'link', 'This address cannot be used')
    async with central_system() as central:
        await part(page, 'url').fill(central.url)
        await part(page, 'cp').fill('CP 7')
        await page.keyboard.press('Enter')
        await say(page, 'link', 'Connected')
    await say(page, 'link', re.compile('No connection, next try in 2 s'))
    await part(page, 'connect').click()
    await say(page, 'link', 'Not connected')


@pytest.mark.parametrize('scheme', ['light', 'dark'])
async def test_it_fits_every_screen_and_the_keyboard_reaches_all(
    open_page: OpenPage, tmp_path: Path, scheme: Literal['light', 'dark']
) -> None:
    async with central_system() as central:
        for width, height in ((390, 844), (1024, 768), (1440, 900)):
            page = await open_page(at(central), width, height, scheme)
            await part(page, 'cp').focus()
            await page.keyboard.press('Tab')
            await page.keyboard.press('Tab')
            await page.keyboard.press('Enter')
            await say(page, 'link', 'Connected')
            await part(page, 'plug-1').focus()
            await page.keyboard.press('Enter')
            await page.keyboard.press('Tab')
            await page.keyboard.press('Space')
            await say(page, 'drawn-1', '15.9 A')
            await page.screenshot(path=tmp_path / f'smart-{width}-{scheme}.png', full_page=True)
            for summary in await page.locator('summary').all():
                await summary.press('Enter')
            wide = await page.evaluate('document.documentElement.scrollWidth')
            assert wide <= width, f'it scrolls sideways at {width} px'
            background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
            assert (sum(int(v) for v in re.findall(r'\d+', background)[:3]) > 384) is (scheme == 'light')
            await page.context.close()
