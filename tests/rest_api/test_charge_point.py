"""`GET /api/chargepoint` over HTTP."""

from __future__ import annotations

import httpx

from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.scripted_charger import ScriptedCharger

PATH = '/api/chargepoint'


async def test_before_any_charger_connector_1_exists_and_is_unknown(rest: httpx.AsyncClient) -> None:
    answer = await rest.get(PATH)
    assert (answer.status_code, answer.headers['content-type']) == (200, 'application/json')
    document = answer.json()
    assert (document['chargePointId'], document['connected']) == ('Not connected', False)
    assert (await rest.get(PATH)).content == answer.content
    assert document['connectors']['1']['status'] == 'Unknown'


async def test_every_answer_shows_the_state_of_its_moment(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        assert (await rest.get(PATH)).json()['connectors']['1']['status'] == 'Available'
        await charger.status(1, 'Preparing')
        assert (await rest.get(PATH)).json()['connectors']['1']['status'] == 'Preparing'
        transaction_id = await charger.start(meter_start=1000)
        for register in (1200, 1350):
            await charger.meter(transaction_id, energy=register, power=2300, current=10)
            connector = (await rest.get(PATH)).json()['connectors']['1']
            assert connector['attributes']['lastMeterValue'] == register
            assert connector['attributes']['totalCharged'] == register - 1000
        assert (connector['attributes']['txId'], connector['attributes']['txStopTimestamp']) == (transaction_id, None)
        assert (connector['power'], connector['currents']) == (2300, {'L1': 10})
        await charger.stop(transaction_id, 1400)
    await house.until(lambda: not house.charge_point.state.connected)
    document = (await rest.get(PATH)).json()
    assert (document['connected'], document['chargePointId']) == (False, 'CP1')
    attributes = document['connectors']['1']['attributes']
    assert (attributes['txId'], attributes['lastMeterValue'], attributes['totalCharged']) == (transaction_id, 1400, 400)
    assert isinstance(attributes['txStopTimestamp'], int)


async def test_head_has_no_body(rest: httpx.AsyncClient) -> None:
    answer = await rest.head(PATH)
    assert (answer.status_code, answer.content) == (200, b'')
    assert int(answer.headers['content-length']) > 100


async def test_it_says_the_maximum_the_neutral_activity_and_the_words_of_home(
    make_house: MakeHouse,
) -> None:
    house = await make_house(max_current=10, phases=3)
    async with client_of(house) as rest, ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        document = (await rest.get(PATH)).json()
        assert (document['maxCurrent'], document['phases']) == (10, 3)
        connector = document['connectors']['1']
        assert (connector['activity'], connector['power']) == ('plugged_in', 0)
        assert connector['headline'] == 'Plugged in, ready to start'
        assert connector['sentence']
        assert '⟦' not in connector['headline'] + connector['sentence']
