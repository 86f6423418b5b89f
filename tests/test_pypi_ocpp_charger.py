"""An independent charger, built on the PyPI package `ocpp` with its validation on, runs a session; REST agrees."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from ocpp.routing import on
from ocpp.v16 import ChargePoint as PypiChargePoint
from ocpp.v16 import call, call_result
from ocpp.v16.enums import Action
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.conftest import MakeHouse


def now() -> str:
    """This moment, as OCPP writes it."""
    return datetime.now(UTC).isoformat(timespec='seconds').replace('+00:00', 'Z')


class IndependentCharger(PypiChargePoint):  # type: ignore[misc]  # the package carries no types
    """One connector that obeys; what the server asked for is in `asked`, in order, as (action, payload)."""

    def __init__(self, charge_box_id: str, connection: Any) -> None:
        """Answer on this websocket."""
        super().__init__(charge_box_id, connection, response_timeout=10)
        self.asked: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    @on(Action.remote_start_transaction)  # type: ignore[untyped-decorator]  # as above, and below
    def on_remote_start_transaction(self, **payload: Any) -> Any:
        self.asked.put_nowait(('RemoteStartTransaction', payload))
        return call_result.RemoteStartTransaction(status='Accepted')

    @on(Action.remote_stop_transaction)  # type: ignore[untyped-decorator]
    def on_remote_stop_transaction(self, **payload: Any) -> Any:
        self.asked.put_nowait(('RemoteStopTransaction', payload))
        return call_result.RemoteStopTransaction(status='Accepted')

    @on(Action.set_charging_profile)  # type: ignore[untyped-decorator]
    def on_set_charging_profile(self, **payload: Any) -> Any:
        self.asked.put_nowait(('SetChargingProfile', payload))
        return call_result.SetChargingProfile(status='Accepted')

    @on(Action.get_composite_schedule)  # type: ignore[untyped-decorator]
    def on_get_composite_schedule(self, **payload: Any) -> Any:
        return call_result.GetCompositeSchedule(status='Rejected')

    @on(Action.get_configuration)  # type: ignore[untyped-decorator]
    def on_get_configuration(self, **payload: Any) -> Any:
        return call_result.GetConfiguration(unknown_key=payload.get('key', []))

    @on(Action.change_configuration)  # type: ignore[untyped-decorator]
    def on_change_configuration(self, **payload: Any) -> Any:
        return call_result.ChangeConfiguration(status='NotSupported')

    @on(Action.trigger_message)  # type: ignore[untyped-decorator]
    def on_trigger_message(self, **payload: Any) -> Any:
        return call_result.TriggerMessage(status='Rejected')

    async def ask(self, request: Any) -> Any:
        """Send a request; raises for a CallError and for a response that fails its schema."""
        return await self.call(request, suppress=False)

    async def status(self, status: str, connector_id: int = 1) -> None:
        """StatusNotification."""
        await self.ask(
            call.StatusNotification(connector_id=connector_id, error_code='NoError', status=status, timestamp=now())
        )

    async def meter(self, transaction_id: int, energy_wh: int, current_a: float) -> None:
        """MeterValues."""
        sampled = [
            {'value': str(energy_wh), 'measurand': 'Energy.Active.Import.Register', 'unit': 'Wh'},
            {'value': f'{current_a * 230:.1f}', 'measurand': 'Power.Active.Import', 'unit': 'W'},
            {'value': f'{current_a:.1f}', 'measurand': 'Current.Import', 'unit': 'A', 'phase': 'L1'},
        ]
        value = {'timestamp': now(), 'sampledValue': sampled}
        await self.ask(call.MeterValues(connector_id=1, transaction_id=transaction_id, meter_value=[value]))


class House:
    """The REST side of a running program."""

    def __init__(self, rest: httpx.AsyncClient, charger: IndependentCharger) -> None:
        """Ask this REST interface, answer with this charger."""
        self.rest = rest
        self.charger = charger

    async def connector(self) -> dict[str, Any]:
        """Connector 1 of `GET /api/chargepoint`."""
        document: dict[str, Any] = (await self.rest.get('/api/chargepoint')).json()['connectors']['1']
        return document

    async def put_limit(self, limit_a: float) -> tuple[str, dict[str, Any]]:
        """Put a limit; the request that reached the charger."""
        answer = await self.rest.put('/api/chargepoint/1/chargeLimit', content=str(limit_a))
        assert answer.status_code == 200, answer.text
        assert answer.json()['applied'] == limit_a
        async with asyncio.timeout(10):
            action, payload = await self.charger.asked.get()
        assert answer.json()['action'] == action
        return action, payload


@pytest.fixture
async def house(make_house: MakeHouse, caplog: pytest.LogCaptureFixture) -> AsyncIterator[House]:
    """The program, and the independent charger connected to it; nothing either sent may fail a schema."""
    caplog.set_level(logging.WARNING, logger='ocpp')
    running = await make_house(startup_requests=True)
    async with (
        connect(running.ocpp('pypi'), subprotocols=[Subprotocol('ocpp1.6')], proxy=None) as websocket,
        httpx.AsyncClient(verify=False, base_url=running.http, trust_env=False) as rest,
    ):
        charger = IndependentCharger('pypi', websocket)
        listening = asyncio.create_task(charger.start())
        yield House(rest, charger)
        messages = (await rest.get('/api/messages', params={'limit': 1000})).json()['items']
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening
    assert [m for m in messages if m['violations'] or 'CallError' in (m['status'] or '')] == []
    assert [record.getMessage() for record in caplog.records if record.name == 'ocpp'] == []


async def test_an_independent_charger_runs_a_full_session_and_rest_agrees_at_every_step(house: House) -> None:
    charger = house.charger

    boot = await charger.ask(
        call.BootNotification(
            charge_point_vendor='Independent', charge_point_model='PyPI', firmware_version='2.1', meter_type='none'
        )
    )
    assert boot.status == 'Accepted'
    assert boot.interval == 60
    for connector_id in (0, 1):
        await charger.status('Available', connector_id)
    document = (await house.rest.get('/api/chargepoint')).json()
    assert document['chargePointId'] == 'pypi'
    assert document['connected'] is True
    assert (document['vendor'], document['model'], document['firmwareVersion']) == ('Independent', 'PyPI', '2.1')
    assert document['status'] == 'Available'
    assert (await house.connector())['status'] == 'Available'

    await charger.status('Preparing')
    assert (await house.connector())['status'] == 'Preparing'
    authorized = await charger.ask(call.Authorize(id_tag='Tag1'))
    assert authorized.id_tag_info['status'] == 'Accepted'
    refused = await charger.ask(call.Authorize(id_tag='Stranger'))
    assert refused.id_tag_info['status'] == 'Invalid'

    action, payload = await house.put_limit(10)
    assert action == 'RemoteStartTransaction'
    assert (payload['connector_id'], payload['id_tag']) == (1, 'Tag1')
    assert limit_in(payload['charging_profile']) == 10
    started = await charger.ask(call.StartTransaction(connector_id=1, id_tag='Tag1', meter_start=1000, timestamp=now()))
    assert started.id_tag_info['status'] == 'Accepted'
    assert started.transaction_id > 0
    await charger.status('Charging')
    connector = await house.connector()
    assert (connector['status'], connector['limit'], connector['mode']) == ('Charging', None, 'manual')  # not seen yet
    attributes = connector['attributes']
    assert (attributes['txId'], attributes['idTag']) == (started.transaction_id, 'Tag1')
    assert attributes['txStopTimestamp'] is None

    await charger.meter(started.transaction_id, 1200, 10)
    connector = await house.connector()
    assert connector['power'] == 2300
    assert connector['currents'] == {'L1': 10}
    assert figures(connector) == {'meterStart': 1000, 'lastMeterValue': 1200, 'totalCharged': 200}

    for limit_a, energy_wh in ((13.7, 1500), (6, 1700)):
        action, payload = await house.put_limit(limit_a)
        assert action == 'SetChargingProfile'
        profile = payload['cs_charging_profiles']
        assert profile['transaction_id'] == started.transaction_id
        assert limit_in(profile) == limit_a
        await charger.meter(started.transaction_id, energy_wh, limit_a)
        connector = await house.connector()
        assert connector['limit'] == limit_a
        assert connector['power'] == pytest.approx(limit_a * 230)
        assert figures(connector) == {
            'meterStart': 1000,
            'lastMeterValue': energy_wh,
            'totalCharged': energy_wh - 1000,
        }

    action, payload = await house.put_limit(0)
    assert (action, payload) == ('RemoteStopTransaction', {'transaction_id': started.transaction_id})
    await charger.ask(
        call.StopTransaction(
            transaction_id=started.transaction_id, meter_stop=1750, timestamp=now(), reason='Remote', id_tag='Tag1'
        )
    )
    await charger.status('Finishing')
    connector = await house.connector()
    assert (connector['status'], connector['limit']) == ('Finishing', 0)
    assert figures(connector) == {'meterStart': 1000, 'lastMeterValue': 1750, 'totalCharged': 750}
    assert connector['attributes']['txStopTimestamp'] is not None

    (transaction,) = (await house.rest.get('/api/transactions')).json()['items']
    assert transaction['transactionId'] == started.transaction_id
    assert (transaction['energyWh'], transaction['stopReason']) == (750, 'Remote')


async def test_a_card_that_was_allowed_charges_as_the_household_wants(house: House) -> None:
    charger, rest = house.charger, house.rest
    await charger.ask(call.BootNotification(charge_point_vendor='Independent', charge_point_model='PyPI'))
    await charger.status('Preparing')
    assert (await charger.ask(call.Authorize(id_tag='04A2'))).id_tag_info['status'] == 'Invalid'
    (unknown,) = (await rest.get('/api/idtags')).json()['unknown']
    assert unknown['idTag'] == '04A2'
    card = {'status': 'Accepted', 'name': 'Blue card', 'person': 'Anna', 'limit': 10, 'allowance_kwh': 1}
    assert (await rest.put('/api/idtags/04A2', json=card)).status_code == 200
    assert (await charger.ask(call.Authorize(id_tag='04a2'))).id_tag_info['status'] == 'Accepted'

    started = await charger.ask(call.StartTransaction(connector_id=1, id_tag='04A2', meter_start=0, timestamp=now()))
    await charger.status('Charging')
    profile = await profile_of(charger, 10)
    assert profile['transaction_id'] == started.transaction_id
    await charger.meter(started.transaction_id, 10, 10)
    assert (await house.connector())['person'] == 'Anna'

    hour = datetime.now().astimezone().hour
    shut = {'hours': f'{(hour + 2) % 24}-{(hour + 3) % 24}'}
    assert (await rest.put('/api/idtags/04A2', json=shut)).status_code == 200
    async with asyncio.timeout(10):
        action, payload = await charger.asked.get()
    assert (action, payload) == ('RemoteStopTransaction', {'transaction_id': started.transaction_id})
    stop = {'transaction_id': started.transaction_id, 'meter_stop': 1200, 'timestamp': now(), 'id_tag': '04A2'}
    stopped = await charger.ask(call.StopTransaction(**stop))
    assert stopped.id_tag_info['status'] == 'Accepted'
    assert (await charger.ask(call.Authorize(id_tag='04A2'))).id_tag_info['status'] == 'Blocked'
    session = (await rest.get(f'/api/transactions/{started.transaction_id}')).json()
    assert (session['person'], session['card'], session['energyWh']) == ('Anna', 'Blue card', 1200)
    assert (await rest.get('/api/idtags/04A2')).json()['energy_month_wh'] == 1200


async def profile_of(charger: IndependentCharger, limit_a: float) -> dict[str, Any]:
    """The next profile with this limit; before it the maximum may be written, as nobody had asked for less."""
    async with asyncio.timeout(10):
        while True:
            action, payload = await charger.asked.get()
            assert action == 'SetChargingProfile'
            profile: dict[str, Any] = payload['cs_charging_profiles']
            if limit_in(profile) == limit_a:
                return profile


async def test_the_requests_after_the_boot_fit_the_schemas_too(house: House) -> None:
    await house.charger.ask(call.BootNotification(charge_point_vendor='Independent', charge_point_model='PyPI'))
    await house.charger.status('Available')
    sent: list[str] = []
    async with asyncio.timeout(10):
        while 'GetConfiguration' not in sent:
            await house.charger.ask(call.Heartbeat())
            messages = (await house.rest.get('/api/messages')).json()['items']
            sent = [m['action'] for m in messages if m['direction'] == 'out' and m['status'] != 'no answer']
            await asyncio.sleep(0.1)


def limit_in(profile: dict[str, Any]) -> float:
    """The one limit of a charging profile, in A."""
    schedule = profile['charging_schedule']
    assert schedule['charging_rate_unit'] == 'A'
    (period,) = schedule['charging_schedule_period']
    assert period['start_period'] == 0
    return float(period['limit'])


def figures(connector: dict[str, Any]) -> dict[str, int]:
    """The three meter figures of the last transaction, in Wh."""
    return {name: connector['attributes'][name] for name in ('meterStart', 'lastMeterValue', 'totalCharged')}
