"""What the energy of a session costs: by the prices that held while it was charged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.controllers.session_pricing import Charged, priced
from cpo.prices import Price, PriceBasis, PriceKind
from cpo.state import SessionCost

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def quarters(*prices: str, feed_in: str = '0.08', basis: PriceBasis = PriceBasis.PUSHED) -> object:
    """Prices of the quarters of an hour from noon on, again and again."""

    def between(begin: datetime, end: datetime, kind: PriceKind) -> list[Price]:
        if kind is PriceKind.EXPORT:
            return [Price(begin, end, Decimal(feed_in), PriceBasis.FIXED)]
        found = []
        while begin < end:
            index = (begin - NOON) // QUARTER
            until = min(end, NOON + (index + 1) * QUARTER)
            found.append(Price(begin, until, Decimal(prices[index % len(prices)]), basis))
            begin = until
        return found

    return between


def cost_at(energy_wh: float, until: timedelta, prices: object, sun_wh: float = 0.0) -> SessionCost:
    cost, parts = priced(SessionCost('EUR', NOON), Charged(energy_wh, sun_wh, NOON + until), prices)  # type: ignore[arg-type]
    assert sum(part.nano for part in parts) == cost.nano
    assert sum(part.energy_wh for part in parts) == pytest.approx(energy_wh)
    return cost


def test_each_quarter_of_an_hour_has_its_price() -> None:
    assert cost_at(4000, 4 * QUARTER, quarters('0.10', '0.20', '0.30', '0.40')).cents == 100
    assert cost_at(3000, 1.5 * QUARTER, quarters('0.10', '0.40')).cents == round(100 * (2 * 0.10 + 1 * 0.40))


def test_the_sun_costs_what_it_would_have_earned() -> None:
    assert cost_at(10_000, QUARTER, quarters('0.30'), sun_wh=10_000).cents == 80
    assert cost_at(10_000, QUARTER, quarters('0.30'), sun_wh=5_000).cents == 40 + 150
    assert cost_at(10_000, QUARTER, quarters('0.30'), sun_wh=99_000).cents == 80


def test_a_negative_price_earns() -> None:
    assert cost_at(10_000, QUARTER, quarters('-0.05')).cents == -50


def test_a_missing_price_is_counted() -> None:
    assert cost_at(10_000, QUARTER, quarters('0.30', basis=PriceBasis.FALLBACK)).fallback_wh == 10_000
    assert cost_at(10_000, QUARTER, quarters('0.30')).fallback_wh == 0


def test_a_final_figure_below_what_was_counted_takes_its_part_back() -> None:
    before = cost_at(10_000, QUARTER, quarters('0.30'), sun_wh=1_000)
    after, parts = priced(before, Charged(9_000, 900, NOON + QUARTER), quarters('9.99'))  # type: ignore[arg-type]
    assert after.nano == pytest.approx(before.nano * 0.9, abs=1)
    assert [after.energy_wh, after.sun_wh] == pytest.approx([9_000, 900])
    assert len(parts) == 1
    nothing, _ = priced(after, Charged(0, 0, NOON + QUARTER), quarters('9.99'))  # type: ignore[arg-type]
    assert nothing.cents == 0


def test_what_is_reported_without_time_is_priced_at_its_moment() -> None:
    assert cost_at(1000, timedelta(0), quarters('0.30')).cents == 30
    assert cost_at(1000, timedelta(days=400), quarters('0.30')).cents == 30


@given(st.lists(st.tuples(st.floats(0, 5000), st.floats(0, 5000), st.integers(0, 3600)), max_size=20))
def test_looks_in_between_change_the_cost_by_nothing_but_rounding(steps: list[tuple[float, float, int]]) -> None:
    often, energy_wh, sun_wh, at, prices = SessionCost('EUR', NOON), 0.0, 0.0, NOON, quarters('0.25')
    for added_wh, sun, seconds in steps:
        energy_wh, sun_wh, at = energy_wh + added_wh, sun_wh + min(sun, added_wh), at + timedelta(seconds=seconds)
        often, _ = priced(often, Charged(energy_wh, sun_wh, at), prices)  # type: ignore[arg-type]
    once, _ = priced(SessionCost('EUR', NOON), Charged(energy_wh, sun_wh, at), prices)  # type: ignore[arg-type]
    pieces = sum(seconds // 900 + 2 for _, _, seconds in steps) + (at - NOON) // QUARTER + 2
    assert abs(often.nano - once.nano) <= pieces
    assert often.energy_wh == pytest.approx(energy_wh)
