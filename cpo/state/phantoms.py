"""Phantoms: transactions that never were (pure).

Some chargers send a second StartTransaction for a session that already runs. It is one where no meter value names the
new transaction and no energy is added until the connector is free; a phantom is not listed as a session. Where values
or an end of its own are reported later, it was a session: it is listed again, and what the register counted while both
ran counts once.
"""

from __future__ import annotations

from datetime import datetime

from cpo.frozen import replace
from cpo.state.entries import with_connector
from cpo.state.session_energy import SessionEnergy
from cpo.state.state import ChargePointState, Transaction, TransactionNote
from cpo.state.transactions import with_transaction
from cpo.state.vocabulary import Ending


def later_starts(state: ChargePointState, old: Transaction) -> tuple[Transaction, ...]:
    """The transactions that began on the connector after `old`, while it still ran.

    Empty where one of them is real: meter values named it, or it has ended.
    """
    later = tuple(t for t in state.transactions if t.number > old.number and t.is_session and _shares(t, old))
    return later if all(_is_open(t) for t in later) else ()


def is_phantom(state: ChargePointState, second: Transaction) -> bool:
    """True for a transaction that began while another ran, and that never got a meter value or energy of its own."""
    previous = _previous(state, second)
    began_late = previous is not None and previous.note is TransactionNote.ANOTHER_BEGAN
    return began_late and _is_open(second) and not second.energy_wh


def as_phantom(second: Transaction) -> Transaction:
    """The transaction `second` marked as a phantom: it ended when it began, and its note is PHANTOM."""
    started_at = second.energy.started_at if second.energy is not None else None
    ended_at = second.start_timestamp or started_at
    return replace(second, stop_timestamp=ended_at, ending=Ending.OTHER, note=TransactionNote.PHANTOM)


def with_session(state: ChargePointState, phantom: Transaction) -> tuple[ChargePointState, Transaction]:
    """The state in which the phantom is a session that has not ended, and that session.

    Its energy counts from where the session before it has counted to.
    """
    previous, energy = _previous(state, phantom), phantom.energy
    if previous is not None and energy is not None:
        counted_to_wh, start_wh = _counted_to_wh(previous), phantom.meter_start_wh
        if counted_to_wh is not None and (start_wh is None or _is_within(start_wh, previous, counted_to_wh)):
            began_at = energy.started_at
            energy = SessionEnergy.started(None, began_at).with_register(counted_to_wh, began_at)
    session = replace(phantom, stop_timestamp=None, ending=None, note=None, energy=energy)
    connector = state.connector(phantom.connector_id or 0)
    last = state.transaction(connector.last_transaction_id)
    if last is not None and last.number < phantom.number:
        connector = replace(connector, last_transaction_id=phantom.transaction_id)
    return with_connector(with_transaction(state, phantom, session), connector), session


def adds_nothing(state: ChargePointState, phantom: Transaction, meter_stop_wh: float | None, at: datetime) -> bool:
    """True where an end of the phantom `at` only repeats the end of the session that it was a second start of."""
    previous = _previous(state, phantom)
    if previous is None or previous.note is not None or previous.stop_timestamp is None:
        return False
    if (phantom.start_timestamp or at) > previous.stop_timestamp:
        return False
    start_wh, counted_to_wh = phantom.meter_start_wh, previous.meter_stop_wh
    if meter_stop_wh is not None and counted_to_wh is not None and _is_within(start_wh, previous, counted_to_wh):
        return meter_stop_wh <= counted_to_wh
    return at <= previous.stop_timestamp


def final_energy(
    state: ChargePointState, ended: Transaction, meter_stop_wh: float | None, at: datetime
) -> SessionEnergy | None:
    """The energy of a transaction that ended `at` with this meterStop.

    Where another one began on the connector before that, it counts to the meterStart of that one, as an estimate.
    """
    if ended.energy is None:
        return None
    starts_wh = [
        t.meter_start_wh
        for t in state.transactions
        if ended.note is TransactionNote.ANOTHER_BEGAN and t.number > ended.number and t.is_session
        if _shares(t, ended) and t.start_timestamp is not None and t.start_timestamp < at
        if t.meter_start_wh is not None and _is_within(t.meter_start_wh, ended, meter_stop_wh)
    ]
    return (
        ended.energy.stopped(min(starts_wh), at).abandoned() if starts_wh else ended.energy.stopped(meter_stop_wh, at)
    )


def with_last_session(state: ChargePointState, ended: Transaction) -> ChargePointState:
    """The state after a transaction ended; after a phantom, the connector's last transaction is the one before it."""
    if ended.is_session:
        return state
    connector, previous = state.connector(ended.connector_id or 0), _previous(state, ended)
    last_id = previous.transaction_id if previous is not None else None
    return with_connector(state, replace(connector, last_transaction_id=last_id))


def _is_open(second: Transaction) -> bool:
    is_named = second.energy is not None and second.energy.is_named
    return not is_named and (second.running or second.note is TransactionNote.ANOTHER_BEGAN)


def _previous(state: ChargePointState, second: Transaction) -> Transaction | None:
    older = (t for t in state.transactions if t.number < second.number and t.is_session and _shares(t, second))
    return next(older, None)


def _shares(one: Transaction, other: Transaction) -> bool:
    return (one.connector_id, one.charge_box_id) == (other.connector_id, other.charge_box_id)


def _counted_to_wh(session: Transaction) -> float | None:
    """The register until which a session has counted, None where that is unknown."""
    if session.meter_stop_wh is not None or session.meter_start_wh is None:
        return session.meter_stop_wh
    return session.meter_start_wh + (session.energy_wh or 0.0)


def _is_within(register_wh: float | None, session: Transaction, counted_to_wh: float | None) -> bool:
    """True for a register that the session has counted; False where one is unknown or it may be another register."""
    if register_wh is None or session.meter_start_wh is None or counted_to_wh is None:
        return False
    return session.meter_start_wh <= register_wh <= counted_to_wh
