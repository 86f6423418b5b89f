"""Numbers and times as the page writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpo.dashboard.words import numbers, times
from cpo.dashboard.words.numbers import Quantity
from tests.dashboard.words.plain_text import plain_text

NOW = datetime(2026, 6, 14, 12, 33, tzinfo=UTC)


def plain(text: str) -> str:
    """The text with ordinary spaces, so that the tables below are readable."""
    return text.replace('\u00a0', ' ')


@pytest.mark.parametrize(
    ('power_w', 'shown'),
    [
        (None, '–'), (float('nan'), '–'), (float('inf'), '–'), (0, '0 kW'), (0.4, '0 kW'), (-0.4, '0 kW'), (85, '85 W'),
        (99.4, '99 W'), (99.6, '0.1 kW'), (100, '0.1 kW'), (2350, '2.4 kW'), (11040, '11.0 kW'), (-600, '−0.6 kW'),
        (99_949, '99.9 kW'), (99_999, '100 kW'), (1_234_567, '1.2 MW'), (99_999_000, '100 MW'), (999.9e9, '1 000 GW'),
        (1e12, '–'), (-1e300, '–'),
    ],
)  # fmt: skip
def test_power_is_in_kw_with_one_decimal_and_in_w_below_100_w(power_w: float | None, shown: str) -> None:
    assert plain(numbers.power(power_w)) == shown


@pytest.mark.parametrize(
    ('power_w', 'shown'),
    [
        (None, Quantity('–', '')), (0, Quantity('0', 'kW')), (85, Quantity('85', 'W')), (2350, Quantity('2.35', 'kW')),
        (9990, Quantity('9.99', 'kW')), (9996, Quantity('10.0', 'kW')), (11040, Quantity('11.0', 'kW')),
        (110_400, Quantity('110', 'kW')), (999_999, Quantity('1.00', 'MW')), (99_999_000, Quantity('100', 'MW')),
    ],
)  # fmt: skip
def test_the_large_number_keeps_its_width(power_w: float | None, shown: Quantity) -> None:
    assert numbers.hero_power(power_w) == shown


def test_other_units_have_the_decimals_of_the_design() -> None:
    assert plain(numbers.energy(6421)) == '6.42 kWh'
    assert plain(numbers.month_energy(184_321)) == '184.3 kWh'
    assert plain(numbers.register(18_204_114)) == '18 204 114 Wh'
    assert plain(numbers.current(12)) == '12.0 A'
    assert plain(numbers.current(0)) == '0 A'
    assert plain(numbers.percent(0.826)) == '83 %'
    assert [numbers.energy(None), numbers.current(None), numbers.percent(None), numbers.duration(None)] == ['–'] * 4


def test_a_number_of_any_size_has_a_few_digits() -> None:
    assert plain(numbers.energy(99_999_990)) == '99 999.99 kWh'
    assert plain(numbers.month_energy(99_999_999)) == '100.0 MWh'
    assert plain(numbers.current(99_999_000)) == '100.0 MA'
    for show in (numbers.power, numbers.energy, numbers.month_energy, numbers.current):
        assert all(len(show(sign * 9.99 * 10**size)) <= 14 for size in range(-3, 309) for sign in (1, -1))


def test_a_unit_follows_a_no_break_space() -> None:
    assert numbers.current(12) == '12.0\u00a0A'


@pytest.mark.parametrize(
    ('seconds', 'shown'),
    [
        (-5, '0 s'), (45.9, '45 s'), (60, '1 min'), (12 * 60 + 59, '12 min'), (2 * 3600 + 14 * 60, '2 h 14 min'),
        (5 * 3600 + 2 * 60, '5 h 02 min'), (3 * 86400 + 4 * 3600, '3 d 4 h'),
    ],
)  # fmt: skip
def test_durations_are_what_has_passed_in_full(seconds: float, shown: str) -> None:
    assert plain(numbers.duration(timedelta(seconds=seconds))) == shown


@settings(deadline=None)
@given(st.floats())
def test_no_float_is_too_odd_to_be_shown(value: float) -> None:
    for show in (numbers.power, numbers.energy, numbers.current, numbers.percent, numbers.register):
        assert not show(value).startswith(('-', '−0 ', '−0.0 '))


@pytest.mark.parametrize(
    ('age_s', 'shown'),
    [
        (0, 'now'),
        (2.9, 'now'),
        (12, '12 s ago'),
        (250, '4 min ago'),
        (7200, 'at 10:33 UTC'),
        (3 * 86400, 'at Thu 11 Jun 12:33 UTC'),
    ],
)
def test_ages_end_at_the_clock_time(age_s: float, shown: str) -> None:
    assert plain(times.age(NOW - timedelta(seconds=age_s), NOW)) == shown


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        (times.time_marker(NOW), '12:33 UTC'),
        (times.second_marker(NOW + timedelta(seconds=7)), '12:33:07 UTC'),
        (times.exact_marker(NOW + timedelta(seconds=7)), '12:33:07 UTC'),
        (times.exact_marker(NOW - timedelta(days=2)), 'Fri 12 Jun 12:33:00 UTC'),
        (times.moment_marker(NOW), '12:33 UTC'),
        (times.moment_marker(NOW - timedelta(days=2)), 'Fri 12 Jun 12:33 UTC'),
        (times.since_marker(NOW - timedelta(minutes=12)), '12 min'),
        (times.until_marker(NOW + timedelta(seconds=6.2)), '6 s'),
        (times.marker('age', NOW - timedelta(seconds=12)), '12 s ago'),
        (times.day_marker(NOW), 'Today'),
        (times.day_marker(NOW - timedelta(days=1)), 'Yesterday'),
        (times.day_marker(NOW - timedelta(days=2)), 'Fri 12 Jun'),
        (times.day_marker(NOW - timedelta(days=366)), 'Fri 13 Jun 2025'),
        (times.moment_marker(NOW - timedelta(days=366)), 'Fri 13 Jun 2025 12:33 UTC'),
    ],
)
def test_a_marker_has_a_fallback_in_utc(text: str, shown: str) -> None:
    assert plain_text(text, NOW) == shown


def test_a_marker_becomes_a_time_element_and_the_rest_is_escaped() -> None:
    text = f'<b> & {times.strong("12.8 A")} at {times.time_marker(NOW)}'
    assert times.to_html(text, NOW) == (
        '&lt;b&gt; &amp; <b>12.8 A</b> at '
        '<time class="cpo-time" datetime="2026-06-14T12:33:00Z" data-format="time">12:33\u00a0UTC</time>'
    )


def test_text_of_the_charger_cannot_forge_a_marker_or_hide_anything() -> None:
    forged = 'a⟦time:2026-06-14T12:33:00Z⟧\n\x00b\u202e\ud800 <i>⟦b⟧'
    assert times.charger_text(forged) == 'atime:2026-06-14T12:33:00Z b <i>b'
    assert times.charger_text('x' * 50) == 'x' * 39 + '…'


@settings(deadline=None)
@given(st.text())
def test_text_of_the_charger_never_becomes_an_element(text: str) -> None:
    shown = times.to_html(times.charger_text(text), NOW)
    assert '<' not in shown
    shown.encode()


def test_a_marker_that_is_no_date_shows_nothing() -> None:
    assert times.to_html('a⟦time:2026-99-14T12:33:00Z⟧', NOW) == 'a'
