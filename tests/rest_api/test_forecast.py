"""`/api/forecast`: what sun and house are expected to give and take, as pushed or as usual."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from cpo.clock import Clock
from cpo.state import REST
from tests.conftest import House, MakeHouse
from tests.journal.quiet_house import Clock as MovedClock
from tests.journal.quiet_house import right_clock
from tests.rest_api.conftest import client_of

PATH = '/api/forecast'
NOW = datetime(2026, 6, 14, 12, 5, tzinfo=UTC)
SLOT = {'start': '2026-06-14T12:00:00Z', 'end': '2026-06-14T13:00:00Z', 'value': 2400}


async def test_a_pushed_forecast_is_listed_from_now_on(make_house: MakeHouse) -> None:
    async with client_of(await make_house(clock=Clock(lambda: NOW, lambda: 0.0))) as rest:
        empty = {'until': {'pv_w': None, 'house_w': None}, 'pv_w': [], 'house_w': []}
        assert (await rest.get(PATH)).json() == empty
        put = await rest.put(PATH, json={'pv_w': [SLOT]})
        expected = {'start': '2026-06-14T12:05:00Z', 'end': '2026-06-14T13:00:00Z', 'value': 2400, 'basis': 'pushed'}
        assert put.json() == {
            'until': {'pv_w': '2026-06-14T13:00:00Z', 'house_w': None},
            'pv_w': [expected],
            'house_w': [],
        }
        assert (await rest.put(PATH, json={'pv_w': None})).json() == empty


@pytest.mark.parametrize(
    ('body', 'detail'),
    [
        ({}, 'Nothing to do: give a list of slots as pv_w or house_w.'),
        ({'import': []}, "'import' is not known here; there are pv_w, house_w, by."),
        ({'pv_w': [{**SLOT, 'value': -1}]}, 'pv_w[0].value must be a number from 0 to 1,000,000, in W.'),
        ({'house_w': [SLOT, SLOT]}, 'house_w: two slots overlap, from 2026-06-14T12:00:00Z on.'),
    ],
)
async def test_what_is_no_forecast_is_refused(rest: httpx.AsyncClient, body: dict[str, Any], detail: str) -> None:
    answer = await rest.put(PATH, json=body)
    assert (answer.status_code, answer.json()) == (400, {'error': 'InvalidForecast', 'detail': detail})


async def quarters(house: House, clock: MovedClock, powers: list[tuple[float, float]]) -> None:
    """Let quarters of an hour pass, each with a production and a power from the grid."""
    for pv_w, grid_w in powers:
        for _ in range(3):
            house.charge_point.record_reading(pv_w, grid_w, REST)
            clock.let_pass(minutes=5)
    house.charge_point.record_reading(0, 0, REST)


async def test_without_a_forecast_it_is_as_in_the_same_quarters_of_the_last_days(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    clock = MovedClock(NOW - timedelta(minutes=5))
    house = await make_house(clock=right_clock(clock), folder=tmp_path)
    await quarters(house, clock, [(2000, -1700), (1000, -600)])
    clock.let_pass(days=1, minutes=-30)
    await quarters(house, clock, [(3000, -2500), (0, 400)])
    await house.charge_point.flushed()
    house.charge_point.journal.close()
    clock.let_pass(days=1, minutes=-25)
    async with client_of(await make_house(clock=right_clock(clock), folder=tmp_path)) as rest:
        document = (await rest.get(PATH)).json()
        pushed = await rest.put(
            PATH, json={'pv_w': [{**SLOT, 'start': '2026-06-16T12:00Z', 'end': '2026-06-16T12:20Z'}]}
        )
    assert [(each['value'], each['basis']) for each in document['pv_w']] == [(w, 'usual') for w in (2500, 500, 0, 2500)]
    assert document['house_w'] == []  # no charger said what the car takes
    found = [(each['start'][11:16], each['value'], each['basis']) for each in pushed.json()['pv_w']]
    assert found[:2] == [('12:05', 2400, 'pushed'), ('12:20', 500, 'usual')]
