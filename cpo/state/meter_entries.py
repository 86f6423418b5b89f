"""The entry for meter values: what they change in the live values and in the running session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cpo.frozen import replace
from cpo.state.connector import Connector
from cpo.state.entries import with_connector
from cpo.state.history import with_history
from cpo.state.meter import SampleColumns, Samples, power_measured
from cpo.state.register import Register
from cpo.state.reported_times import ReportedTimes
from cpo.state.share_of_sun import share_of_sun
from cpo.state.state import ChargePointState
from cpo.state.transactions import with_transaction


@dataclass(frozen=True, slots=True)
class MeterRead:
    """The charger measured something (MeterValues, or transactionData of a StopTransaction).

    `timestamp` is by the charger's clock, `at` is when the values arrived.
    """

    connector_id: int
    transaction_id: str | None
    timestamp: datetime
    samples: Samples
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with these values as the live ones; they also add to the energy of the running transaction.

        Nothing changes for values of a transaction that has ended, or of another one than the connector's running one.
        """
        state = with_history(state, self.at)
        connector = state.connector(self.connector_id)
        other = state.transaction(self.transaction_id) if self.transaction_id != connector.transaction_id else None
        if other is not None and (not other.running or connector.transaction_id is not None):
            return state
        times = connector.reported
        reported = times.followed(self.timestamp, self.at) if times else ReportedTimes(self.timestamp, self.at)
        if reported.set_back is not None:
            state = _set_back(state, connector, self, reported.set_back)
            connector = state.connector(self.connector_id)
        register = connector.meter.register
        connector = connector.with_measured(self.timestamp, self.samples, self.at, state.clock_off, reported)
        return _charged(with_connector(state, connector), connector, self, register)


def _set_back(state: ChargePointState, connector: Connector, read: MeterRead, by: timedelta) -> ChargePointState:
    """The state after `read` showed the charger's clock to be set back: what it reported before would be newer."""
    running = state.running_transaction(connector.connector_id)
    if running is not None and running.energy is not None:
        state = with_transaction(state, running, replace(running, energy=running.energy.set_back(by, read.timestamp)))
    return replace(with_connector(state, connector.set_back(by)), clock_off=read.timestamp - read.at)


def _charged(state: ChargePointState, connector: Connector, read: MeterRead, before: Register) -> ChargePointState:
    """The running transaction after these values, with the sun's share of the energy they added.

    Only what was measured at this moment: what is live may be newer, when the charger was offline. Of the register
    only what is believed; `before` is the one before this reading.
    """
    transaction = state.running_transaction(connector.connector_id)
    if transaction is None or transaction.energy is None:
        return state
    energy, power_w = transaction.energy, power_measured(read.timestamp, read.samples)
    if read.transaction_id == transaction.transaction_id and not energy.is_named:
        energy = replace(energy, is_named=True)
    if power_w is not None:
        energy = energy.with_power(power_w, read.timestamp, read.at)
    register = connector.meter.register
    if register is not before and register.newest is not None and register.newest is not before.newest:
        if register.began is not None:
            energy = energy.with_register(register.began.wh, register.began.at)
        energy = energy.with_register(register.newest.wh, read.timestamp)
    if energy is transaction.energy:
        return state
    sun_wh = transaction.sun_wh
    share = share_of_sun(state.solar.fresh(read.at), power_w) if power_w is not None and power_w > 0 else None
    if share is not None and energy.energy_wh is not None:
        added_wh = max(0.0, energy.energy_wh - (transaction.energy_wh or 0.0))
        sun_wh = (sun_wh or 0.0) + added_wh * share
    return with_transaction(state, transaction, replace(transaction, energy=energy, sun_wh=sun_wh))


@dataclass(frozen=True, slots=True)
class ValuesThinned:
    """The charger sent meter values faster than they are used: `count` MeterValue elements of one minute were left out.

    The state does not change by it; it is an event in the journal.
    """

    count: int
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        return state


def thinned(reads: Sequence[MeterRead]) -> list[MeterRead]:
    """The newest reading of each second of the charger's clock, among those with the same measurands; in their order.

    Signed values are never left out.
    """
    newest: dict[tuple[Any, ...], datetime] = {}
    used: list[MeterRead] = []
    for read in reversed(reads):
        samples = SampleColumns.of(read.samples)
        key: tuple[Any, ...] = (read.connector_id, read.transaction_id, samples.measurands, samples.phases)
        if None in samples.values:
            key += (tuple(value is None for value in samples.values),)
        newer = newest.get(key)
        is_same_second = newer is not None and NO_TIME <= newer - read.timestamp < SECOND
        if not is_same_second or True in samples.signed:
            newest[key] = read.timestamp
            used.append(read)
    return used[::-1]


NO_TIME, SECOND = timedelta(0), timedelta(seconds=1)
