"""Who may set the limit of a connector and how, and when a mode overridden for one session returns (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from cpo.frozen import replace
from cpo.state.activity import RUNNING, Activity
from cpo.state.connector import Connector, Limit, Mode
from cpo.state.entries import with_connector
from cpo.state.preset import Preset
from cpo.state.solar_reading import SolarReading
from cpo.state.source import YOU, Source, SourceKind
from cpo.state.state import ChargePointState

PLUGGED = RUNNING | {Activity.PLUGGED_IN, Activity.FINISHING}
UNPLUGGED = (Activity.IDLE, Activity.RESERVED)
COMMANDING = (SourceKind.PERSON, SourceKind.PROGRAM)
"""Who overrides a mode with a command: not the sun, nor what this program does by itself."""
ON = frozenset(Mode) - {Mode.OFF}
MODES_OF = MappingProxyType(
    {
        SourceKind.SUN: frozenset({Mode.SOLAR, Mode.SOLAR_MIN}),
        SourceKind.FAST: frozenset({Mode.FAST}),
        SourceKind.PLAN: ON,
        SourceKind.GOAL: ON,
    }
)
"""The modes in which the solar controller wishes limits, by what it wishes them as; a goal counts in all but OFF."""
STEERED_MODES = MODES_OF[SourceKind.SUN] | MODES_OF[SourceKind.FAST]


def may_wish(by: Source, mode: Mode) -> bool:
    """True where a wish of `by` counts in this mode: the solar controller's in its own modes, all others in each."""
    modes = MODES_OF.get(by.kind)
    return modes is None or mode in modes


def left_its_mode(connector: Connector) -> bool:
    """True where the solar controller wished a limit in a mode that the connector is no longer in."""
    return connector.wish is not None and not may_wish(connector.wish.by, connector.mode)


@dataclass(frozen=True, slots=True)
class ModeChosen:
    """A mode was chosen for a connector; `after` is the mode that returns at the next plug-in, None: it stays."""

    connector_id: int
    mode: Mode
    after: Mode | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state in which this mode says who may set the connector's limit."""
        connector = replace(state.connector(self.connector_id), mode=self.mode, mode_after=self.after)
        return with_connector(state, connector)


@dataclass(frozen=True, slots=True)
class PresetChosen:
    """A preset was chosen for a connector; None: the one of the settings counts."""

    connector_id: int
    preset: Preset | None

    def apply(self, state: ChargePointState) -> ChargePointState:
        return with_connector(state, replace(state.connector(self.connector_id), preset=self.preset))


def preset_in_force(connector: Connector, solar: SolarReading, default: Preset) -> Preset:
    """The preset that decides: the one of the connector, else `default`.

    It is DEMO while the sun is simulated on the page, and until a reading of the grid comes: what is left over of the
    production is not known before.
    """
    is_demo = solar.grid_since is None or solar.source('pv_w') == YOU
    return Preset.DEMO if is_demo else connector.preset or default


def overridden_mode(connector: Connector, wish: Limit, lasts: str) -> tuple[ModeChosen, ...]:
    """The entry that sets the mode to MANUAL, as somebody asked for the limit `wish`; empty where none is due.

    The solar controller's wishes, and 0 A while the mode is OFF, leave the mode as it is. `lasts` is `session` where
    the older mode returns at the next plug-in, or `always`.
    """
    mode = connector.mode
    if wish.by.kind in MODES_OF or mode is Mode.MANUAL or (mode is Mode.OFF and not wish.limit_a):
        return ()
    return (ModeChosen(connector.connector_id, Mode.MANUAL, mode if lasts == 'session' else None),)


def with_mode_of_plug_in(connector: Connector) -> Connector:
    """The connector after its newest status; where a car was just plugged in, the mode before an override returns.

    It does not where somebody asked for a limit for this car before it was plugged in.
    """
    if connector.mode_after is None or not _was_plugged_in(connector) or _is_commanded(connector):
        return connector
    return replace(connector, mode=connector.mode_after, mode_after=None)


def _was_plugged_in(connector: Connector) -> bool:
    """The newest status is the first of a car; a fault or an outage between says nothing."""
    newest, *older = (change.activity for change in connector.status_changes)
    known = (activity for activity in older if activity in PLUGGED or activity in UNPLUGGED)
    return newest in PLUGGED and next(known, None) in UNPLUGGED


def _is_commanded(connector: Connector) -> bool:
    asked = connector.wish or connector.remote_start
    return asked is not None and asked.limit_a > 0 and asked.by.kind in COMMANDING
