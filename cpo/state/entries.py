"""What can happen, as values: each entry is a fact, and `apply` says what it changes in the state.

An entry is made in one place, then applied to the state, then told to the listeners. Entries are pure: the time of a
fact is part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from cpo.state.attempt import ConnectionAttempt
from cpo.state.connector import Connector, Mode
from cpo.state.history import with_history
from cpo.state.source import Source
from cpo.state.state import (
    MAX_ATTEMPTS,
    MAX_CONNECTORS,
    BootInformation,
    ChargePointState,
    RefusedTag,
    SolarReading,
)


class Entry(Protocol):
    """A fact and its effect on the state."""

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state after this happened."""
        ...


@dataclass(frozen=True, slots=True)
class Connected:
    """A charger's websocket was accepted."""

    at: datetime
    charge_box_id: str
    address: str

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Another charger starts blank but for transactions of its own that still run; readings and modes stay."""
        if self.charge_box_id != state.charge_box_id:
            state = replace(
                state,
                boot=None,
                connectors=self._connectors(state),
                refused_tag=None,
                configuration={},
                firmware_status=None,
                diagnostics_status=None,
                last_message_at=None,
            )
        return replace(
            state,
            charge_box_id=self.charge_box_id,
            connected=True,
            since=self.at,
            clock_off=None,
            address=self.address,
        )

    def _connectors(self, state: ChargePointState) -> dict[int, Connector]:
        """Connector 1 and those with a running transaction of this charger, with their modes and nothing else."""
        connectors = {1: Connector(1, mode=state.connector(1).mode)}
        own = (t for t in state.transactions if t.running and t.charge_box_id == self.charge_box_id)
        for running in sorted(own, key=lambda t: t.start_timestamp or self.at):
            if running.connector_id is not None:
                connectors[running.connector_id] = Connector(
                    running.connector_id,
                    mode=state.connector(running.connector_id).mode,
                    transaction_id=running.transaction_id,
                    last_transaction_id=running.transaction_id,
                )
        return connectors


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The charger's connection ended. What was known stays, with its age."""

    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """A remote start that waited may still have its effect."""
        connectors = {
            i: replace(c, remote_start=None, unanswered_start=c.remote_start) if c.remote_start else c
            for i, c in state.connectors.items()
        }
        return replace(state, connected=False, since=self.at, clock_off=None, connectors=connectors)


@dataclass(frozen=True, slots=True)
class Heard:
    """The charger sent something."""

    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Only the time of the last message changes."""
        return replace(state, last_message_at=self.at)


@dataclass(frozen=True, slots=True)
class Booted:
    """The charger introduced itself."""

    information: BootInformation

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Replace what it said before. Whether a limit outlived the boot is not known: a wished one is set anew."""
        connectors = {i: replace(c, limit=None) if c.wish_holds else c for i, c in state.connectors.items()}
        return replace(state, boot=self.information, connectors=connectors)


@dataclass(frozen=True, slots=True)
class TagRefused:
    """A card that may not charge was held to the charger."""

    tag: RefusedTag

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Keep the last one."""
        return replace(state, refused_tag=self.tag)


@dataclass(frozen=True, slots=True)
class ModeChosen:
    """Who sets the limit of a connector was chosen."""

    connector_id: int
    mode: Mode

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Replace the mode."""
        return with_connector(state, replace(state.connector(self.connector_id), mode=self.mode))


@dataclass(frozen=True, slots=True)
class SolarRead:
    """A power reading of the house came in; a member that is None was not in it."""

    at: datetime
    pv_w: float | None = None
    grid_w: float | None = None
    by: Source | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Replace what the reading has, keep the rest."""
        old = state.solar
        pv_w = old.pv_w if self.pv_w is None else self.pv_w
        grid_w = old.grid_w if self.grid_w is None else self.grid_w
        return replace(with_history(state, self.at), solar=SolarReading(pv_w, grid_w, self.at, self.by))


@dataclass(frozen=True, slots=True)
class ConnectionAttempted:
    """Somebody tried to connect."""

    attempt: ConnectionAttempt

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The same attempt again is counted, not repeated."""
        new, kept = self.attempt, []
        for old in state.attempts:
            if replace(old, at=new.at, count=1) == replace(new, count=1):
                new = replace(new, count=old.count + 1)
            else:
                kept.append(old)
        return replace(state, attempts=(new, *kept)[:MAX_ATTEMPTS])


@dataclass(frozen=True, slots=True)
class ConfigurationRead:
    """The charger told some of its configuration keys; those it calls read-only are in `read_only`, too."""

    keys: Mapping[str, str | None]
    at: datetime
    read_only: frozenset[str] = frozenset()

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Add them to those known."""
        return replace(state, configuration={**state.configuration, **self.keys})


@dataclass(frozen=True, slots=True)
class FirmwareStatusNotified:
    """How far a firmware update is."""

    status: str
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Keep the last one."""
        return replace(state, firmware_status=self.status)


@dataclass(frozen=True, slots=True)
class DiagnosticsStatusNotified:
    """How far an upload of diagnostics is."""

    status: str
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Keep the last one."""
        return replace(state, diagnostics_status=self.status)


def with_clock(state: ChargePointState, told: datetime, at: datetime) -> ChargePointState:
    """What a time that the charger told says of its clock: the newest is told at once, so the least lag counts."""
    off = told - at
    return state if state.clock_off is not None and off <= state.clock_off else replace(state, clock_off=off)


def with_connector(state: ChargePointState, connector: Connector) -> ChargePointState:
    """The state with one connector replaced; a charger that invents ever new ones is not followed."""
    if connector.connector_id not in state.connectors and len(state.connectors) >= MAX_CONNECTORS:
        return state
    return replace(state, connectors={**state.connectors, connector.connector_id: connector})
