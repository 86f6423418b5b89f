"""Whatever is sent to any route: a status below 500, errors in their shape, no traceback, no limit above the maximum.

`CPO_FUZZ_BODIES` sets how many requests are sent, `CPO_FUZZ_SEED` which ones.
"""

from __future__ import annotations

import json
import logging
import os
import re
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.conftest import MakeHouse
from tests.examples import examples
from tests.scripted_charger import ScriptedCharger

REQUESTS = int(os.environ.get('CPO_FUZZ_BODIES', examples(1000)))
SEED = int(os.environ.get('CPO_FUZZ_SEED', '11'))
SCALARS = (
    0,
    -1,
    1,
    16.05,
    17,
    1e308,
    2**63,
    -(2**70),
    True,
    None,
    '',
    'x',
    '10',
    '∞',
    '\ud800',
    '</script>',
    'a' * 5000,
)
RAW = (
    b'',
    b'NaN',
    b'Infinity',
    b'1e999',
    b'{',
    b'[' * 5000,
    b'\xff\xfe',
    b'"\\ud800"',
    b'{"limit":1,"limit":99}',
    b'-0.0',
)
TYPES = ('application/json', 'application/json; charset=utf-16', 'text/plain', '', 'multipart/form-data', 'a/b;' * 200)
PARTS = (
    '1',
    '0',
    '-1',
    '1.5',
    '999999999999999999999',
    '1e3',
    '..',
    '%00',
    'Tag1',
    'Reset',
    'SetChargingProfile',
    'ü' * 50,
)
FROM_THE_CHARGER = {502, 503, 504}
"""What stands for the charger: it is not connected, refuses, or does not answer."""


def value(random: Random, names: list[str], depth: int = 0) -> Any:
    kind = random.random()
    if depth < 3 and kind < 0.4:
        return {random.choice(names): value(random, names, depth + 1) for _ in range(random.randint(0, 4))}
    if depth < 3 and kind < 0.5:
        return [value(random, names, depth + 1) for _ in range(random.randint(0, 3))]
    return random.choice(SCALARS)


def body(random: Random, names: list[str]) -> bytes:
    if random.random() < 0.3:
        return random.choice(RAW)
    text = json.dumps(value(random, names)).encode()
    if random.random() < 0.2:
        text = text[: random.randint(0, len(text))]
    return text


def request(random: Random, document: dict[str, Any], names: list[str]) -> tuple[str, str, dict[str, Any]]:
    """A method, a path with its parameters filled in, and what is sent."""
    path = random.choice(sorted(document['paths']))
    method = random.choice([*document['paths'][path], 'put', 'post', 'delete', 'patch'])
    filled = re.sub(r'\{\w+\}', lambda _: quote(random.choice(PARTS)), path)
    query = f'?{quote(random.choice(names))}={quote(random.choice(PARTS))}' if random.random() < 0.3 else ''
    headers = {'content-type': random.choice(TYPES) if random.random() < 0.4 else TYPES[0]}
    return method.upper(), filled + query, {'content': body(random, names), 'headers': headers}


def names_in(schema: Any) -> set[str]:
    """The names of all members and parameters in an OpenAPI document."""
    if isinstance(schema, dict):
        own = set(schema.get('properties', ())) | ({schema['name']} if isinstance(schema.get('name'), str) else set())
        return own.union(*map(names_in, schema.values()))
    return set().union(*map(names_in, schema)) if isinstance(schema, list) else set()


async def test_no_request_is_a_bug_or_raises_a_limit_above_the_maximum(
    make_house: MakeHouse, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    random, house = Random(SEED), await make_house(call_timeout=0.1)
    async with (
        ScriptedCharger(house.ocpp()) as charger,
        httpx.AsyncClient(verify=False, base_url=house.http, timeout=20) as rest,
    ):
        await charger.boot()
        document = (await rest.get('/openapi.json')).json()
        del document['paths']['/api/events']  # its answer never ends
        names = sorted({*names_in(document), 'limit', 'csChargingProfiles', '__proto__', ''})
        for number in range(REQUESTS):
            method, path, sent = request(random, document, names)
            answer = await rest.request(method, path, **sent)
            what = f'{number}: {method} {path} {sent} → {answer.status_code} {answer.text[:200]}'
            assert answer.status_code < 500 or answer.status_code in FROM_THE_CHARGER, what
            if answer.status_code >= 400 and '/..' not in path:  # that leads away from what is judged here
                assert answer.json().keys() >= {'error', 'detail'}, what
            wish = house.charge_point.state.connector(1).wish
            assert wish is None or 0 <= wish.limit_a <= house.charge_point.settings.max_current, what
    assert [
        record.getMessage() for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR
    ] == []
