"""The energy river: a drawing of the house's power, from sources on the left to sinks on the right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from nicegui import ui

from cpo.access import Role
from cpo.dashboard.parts.callers import may
from cpo.dashboard.words.icons import Icon
from cpo.dashboard.words.numbers import UNIT_SPACE, power

TOP, BOTTOM = (0.66, 0.33), (0.34, 0.83)  # (share, centre) of the height; sun and car weigh double
SOURCES = ('sun', 'battery', 'grid')
SINKS = ('car', 'house', 'stored', 'sold')
"""The nodes of each side from top to bottom; `battery` and `stored` are the home battery, giving and taking."""


@dataclass(frozen=True, slots=True)
class Powers:
    """The powers that the energy river shows, in W, None for unknown.

    `grid_w` is positive when importing; `needs_w` is what the sun must give for a start. `stale`: no newer value of
    `car_w` has come for too long. `sun_came`: there was a solar reading. `battery_w` is positive when the home battery
    gives power, `battery_soc` its charge in %; `battery_first`: it takes from the sun before the car does.
    """

    sun_w: float | None
    grid_w: float | None
    car_w: float | None
    needs_w: float | None = None
    stale: bool = False
    sun_came: bool = False
    battery_w: float | None = None
    battery_soc: float | None = None
    battery_first: bool = False


class Node(NamedTuple):
    """A source or sink of power in the energy river, on its left (`from`) or right (`to`).

    `share` is its height and `centre` its position, as parts of the river's height; `idle` and `stale` are styles.
    """

    key: str
    side: Literal['from', 'to']
    name: str
    icon: Icon | Literal['pylon']
    value: str
    share: float
    centre: float
    shown: bool = True
    idle: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """Power that flows from one node of the energy river to another, by their keys.

    `colour` is the source's key, or 'stale' for an old value.
    """

    from_: str
    to: str
    power_w: float
    colour: str


def flows_of(powers: Powers) -> list[Flow]:
    """Split the powers into flows: the sun feeds house, car, battery and grid in that order, then battery and grid do.

    The battery comes before the car where it is to. Without a grid reading the house's power is unknown; the sun then
    feeds the car first, and house and grid as one.
    """
    left = {'sun': _above_0(powers.sun_w), 'battery': _above_0(powers.battery_w), 'grid': _above_0(powers.grid_w)}
    wanted = {'car': _above_0(powers.car_w), 'stored': _above_0(-(powers.battery_w or 0.0)), 'sold': 0.0}
    order = ['stored', 'car'] if powers.battery_first else ['car', 'stored']
    if powers.grid_w is None:
        wanted['house'] = max(0.0, left['sun'] + left['battery'] - sum(wanted.values()))
        left['grid'] = max(0.0, sum(wanted.values()) - left['sun'] - left['battery'])
        order = [*order, 'house', 'sold']
    else:
        wanted['sold'] = _above_0(-powers.grid_w)
        wanted['house'] = max(0.0, sum(left.values()) - sum(wanted.values()))
        order = ['house', *order, 'sold']
    split = {(a, b): 0.0 for a in SOURCES for b in SINKS}
    for source in SOURCES:
        for sink in order:
            taken = min(left[source], wanted[sink])
            split[source, sink] = taken
            left[source] -= taken
            wanted[sink] -= taken
    split['grid', 'car'] += wanted['car']  # more than is measured: the readings are of different moments
    return [Flow(a, b, round(w, 1), 'stale' if powers.stale and b == 'car' else a) for (a, b), w in split.items()]


def nodes_of(powers: Powers, flows: list[Flow]) -> list[Node]:
    """All nodes at fixed positions; one without a flow is present but not shown.

    Without a reading of sun and grid, what the car takes comes from one source that may be either.
    """
    has_grid, has_battery = powers.grid_w is not None, powers.battery_w is not None
    idle = not powers.car_w
    needs = f'needs {power(powers.needs_w)}' if powers.needs_w and idle else power(powers.car_w)
    sun_known = powers.sun_w is not None
    sun_shown = sun_known or has_grid or idle
    bought, given, stored, sold, house = (_sum(flows, key) for key in ('grid', 'battery', 'stored', 'sold', 'house'))
    battery = 'Battery' if powers.battery_soc is None else f'Battery {powers.battery_soc:.0f}{UNIT_SPACE}%'
    from_, to = _places(has_grid, has_battery)
    name, grid_place = ('From grid', from_['grid']) if sun_shown else ('Grid or sun', TOP)
    whole = 'House' if has_grid else 'House and export'
    return [
        Node('sun', 'from', 'Sun', 'wb_sunny', power(powers.sun_w), *from_['sun'], sun_shown, not sun_known),
        Node('battery', 'from', 'Battery', 'battery_full', power(given), *from_['battery'], given >= 1),
        Node('grid', 'from', name, 'pylon', power(bought), *grid_place, bought >= 1),
        Node('car', 'to', 'Car', 'directions_car', needs, *to['car'], True, idle, powers.stale),
        Node('house', 'to', whole, 'home', power(house), *to['house'], has_grid or house >= 1),
        Node('stored', 'to', battery, 'battery_charging_full', power(stored), *to['stored'], stored >= 1),
        Node('sold', 'to', 'To grid', 'pylon', power(sold), *to['sold'], sold >= 1),
    ]


Places = Mapping[str, tuple[float, float]]
"""The share of the height and the centre of each node of a side."""


def _places(has_grid: bool, has_battery: bool) -> tuple[Places, Places]:
    """The places of the sources and of the sinks: they stay while the same meters are known."""
    nowhere = (0.2, 0.9)
    if has_battery:
        sources = {'sun': (0.5, 0.24), 'battery': (0.24, 0.62), 'grid': (0.24, 0.88)}
        return sources, {'car': (0.36, 0.13), 'house': (0.2, 0.38), 'stored': (0.2, 0.63), 'sold': (0.2, 0.88)}
    sources = {'sun': TOP, 'battery': nowhere, 'grid': BOTTOM}
    if has_grid:
        return sources, {'car': (0.5, 0.24), 'house': (0.24, 0.62), 'stored': nowhere, 'sold': (0.24, 0.88)}
    return sources, {'car': TOP, 'house': BOTTOM, 'stored': nowhere, 'sold': nowhere}


def text_of(nodes: list[Node]) -> str:
    """The energy river as text for screen readers: the shown nodes and their powers."""
    shown = [n for n in nodes if n.shown]
    sources = ', '.join(f'{n.name} {n.value}' for n in shown if n.side == 'from')
    goals = ', '.join(f'{n.name} {n.value}' for n in shown if n.side == 'to')
    return f'From {sources}. To {goals}.'


def note_of(powers: Powers, has_slider: bool = True) -> str | None:
    """The words below a river that has no power to show, None where it has one; viewers have no slider."""
    if any(w is not None for w in (powers.sun_w, powers.grid_w, powers.battery_w)) or powers.car_w:
        return None
    if powers.sun_came:
        return 'No solar reading now.'
    return 'No solar reading yet. Drag the sun’s slider to try one.' if has_slider else 'No solar reading yet.'


class River(ui.element, component='river.vue'):
    """The drawing of the river in the current NiceGUI slot; the browser animates changes."""

    _shown: Powers | None = None

    def __init__(self) -> None:
        super().__init__()
        self._has_slider = may(Role.FAMILY)

    def show(self, powers: Powers) -> None:
        """Draw these powers; unchanged ones are not sent to the browser again."""
        if powers != self._shown:
            self._shown = powers
            self.props.update(drawing_of(powers, self._has_slider))


@lru_cache(maxsize=8)
def drawing_of(powers: Powers, has_slider: bool = True) -> Mapping[str, Any]:
    """The properties of the component `river.vue` for these powers, made once for all open pages.

    Its lists are tuples, which NiceGUI leaves as they are: it would watch each member of a list for changes.
    """
    flows = flows_of(powers)
    nodes = nodes_of(powers, flows)
    note = note_of(powers, has_slider)
    return {
        'nodes': tuple(n._asdict() for n in nodes),
        'flows': tuple({'from': f.from_, 'to': f.to, 'power_w': f.power_w, 'colour': f.colour} for f in flows),
        'text': note or text_of(nodes),
        'note': note,
        'dotted_to': None if powers.car_w else 'car',
    }


def _above_0(power_w: float | None) -> float:
    return max(0.0, power_w or 0.0)


def _sum(flows: list[Flow], key: str) -> float:
    return sum(f.power_w for f in flows if key in (f.from_, f.to))
