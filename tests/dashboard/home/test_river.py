"""The energy river: how powers become flows, nodes and text."""

from __future__ import annotations

import pytest

from cpo.dashboard.home.river import Powers, flows_of, nodes_of, note_of, text_of


def flows(powers: Powers) -> dict[tuple[str, str], float]:
    return {(f.from_, f.to): f.power_w for f in flows_of(powers) if f.power_w}


@pytest.mark.parametrize(
    ('powers', 'expected'),
    [
        (Powers(3000, None, 2400), {('sun', 'car'): 2400, ('sun', 'house'): 600}),
        (Powers(3000, None, 3700), {('sun', 'car'): 3000, ('grid', 'car'): 700}),
        (Powers(1100, None, 0), {('sun', 'house'): 1100}),
        (Powers(0, None, 2000), {('grid', 'car'): 2000}),
        (Powers(None, None, 2000), {('grid', 'car'): 2000}),
        (Powers(3600, -400, 2800), {('sun', 'car'): 2800, ('sun', 'house'): 400, ('sun', 'sold'): 400}),
        (Powers(1000, 1500, 2000), {('sun', 'house'): 500, ('sun', 'car'): 500, ('grid', 'car'): 1500}),
        (Powers(0, 900, 0), {('grid', 'house'): 900}),
        (Powers(-20, None, -5), {}),
        (
            Powers(5000, -500, 2000, battery_w=-1500),
            {('sun', 'car'): 2000, ('sun', 'house'): 1000, ('sun', 'stored'): 1500, ('sun', 'sold'): 500},
        ),
        (
            Powers(1000, 300, 2000, battery_w=1200),
            {('sun', 'house'): 500, ('sun', 'car'): 500, ('battery', 'car'): 1200, ('grid', 'car'): 300},
        ),
        (
            Powers(3000, 500, 2000, battery_w=-1500),
            {('sun', 'car'): 2000, ('sun', 'stored'): 1000, ('grid', 'stored'): 500},
        ),
        (
            Powers(3000, 500, 2000, battery_w=-1500, battery_first=True),
            {('sun', 'car'): 1500, ('sun', 'stored'): 1500, ('grid', 'car'): 500},
        ),
        (
            Powers(3000, None, 2000, battery_w=-600),
            {('sun', 'car'): 2000, ('sun', 'stored'): 600, ('sun', 'house'): 400},
        ),
        (Powers(0, None, 2000, battery_w=800), {('battery', 'car'): 800, ('grid', 'car'): 1200}),
    ],
)
def test_the_sun_feeds_first_and_what_is_missing_is_bought(
    powers: Powers, expected: dict[tuple[str, str], float]
) -> None:
    assert flows(powers) == expected


@pytest.mark.parametrize('grid_w', [None, -400.0, 800.0])
def test_what_flows_to_the_car_is_what_it_takes(grid_w: float | None) -> None:
    into_car = [f.power_w for f in flows_of(Powers(2000, grid_w, 2500)) if f.to == 'car']
    assert sum(into_car) == 2500


def test_what_every_meter_shows_is_what_flows() -> None:
    powers = Powers(4200, -700, 1400, battery_w=-900, battery_soc=64)
    found = flows_of(powers)
    sums = {key: sum(f.power_w for f in found if key in (f.from_, f.to)) for key in ('sun', 'car', 'stored', 'sold')}
    assert sums == {'sun': 4200, 'car': 1400, 'stored': 900, 'sold': 700}
    nodes = {n.key: n for n in nodes_of(powers, found)}
    assert (nodes['stored'].name, nodes['stored'].shown, nodes['battery'].shown) == ('Battery 64\u00a0%', True, False)


def test_a_car_out_of_contact_is_fed_by_a_grey_ribbon() -> None:
    colours = {f.to: f.colour for f in flows_of(Powers(3000, None, 2400, stale=True)) if f.power_w}
    assert colours == {'car': 'stale', 'house': 'sun'}


def test_a_side_without_flow_keeps_its_place_unseen() -> None:
    powers = Powers(3000, None, 2400)
    nodes = {n.key: n for n in nodes_of(powers, flows_of(powers))}
    assert not nodes['grid'].shown
    assert nodes['grid'].centre > nodes['sun'].centre


def test_without_a_reading_the_source_of_the_cars_power_is_not_claimed() -> None:
    powers = Powers(None, None, 2400)
    nodes = {n.key: n for n in nodes_of(powers, flows_of(powers))}
    assert (nodes['grid'].name, nodes['grid'].shown, nodes['sun'].shown) == ('Grid or sun', True, False)
    metered = Powers(None, 3000, 2400)
    assert next(n for n in nodes_of(metered, flows_of(metered)) if n.key == 'grid').name == 'From grid'


@pytest.mark.parametrize(
    ('powers', 'note'),
    [
        (Powers(None, None, None), 'No solar reading yet. Drag the sun’s slider to try one.'),
        (Powers(None, None, 0, sun_came=True), 'No solar reading now.'),
        (Powers(None, None, 2400), None),
        (Powers(0, None, None), None),
        (Powers(None, 800, None), None),
    ],
)
def test_a_river_without_a_flow_says_what_to_do(powers: Powers, note: str | None) -> None:
    assert note_of(powers) == note


def test_a_waiting_car_says_what_it_needs() -> None:
    powers = Powers(1100, None, 0, needs_w=1500)
    car = next(n for n in nodes_of(powers, flows_of(powers)) if n.key == 'car')
    assert car.value == 'needs 1.5\u00a0kW'
    assert car.idle


def test_the_river_has_a_text_for_screen_readers() -> None:
    powers = Powers(3000, None, 2400)
    spoken = text_of(nodes_of(powers, flows_of(powers))).replace('\u00a0', ' ')
    assert spoken == 'From Sun 3.0 kW. To Car 2.4 kW, House and export 0.6 kW.'
