"""`/api/chargepoint/{connector}/goal`: what somebody wants of charging, as other programs set it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from cpo.clock import Clock
from cpo.controllers import GoalResult, GoalShelf
from cpo.journal import GoalTables
from tests.conftest import MakeHouse
from tests.rest_api.conftest import client_of
from tests.rest_api.test_journal_problem import IMPATIENT, until_problem, unwritable
from tests.scripted_charger import ScriptedCharger

PATH = '/api/chargepoint/1/goal'
AT_NOON = Clock(lambda: datetime(2026, 6, 14, 12, tzinfo=UTC), lambda: 0.0)
WORKING_DAYS = {'ready_by': '07:00', 'energy_kwh': 18, 'repeat': ['fri', 'mon']}
SHOWN = {'energy_kwh': 18, 'soc': None, 'cost': None, 'minutes': None, 'ready_by': '07:00', 'repeat': ['mon', 'fri']}


async def test_a_goal_is_set_shown_changed_for_tonight_and_removed(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(clock=AT_NOON, folder=tmp_path)
    async with client_of(house) as rest:
        assert (await rest.get(PATH)).json() == {'connector': 1, 'goal': None, 'plan': None, 'last': None}
        put = (await rest.put(PATH, json=WORKING_DAYS)).json()
        assert (put['goal'], put['tonight'], put['decides'], put['plan']) == (SHOWN, None, 'mode', None)
        assert put['sentence'].endswith(': 18 kWh, once a car is plugged in.')
        changed = await rest.put(PATH, json={'ready_by': '09:30', 'energy_kwh': 25, 'tonight': True})
        assert changed.status_code == 200
        assert (changed.json()['goal'], changed.json()['tonight']['energy_kwh']) == (SHOWN, 25)
        state = (await rest.get('/api/chargepoint')).json()['connectors']['1']
        assert state['goal']['energy_kwh'] == 25
    house.charge_point.journal.close()
    async with client_of(await make_house(clock=AT_NOON, folder=tmp_path)) as rest:
        assert (await rest.get(PATH)).json() == changed.json()
        skipped = (await rest.delete(PATH, params={'tonight': 'true'})).json()
        assert skipped['sentence'].startswith('The goal is skipped until ')
        assert (await rest.delete(PATH)).json()['goal'] is None
        gone = await rest.delete(PATH)
        assert (gone.status_code, gone.json()['error']) == (404, 'UnknownGoal')
        assert 'goal' not in (await rest.get('/api/chargepoint')).json()['connectors']['1']


@pytest.mark.parametrize(
    ('body', 'detail'),
    [
        ('[]', 'The body must be a JSON object'),
        ({'energy': 18}, "'energy' is not known here"),
        ({}, 'Nothing is wanted'),
        ({'ready_by': '07:00'}, 'Nothing is wanted'),
        ({'ready_by': '07:00', 'cost': 5}, 'What is to be in the car by then?'),
        ({'energy_kwh': 0}, 'energy_kwh must be a number from 0.1 to 300.'),
        ({'soc': 101}, 'soc must be a number from 1 to 100.'),
        ({'minutes': True}, 'minutes must be a number'),
        ({'ready_by': '7:00', 'soc': 80}, 'ready_by must be a time'),
        ({'ready_by': '24:00', 'soc': 80}, 'ready_by must be a time'),
        ({'soc': 80, 'repeat': ['monday']}, 'repeat must be a list of weekdays'),
        ({'soc': 80, 'repeat': 'mon'}, 'repeat must be a list of weekdays'),
        ({'soc': 80, 'tonight': 1}, 'tonight must be true or false.'),
        ({'soc': 80, 'tonight': True}, 'A goal for tonight has ready_by, and does not repeat.'),
    ],
)
async def test_what_is_no_goal_is_refused(rest: httpx.AsyncClient, body: Any, detail: str) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    answer = await rest.put(PATH, content=text, headers={'Content-Type': 'application/json'})
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidGoal')
    assert answer.json()['detail'].startswith(detail)


async def test_there_is_no_tonight_without_a_goal_that_repeats(rest: httpx.AsyncClient) -> None:
    tonight = {'ready_by': '09:30', 'energy_kwh': 25, 'tonight': True}
    assert (await rest.put(PATH, json=tonight)).status_code == 404
    await rest.put(PATH, json={'energy_kwh': 5})
    assert (await rest.delete(PATH, params={'tonight': 'true'})).status_code == 404


async def test_a_connector_that_is_none_has_no_goal(rest: httpx.AsyncClient) -> None:
    for path, status in (('/api/chargepoint/2/goal', 404), ('/api/chargepoint/x/goal', 400)):
        assert (await rest.get(path)).status_code == status
        assert (await rest.put(path, json={'energy_kwh': 5})).status_code == status


async def test_a_goal_that_cannot_be_persisted_is_503_and_not_in_force(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path, pragmas=IMPATIENT)
    async with client_of(house) as rest:
        await house.charge_point.flushed()
        with unwritable(tmp_path):
            answer = await rest.put(PATH, json=WORKING_DAYS)
            assert (answer.status_code, answer.json()['error']) == (503, 'JournalError')
        await until_problem(house, False)
        assert (await rest.get(PATH)).json()['goal'] is None


async def test_a_session_shows_how_its_plan_went_after_a_restart_too(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start()
        await charger.stop(transaction_id)
    number = house.charge_point.state.transactions[0].number
    at, path = datetime(2026, 6, 15, 5, tzinfo=UTC), f'/api/transactions/{transaction_id}'
    async with client_of(house) as rest:
        assert (await rest.get(path)).json()['plan'] is None
    result = GoalResult(1, at, 12, 0, cost=1.92, best_cost=1.84, predicted_cost=1.9, number=number)
    GoalShelf(GoalTables(house.charge_point.journal)).add_result(result)
    await house.charge_point.journal.flushed()
    house.charge_point.journal.close()
    async with client_of(await make_house(folder=tmp_path)) as rest:
        plan = (await rest.get(path)).json()['plan']
        assert (plan['predicted_cost'], plan['cost'], plan['regret']) == (1.9, 1.92, 0.08)
        assert plan['sentence'] == '12.0 kWh for 1.92 €; with perfect knowledge 1.84 €.'
        assert plan == (await rest.get(PATH)).json()['last']
