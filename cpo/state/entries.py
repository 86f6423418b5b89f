"""Entries: each is one fact as a frozen value, and its `apply` returns the state after that fact.

The ChargePoint applies an entry once and then notifies the listeners. Entries are pure: the time of a fact is part of
it. Times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from cpo.frozen import replace
from cpo.masking import masked_value
from cpo.state.attempt import ConnectionAttempt
from cpo.state.connector import Connector
from cpo.state.history import with_history
from cpo.state.state import (
    MAX_ATTEMPTS,
    MAX_CONNECTORS,
    BootInformation,
    ChargePointState,
    RefusedTag,
)
from cpo.state.transactions import with_contact

PROMPT = timedelta(seconds=30)
MAX_BUFFERED = timedelta(days=30)


class Entry(Protocol):
    """One fact, such as an accepted limit, and what it changes in the state."""

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state after this fact, without a side effect.

        Members that the fact does not concern stay the same objects.
        """
        ...


@dataclass(frozen=True, slots=True)
class Connected:
    """The websocket of a charger was accepted; `address` is its IP address."""

    at: datetime
    charge_box_id: str
    address: str

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state as connected; the limit in force is unknown where one is wished, as the charger may have lost it.

        A charger with another charge box id than the last one starts with nothing known, except for the modes and for
        transactions of its own that still run. Those of other chargers are without contact. Solar readings stay.
        """
        state = with_contact(state, self.charge_box_id, state.last_message_at or state.since)
        if self.charge_box_id != state.charge_box_id:
            state = replace(
                state,
                boot=None,
                connectors=self._connectors(state),
                refused_tag=None,
                configuration={},
                read_only_keys=frozenset(),
                firmware_status=None,
                diagnostics_status=None,
                log_status=None,
                security_events={},
                last_message_at=None,
            )
        return replace(
            state,
            connectors=_without_limits(state),
            charge_box_id=self.charge_box_id,
            connected=True,
            since=self.at,
            clock_off=None,
            address=self.address,
            certificate_request=None,
        )

    def _connectors(self, state: ChargePointState) -> dict[int, Connector]:
        """Connector 1 and those with a running transaction of this charger, with their modes and nothing else."""
        connectors = {1: _blank(state.connector(1))}
        own = (t for t in state.transactions if t.running and t.charge_box_id == self.charge_box_id)
        for running in sorted(own, key=lambda t: t.start_timestamp or self.at):
            if running.connector_id is not None:
                connectors[running.connector_id] = replace(
                    _blank(state.connector(running.connector_id)),
                    transaction_id=running.transaction_id,
                    last_transaction_id=running.transaction_id,
                )
        return connectors


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The charger's connection ended; what is known of the charger stays in the state."""

    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state as not connected; a remote start that no StartTransaction followed becomes `unanswered_start`.

        The charger may still start that transaction. Running transactions are without contact from here on.
        """
        state = with_contact(with_history(state, self.at), None, state.last_message_at or self.at)
        connectors = {
            i: replace(c, remote_start=None, unanswered_start=c.remote_start) if c.remote_start else c
            for i, c in state.connectors.items()
        }
        state = replace(state, clock_off=None, certificate_request=None)
        return replace(state, connected=False, since=self.at, connectors=connectors)


@dataclass(frozen=True, slots=True)
class Heard:
    """The charger sent a message; this changes nothing but `last_message_at`."""

    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, last_message_at=self.at)


@dataclass(frozen=True, slots=True)
class Booted:
    """The charger sent a BootNotification."""

    information: BootInformation

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with the identity the charger reported; the limit in force is unknown where one is wished.

        The charger may have lost its limit, so it is sent again. A BootNotification with the same content on the same
        connection changes nothing: some chargers repeat it, and one that restarts connects again.
        """
        old, since = state.boot, state.since
        if state.connected and old and old.at and since and old.at >= since and self._is_again(old):
            return state
        return replace(state, boot=self.information, connectors=_without_limits(state))

    def _is_again(self, old: BootInformation) -> bool:
        return replace(self.information, at=old.at) == old


@dataclass(frozen=True, slots=True)
class TagRefused:
    """A card that may not charge was presented to the charger; the state has the newest one."""

    tag: RefusedTag

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, refused_tag=self.tag)


@dataclass(frozen=True, slots=True)
class ConnectionAttempted:
    """A client tried to open the charger's websocket, with success or without."""

    attempt: ConnectionAttempt

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with this attempt as the newest.

        Earlier attempts that differ only in time are counted in it.
        """
        new, others = self.attempt, []
        for old in state.attempts:
            if replace(old, at=new.at, count=1) == replace(new, count=1):
                new = replace(new, count=old.count + 1)
            else:
                others.append(old)
        return replace(state, attempts=(new, *others)[:MAX_ATTEMPTS])


@dataclass(frozen=True, slots=True)
class ConfigurationRead:
    """The charger reported configuration keys with their values, of which secrets are `***` in `keys`.

    `read_only` has those it calls read-only.
    """

    keys: Mapping[str, str | None]
    at: datetime
    read_only: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Mask the secrets."""
        object.__setattr__(self, 'keys', {key: masked_value(key, value) for key, value in self.keys.items()})

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with these keys replaced or added; keys the charger reported earlier stay known."""
        read_only = (state.read_only_keys - self.keys.keys()) | self.read_only
        return replace(state, configuration={**state.configuration, **self.keys}, read_only_keys=read_only)


@dataclass(frozen=True, slots=True)
class FirmwareStatusNotified:
    """The charger reported the progress of a firmware update, in its own word (OCPP 1.6 §4.5).

    `request_id` is that of a SignedUpdateFirmware, None for an update without a signature.
    """

    status: str
    at: datetime
    request_id: int | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, firmware_status=self.status)


@dataclass(frozen=True, slots=True)
class DiagnosticsStatusNotified:
    """The charger reported the progress of a diagnostics upload, in its own word (OCPP 1.6 §4.4)."""

    status: str
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, diagnostics_status=self.status)


def _blank(connector: Connector) -> Connector:
    """The same connector of another charger; a mode overridden for a session of the older one returns."""
    mode = connector.mode_after or connector.mode
    own_limit_a, preset = connector.own_limit_a, connector.preset
    return Connector(connector.connector_id, mode=mode, preset=preset, own_limit_a=own_limit_a)


def _without_limits(state: ChargePointState) -> Mapping[int, Connector]:
    """The connectors with an unknown limit, and no read-back of it, where a wish holds: it is sent again."""
    return {
        i: replace(c, limit=None, limit_expires_at=None, read_back=c.alarm) if c.wish_holds and c.limit else c
        for i, c in state.connectors.items()
    }


def with_clock(state: ChargePointState, reported: datetime, at: datetime) -> ChargePointState:
    """The state with the offset of the charger's clock, after a message with the time `reported` arrived at `at`.

    The offset is the smallest lag seen on this connection, as a delay on the way only makes the clock look late.
    """
    off = reported - at
    return state if state.clock_off is not None and off <= state.clock_off else replace(state, clock_off=off)


def time_of(state: ChargePointState, reported: datetime, at: datetime) -> datetime:
    """The time of an event by the program's clock; by the charger's it was `reported`, and the report arrived `at`.

    This is the arrival, unless the event was buffered while the charger was offline: a charger that was connected then
    would have sent it at once, so another difference is an error of its clock.
    """
    claimed = reported - (state.clock_off or timedelta(0))
    away = state.since is not None and claimed < state.since - PROMPT
    return claimed if away and at - claimed <= MAX_BUFFERED else at


def with_connector(state: ChargePointState, connector: Connector) -> ChargePointState:
    """The state with `connector` in place of the one with its id.

    A new id beyond MAX_CONNECTORS is ignored, as some chargers invent ids.
    """
    if connector.connector_id not in state.connectors and len(state.connectors) >= MAX_CONNECTORS:
        return state
    return replace(state, connectors={**state.connectors, connector.connector_id: connector})
