"""Restores the state when the program starts; it takes as long after years as after a day."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cpo.journal.accounts import sign_in_of, token_of
from cpo.journal.connector_row import restored_members
from cpo.journal.cost_rows import part_of
from cpo.journal.id_tag_rows import id_tag_of, id_tags, seen_tag_of, seen_tags
from cpo.journal.key_tables import key_change_of
from cpo.journal.knowledge import restored_knowledge
from cpo.journal.page_settings import page_settings, setting_of
from cpo.journal.quarter_tables import quarter_of
from cpo.journal.readings import reading_of, restored_readings
from cpo.journal.reservation_rows import reservation_of
from cpo.journal.rows import Row, ceiling_of, charger_of, moment, transaction_of
from cpo.journal.slot_tables import slot_of
from cpo.journal.statement_rows import closed_month_of, seal_key_of
from cpo.state import (
    MAX_ATTEMPTS,
    MAX_STATUS_CHANGES,
    MAX_TRANSACTIONS,
    Activity,
    AttemptVerdict,
    BootInformation,
    ChargePointState,
    ConnectionAttempt,
    Connector,
    Fault,
    HistoryPoint,
    Mode,
    MonthPeak,
    Preset,
    RefusedTag,
    Reservation,
    StatusChange,
    Transaction,
    of_house,
)

RESTORED_RESERVATIONS = 200


def restored_state(connection: sqlite3.Connection, phases: int) -> ChargePointState:
    """The state of the charger that was connected last, not connected.

    `connection` has `sqlite3.Row` as row factory.
    """
    return replace(without_knowledge(connection), phases=phases, knowledge=restored_knowledge(connection))


def without_knowledge(connection: sqlite3.Connection) -> ChargePointState:
    """The state without what was learned of makes, whose rows another version may have written in another way."""
    state = ChargePointState(
        connectors=_modes(connection),
        transactions=_transactions(connection),
        solar=restored_readings(connection),
        attempts=_attempts(connection),
        id_tags=id_tags(connection),
        seen_tags=seen_tags(connection),
        reservations=_reservations(connection),
        ceilings={row['name']: ceiling_of(row) for row in connection.execute('SELECT * FROM ceilings')},
        peak=_peak(connection),
        chargers={row['charge_box_id']: charger_of(row) for row in connection.execute('SELECT * FROM chargers')},
        settings=page_settings(connection),
    )
    state = _with_minutes(state, connection)
    last = _one(connection, 'SELECT * FROM charge_point ORDER BY appeared_at DESC LIMIT 1')
    return state if last is None else _with_charge_point(state, connection, last)


def _with_charge_point(state: ChargePointState, connection: sqlite3.Connection, row: sqlite3.Row) -> ChargePointState:
    """Ignores what is older than `appeared_at`: the charger came back after another one, and its state began blank."""
    box, appeared_at = row['charge_box_id'], row['appeared_at']
    heard_at = row['last_message_at']
    refused = row['refused_id_tag'] is not None
    return replace(
        state,
        charge_box_id=box,
        # killed while it was connected: it was last known to be there when it last said something
        since=moment(max(row['since'], heard_at or 0) if row['connected'] else row['since']),
        last_message_at=moment(heard_at),
        address=row['address'],
        boot=_boot(connection, box, appeared_at),
        connectors=_connectors(connection, box, appeared_at),
        configuration=_configuration(connection, box),
        refused_tag=RefusedTag(row['refused_id_tag'], row['refused_status'], moment(row['refused_at']))
        if refused
        else None,
        firmware_status=row['firmware_status'],
        diagnostics_status=row['diagnostics_status'],
        log_status=row['log_status'],
    )


def _times_of_charge_point(row: Row) -> list[Any]:
    return [moment(row[name]) for name in ('appeared_at', 'since', 'last_message_at', 'refused_at')]


def _boot(connection: sqlite3.Connection, box: str, appeared_at: int) -> BootInformation | None:
    newest = 'SELECT * FROM boots WHERE charge_box_id = ? AND at >= ? ORDER BY rowid DESC LIMIT 1'
    row = _one(connection, newest, box, appeared_at)
    if row is None:
        return None
    return _boot_information(row)


def _boot_information(row: Row) -> BootInformation:
    return BootInformation(
        row['vendor'] or '',
        row['model'] or '',
        row['firmware_version'],
        row['serial_number'],
        row['meter_type'],
        moment(row['at']),
        row['meter_serial'],
    )


def _modes(connection: sqlite3.Connection) -> dict[int, Connector]:
    """Connectors with what was chosen for them, and nothing else."""
    return {row['connector_id']: _chosen(row) for row in connection.execute('SELECT * FROM modes')}


def _chosen(row: Row) -> Connector:
    preset = row['preset'] and Preset(row['preset'])
    return Connector(row['connector_id'], mode=Mode(row['mode']), preset=preset)


def _connectors(connection: sqlite3.Connection, box: str, appeared_at: int) -> dict[int, Connector]:
    modes = _modes(connection)
    rows = connection.execute('SELECT * FROM connectors WHERE charge_box_id = ?', (box,)).fetchall()
    return {
        row['connector_id']: replace(
            modes.get(row['connector_id']) or Connector(row['connector_id']),
            status_changes=_status_changes(connection, box, row['connector_id'], appeared_at),
            **restored_members(row),
        )
        for row in rows
    }


def _status_changes(
    connection: sqlite3.Connection, box: str, connector_id: int, appeared_at: int
) -> tuple[StatusChange, ...]:
    rows = connection.execute(
        'SELECT * FROM status_changes WHERE charge_box_id = ? AND connector_id = ? AND heard_at >= ? '
        'ORDER BY rowid DESC LIMIT ?',
        (box, connector_id, appeared_at, MAX_STATUS_CHANGES),
    )
    return tuple(_status_change(row) for row in rows)


def _status_change(row: Row) -> StatusChange:
    return StatusChange(
        row['status'],
        Activity(row['activity']),
        moment(row['at']),
        row['error_code'],
        row['info'],
        row['vendor_error_code'],
        row['fault'] and Fault(row['fault']),
    )


def _transactions(connection: sqlite3.Connection) -> tuple[Transaction, ...]:
    """The newest transactions, all that run, and the last of each connector; newest first.

    Those that run are without contact since the last message of their charger.
    """
    newest = connection.execute('SELECT * FROM transactions ORDER BY number DESC LIMIT ?', (MAX_TRANSACTIONS,))
    rows = {row['number']: row for row in newest}
    last_ones = 'SELECT last_transaction_id FROM connectors'
    for others in ('stop_timestamp IS NULL', f'transaction_id IN ({last_ones})'):
        rows.update({row['number']: row for row in connection.execute(f'SELECT * FROM transactions WHERE {others}')})
    heard = connection.execute(
        'SELECT charge_box_id, ifnull(last_message_at, since) AS at FROM charge_point'
    ).fetchall()
    heard_at = {row['charge_box_id']: moment(row['at']) for row in heard}
    found = (transaction_of(rows[number]) for number in sorted(rows, reverse=True))
    return tuple(replace(t, no_contact_since=heard_at.get(t.charge_box_id)) if t.running else t for t in found)


def _peak(connection: sqlite3.Connection) -> MonthPeak | None:
    row = _one(connection, 'SELECT * FROM month_peaks ORDER BY month DESC LIMIT 1')
    return None if row is None else MonthPeak(row['month'], row['mean_w'])


def _attempts(connection: sqlite3.Connection) -> tuple[ConnectionAttempt, ...]:
    rows = connection.execute('SELECT * FROM attempts ORDER BY at DESC, rowid DESC LIMIT ?', (MAX_ATTEMPTS,))
    return tuple(_attempt(row) for row in rows)


def _attempt(row: Row) -> ConnectionAttempt:
    return ConnectionAttempt(
        moment(row['at']),
        row['address'],
        row['path'],
        AttemptVerdict(row['verdict']),
        row['charge_box_id'],
        row['fact'],
        row['count'],
    )


def _with_minutes(state: ChargePointState, connection: sqlite3.Connection) -> ChargePointState:
    """The history of the last day; its newest row is the minute that is not over."""
    rows = connection.execute('SELECT * FROM minutes ORDER BY at').fetchall()
    points = tuple(_minute(row) for row in rows[:-1])
    return replace(state, history=points, changed_in=moment(rows[-1]['at'])) if rows else state


def _minute(row: Row) -> HistoryPoint:
    """Powers that no home has, which an older version believed, are unknown."""
    powers: dict[str, Any] = {name: of_house(row[name]) for name in ('sun_w', 'car_w', 'limit_w', 'grid_w', 'house_w')}
    return HistoryPoint(moment(row['at']), **powers)


def _configuration(connection: sqlite3.Connection, box: str) -> dict[str, str | None]:
    rows = connection.execute('SELECT key, value FROM configuration_keys WHERE charge_box_id = ?', (box,))
    return {row['key']: row['value'] for row in rows}


def _reservations(connection: sqlite3.Connection) -> tuple[Reservation, ...]:
    rows = connection.execute(
        'SELECT * FROM reservations ORDER BY reservation_id DESC LIMIT ?', (RESTORED_RESERVATIONS,)
    )
    return tuple(reservation_of(row) for row in rows)


def _one(connection: sqlite3.Connection, sql: str, *parameters: Any) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(sql, parameters).fetchone()
    return row


READERS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    'attempts': _attempt,
    'boots': _boot_information,
    'ceilings': ceiling_of,
    'charge_point': _times_of_charge_point,
    'chargers': charger_of,
    'closed_months': closed_month_of,
    'connectors': restored_members,
    'id_tags': id_tag_of,
    'key_changes': key_change_of,
    'minutes': _minute,
    'modes': _chosen,
    'quarters': quarter_of,
    'reservations': reservation_of,
    'seal_key': seal_key_of,
    'seen_tags': seen_tag_of,
    'session_prices': part_of,
    'settings': setting_of,
    'sign_ins': sign_in_of,
    'slots': slot_of,
    'solar_reading': reading_of,
    'status_changes': _status_change,
    'tokens': token_of,
    'transactions': transaction_of,
}
"""What makes a value of a row, by table; each raises for a row that is none. Rows of other tables are taken as is."""
