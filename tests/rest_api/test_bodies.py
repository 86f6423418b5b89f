"""Valid and invalid bodies and paths."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from starlette.requests import Request

from cpo.errors import BadRequest, InvalidConnector, InvalidLimit, InvalidMode, InvalidPayload, InvalidReading
from cpo.rest_api.bodies import connector_id_of, read_body
from cpo.rest_api.ceilings import ceiling_of
from cpo.rest_api.charge_point import limit_of
from cpo.rest_api.commands import payload_of
from cpo.rest_api.errors import IncompleteBody
from cpo.rest_api.goal_input import goal_input_of
from cpo.rest_api.id_tag_members import members_of
from cpo.rest_api.people import person_of
from cpo.rest_api.slots_input import pushed_forecast_of, pushed_prices_of
from cpo.rest_api.solar_input import SolarInput, solar_input_of
from cpo.state import REST, Mode, Preset

MEASURED_AT = datetime(2026, 1, 1, 10, 0, 55, 123_000, UTC)


@pytest.mark.parametrize(
    ('body', 'limit_a'),
    [
        (b'10', 10.0),
        (b'10.0', 10.0),
        (b' 10\r\n', 10.0),
        (b'{"limit": 10}', 10.0),
        (b'0', 0.0),
        (b'-1', -1.0),
        (b'1e9', 1e9),
    ],
)
def test_a_number_is_a_limit_by_itself_or_in_an_object(body: bytes, limit_a: float) -> None:
    assert limit_of(body) == limit_a


@pytest.mark.parametrize(
    'body',
    [
        b'',
        b'abc',
        b'NaN',
        b'Infinity',
        b'-Infinity',
        b'1e999',
        b'16,5',
        b'true',
        b'null',
        b'"10"',
        b'[10]',
        b'{}',
        b'{"limit": "10"}',
        b'{"limit": null}',
        b'{"limit": true}',
        b'{"limit": NaN}',
        b'{"limit": 10, "phases": 1}',
        b'{"limit": {"limit": 10}}',
        b'10 11',
        b'\xff\xfe1',
        b'[' * 5000,
    ],
)
def test_what_is_no_current_is_an_invalid_limit(body: bytes) -> None:
    with pytest.raises(InvalidLimit):
        limit_of(body)


@pytest.mark.parametrize('text', ['0', '00', 'x', '-1', '1.0', '+1', ' 1', '１', '1_0', '9' * 5000, ''])
def test_what_is_no_connector_is_refused(text: str) -> None:
    with pytest.raises(InvalidConnector):
        connector_id_of(text)


def test_a_connector_is_a_number_above_0() -> None:
    assert (connector_id_of('1'), connector_id_of('99')) == (1, 99)


def test_a_payload_keeps_the_order_of_its_members() -> None:
    assert list(payload_of(b'{"b": 1, "a": 2}')) == ['b', 'a']


def test_no_body_is_an_empty_payload() -> None:
    assert payload_of(b'') == {}


@pytest.mark.parametrize('body', [b'x', b'[]', b'null', b'"a"', b'{"a": NaN}', b'{"a": 1'])
def test_a_payload_is_a_json_object(body: bytes) -> None:
    with pytest.raises(InvalidPayload):
        payload_of(body)


@pytest.mark.parametrize(
    ('body', 'expected'),
    [
        (b'{"pv_w": 3200}', SolarInput({'pv_w': 3200}, None, None, None, (), 1)),
        (b'{"pv_w": -4.5}', SolarInput({'pv_w': -4.5}, None, None, None, (), 1)),
        (b'{"grid_w": -900.5, "mode": "solar"}', SolarInput({'grid_w': -900.5}, None, None, Mode.SOLAR, (), 1)),
        (
            b'{"grid_a": [1, -2.5, 3], "battery_soc": 64, "battery_w": null, '
            b'"timestamp": "2026-01-01T11:00:55.1239+01:00"}',
            SolarInput({'battery_w': None, 'battery_soc': 64, 'grid_a': (1, -2.5, 3)}, MEASURED_AT, None, None, (), 1),
        ),
        (b'{"preset": "eager"}', SolarInput({}, None, None, None, (Preset.EAGER,), 1)),
        (b'{"preset": null, "mode": "solar+min"}', SolarInput({}, None, None, Mode.SOLAR_MIN, (None,), 1)),
        (b'{"mode": "manual", "connector": 2}', SolarInput({}, None, None, Mode.MANUAL, (), 2)),
    ],
)
def test_readings_and_mode_come_alone_or_together(body: bytes, expected: SolarInput) -> None:
    assert solar_input_of(body) == expected


@pytest.mark.parametrize(
    ('body', 'error', 'named'),
    [
        (b'', InvalidReading, 'JSON object'),
        (b'3200', InvalidReading, 'JSON object'),
        (b'{}', InvalidReading, 'Nothing to do'),
        (b'{"connector": 1}', InvalidReading, 'Nothing to do'),
        (b'{"pv_w": true}', InvalidReading, 'pv_w'),
        (b'{"pv_w": "3200"}', InvalidReading, 'pv_w'),
        (b'{"pv_w": NaN}', InvalidReading, 'JSON object'),
        (b'{"battery_w": Infinity}', InvalidReading, 'JSON object'),
        (b'{"battery_w": "idle"}', InvalidReading, 'battery_w must be a power'),
        (b'{"battery_w": 1e7}', InvalidReading, 'battery_w is a power that no home has'),
        (b'{"battery_soc": 101}', InvalidReading, '0 to 100'),
        (b'{"battery_soc": -1}', InvalidReading, '0 to 100'),
        (b'{"battery_soc": false}', InvalidReading, '0 to 100'),
        (b'{"grid_a": 4}', InvalidReading, 'three currents'),
        (b'{"grid_a": [4, 5]}', InvalidReading, 'three currents'),
        (b'{"grid_a": [4, 5, 6, 7]}', InvalidReading, 'three currents'),
        (b'{"grid_a": [4, null, 5]}', InvalidReading, 'three currents'),
        (b'{"grid_a": [4, 5, true]}', InvalidReading, 'three currents'),
        (b'{"grid_a": [4, 5, NaN]}', InvalidReading, 'JSON object'),
        (b'{"grid_a": [4, 5, 1001]}', InvalidReading, 'no home has'),
        (b'{"grid_a": {"L1": 4}}', InvalidReading, 'three currents'),
        (b'{"pv_w": 1, "timestamp": 1767262255}', InvalidReading, 'with its zone'),
        (b'{"pv_w": 1, "timestamp": "today"}', InvalidReading, 'with its zone'),
        (b'{"pv_w": 1, "timestamp": "2026-01-01T10:00:55"}', InvalidReading, 'with its zone'),
        (b'{"timestamp": "2026-01-01T10:00:55Z"}', InvalidReading, 'Nothing to do'),
        (b'{"grid_w": NaN}', InvalidReading, 'JSON object'),
        (b'{"pv": 3200}', InvalidReading, "'pv'"),
        (b'{"mode": "sun"}', InvalidMode, 'manual, solar'),
        (b'{"preset": "sun"}', InvalidMode, 'solar_only, balanced'),
        (b'{"preset": 1}', InvalidMode, 'solar_only, balanced'),
        (b'{"mode": null, "by": null}', InvalidReading, 'Nothing to do'),
        (b'{"mode": ["solar"]}', InvalidMode, 'manual, solar'),
        (b'{"mode": "solar", "connector": 0}', InvalidConnector, 'number'),
        (b'{"mode": "solar", "connector": true}', InvalidConnector, 'number'),
        (b'{"mode": "solar", "connector": "1"}', InvalidConnector, 'number'),
    ],
)
def test_what_is_no_reading_and_no_mode_is_named(body: bytes, error: type[BadRequest], named: str) -> None:
    with pytest.raises(error, match=named):
        solar_input_of(body)


NOW = datetime(2026, 1, 1, 10, tzinfo=UTC)
PARSERS: dict[str, Callable[[bytes], object]] = {
    'PUT /api/solar': solar_input_of,
    'PUT /api/ceilings/{name}': lambda body: ceiling_of('oven', body, REST, NOW),
    'PUT /api/idtags/{idTag}': lambda body: members_of('Tag1', body, 20, 16),
    'PUT /api/people/{name}': person_of,
    'PUT /api/chargepoint/{connector}/goal': goal_input_of,
    'PUT /api/forecast': lambda body: pushed_forecast_of(body, 'REST'),
    'PUT /api/prices': lambda body: pushed_prices_of(body, 'REST', 'EUR'),
}


@pytest.mark.parametrize(
    ('request_line', 'body', 'optional'),
    [
        ('PUT /api/solar', {'pv_w': 3200}, ('timestamp', 'by', 'mode', 'connector')),
        ('PUT /api/solar', {'battery_w': None}, ('timestamp', 'by', 'mode', 'connector')),
        ('PUT /api/ceilings/{name}', {'limit_a': 8}, ('limit_w', 'phase', 'reason', 'until', 'for_s')),
        ('PUT /api/ceilings/{name}', {'limit_w': 4200, 'for_s': 900}, ('limit_a', 'phase', 'reason', 'until')),
        ('PUT /api/idtags/{idTag}', {'status': 'Accepted'}, ('expiryDate', 'parentIdTag')),
        ('PUT /api/people/{name}', {'role': 'family'}, ('password',)),
        (
            'PUT /api/chargepoint/{connector}/goal',
            {'ready_by': '07:00', 'energy_kwh': 18},
            ('soc', 'cost', 'minutes', 'repeat', 'tonight'),
        ),
        ('PUT /api/forecast', {'house_w': None}, ('by',)),
        ('PUT /api/prices', {'import': None}, ('currency', 'by')),
    ],
)
def test_an_optional_member_that_is_null_is_not_given(
    request_line: str, body: dict[str, object], optional: tuple[str, ...]
) -> None:
    parse = PARSERS[request_line]
    without = parse(json.dumps(body).encode())
    for names in (optional, *((name,) for name in optional)):
        assert parse(json.dumps(body | dict.fromkeys(names)).encode()) == without, names


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def receive() -> dict[str, object]:
        await asyncio.sleep(60)
        return {}

    with pytest.raises(IncompleteBody, match='not complete within'):
        await read_body(Request({'type': 'http', 'headers': []}, receive), within_s=0.1)
