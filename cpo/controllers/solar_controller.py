"""Charging with the sun: who decides for each connector, and what was decided."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from heapq import merge
from typing import NamedTuple

from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.controllers.follower import Follower
from cpo.controllers.goal_keeper import GoalKeeper
from cpo.controllers.goal_values import Aim
from cpo.controllers.plan_follower import PlanFollower
from cpo.controllers.production_follower import FIRST_READING_WITHIN, ProductionFollower
from cpo.controllers.solar_rule import HOLD_S, Decision
from cpo.controllers.surplus_follower import SurplusFollower
from cpo.controllers.surplus_log import replayed
from cpo.controllers.surplus_record import DecisionRecord
from cpo.journal import records
from cpo.state import STEERED_MODES, ChargePointState, Connector, Preset, StatusChange, SurplusDecided, preset_in_force

MAX_RECORDS = 500
NOT_FOLLOWED = 'The sun does not set this limit; in the modes solar and solar+min it does.'


class Decided(NamedTuple):
    """A decision of the surplus rule for a connector."""

    connector_id: int
    record: DecisionRecord


class SolarController:
    """Sets the limit of each connector in mode SOLAR or SOLAR_MIN by the readings, in mode FAST to the maximum.

    Where a reading of the grid says what is left over, the surplus rule decides, else the demo's by the production. It
    changes only transactions that this program started, and those of cards that want it.
    """

    def __init__(
        self,
        charge_point: ChargePoint,
        now: Callable[[], datetime] = utc_now,
        hold_s: float = HOLD_S,
        goals: GoalKeeper | None = None,
    ) -> None:
        """Follows the ChargePoint for its whole life; `hold_s` is as in `Rules`, `goals` says where a plan decides.

        `records` has the newest decisions of the surplus rule, oldest first; those with the same result as the one
        before are left out. Those from before the start of the program are there after `recall`.
        """
        self._charge_point, self._goals = charge_point, goals
        self._hold_s = hold_s
        self._now = now
        self._started_at = now()
        self._wait_until = self._started_at + FIRST_READING_WITHIN
        self._restored = {each.connector_id: each.mode for each in charge_point.state.connectors.values()}
        self._followers: dict[int, Follower] = {}
        self._listeners: list[Callable[[], None]] = []
        self.records: deque[Decided] = deque(maxlen=MAX_RECORDS)
        self._recalls = asyncio.Lock()
        self._is_recalled = False
        charge_point.subscribe(self._on_change)
        if goals is not None:
            goals.subscribe(self._on_change)

    def decision(self, connector_id: int) -> Decision:
        """The newest decision for a connector; one without a limit in another mode."""
        follower = self._followers.get(connector_id)
        return Decision(reason=NOT_FOLLOWED) if follower is None else follower.decision

    async def recall(self) -> None:
        """Put the decisions of the journal before those since the start, once; decided again in a thread.

        Raises JournalError where the file cannot be read.
        """
        async with self._recalls:
            if self._is_recalled:
                return
            at = self._started_at
            recalled = await self._charge_point.journal.read(
                lambda connection: _decided_again(records.recent_decisions(connection, at, MAX_RECORDS))
            )
            first = self.records[0].record.at if self.records else None
            older = [each for each in recalled if first is None or each.record.at < first]
            self.records = _without_repeats([*older, *self.records])
            self._is_recalled = True
        self._notify()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every new decision; the returned function unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _on_change(self) -> None:
        state = self._charge_point.state
        if not self._followers and not any(map(self._is_steered, state.connectors.values())):
            self._restored.clear()
            return
        changed = False
        for connector in state.charging_connectors:
            follower, kind = self._followers.get(connector.connector_id), self._kind(connector, state)
            is_other = not isinstance(follower, kind)
            chosen_in = self._chosen_in(connector, follower)
            if follower is not None and (connector.mode is not follower.mode or is_other):
                follower.end()
                del self._followers[connector.connector_id]
                follower, changed = None, True
            if not self._is_steered(connector):
                continue
            if follower is None:
                follower = self._follower(connector, kind, chosen_in)
                self._followers[connector.connector_id] = follower
            changed |= follower.on_change()
        if changed:
            self._notify()

    def _chosen_in(self, connector: Connector, follower: Follower | None) -> StatusChange | None:
        """The status in which the mode was chosen; None where the program has found it so at its start."""
        is_restored = self._restored.pop(connector.connector_id, None) is connector.mode
        if follower is not None and connector.mode is follower.mode:
            return follower.chosen_in
        return None if is_restored else connector.last_status

    def _is_steered(self, connector: Connector) -> bool:
        return connector.mode in STEERED_MODES or self._aim(connector) is not Aim.MODE

    def _aim(self, connector: Connector) -> Aim:
        return Aim.MODE if self._goals is None else self._goals.aim(connector.connector_id)

    def _kind(self, connector: Connector, state: ChargePointState) -> type[Follower]:
        """What decides: the plan of a goal, the surplus, or the production alone."""
        if self._aim(connector) is not Aim.MODE:
            return PlanFollower
        default = Preset(self._charge_point.settings.solar_preset)
        is_known = connector.mode.follows_sun and preset_in_force(connector, state.solar, default) is not Preset.DEMO
        return SurplusFollower if is_known else ProductionFollower

    def _follower(self, connector: Connector, kind: type[Follower], chosen_in: StatusChange | None) -> Follower:
        parts = self._charge_point, connector, self._now, self._notify, chosen_in
        if kind is PlanFollower and self._goals is not None:
            return PlanFollower(*parts, self._goals)
        if kind is not SurplusFollower:
            return ProductionFollower(*parts, self._hold_s, self._wait_until)
        state, now = None, self._now()
        if now < self._wait_until:  # after a short absence of the program the rule resumes from its stored state
            stored = self._charge_point.journal.decisions_to_resume(connector.connector_id, now)
            for again in replayed(stored):
                state = again.given.step.state
                self._on_record(connector.connector_id, again.given.step.record)
        return SurplusFollower(*parts, self._on_record, state)

    def _on_record(self, connector_id: int, record: DecisionRecord) -> None:
        _add(self.records, Decided(connector_id, record))

    def _notify(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _decided_again(stored: Mapping[int, Iterable[SurplusDecided]]) -> Iterable[Decided]:
    """The stored decisions of all connectors with their records, oldest first."""
    by_connector = (
        [Decided(connector_id, again.given.step.record) for again in replayed(entries)]
        for connector_id, entries in stored.items()
    )
    return _without_repeats(merge(*by_connector, key=lambda decided: decided.record.at))


def _without_repeats(decided: Iterable[Decided]) -> deque[Decided]:
    kept: deque[Decided] = deque(maxlen=MAX_RECORDS)
    for each in decided:
        _add(kept, each)
    return kept


def _add(kept: deque[Decided], decided: Decided) -> None:
    """Add a decision, unless it has the same result as the connector's one before."""
    before = next((each for each in reversed(kept) if each.connector_id == decided.connector_id), None)
    if before is None or _result(before) != _result(decided):
        kept.append(decided)


def _result(decided: Decided) -> tuple[object, ...]:
    record = decided.record
    return record.limit_a, record.phases, record.reason
