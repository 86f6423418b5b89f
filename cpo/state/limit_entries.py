"""Entries about the limit of a connector, from the wish for it to the read-back of it; current in A.

A wish is what somebody wants the limit to be, the limit in force is the one the charger accepted, and the read-back
compares that with what the charger offers and the car draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cpo.chargers import ChargerKind, ChargerKnowledge
from cpo.frozen import replace
from cpo.state.connector import Limit, ProfileWrites, WattPhases, WishEnd
from cpo.state.entries import with_connector
from cpo.state.history import with_history
from cpo.state.modes import COMMANDING
from cpo.state.read_back import ReadBack
from cpo.state.state import ChargePointState


@dataclass(frozen=True, slots=True)
class LimitWished:
    """A person, another program, the sun or the configured maximum asked for a limit: the wish from now on."""

    connector_id: int
    limit: Limit

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with this wished limit; the limit in force stays as it is until the charger accepts the new one."""
        old = state.connector(self.connector_id).without_older_alarm
        is_own = self.limit.limit_a and self.limit.by.kind in COMMANDING
        own_limit_a = self.limit.limit_a if is_own else old.own_limit_a
        connector = replace(old, last_wish=self.limit, wish_holds=True, wish_end=None, own_limit_a=own_limit_a)
        return with_connector(state, connector)


@dataclass(frozen=True, slots=True)
class WishEnded:
    """The wish (what somebody wants the limit to be) no longer holds; connector 0 stands for all connectors."""

    connector_id: int
    reason: WishEnd

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state in which no limit is wished; `last_wish` stays known, and `wish_end` says why it ended."""
        for connector in state.charging_connectors:
            if connector.wish_holds and self.connector_id in (0, connector.connector_id):
                state = with_connector(state, replace(connector, wish_holds=False, wish_end=self.reason))
        return state


@dataclass(frozen=True, slots=True)
class OverriddenByCommand:
    """A command was sent that sets the charger otherwise than the wished limit, which ends with a pending start.

    Connector 0 stands for all connectors. `offered_a` is the most A it leaves, None where that is unknown.
    """

    connector_id: int
    offered_a: float | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        state = WishEnded(self.connector_id, WishEnd.OVERRIDDEN).apply(state)
        for connector in state.charging_connectors:
            if self.connector_id in (0, connector.connector_id):
                over = replace(connector, remote_start=None, unanswered_start=None, wish_end=WishEnd.OVERRIDDEN)
                state = with_connector(state, replace(over, scheduled_a=self.offered_a))
        return state


@dataclass(frozen=True, slots=True)
class LimitAccepted:
    """The charger accepted a limit, which is the limit in force from now on.

    At `expires_at` the charger falls back to less by itself, unless the limit is sent again.
    """

    connector_id: int
    limit: Limit
    expires_at: datetime | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with this limit in force; whether the charger follows it is judged again.

        So an older judgement (`read_back`) of a limit of another value is dropped, unless the charger disobeyed in
        every form.
        """
        asked_at = self.limit.at  # long ago, where the limit is sent again: that is no older minute of the history
        state = with_history(state, max(asked_at, state.changed_in or asked_at))
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
    """The charger accepted a RemoteStopTransaction, sent for the wished limit `wish`.

    A StopTransaction should follow.
    """

    connector_id: int
    wish: Limit
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state in which the transaction is stopping; a wished 0 A counts as the limit in force from now on.

        A wished limit above 0 A waits for the end of the transaction, to be sent for the next one.
        """
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
        """The state in which nothing is stopping; a limit in force that only stood for the stop is unknown."""
        connector = state.connector(self.connector_id)
        limit = None if connector.limit is connector.stopping else connector.limit
        return with_connector(state, replace(connector, stopping=None, limit=limit))


@dataclass(frozen=True, slots=True)
class ScheduleRead:
    """The charger answered GetCompositeSchedule: `limit_a` is what its charging profiles combine to, in A."""

    connector_id: int
    limit_a: float

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with `scheduled_a`, used where the charger does not send the measurand Current.Offered."""
        return with_connector(state, replace(state.connector(self.connector_id), scheduled_a=self.limit_a))


@dataclass(frozen=True, slots=True)
class WattPhasesCounted:
    """The number of phases that limits in W are written for is another one from now on."""

    connector_id: int
    watt_phases: WattPhases

    def apply(self, state: ChargePointState) -> ChargePointState:
        return with_connector(state, replace(state.connector(self.connector_id), watt_phases=self.watt_phases))


@dataclass(frozen=True, slots=True)
class ProfileWritten:
    """A charging profile was sent, or the TxDefaultProfile was cleared.

    `default` is True once the charger accepted a TxDefaultProfile, False once that was cleared, None for other
    profiles. `in_watts` says in which unit an accepted one is, None where none was.
    """

    connector_id: int
    at: datetime
    default: bool | None = None
    in_watts: bool | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with one more profile counted for the day (UTC), as each wears the charger's memory."""
        connector = state.connector(self.connector_id)
        old, today = connector.profile_writes, self.at.date()
        count = old.count if old is not None and old.on == today else 0
        default = connector.default_profile if self.default is None else self.default
        in_watts = connector.in_watts if self.in_watts is None else self.in_watts
        writes = ProfileWrites(today, count + 1)
        return with_connector(
            state, replace(connector, profile_writes=writes, default_profile=default, in_watts=in_watts)
        )


@dataclass(frozen=True, slots=True)
class LimitReadBack:
    """The limit in force was compared with what the charger offers and the car draws.

    The state has the newest result.
    """

    connector_id: int
    read_back: ReadBack

    def apply(self, state: ChargePointState) -> ChargePointState:
        return with_connector(state, replace(state.connector(self.connector_id), read_back=self.read_back))


@dataclass(frozen=True, slots=True)
class Learned:
    """Something was learned about a make of charger (vendor, model, firmware), or all of it was forgotten.

    `knowledge` replaces what was known; a blank one means forgotten.
    """

    kind: ChargerKind
    knowledge: ChargerKnowledge

    def apply(self, state: ChargePointState) -> ChargePointState:
        others = {kind: known for kind, known in state.knowledge.items() if kind != self.kind}
        own = {} if self.knowledge.is_blank else {self.kind: self.knowledge}
        return replace(state, knowledge=others | own)


@dataclass(frozen=True, slots=True)
class LimitForgotten:
    """A command changed the charging profiles in the charger, so that the limit in force is unknown.

    Connector 0 stands for all connectors. One that `leaves_none` took profiles away and set none: that steers nobody's
    session, which is limited again like one that nobody limited.
    """

    connector_id: int
    leaves_none: bool = False

    def apply(self, state: ChargePointState) -> ChargePointState:
        for connector in state.charging_connectors:
            if self.connector_id in (0, connector.connector_id):
                end = None if self.leaves_none else connector.wish_end
                unknown = replace(connector, limit=None, limit_expires_at=None, read_back=None, wish_end=end)
                state = with_connector(state, unknown)
        return state


@dataclass(frozen=True, slots=True)
class RemoteStartSent:
    """A RemoteStartTransaction was sent for `limit`; its StartTransaction may arrive even before the answer.

    `limits` says that the request carries the limit in a charging profile, in W where `in_watts`; at `expires_at` that
    falls back by itself, None: never. Without a profile `in_watts` is None.
    """

    connector_id: int
    limit: Limit
    limits: bool = True
    expires_at: datetime | None = None
    in_watts: bool | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        old = state.connector(self.connector_id)
        connector = replace(
            old,
            remote_start=self.limit,
            limit_in_start=self.limits,
            limit_expires_at=self.expires_at,
            in_watts=old.in_watts if self.in_watts is None else self.in_watts,
            read_back=None,
        )
        return with_connector(state, connector)


@dataclass(frozen=True, slots=True)
class RemoteStartGivenUp:
    """A RemoteStartTransaction was not followed by a StartTransaction in time.

    `unanswered` is its limit where the charger did not answer it either: then a transaction may still start.
    """

    connector_id: int
    unanswered: Limit | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        connector = state.connector(self.connector_id)
        unanswered = self.unanswered or connector.unanswered_start
        return with_connector(state, replace(connector, remote_start=None, unanswered_start=unanswered))
