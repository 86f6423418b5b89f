"""`/api/prices`: what a kWh costs and earns, as anybody may push it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from cpo.clock import Clock
from cpo.errors import InvalidPrices
from cpo.rest_api.slots_input import pushed_prices_of
from tests.conftest import MakeHouse
from tests.rest_api.conftest import client_of

PATH = '/api/prices'
NOW = datetime(2026, 6, 14, 12, 5, tzinfo=UTC)
AT_NOON = Clock(lambda: NOW, lambda: 0.0)


def quarter(begin: str, end: str, price: float) -> dict[str, Any]:
    """A slot of the fourteenth of June, by the clock of Berlin."""
    return {'start': f'2026-06-14T{begin}:00+02:00', 'end': f'2026-06-14T{end}:00+02:00', 'price': price}


def shown(document: dict[str, Any], kind: str = 'import') -> list[tuple[str, float, str]]:
    return [(each['start'], each['price'], each['basis']) for each in document[kind]]


async def test_without_pushed_prices_those_of_the_settings_hold(make_house: MakeHouse) -> None:
    async with client_of(await make_house(clock=AT_NOON, price=0.31)) as rest:
        document = (await rest.get(PATH)).json()
    assert document == {
        'currency': 'EUR',
        'formula': {'factor': 1.0, 'plus': 0.0},
        'until': {'import': None, 'export': None},
        'import': [
            {
                'start': '2026-06-14T12:05:00Z',
                'end': '2026-06-15T12:05:00Z',
                'price': 0.31,
                'basis': 'fixed',
                'by': None,
            }
        ],
        'export': [
            {
                'start': '2026-06-14T12:05:00Z',
                'end': '2026-06-15T12:05:00Z',
                'price': 0.08,
                'basis': 'fixed',
                'by': None,
            }
        ],
    }


async def test_pushed_prices_are_listed_from_now_on_and_hold_after_a_restart(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = await make_house(clock=AT_NOON, folder=tmp_path, price_factor=2, price_plus=0.1)
    slots = [quarter('14:15', '14:30', -0.05), quarter('13:45', '14:15', 0.2)]
    async with client_of(house) as rest:
        put = await rest.put(PATH, json={'import': slots, 'by': 'Tibber'})
        assert put.status_code == 200
        assert put.json()['until']['import'] == '2026-06-14T12:30:00Z'
        assert put.json()['import'][0]['by'] == 'Tibber'
        expected = [('2026-06-14T12:05:00Z', 0.5, 'pushed'), ('2026-06-14T12:15:00Z', 0.0, 'pushed')]
        assert shown(put.json())[:2] == expected
        later = await rest.put(PATH, json={'import': [quarter('14:10', '14:20', 1)]})
        assert [price for _, price, _ in shown(later.json())][:3] == [0.5, 2.1, 0.0]
    house.charge_point.journal.close()
    async with client_of(await make_house(clock=AT_NOON, folder=tmp_path, price_factor=2, price_plus=0.1)) as rest:
        assert (await rest.get(PATH)).json() == later.json()
        assert (await rest.put(PATH, json={'import': None})).json()['until']['import'] is None


@pytest.mark.parametrize(
    ('body', 'detail'),
    [
        ('[]', 'The body must be a JSON object like {"import": [{"start", "end", "price"}]}.'),
        ('{}', 'Nothing to do: give a list of slots as import or export.'),
        ('{"imports": []}', "'imports' is not known here; there are import, export, currency, by."),
        ('{"import": []}', 'import has no slots and would change nothing; null forgets all there are.'),
        ('{"import": {}}', 'import must be a list of slots, or null to forget all there are.'),
        ('{"import": [{"start": 1}]}', 'import[0] must have start, end and price, and nothing else.'),
        (
            '{"export": null, "currency": "DKK"}',
            'Prices are in EUR here; the setting currency (CPO_CURRENCY) says so.',
        ),
        ('{"export": null, "by": ["x"]}', 'by must be the name of a source, at most 40 characters.'),
    ],
)
async def test_what_is_no_price_list_is_refused(rest: httpx.AsyncClient, body: str, detail: str) -> None:
    answer = await rest.put(PATH, content=body, headers={'Content-Type': 'application/json'})
    assert (answer.status_code, answer.json()) == (400, {'error': 'InvalidPrices', 'detail': detail})


GOOD = {'start': '2026-06-14T12:00:00Z', 'end': '2026-06-14T13:00:00Z', 'price': 0.2}


@pytest.mark.parametrize(
    ('wrong', 'detail'),
    [
        ({'start': '2026-06-14T12:00:00'}, 'import[1].start must be a time with its zone'),
        ({'end': 'noon'}, 'import[1].end must be a time with its zone'),
        ({'end': '2026-06-14T12:00:00Z'}, 'import[1] ends before it begins.'),
        ({'price': '0.2'}, 'import[1].price must be a number from -10 to 10, in EUR for one kWh.'),
        ({'price': 86.4}, 'import[1].price must be a number from -10 to 10'),
        ({'price': True}, 'import[1].price must be a number from -10 to 10'),
        ({}, 'import: two slots overlap, from 2026-06-14T12:00:00Z on.'),
    ],
)
async def test_one_wrong_slot_changes_nothing(rest: httpx.AsyncClient, wrong: dict[str, Any], detail: str) -> None:
    before = (await rest.get(PATH)).json()
    answer = await rest.put(PATH, json={'import': [GOOD, {**GOOD, **wrong}]})
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidPrices')
    assert answer.json()['detail'].startswith(detail)
    after = (await rest.get(PATH)).json()
    assert after['until'] == before['until'] == {'import': None, 'export': None}


async def test_pushed_prices_in_another_currency_count_as_missing(make_house: MakeHouse, tmp_path: Path) -> None:
    body = {'import': [quarter('14:00', '15:00', 0.09)]}
    house = await make_house(clock=AT_NOON, folder=tmp_path, price=0.31)
    async with client_of(house) as rest:
        await rest.put(PATH, json=body)
        await rest.put('/api/settings', json={'currency': 'SEK'})
        document = (await rest.get(PATH)).json()
        assert (document['currency'], document['until']['import']) == ('SEK', None)
        assert shown(document) == [('2026-06-14T12:05:00Z', 0.31, 'fallback')]
    house.charge_point.journal.close()
    async with client_of(await make_house(clock=AT_NOON, folder=tmp_path, price=0.31)) as rest:
        assert shown((await rest.get(PATH)).json())[0][2] == 'fallback'
        await rest.put('/api/settings', json={'currency': None})
        assert shown((await rest.get(PATH)).json())[0] == ('2026-06-14T12:05:00Z', 0.09, 'pushed')


def test_a_price_of_another_currency_may_be_a_large_number() -> None:
    slots = pushed_prices_of(
        b'{"import": [{"start": "2026-01-01T00Z", "end": "2026-01-01T01Z", "price": 71}]}', '', 'HUF'
    )
    assert [str(each.value) for kind in slots.values() for each in kind or ()] == ['71']
    with pytest.raises(InvalidPrices, match='from -10,000 to 10,000'):
        pushed_prices_of(b'{"import": [{"start": "2026-01-01T00Z", "end": "2026-01-01T01Z", "price": 1e9}]}', '', 'HUF')
