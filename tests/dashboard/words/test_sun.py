"""When the page may simulate the sun."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cpo.dashboard.words.sun import may_simulate, may_take_over
from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state import (
    HOME_ASSISTANT,
    THE_SUN,
    YOU,
    ChargePointState,
    Connector,
    Limit,
    Mode,
    SolarRead,
    SolarReading,
    Source,
)

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)


def read(age: timedelta, by: Source = HOME_ASSISTANT, **readings: float) -> SolarReading:
    """These readings, so old."""
    return SolarRead(NOW - age, by=by, **readings).apply(ChargePointState()).solar  # type: ignore[arg-type]


REAL = read(timedelta(seconds=12), pv_w=3200)


@pytest.mark.parametrize(
    ('solar', 'box', 'allowed'),
    [
        (SolarReading(), 'garage', True),
        (read(timedelta(), YOU, pv_w=3200), 'garage', True),
        (REAL, 'garage', False),
        (REAL, None, False),
        (REAL, DEMO_CHARGE_BOX_ID, True),
        (read(timedelta(hours=23), pv_w=0), 'garage', False),
        (read(timedelta(hours=24), pv_w=0), 'garage', True),
        (read(timedelta(), grid_w=500), 'garage', False),
        (read(timedelta(), battery_soc=50), 'garage', True),
    ],
)
def test_a_sun_is_simulated_only_where_no_real_one_is_known(
    solar: SolarReading, box: str | None, allowed: bool
) -> None:
    assert may_simulate(ChargePointState(box, solar=solar), NOW) is allowed


@pytest.mark.parametrize(
    ('connector', 'allowed'),
    [
        (Connector(1), True),
        (Connector(1, transaction_id='7'), True),
        (Connector(1, transaction_id='7', limit=Limit(8, THE_SUN, NOW)), True),
        (Connector(1, transaction_id='7', limit=Limit(8, YOU, NOW)), False),
        (Connector(1, transaction_id='7', limit=Limit(8, HOME_ASSISTANT, NOW)), False),
        (Connector(1, mode_after=Mode.SOLAR), False),
        (Connector(1, mode=Mode.OFF), False),
    ],
)
def test_a_simulated_sun_leaves_what_was_chosen_by_hand(connector: Connector, allowed: bool) -> None:
    assert may_take_over(connector) is allowed
