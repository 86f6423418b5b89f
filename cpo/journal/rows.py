"""Values of the state as rows of the journal's tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

import orjson

from cpo.journal.cost_text import cost_of, cost_text
from cpo.journal.writer import Write
from cpo.state import (
    Ceiling,
    ChargePointState,
    Ending,
    Fault,
    FaultTrace,
    KnownCharger,
    SecurityProfile,
    SessionEnergy,
    Source,
    SourceKind,
    Transaction,
    TransactionNote,
)

Row = sqlite3.Row | Mapping[str, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_64_BIT = 2**63 - 1
ENERGY_MEMBERS = tuple(f.name for f in fields(SessionEnergy))
OF_ENERGY = attrgetter(*ENERGY_MEMBERS)


def transaction_write(transaction: Transaction) -> Write:
    """The statement that writes the row of a transaction, in place of an older one of the same number."""
    return replace_row(
        'transactions',
        number=transaction.number,
        transaction_id=transaction.transaction_id,
        charge_box_id=transaction.charge_box_id,
        connector_id=transaction.connector_id,
        id_tag=transaction.id_tag,
        id_tag_status=transaction.id_tag_status,
        remote=int(transaction.remote),
        meter_start_wh=number(transaction.meter_start_wh),
        start_timestamp=ms(transaction.start_timestamp),
        meter_stop_wh=number(transaction.meter_stop_wh),
        stop_timestamp=ms(transaction.stop_timestamp),
        stop_reason=transaction.stop_reason,
        ending=transaction.ending,
        stop_id_tag=transaction.stop_id_tag,
        energy_wh=transaction.energy_wh,
        energy_estimated=int(transaction.energy_estimated),
        energy=energy_text(transaction.energy),
        sun_wh=transaction.sun_wh,
        note=transaction.note and str(transaction.note),
        started_at=ms(transaction.started_at),
        stopped_at=ms(transaction.stopped_at),
        fault_trace=fault_text(transaction.fault_trace),
        **_owner(transaction),
        cost=cost_text(transaction.cost),
    )._replace(newest_of=('transactions', transaction.number), promised=True)


def _owner(transaction: Transaction) -> dict[str, Any]:
    by, name = source_columns(transaction.started_by)
    return {'started_by': by, 'started_by_name': name, 'card': transaction.card, 'person': transaction.person}


def transaction_of(row: Row) -> Transaction:
    """The transaction in a row of `transactions`."""
    return Transaction(
        transaction_id=row['transaction_id'],
        charge_box_id=row['charge_box_id'],
        connector_id=row['connector_id'],
        id_tag=row['id_tag'],
        id_tag_status=row['id_tag_status'],
        remote=bool(row['remote']),
        number=row['number'],
        meter_start_wh=row['meter_start_wh'],
        start_timestamp=moment(row['start_timestamp']),
        meter_stop_wh=row['meter_stop_wh'],
        stop_timestamp=moment(row['stop_timestamp']),
        stop_reason=row['stop_reason'],
        ending=row['ending'] and Ending(row['ending']),
        stop_id_tag=row['stop_id_tag'],
        energy=energy_of(row['energy']),
        sun_wh=row['sun_wh'],
        note=row['note'] and TransactionNote(row['note']),
        started_at=moment(row['started_at']),
        stopped_at=moment(row['stopped_at']),
        fault_trace=fault_trace_of(row['fault_trace']),
        started_by=source_of(row['started_by'], row['started_by_name']),
        card=row['card'],
        person=row['person'],
        cost=cost_of(row['cost']),
    )


def fault_text(trace: FaultTrace | None) -> str | None:
    """The trace of a fault that stopped a session, as JSON: `[at, fault, error code, vendor's error code]`."""
    if trace is None:
        return None
    return json.dumps([ms(trace.at), trace.fault, trace.error_code, trace.vendor_error_code])


def fault_trace_of(text: str | None) -> FaultTrace | None:
    """The trace of a fault from the text that `fault_text` made of it."""
    if text is None:
        return None
    at, fault, error_code, vendor_error_code = json.loads(text)
    return FaultTrace(moment(at), fault and Fault(fault), error_code, vendor_error_code)


def charge_point_members(state: ChargePointState) -> dict[str, Any]:
    """The columns of the table `charge_point` with their values, without `appeared_at`."""
    refused = state.refused_tag
    return {
        'connected': int(state.connected),
        'since': ms(state.since),
        'last_message_at': ms(state.last_message_at),
        'address': state.address,
        'firmware_status': state.firmware_status,
        'diagnostics_status': state.diagnostics_status,
        'log_status': state.log_status,
        'refused_id_tag': refused and refused.id_tag,
        'refused_status': refused and refused.status,
        'refused_at': ms(refused.at) if refused else None,
    }


def charger_write(charger: KnownCharger) -> Write:
    """The statement that writes the row of a charger that knocked."""
    return replace_row(
        'chargers',
        charge_box_id=charger.charge_box_id,
        adopted=int(charger.adopted),
        knocked_at=ms(charger.knocked_at),
        address=charger.address,
        name=charger.name,
        security_profile=int(charger.security_profile),
        password_hash=charger.password_hash,
        offered_hash=charger.offered_hash,
        certificate_until=ms(charger.certificate_until),
    )._replace(promised=True)


def charger_of(row: Row) -> KnownCharger:
    """The charger that knocked, in a row of `chargers`."""
    return KnownCharger(
        row['charge_box_id'],
        bool(row['adopted']),
        moment(row['knocked_at']),
        row['address'],
        row['name'],
        SecurityProfile(row['security_profile']),
        row['password_hash'],
        row['offered_hash'],
        moment(row['certificate_until']),
    )


def ceiling_write(ceiling: Ceiling) -> Write:
    """The statement that writes the row of a ceiling."""
    source, source_name = source_columns(ceiling.source)
    return replace_row(
        'ceilings',
        name=ceiling.name,
        limit_a=ceiling.limit_a,
        limit_w=ceiling.limit_w,
        phase=ceiling.phase,
        reason=ceiling.reason,
        source=source,
        source_name=source_name,
        set_at=ms(ceiling.set_at),
        until=ms(ceiling.until),
        for_s=ceiling.for_s,
    )._replace(promised=True)


def ceiling_of(row: Row) -> Ceiling:
    """The ceiling in a row of `ceilings`; raises ValueError for one without a limit."""
    source = source_of(row['source'], row['source_name'])
    if source is None or (row['limit_a'] is None and row['limit_w'] is None):
        raise ValueError('a ceiling has a limit')
    return Ceiling(
        row['name'],
        row['limit_a'],
        row['limit_w'],
        source,
        moment(row['set_at']),
        row['phase'],
        row['reason'],
        moment(row['until']),
        row['for_s'],
    )


def energy_text(energy: SessionEnergy | None) -> str | None:
    """The `SessionEnergy` of a transaction as JSON, None without one."""
    if energy is None:
        return None
    known = {name: value for name, value in zip(ENERGY_MEMBERS, OF_ENERGY(energy), strict=True) if value is not None}
    return orjson.dumps({name: ms(v) if isinstance(v, datetime) else v for name, v in known.items()}).decode()


def energy_of(text: str | None) -> SessionEnergy | None:
    """The `SessionEnergy` from the text that `energy_text` made of it."""
    if text is None:
        return None
    values = json.loads(text)
    for field in fields(SessionEnergy):
        if field.name in values and 'datetime' in str(field.type):
            values[field.name] = moment(values[field.name])
    return SessionEnergy(**values)


def source_columns(source: Source | None) -> tuple[str | None, str | None]:
    """The kind of a source (who set a limit) and its name where it has one; (None, None) without a source."""
    return (None, None) if source is None else (str(source.kind), source.name or None)


def source_of(kind: str | None, name: str | None) -> Source | None:
    """The source (who set a limit) from its two columns."""
    return None if kind is None else Source(SourceKind(kind), name or '')


@lru_cache(maxsize=64)  # the same few times stand in most rows of a message
def ms(at: datetime | None) -> int | None:
    """An aware time in whole milliseconds since 1970; None stays None."""
    return None if at is None else (at - EPOCH) // timedelta(milliseconds=1)


def moment(at: int | None) -> Any:
    """The aware time of whole milliseconds since 1970; None stays None."""
    return None if at is None else EPOCH + timedelta(milliseconds=at)


def number(value: float | None) -> float | None:
    """The value as SQLite stores it shortest: a whole number as an integer.

    One beyond 64 bits becomes the nearest float; None stays None.
    """
    if value is None or (isinstance(value, int) and -MOST_64_BIT <= value <= MOST_64_BIT):
        return value
    return int(value) if float(value).is_integer() and abs(value) <= MOST_64_BIT else float(value)


def insert_row(table: str, expendable: bool = False, **values: Any) -> Write:
    """The statement for a new row; it does nothing where there is one with the same key."""
    return Write(_sql('INSERT OR IGNORE', table, tuple(values)), tuple(values.values()), expendable)


def replace_row(table: str, expendable: bool = False, **values: Any) -> Write:
    """The statement for a row in place of the one with the same key."""
    return Write(replace_sql(table, tuple(values)), tuple(values.values()), expendable)


def replace_sql(table: str, columns: tuple[str, ...]) -> str:
    """The SQL that puts a row in place of the one with the same key, its values in the order of the columns."""
    return _sql('INSERT OR REPLACE', table, columns)


@cache
def _sql(verb: str, table: str, columns: tuple[str, ...]) -> str:
    return f'{verb} INTO {table} ({", ".join(columns)}) VALUES ({", ".join("?" * len(columns))})'
