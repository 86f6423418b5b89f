"""The steps that lead from an empty journal to the newest one.

A new column or table is a line in the last step, or a new step once journals of that are in use.

Times are whole milliseconds since 1970 (UTC). Energy is in Wh, power in W, current in A, as everywhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from cpo.journal.card_tables import CARD_TABLES
from cpo.journal.charger_tables import CHARGER_TABLES
from cpo.journal.events import collect_events
from cpo.journal.plan_tables import PLAN_TABLES
from cpo.journal.secrets import mask_secrets
from cpo.journal.statement_tables import STATEMENT_TABLES
from cpo.journal.words_to_values import words_to_values

Migration = str | Callable[[sqlite3.Connection], None]
"""Statements, or a function that makes them inside the transaction that is open."""


def _to_version_4(connection: sqlite3.Connection) -> None:
    words_to_values(connection)
    mask_secrets(connection)


MIGRATIONS: tuple[Migration, ...] = (
    """
    CREATE TABLE charge_point (
        charge_box_id TEXT PRIMARY KEY,
        appeared_at INTEGER NOT NULL,
        connected INTEGER NOT NULL, since INTEGER, last_message_at INTEGER, address TEXT,
        firmware_status TEXT, diagnostics_status TEXT,
        refused_id_tag TEXT, refused_status TEXT, refused_at INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE boots (
        charge_box_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        vendor TEXT, model TEXT, firmware_version TEXT, serial_number TEXT, meter_type TEXT
    );
    CREATE INDEX boots_by_box ON boots (charge_box_id);
    CREATE TABLE status_changes (
        charge_box_id TEXT NOT NULL,
        connector_id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        heard_at INTEGER NOT NULL,
        status TEXT NOT NULL,
        error_code TEXT NOT NULL,
        info TEXT, vendor_error_code TEXT
    );
    CREATE INDEX status_changes_by_connector ON status_changes (charge_box_id, connector_id);
    CREATE TABLE connectors (
        charge_box_id TEXT NOT NULL,
        connector_id INTEGER NOT NULL,
        limit_a REAL, limit_by TEXT, limit_at INTEGER,
        wish_a REAL, wish_by TEXT, wish_at INTEGER,
        transaction_id NUMERIC,
        last_transaction_id NUMERIC,
        status_heard_at INTEGER,
        meter TEXT NOT NULL,
        PRIMARY KEY (charge_box_id, connector_id)
    ) WITHOUT ROWID;
    CREATE TABLE modes (connector_id INTEGER PRIMARY KEY, mode TEXT NOT NULL);
    CREATE TABLE transactions (
        number INTEGER PRIMARY KEY,
        transaction_id NUMERIC NOT NULL,
        charge_box_id TEXT NOT NULL,
        connector_id INTEGER,
        id_tag TEXT, id_tag_status TEXT NOT NULL, remote INTEGER NOT NULL,
        meter_start_wh REAL, start_timestamp INTEGER,
        meter_stop_wh REAL, stop_timestamp INTEGER, stop_reason TEXT, stop_id_tag TEXT,
        energy_wh REAL, energy_estimated INTEGER NOT NULL, energy TEXT,
        sun_wh REAL, note TEXT
    );
    CREATE INDEX transactions_running ON transactions (number) WHERE stop_timestamp IS NULL;
    CREATE INDEX transactions_by_id ON transactions (transaction_id);
    CREATE TABLE signed_values (
        number INTEGER NOT NULL REFERENCES transactions,
        at INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (number, at, text)
    ) WITHOUT ROWID;
    CREATE TABLE series (
        series_id INTEGER PRIMARY KEY,
        charge_box_id TEXT NOT NULL,
        connector_id INTEGER NOT NULL,
        measurand TEXT NOT NULL,
        phase TEXT NOT NULL,
        UNIQUE (charge_box_id, connector_id, measurand, phase)
    );
    CREATE TABLE meter_samples (
        series_id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        value NUMERIC NOT NULL,
        PRIMARY KEY (series_id, at)
    ) WITHOUT ROWID;
    CREATE TABLE inputs (at INTEGER NOT NULL, pv_w NUMERIC, grid_w NUMERIC, price NUMERIC);
    CREATE INDEX inputs_by_time ON inputs (at);
    CREATE TABLE solar_reading (
        id INTEGER PRIMARY KEY CHECK (id = 1), pv_w REAL, grid_w REAL, at INTEGER NOT NULL, source TEXT
    );
    CREATE TABLE minutes (at INTEGER PRIMARY KEY, sun_w REAL, car_w REAL, limit_w REAL);
    CREATE TABLE commands (
        at INTEGER NOT NULL, action TEXT NOT NULL, request TEXT NOT NULL, status TEXT, answer TEXT
    );
    CREATE INDEX commands_by_time ON commands (at);
    CREATE TABLE events (at INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL);
    CREATE INDEX events_by_time ON events (at);
    CREATE TABLE attempts (
        address TEXT NOT NULL, path TEXT NOT NULL, verdict TEXT NOT NULL, detail TEXT NOT NULL,
        accepted INTEGER NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (address, path, verdict, detail, accepted)
    );
    CREATE TABLE configuration_keys (
        charge_box_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT, at INTEGER NOT NULL,
        PRIMARY KEY (charge_box_id, key)
    ) WITHOUT ROWID;
    CREATE TABLE id_tags (
        key TEXT PRIMARY KEY,
        id_tag TEXT NOT NULL,
        status TEXT NOT NULL, expiry_date INTEGER, parent_id_tag TEXT, deleted INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE reservations (
        reservation_id INTEGER PRIMARY KEY,
        charge_box_id TEXT NOT NULL,
        connector_id INTEGER NOT NULL,
        id_tag TEXT NOT NULL, parent_id_tag TEXT, expiry_date INTEGER NOT NULL, status TEXT NOT NULL
    );
    CREATE TABLE retention (what TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
    """,
    """
    CREATE TABLE charger_knowledge (
        vendor TEXT NOT NULL, model TEXT NOT NULL, firmware TEXT NOT NULL,
        knowledge TEXT NOT NULL,
        PRIMARY KEY (vendor, model, firmware)
    ) WITHOUT ROWID;
    ALTER TABLE connectors ADD COLUMN wish_holds INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE connectors ADD COLUMN default_profile INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE connectors ADD COLUMN limit_expires_at INTEGER;
    ALTER TABLE connectors ADD COLUMN limit_in_start INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE connectors ADD COLUMN scheduled_a REAL;
    ALTER TABLE connectors ADD COLUMN start_a REAL;
    ALTER TABLE connectors ADD COLUMN start_by TEXT;
    ALTER TABLE connectors ADD COLUMN start_at INTEGER;
    ALTER TABLE connectors ADD COLUMN stopping_a REAL;
    ALTER TABLE connectors ADD COLUMN stopping_by TEXT;
    ALTER TABLE connectors ADD COLUMN stopping_at INTEGER;
    ALTER TABLE connectors ADD COLUMN read_back TEXT;
    ALTER TABLE connectors ADD COLUMN read_back_detail TEXT;
    ALTER TABLE connectors ADD COLUMN read_back_at INTEGER;
    ALTER TABLE connectors ADD COLUMN profile_writes INTEGER;
    ALTER TABLE connectors ADD COLUMN profile_writes_on TEXT;
    """,
    """
    ALTER TABLE inputs DROP COLUMN price;
    ALTER TABLE status_changes ADD COLUMN activity TEXT NOT NULL DEFAULT 'unknown';
    UPDATE status_changes SET activity = CASE status
        WHEN 'Available' THEN 'idle'
        WHEN 'Preparing' THEN 'plugged_in'
        WHEN 'Charging' THEN 'charging'
        WHEN 'SuspendedEV' THEN 'paused_by_car'
        WHEN 'SuspendedEVSE' THEN 'paused_by_charger'
        WHEN 'Finishing' THEN 'finishing'
        WHEN 'Reserved' THEN 'reserved'
        WHEN 'Unavailable' THEN 'unavailable'
        WHEN 'Faulted' THEN 'faulted'
        ELSE 'unknown' END;
    ALTER TABLE status_changes ADD COLUMN fault TEXT;
    UPDATE status_changes SET fault = CASE error_code
        WHEN 'GroundFailure' THEN 'ground_fault'
        WHEN 'OverCurrentFailure' THEN 'too_much_current'
        WHEN 'OverVoltage' THEN 'high_voltage'
        WHEN 'UnderVoltage' THEN 'low_voltage'
        WHEN 'HighTemperature' THEN 'too_hot'
        WHEN 'ConnectorLockFailure' THEN 'plug_lock'
        WHEN 'EVCommunicationError' THEN 'car_communication'
        WHEN 'PowerMeterFailure' THEN 'meter'
        WHEN 'PowerSwitchFailure' THEN 'switch'
        WHEN 'ReaderFailure' THEN 'card_reader' END;
    UPDATE status_changes SET error_code = '' WHERE error_code = 'NoError';
    ALTER TABLE transactions ADD COLUMN ending TEXT;
    UPDATE transactions SET ending = CASE stop_reason
        WHEN 'Remote' THEN 'from_here'
        WHEN 'Local' THEN 'at_charger'
        WHEN 'EVDisconnected' THEN 'unplugged'
        WHEN 'UnlockCommand' THEN 'unlocked'
        WHEN 'DeAuthorized' THEN 'card_refused'
        WHEN 'EmergencyStop' THEN 'emergency_stop'
        WHEN 'PowerLoss' THEN 'power_cut'
        WHEN 'HardReset' THEN 'restart'
        WHEN 'SoftReset' THEN 'restart'
        WHEN 'Reboot' THEN 'restart'
        WHEN 'Other' THEN 'other' END;
    ALTER TABLE transactions ADD COLUMN opaque_id TEXT NOT NULL DEFAULT '';
    UPDATE transactions SET opaque_id = CASE typeof(transaction_id)
        WHEN 'integer' THEN CAST(transaction_id AS TEXT) ELSE printf('%.0f', transaction_id) END;
    DROP INDEX transactions_by_id;
    ALTER TABLE transactions DROP COLUMN transaction_id;
    ALTER TABLE transactions RENAME COLUMN opaque_id TO transaction_id;
    CREATE INDEX transactions_by_id ON transactions (transaction_id);
    ALTER TABLE connectors ADD COLUMN opaque_id TEXT;
    UPDATE connectors SET opaque_id = CASE typeof(transaction_id)
        WHEN 'real' THEN printf('%.0f', transaction_id) ELSE CAST(transaction_id AS TEXT) END;
    ALTER TABLE connectors DROP COLUMN transaction_id;
    ALTER TABLE connectors RENAME COLUMN opaque_id TO transaction_id;
    ALTER TABLE connectors ADD COLUMN opaque_id TEXT;
    UPDATE connectors SET opaque_id = CASE typeof(last_transaction_id)
        WHEN 'real' THEN printf('%.0f', last_transaction_id) ELSE CAST(last_transaction_id AS TEXT) END;
    ALTER TABLE connectors DROP COLUMN last_transaction_id;
    ALTER TABLE connectors RENAME COLUMN opaque_id TO last_transaction_id;
    ALTER TABLE connectors DROP COLUMN read_back_detail;
    ALTER TABLE connectors ADD COLUMN read_back_finding TEXT NOT NULL DEFAULT 'unknown';
    ALTER TABLE connectors ADD COLUMN read_back_reaction TEXT NOT NULL DEFAULT 'none';
    ALTER TABLE connectors ADD COLUMN read_back_figures TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE connectors ADD COLUMN own_limit_a REAL;
    UPDATE connectors SET own_limit_a = wish_a WHERE wish_a > 0 AND wish_by NOT IN ('the sun', 'plug and charge');
    ALTER TABLE connectors ADD COLUMN mode_after TEXT;
    ALTER TABLE connectors ADD COLUMN wish_end TEXT;
    ALTER TABLE transactions ADD COLUMN started_at INTEGER;
    ALTER TABLE transactions ADD COLUMN stopped_at INTEGER;
    ALTER TABLE connectors ADD COLUMN fault_trace TEXT;
    ALTER TABLE transactions ADD COLUMN fault_trace TEXT;
    ALTER TABLE transactions ADD COLUMN started_by TEXT;
    ALTER TABLE transactions ADD COLUMN started_by_name TEXT;
    """,
    _to_version_4,
    collect_events,
    """
    ALTER TABLE inputs ADD COLUMN battery_w NUMERIC;
    ALTER TABLE inputs ADD COLUMN battery_soc NUMERIC;
    ALTER TABLE inputs ADD COLUMN l1_a NUMERIC;
    ALTER TABLE inputs ADD COLUMN l2_a NUMERIC;
    ALTER TABLE inputs ADD COLUMN l3_a NUMERIC;
    ALTER TABLE inputs ADD COLUMN measured_at INTEGER;
    ALTER TABLE solar_reading RENAME TO both_readings;
    CREATE TABLE solar_reading (
        name TEXT PRIMARY KEY, value TEXT NOT NULL, at INTEGER NOT NULL, since INTEGER, source TEXT, source_name TEXT
    ) WITHOUT ROWID;
    INSERT INTO solar_reading
        SELECT 'pv_w', CAST(pv_w AS TEXT), at, NULL, source, source_name FROM both_readings WHERE pv_w IS NOT NULL
        UNION SELECT 'grid_w', CAST(grid_w AS TEXT), at, NULL, source, source_name
        FROM both_readings WHERE grid_w IS NOT NULL;
    DROP TABLE both_readings;
    ALTER TABLE modes ADD COLUMN preset TEXT;
    ALTER TABLE minutes ADD COLUMN grid_w REAL;
    ALTER TABLE minutes ADD COLUMN house_w REAL;
    ALTER TABLE connectors ADD COLUMN limit_phases INTEGER;
    ALTER TABLE connectors ADD COLUMN wish_phases INTEGER;
    ALTER TABLE connectors ADD COLUMN start_phases INTEGER;
    ALTER TABLE connectors ADD COLUMN stopping_phases INTEGER;
    CREATE TABLE decisions (
        connector_id INTEGER NOT NULL, at INTEGER NOT NULL,
        inputs TEXT NOT NULL, whole TEXT,
        limit_a REAL NOT NULL, phases INTEGER NOT NULL, reason TEXT NOT NULL
    );
    CREATE INDEX decisions_by_time ON decisions (at);
    CREATE TABLE ceilings (
        name TEXT PRIMARY KEY,
        limit_a REAL, limit_w REAL, phase TEXT, reason TEXT NOT NULL,
        source TEXT NOT NULL, source_name TEXT,
        set_at INTEGER NOT NULL, until INTEGER, for_s REAL
    ) WITHOUT ROWID;
    CREATE TABLE chargers (
        charge_box_id TEXT PRIMARY KEY,
        adopted INTEGER NOT NULL, knocked_at INTEGER, address TEXT NOT NULL, name TEXT NOT NULL,
        security_profile INTEGER NOT NULL, password_hash TEXT, offered_hash TEXT
    ) WITHOUT ROWID;
    INSERT INTO chargers
        SELECT charge_box_id, 1, ifnull(last_message_at, since), ifnull(address, ''), '', 0, NULL, NULL
        FROM charge_point;
    CREATE TABLE month_peaks (month TEXT PRIMARY KEY, mean_w REAL NOT NULL) WITHOUT ROWID;
    CREATE TABLE people (
        key TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE sign_ins (
        key TEXT PRIMARY KEY,
        name TEXT NOT NULL, device TEXT NOT NULL, address TEXT NOT NULL,
        at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE tokens (
        key TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, at INTEGER NOT NULL, last_used_at INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE settings (
        name TEXT PRIMARY KEY, value TEXT, before TEXT, at INTEGER NOT NULL, person TEXT NOT NULL
    ) WITHOUT ROWID;
    """
    + CARD_TABLES
    + PLAN_TABLES
    + CHARGER_TABLES
    + STATEMENT_TABLES,
)
