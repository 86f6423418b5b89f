"""The energy river: a drawing of the house's power, from sources on the left to sinks on the right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

from nicegui import ui

from cpo.dashboard.words.icons import Icon
from cpo.dashboard.words.numbers import power

TOP, BOTTOM = (0.66, 0.33), (0.34, 0.83)  # (share, centre) of the height; sun and car weigh double


@dataclass(frozen=True, slots=True)
class Powers:
    """The powers that the energy river shows, in W, None for unknown.

    `grid_w` is positive when importing; `needs_w` is what the sun must give for a start. `stale`: no newer value of
    `car_w` has come for too long. `sun_came`: there was a solar reading.
    """

    sun_w: float | None
    grid_w: float | None
    car_w: float | None
    needs_w: float | None = None
    stale: bool = False
    sun_came: bool = False


@dataclass(frozen=True, slots=True)
class Node:
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
    """Split the powers into flows: the sun feeds house, car and grid in that order, the grid supplies the rest.

    Without a grid reading the house's power is unknown; the sun then feeds the car first, and house and grid as one.
    """
    sun, car = max(0.0, powers.sun_w or 0.0), max(0.0, powers.car_w or 0.0)
    if powers.grid_w is None:
        sun_to_car = min(sun, car)
        split = [('sun', 'car', sun_to_car), ('sun', 'house', sun - sun_to_car), ('grid', 'car', car - sun_to_car)]
    else:
        house = max(0.0, sun + powers.grid_w - car)
        sun_to_house = min(sun, house)
        sun_to_car = min(sun - sun_to_house, car)
        split = [
            ('sun', 'car', sun_to_car),
            ('sun', 'house', sun_to_house),
            ('sun', 'sold', sun - sun_to_house - sun_to_car),
            ('grid', 'car', car - sun_to_car),
            ('grid', 'house', house - sun_to_house),
        ]
    return [Flow(a, b, round(w, 1), 'stale' if powers.stale and b == 'car' else a) for a, b, w in split]


def nodes_of(powers: Powers, flows: list[Flow]) -> list[Node]:
    """All nodes at fixed positions; one without a flow is present but not shown.

    Without a reading of sun and grid, what the car takes comes from one source that may be either.
    """
    bought, sold, house = (_sum(flows, key) for key in ('grid', 'sold', 'house'))
    idle = not powers.car_w
    needs = f'needs {power(powers.needs_w)}' if powers.needs_w and idle else power(powers.car_w)
    metered = powers.grid_w is not None
    (top_share, top), (low_share, low) = TOP, BOTTOM
    sun_known = powers.sun_w is not None
    sun_shown = sun_known or metered or idle
    name, (share, centre) = ('From grid', BOTTOM) if sun_shown else ('Grid or sun', TOP)
    nodes = [
        Node('sun', 'from', 'Sun', 'wb_sunny', power(powers.sun_w), top_share, top, sun_shown, not sun_known),
        Node('grid', 'from', name, 'pylon', power(bought), share, centre, bought >= 1),
        Node('car', 'to', 'Car', 'directions_car', needs, top_share, top, True, idle, powers.stale),
    ]
    if not metered:
        return [*nodes, Node('house', 'to', 'House and export', 'home', power(house), low_share, low, house >= 1)]
    nodes[2] = Node('car', 'to', 'Car', 'directions_car', needs, 0.5, 0.24, True, idle, powers.stale)
    return [
        *nodes,
        Node('house', 'to', 'House', 'home', power(house), 0.24, 0.62),
        Node('sold', 'to', 'To grid', 'pylon', power(sold), 0.24, 0.88, sold >= 1),
    ]


def text_of(nodes: list[Node]) -> str:
    """The energy river as text for screen readers: the shown nodes and their powers."""
    shown = [n for n in nodes if n.shown]
    sources = ', '.join(f'{n.name} {n.value}' for n in shown if n.side == 'from')
    goals = ', '.join(f'{n.name} {n.value}' for n in shown if n.side == 'to')
    return f'From {sources}. To {goals}.'


def note_of(powers: Powers) -> str | None:
    """The words below a river that has no power to show, None where it has one."""
    if powers.sun_w is not None or powers.grid_w is not None or powers.car_w:
        return None
    return 'No solar reading now.' if powers.sun_came else 'No solar reading yet. Drag the sun’s slider to try one.'


class River(ui.element, component='river.vue'):
    """The drawing of the river in the current NiceGUI slot; the browser animates changes."""

    _shown: Powers | None = None

    def show(self, powers: Powers) -> None:
        """Draw these powers; unchanged ones are not sent to the browser again."""
        if powers != self._shown:
            self._shown = powers
            self.props.update(drawing_of(powers))


@lru_cache(maxsize=8)
def drawing_of(powers: Powers) -> Mapping[str, Any]:
    """The properties of the component `river.vue` for these powers, made once for all open pages.

    Its lists are tuples, which NiceGUI leaves as they are: it would watch each member of a list for changes.
    """
    flows = flows_of(powers)
    nodes = nodes_of(powers, flows)
    note = note_of(powers)
    return {
        'nodes': tuple(asdict(n) for n in nodes),
        'flows': tuple({'from': f.from_, 'to': f.to, 'power_w': f.power_w, 'colour': f.colour} for f in flows),
        'text': note or text_of(nodes),
        'note': note,
        'dotted_to': None if powers.car_w else 'car',
    }


def _sum(flows: list[Flow], key: str) -> float:
    return sum(f.power_w for f in flows if key in (f.from_, f.to))
