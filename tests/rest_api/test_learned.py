"""`DELETE /api/chargepoint/learned`."""

from __future__ import annotations

import httpx

from cpo.chargers import ChargerKnowledge, ProfileForm
from cpo.state import Learned
from tests.conftest import House
from tests.scripted_charger import ScriptedCharger

PATH = '/api/chargepoint/learned'
TOLD = {'profile': 'TxProfile, Relative, stack level 0, in A', 'neverAsked': ['all configuration keys at once']}


async def test_what_was_learned_is_reported_until_it_is_forgotten(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        charge_point = house.charge_point
        knowledge = ChargerKnowledge(form=ProfileForm(), unasked=('',))
        charge_point.record(Learned(charge_point.state.charger_kind, knowledge))
        assert (await rest.get('/api/chargepoint')).json()['learned'] == TOLD
        forgotten = await rest.delete(PATH)
        assert (forgotten.status_code, forgotten.json()) == (200, TOLD)
        assert 'learned' not in (await rest.get('/api/chargepoint')).json()
        assert charge_point.state.known.is_blank


async def test_there_may_be_nothing_to_forget(rest: httpx.AsyncClient) -> None:
    assert (await rest.delete(PATH)).json() == {}


async def test_what_is_known_of_a_make_is_advice(house: House, rest: httpx.AsyncClient) -> None:
    assert 'advice' not in (await rest.get('/api/chargepoint')).json()
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.call('BootNotification', {'chargePointVendor': 'Autel', 'chargePointModel': 'MaxiChargerAC'})
        assert (await rest.get('/api/chargepoint')).json()['advice'] == list(house.charge_point.quirks.advice) != []
