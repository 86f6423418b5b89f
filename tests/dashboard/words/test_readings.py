"""What Home says of the readings of the house."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cpo.dashboard.words.readings import reading_lines
from cpo.state import HOME_ASSISTANT, YOU, ChargePointState, SolarRead, SolarReading, Source, SourceKind
from tests.dashboard.words.plain_text import plain_text

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
METER = Source(SourceKind.PROGRAM, 'house meter')


def after(*entries: SolarRead) -> SolarReading:
    state = ChargePointState()
    for entry in entries:
        state = entry.apply(state)
    return state.solar


def lines(solar: SolarReading) -> dict[str, tuple[str, str]]:
    """What it is with source and age, and its value with plain spaces; a stale one has an asterisk."""
    found = reading_lines(solar, NOW)
    return {
        name: (plain_text(line.about, NOW), plain_text(line.value, NOW) + ('*' if line.is_stale else ''))
        for name, line in found.items()
    }


def test_each_meter_has_its_value_source_and_age() -> None:
    solar = after(
        SolarRead(NOW - timedelta(seconds=12), pv_w=3200, battery_w=-1200, battery_soc=64.4, by=HOME_ASSISTANT),
        SolarRead(NOW, grid_w=-940, grid_a=(-4.12, 0.2, -0.04), by=METER),
    )
    assert lines(solar) == {
        'sun': ('Sun, 12 s ago, from Home Assistant', '3.2 kW'),
        'grid': ('Grid, now, from house meter', '0.9 kW sold'),
        'phases': ('Phases, now, from house meter', '−4.1 · 0.2 · 0.0 A'),
        'battery': ('Battery 64 %, 12 s ago, from Home Assistant', '1.2 kW stored'),
    }


def test_a_meter_that_no_longer_reports_keeps_its_value_and_is_marked() -> None:
    solar = after(SolarRead(NOW - timedelta(minutes=4), grid_w=1500, by=METER), SolarRead(NOW, battery_soc=7, by=METER))
    assert lines(solar) == {
        'grid': ('Grid, 4 min ago, from house meter', '1.5 kW bought*'),
        'battery': ('Battery 7 %, now, from house meter', '–'),
    }


def test_a_simulated_sun_has_no_age_and_a_battery_at_rest_no_direction() -> None:
    solar = after(SolarRead(NOW, pv_w=2400, by=YOU), SolarRead(NOW, battery_w=-4, by=METER))
    assert lines(solar) == {
        'sun': ('Sun, from you', '2.4 kW'),
        'battery': ('Battery, now, from house meter', '0 kW'),
    }
