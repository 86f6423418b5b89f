"""What can happen, as values: each entry is a fact, and `apply` says what it changes in the state.

An entry is made in one place, then applied to the state, then told to the listeners. Entries are pure: the time of a
fact is part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from cpo.charger_knowledge import ChargerKind, ChargerKnowledge
from cpo.demo_interlude import without_demo
from cpo.history import with_history
from cpo.state import (
    MAX_ATTEMPTS,
    MAX_CONNECTORS,
    BootInformation,
    ChargePointState,
    ConnectionAttempt,
    Connector,
    Limit,
    Mode,
    ProfileWrites,
    ReadBack,
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
    demo: bool = False

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Another charger starts blank but for transactions of its own that still run; readings and modes stay.

        What was known before the demo charger came is known again when it has gone.
        """
        if self.demo and not state.demo:
            state = replace(state, before_demo=state)
        elif state.demo and not self.demo:
            state = without_demo(state, self.at)
        if self.charge_box_id != state.charge_box_id:
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
            state = replace(
                state,
                boot=None,
                connectors=connectors,
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
            address=self.address,
            demo=self.demo,
        )


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
        return replace(state, connected=False, since=self.at, connectors=connectors)


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
class LimitWished:
    """A person, a program or the sun asked for a limit."""

    connector_id: int
    limit: Limit

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Keep it apart from the limit in force."""
        connector = replace(state.connector(self.connector_id), last_wish=self.limit, wish_holds=True)
        return with_connector(state, connector)


@dataclass(frozen=True, slots=True)
class WishEnded:
    """Nobody wishes anything for a connector any more: it is over, or somebody steers past it."""

    connector_id: int

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Connector 0 stands for all of them. The last wish stays known."""
        for connector in state.outlets:
            if connector.wish_holds and self.connector_id in (0, connector.connector_id):
                state = with_connector(state, replace(connector, wish_holds=False))
        return state


@dataclass(frozen=True, slots=True)
class LimitAccepted:
    """The charger accepted a limit, as a profile that falls back at `expires_at` unless it comes again."""

    connector_id: int
    limit: Limit
    expires_at: datetime | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """It is the limit in force; whether it is followed has to be seen anew."""
        state = with_history(state, self.limit.at)
        old = state.connector(self.connector_id)
        same = old.limit is not None and old.limit.limit_a == self.limit.limit_a
        connector = replace(
            old,
            limit=self.limit,
            limit_expires_at=self.expires_at,
            limit_in_start=False,
            scheduled_a=None,
            read_back=old.read_back if same else None,
        )
        return with_connector(state, connector)


@dataclass(frozen=True, slots=True)
class RemoteStopAccepted:
    """The charger accepted to end the transaction; its StopTransaction is to follow."""

    connector_id: int
    limit: Limit

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Wait for the end."""
        state = with_history(state, self.limit.at)
        connector = state.connector(self.connector_id)
        stopping = self.limit if connector.transaction_id is not None else None
        return with_connector(
            state, replace(connector, limit=self.limit, stopping=stopping, limit_expires_at=None, read_back=None)
        )


@dataclass(frozen=True, slots=True)
class RemoteStopGivenUp:
    """The charger accepted to end the transaction, and never did."""

    connector_id: int

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Wait no longer; what limit is in force is not known, unless one was written meanwhile."""
        connector = state.connector(self.connector_id)
        limit = None if connector.limit is connector.stopping else connector.limit
        return with_connector(state, replace(connector, stopping=None, limit=limit))


@dataclass(frozen=True, slots=True)
class ScheduleRead:
    """The charger said what it makes of its charging profiles (GetCompositeSchedule), in A."""

    connector_id: int
    limit_a: float

    def apply(self, state: ChargePointState) -> ChargePointState:
        """It stands for what the charger offers, where that is not measured."""
        return with_connector(state, replace(state.connector(self.connector_id), scheduled_a=self.limit_a))


@dataclass(frozen=True, slots=True)
class ProfileWritten:
    """A charging profile was sent; `default` is True once a TxDefaultProfile was accepted, False when it is cleared."""

    connector_id: int
    at: datetime
    default: bool | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Count it: a charger's memory does not bear endless writing."""
        connector = state.connector(self.connector_id)
        old, today = connector.profile_writes, self.at.date()
        count = old.count if old is not None and old.on == today else 0
        default = connector.default_profile if self.default is None else self.default
        writes = ProfileWrites(today, count + 1)
        return with_connector(state, replace(connector, profile_writes=writes, default_profile=default))


@dataclass(frozen=True, slots=True)
class LimitReadBack:
    """The limit in force was compared with what the charger offers and the car draws."""

    connector_id: int
    read_back: ReadBack

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Replace the older one."""
        return with_connector(state, replace(state.connector(self.connector_id), read_back=self.read_back))


@dataclass(frozen=True, slots=True)
class Learned:
    """Something was found out about a kind of charger; blank knowledge: it was forgotten."""

    kind: ChargerKind
    knowledge: ChargerKnowledge

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Replace what was known of it."""
        others = {kind: known for kind, known in state.knowledge.items() if kind != self.kind}
        own = {} if self.knowledge.is_blank else {self.kind: self.knowledge}
        return replace(state, knowledge=others | own)


@dataclass(frozen=True, slots=True)
class LimitForgotten:
    """A charging profile was changed past the limit, so the limit in force is no longer known."""

    connector_id: int

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Connector 0 stands for all of them."""
        for connector in state.outlets:
            if self.connector_id in (0, connector.connector_id):
                state = with_connector(state, replace(connector, limit=None, limit_expires_at=None, read_back=None))
        return state


@dataclass(frozen=True, slots=True)
class RemoteStartSent:
    """A RemoteStartTransaction was sent; its StartTransaction may even come before the answer.

    `limits` says that the charger has the limit with it, until `expires_at` where that is set.
    """

    connector_id: int
    limit: Limit
    limits: bool = True
    expires_at: datetime | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Wait for the transaction."""
        connector = replace(
            state.connector(self.connector_id),
            remote_start=self.limit,
            limit_in_start=self.limits,
            limit_expires_at=self.expires_at,
        )
        return with_connector(state, connector)


@dataclass(frozen=True, slots=True)
class RemoteStartGivenUp:
    """No StartTransaction followed. `unanswered` is the limit of one that got no answer: it may still start."""

    connector_id: int
    unanswered: Limit | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Wait no longer."""
        connector = state.connector(self.connector_id)
        unanswered = self.unanswered or connector.unanswered_start
        return with_connector(state, replace(connector, remote_start=None, unanswered_start=unanswered))


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
    by: str | None = None

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


def with_connector(state: ChargePointState, connector: Connector) -> ChargePointState:
    """The state with one connector replaced; a charger that invents ever new ones is not followed."""
    if connector.connector_id not in state.connectors and len(state.connectors) >= MAX_CONNECTORS:
        return state
    return replace(state, connectors={**state.connectors, connector.connector_id: connector})
