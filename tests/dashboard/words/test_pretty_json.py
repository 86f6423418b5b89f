"""Frames broken into lines, otherwise unchanged."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.dashboard.words.pretty_json import pretty_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=20,
)


def test_a_call_starts_on_one_line_and_short_members_share_a_line() -> None:
    frame = '[2,"a81f","MeterValues",{"connectorId":1,"meterValue":[{"phase":"L1","unit":"A","value":12.00}]}]'
    assert pretty_json(frame).splitlines() == [
        '[2, "a81f", "MeterValues", {',
        '  "connectorId": 1,',
        '  "meterValue": [{',
        '    "phase": "L1", "unit": "A",',
        '    "value": 12.00',
        '  }]',
        '}]',
    ]


def test_a_short_frame_stays_on_one_line() -> None:
    assert pretty_json('[3,"a81f",{}]') == '[3, "a81f", {}]'


@given(JSON)
def test_the_value_stays_the_same(value: object) -> None:
    text = json.dumps(value)
    assert json.loads(pretty_json(text)) == value


@pytest.mark.parametrize(
    'text', ['[1e999, NaN, 12.00, -0]', '[123456789012345678901234567890]', '{"a": 1, "a": 2}', '["Zoë"]']
)
def test_numbers_and_repeated_members_stay_as_they_were_written(text: str) -> None:
    assert pretty_json(text) == text


@pytest.mark.parametrize('text', ['', 'hello', '[2,', '<b>', '[' * 50_000, '{"a":' * 50_000])
def test_what_is_not_json_stays_as_it_is(text: str) -> None:
    assert pretty_json(text) == text


def test_half_a_surrogate_pair_can_be_shown() -> None:
    assert pretty_json('["\\ud800"]') == '["?"]'
