"""When the page may simulate the sun, and what it says of a real one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cpo.dashboard.words.sun import may_simulate, may_take_over, sun_line
from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state import (
    HOME_ASSISTANT,
    THE_SUN,
    YOU,
    ChargePointState,
    Connector,
    Limit,
    Mode,
    SolarReading,
    Source,
    SourceKind,
)
from tests.dashboard.words.plain_text import plain_text

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
REAL = SolarReading(3200, None, NOW - timedelta(seconds=12), HOME_ASSISTANT)


@pytest.mark.parametrize(
    ('solar', 'box', 'allowed'),
    [
        (SolarReading(), 'garage', True),
        (SolarReading(3200, None, NOW, YOU), 'garage', True),
        (REAL, 'garage', False),
        (REAL, None, False),
        (REAL, DEMO_CHARGE_BOX_ID, True),
        (SolarReading(0, None, NOW - timedelta(hours=23), HOME_ASSISTANT), 'garage', False),
        (SolarReading(0, None, NOW - timedelta(hours=24), HOME_ASSISTANT), 'garage', True),
        (SolarReading(None, 500, NOW, HOME_ASSISTANT), 'garage', True),
    ],
)
def test_a_sun_is_simulated_only_where_no_real_one_is_known(
    solar: SolarReading, box: str | None, allowed: bool
) -> None:
    assert may_simulate(ChargePointState(box, solar=solar), NOW) is allowed


def test_a_real_reading_has_source_and_age() -> None:
    assert plain_text(sun_line(REAL), NOW) == 'Sun, from Home Assistant, 12 s ago'
    named = SolarReading(3200, None, NOW, Source(SourceKind.PROGRAM, 'inverter'))
    assert plain_text(sun_line(named), NOW) == 'Sun, from inverter, now'


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
