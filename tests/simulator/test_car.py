"""A car follows its offer: tables of offers and the current it draws."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator import Car

START = datetime(2026, 1, 1, tzinfo=UTC)


def drawn_after(car: Car, offer_a: float, seconds: float = 10) -> float:
    car.step(START, offer_a, phases=1)
    car.step(START + timedelta(seconds=seconds), offer_a, phases=1)
    return car.current_a


@pytest.mark.parametrize(
    ('offer_a', 'soc', 'current_a'),
    [
        (0, 40, 0),
        (5.9, 40, 0),
        (6, 40, 5.9),
        (10.5, 40, 10.4),
        (32, 40, 15.9),
        (16, 95, 7.9),  # tapers from 90 %
        (16, 99, 5.9),  # but not below what it can draw
        (16, 100, 0),
    ],
)
def test_the_current_a_car_draws(offer_a: float, soc: float, current_a: float) -> None:
    assert drawn_after(Car(soc=soc), offer_a) == pytest.approx(current_a)


def test_a_car_needs_a_moment_to_react() -> None:
    assert drawn_after(Car(reaction_s=1.5), 10, seconds=1) == 0
    assert drawn_after(Car(reaction_s=1.5), 10, seconds=1.5) > 0


def test_offers_that_keep_changing_are_still_followed() -> None:
    car = Car(reaction_s=1.5)
    for second in range(5):
        car.step(START + timedelta(seconds=second), 10 + second, phases=1)
    assert car.current_a > 10


def test_energy_fills_the_battery_and_no_more() -> None:
    car = Car(battery_kwh=10, soc=50, phases=3, below_offer_a=0, reaction_s=0)
    car.step(START, 16, phases=3)
    assert car.step(START + timedelta(minutes=15), 16, phases=3) == pytest.approx(16 * 230 * 3 / 4)
    assert car.soc == pytest.approx(77.6)
    assert car.step(START + timedelta(hours=5), 16, phases=3) == pytest.approx(2240)
    assert car.full
    assert car.current_a == 0


def test_a_three_phase_car_on_a_one_phase_charger_takes_a_third() -> None:
    car = Car(phases=3, below_offer_a=0, reaction_s=0)
    car.step(START, 10, phases=1)
    assert car.step(START + timedelta(hours=1), 10, phases=1) == pytest.approx(2300)


def test_a_car_is_read_from_text() -> None:
    car = Car.read('battery=77,soc=20.5, max=11 phases=3')
    assert (car.battery_kwh, car.soc, car.max_current_a, car.phases) == (77, 20.5, 11, 3)
    assert Car.read('').max_current_a == 16


@pytest.mark.parametrize('text', ['soc', 'soc=', 'soc=nan', 'soc=101', 'battery=-1', 'wheels=4', 'phases=9'])
def test_what_is_no_car_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r'a car has no|is not between'):
        Car.read(text)
