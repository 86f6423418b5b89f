"""Which numbers are limits, and how they look on the wire."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.chargers import ProfileForm, charging_profile
from cpo.clock import utc_now
from cpo.errors import InvalidLimit
from cpo.limits import checked_limit
from cpo.ocpp import Call
from cpo.ocpp.v16 import Ocpp16Dialect
from tests.scripted_charger import schema


@given(st.floats(), st.floats(0.01, 80))
def test_a_checked_limit_is_never_above_the_maximum(limit_a: float, max_current_a: float) -> None:
    try:
        checked = checked_limit(limit_a, max_current_a)
    except InvalidLimit:
        assert not 0.1 <= limit_a <= max_current_a
        return
    assert 0 <= checked <= max_current_a
    assert checked <= limit_a + 1e-6
    assert checked == round(checked, 1)


@pytest.mark.parametrize(
    ('limit_a', 'checked'),
    [
        (10.04, 10.0),
        (10.99, 10.9),
        (8.1, 8.1),
        (0.3, 0.3),
        (16, 16.0),
        (0, 0.0),
        (-0.0, 0.0),
        (0.1, 0.1),
        (15.99, 15.9),
    ],
)
def test_a_limit_is_rounded_down_to_a_tenth(limit_a: float, checked: float) -> None:
    assert checked_limit(limit_a, 16) == checked


@pytest.mark.parametrize(
    'limit_a',
    [-1, -0.01, 16.01, 1e9, 0.05, 5e-324, float('nan'), float('inf'), float('-inf'), 10**400, True, None, '10', []],
)
def test_what_is_no_limit_is_refused(limit_a: Any) -> None:
    with pytest.raises(InvalidLimit):
        checked_limit(limit_a, 16)


def test_every_tenth_of_an_ampere_is_valid_on_the_wire() -> None:
    for tenths in range(1, 801):
        request = Ocpp16Dialect().set_limit(
            1, charging_profile(tenths / 10, ProfileForm(), utc_now(), transaction_id='7')
        )
        frame = Call('1', request.action, request.payload).to_json_array()
        schema('SetChargingProfile').validate(json.loads(frame, parse_float=Decimal)[3])
