"""What can happen to the limit of a connector, as entries (see cpo.state.entries)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from cpo.chargers import ChargerKind, ChargerKnowledge
from cpo.state.connector import Limit, ProfileWrites, WishEnd
from cpo.state.entries import with_connector
from cpo.state.history import with_history
from cpo.state.read_back import ReadBack
from cpo.state.state import ChargePointState


@dataclass(frozen=True, slots=True)
class LimitWished:
    """A person, a program or the sun asked for a limit."""

    connector_id: int
    limit: Limit

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Keep it apart from the limit in force."""
        old = state.connector(self.connector_id)
        connector = replace(old, last_wish=self.limit, wish_holds=True, wish_end=None)
        return with_connector(state, connector)


@dataclass(frozen=True, slots=True)
class WishEnded:
    """Nobody wishes anything for a connector any more."""

    connector_id: int
    reason: WishEnd

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Connector 0 stands for all of them. The last wish stays known."""
        for connector in state.charging_connectors:
            if connector.wish_holds and self.connector_id in (0, connector.connector_id):
                state = with_connector(state, replace(connector, wish_holds=False, wish_end=self.reason))
        return state


@dataclass(frozen=True, slots=True)
class OverriddenByCommand:
    """Somebody sent a command of his own: the wish is over, and a start that was asked for is no longer ours."""

    connector_id: int

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Connector 0 stands for all of them."""
        state = WishEnded(self.connector_id, WishEnd.OVERRIDDEN).apply(state)
        for connector in state.charging_connectors:
            if self.connector_id in (0, connector.connector_id):
                state = with_connector(state, replace(connector, remote_start=None, unanswered_start=None))
        return state


@dataclass(frozen=True, slots=True)
class LimitAccepted:
    """The charger accepted a limit, as a profile that falls back at `expires_at` unless it comes again."""

    connector_id: int
    limit: Limit
    expires_at: datetime | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """It becomes the limit in force; whether it is followed is not known yet."""
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
    """The charger accepted to end the transaction for this wish; its StopTransaction is to follow."""

    connector_id: int
    wish: Limit
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """Wait for the end; a wish above 0 is not what is in force then."""
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
        for connector in state.charging_connectors:
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
            read_back=None,
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
