"""Entries about the limit of a connector (see `cpo.state.entries`); current in A."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from cpo.chargers import ChargerKind, ChargerKnowledge
from cpo.state.connector import Limit, ProfileWrites, WishEnd
from cpo.state.entries import with_connector
from cpo.state.history import with_history
from cpo.state.modes import COMMANDING
from cpo.state.read_back import ReadBack
from cpo.state.state import ChargePointState


@dataclass(frozen=True, slots=True)
class LimitWished:
    """A person, a program or the sun asked for a limit: the wish that holds from now on."""

    connector_id: int
    limit: Limit

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The limit in force stays as it is until the charger accepts the wish."""
        old = state.connector(self.connector_id).without_older_alarm
        connector = replace(old, last_wish=self.limit, wish_holds=True, wish_end=None)
        if self.limit.limit_a and self.limit.by.kind in COMMANDING:
            connector = replace(connector, own_limit_a=self.limit.limit_a)
        return with_connector(state, connector)


@dataclass(frozen=True, slots=True)
class WishEnded:
    """The wish for a connector no longer holds; connector 0 stands for all of them."""

    connector_id: int
    reason: WishEnd

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The last wish stays known, with the reason of its end."""
        for connector in state.charging_connectors:
            if connector.wish_holds and self.connector_id in (0, connector.connector_id):
                state = with_connector(state, replace(connector, wish_holds=False, wish_end=self.reason))
        return state


@dataclass(frozen=True, slots=True)
class OverriddenByCommand:
    """Somebody sent a command that overrides the wish, so the wish and a pending remote start end.

    Connector 0 stands for all of them.
    """

    connector_id: int

    def apply(self, state: ChargePointState) -> ChargePointState:
        state = WishEnded(self.connector_id, WishEnd.OVERRIDDEN).apply(state)
        for connector in state.charging_connectors:
            if self.connector_id in (0, connector.connector_id):
                over = replace(connector, remote_start=None, unanswered_start=None, wish_end=WishEnd.OVERRIDDEN)
                state = with_connector(state, over)
        return state


@dataclass(frozen=True, slots=True)
class LimitAccepted:
    """The charger accepted a limit: the limit in force.

    It falls back by itself at `expires_at` unless it is sent again.
    """

    connector_id: int
    limit: Limit
    expires_at: datetime | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """A read-back of another limit is dropped unless it is an alarm, so that compliance is judged again."""
        state = with_history(state, self.limit.at)
        old = state.connector(self.connector_id)
        same = old.limit is not None and old.limit.limit_a == self.limit.limit_a
        connector = replace(
            old,
            limit=self.limit,
            limit_expires_at=self.expires_at,
            limit_in_start=False,
            scheduled_a=None,
            read_back=old.read_back if same else old.alarm,
        )
        return with_connector(state, connector)


@dataclass(frozen=True, slots=True)
class RemoteStopAccepted:
    """The charger accepted a RemoteStopTransaction sent for `wish`; its StopTransaction is to follow."""

    connector_id: int
    wish: Limit
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """A wish of 0 is the limit in force from now on; one above 0 is sent after the transaction ended."""
        state = with_history(state, self.at)
        connector = state.connector(self.connector_id)
        limit = connector.limit if self.wish.limit_a else self.wish
        stopping = self.wish if connector.transaction_id is not None else None
        return with_connector(
            state,
            replace(connector, limit=limit, stopping=stopping, limit_expires_at=None, read_back=connector.alarm),
        )


@dataclass(frozen=True, slots=True)
class RemoteStopGivenUp:
    """The charger accepted a RemoteStopTransaction, but did not end the transaction in time."""

    connector_id: int

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The limit in force becomes unknown, unless one was accepted meanwhile."""
        connector = state.connector(self.connector_id)
        limit = None if connector.limit is connector.stopping else connector.limit
        return with_connector(state, replace(connector, stopping=None, limit=limit))


@dataclass(frozen=True, slots=True)
class ScheduleRead:
    """The charger answered GetCompositeSchedule: `limit_a` is what its charging profiles come to, in A."""

    connector_id: int
    limit_a: float

    def apply(self, state: ChargePointState) -> ChargePointState:
        """This stands for the current offered where the charger does not measure that."""
        return with_connector(state, replace(state.connector(self.connector_id), scheduled_a=self.limit_a))


@dataclass(frozen=True, slots=True)
class ProfileWritten:
    """A charging profile was sent.

    `default` is True once a TxDefaultProfile was accepted, False when it was cleared.
    """

    connector_id: int
    at: datetime
    default: bool | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The profiles of the day (UTC) are counted, as the memory of a charger wears out."""
        connector = state.connector(self.connector_id)
        old, today = connector.profile_writes, self.at.date()
        count = old.count if old is not None and old.on == today else 0
        default = connector.default_profile if self.default is None else self.default
        writes = ProfileWrites(today, count + 1)
        return with_connector(state, replace(connector, profile_writes=writes, default_profile=default))


@dataclass(frozen=True, slots=True)
class LimitReadBack:
    """The limit in force was compared with what the charger offers and the car draws.

    The newest result is in the state.
    """

    connector_id: int
    read_back: ReadBack

    def apply(self, state: ChargePointState) -> ChargePointState:
        return with_connector(state, replace(state.connector(self.connector_id), read_back=self.read_back))


@dataclass(frozen=True, slots=True)
class Learned:
    """Knowledge about a make of charger was gained; blank knowledge means that it was forgotten."""

    kind: ChargerKind
    knowledge: ChargerKnowledge

    def apply(self, state: ChargePointState) -> ChargePointState:
        others = {kind: known for kind, known in state.knowledge.items() if kind != self.kind}
        own = {} if self.knowledge.is_blank else {self.kind: self.knowledge}
        return replace(state, knowledge=others | own)


@dataclass(frozen=True, slots=True)
class LimitForgotten:
    """A command changed the charging profiles in the charger, so the limit in force is unknown.

    Connector 0 stands for all of them.
    """

    connector_id: int

    def apply(self, state: ChargePointState) -> ChargePointState:
        for connector in state.charging_connectors:
            if self.connector_id in (0, connector.connector_id):
                state = with_connector(state, replace(connector, limit=None, limit_expires_at=None, read_back=None))
        return state


@dataclass(frozen=True, slots=True)
class RemoteStartSent:
    """A RemoteStartTransaction was sent; its StartTransaction may arrive even before the answer.

    `limits` says that the request carries the limit, which falls back at `expires_at` where that is not None.
    """

    connector_id: int
    limit: Limit
    limits: bool = True
    expires_at: datetime | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        connector = replace(
            state.connector(self.connector_id),
            remote_start=self.limit,
            limit_in_start=self.limits,
            limit_expires_at=self.expires_at,
            read_back=None,
        )
        return with_connector(state, connector)


@dataclass(frozen=True, slots=True)
class RemoteStartGivenUp:
    """No StartTransaction followed in time.

    `unanswered` is the limit of a request without an answer: it may still start.
    """

    connector_id: int
    unanswered: Limit | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        connector = state.connector(self.connector_id)
        unanswered = self.unanswered or connector.unanswered_start
        return with_connector(state, replace(connector, remote_start=None, unanswered_start=unanswered))
