"""The migration from version 3 of the journal to version 4: sentences and class names become enum values.

Old and new values are written out here, so that a file of version 3 becomes one of version 4 whatever a later program
calls its values. A sentence that no program wrote is dropped.
"""

from __future__ import annotations

import json
import re
import sqlite3

SOURCES = {
    'you': 'person',
    'the sun': 'sun',
    'plug and charge': 'plug_and_charge',
    'the maximum': 'maximum',
    'the end of the program': 'program_end',
}
NOTES = {
    'Its start was never reported.': 'never_started',
    'The charger never reported its end.': 'never_ended',
    'Another one began before it ended.': 'another_began',
}
REMOTE_STARTS = {
    'with the profile inside': 'with_profile',
    'with a TxDefaultProfile set before': 'default_first',
    'with the profile sent once the transaction has begun': 'profile_after',
}
ATTEMPTS = {
    'protocol_assumed': r'(?P<name>.*) is connected\. It did not say .*; taken for (?P<fact>.*)\.',
    'connected': r'(?P<name>.*) is connected\.',
    'unknown_name': r'It calls itself (?P<name>.*); this program only knows (?P<fact>.*)\. Change the name in .*',
    'no_room': r'It calls itself (?P<name>.*), but (?P<fact>.*) is connected; there is room for one\.',
    'wrong_path': r'Use (?P<fact>.*) instead\.',
    'wrong_protocol': r'It offers only (?P<fact>.*)\. Choose OCPP 1\.6 JSON in the charger\.',
    'broken_handshake': r'It asked for a websocket without "Connection: Upgrade" or "Upgrade: websocket"\.',
    'foreign_page': r'Pages of (?P<fact>.*) may not use this server; a proxy in between has to pass on .*',
    'not_utf8': r'The connection ended with 1007: the charger sent text that is not UTF-8\.',
    'frame_too_large': r'The connection ended with 1009: a frame was over (?P<fact>.*) MiB\.',
}
"""The sentences of attempts to connect by what they become; the first that fits."""
ATTEMPT_KINDS = (
    'Connected',
    'Another charger',
    'Wrong path',
    'Wrong protocol',
    'Broken handshake',
    'Foreign page',
    'Cut',
)
"""The words for these verdicts, which are also kinds of events."""
EVENT_KINDS = {
    'Disconnected': 'disconnected',
    'TagRefused': 'tag_refused',
    'FirmwareStatusNotified': 'firmware_status',
    'DiagnosticsStatusNotified': 'diagnostics_status',
}


def words_to_values(connection: sqlite3.Connection) -> None:
    """Replace the sentences of older versions by the enum values they stand for, within the open transaction."""
    for column in ('limit_by', 'wish_by', 'start_by', 'stopping_by'):
        _sources(connection, 'connectors', column)
    _sources(connection, 'solar_reading', 'source')
    _notes(connection)
    _knowledge(connection)
    _attempts(connection)
    _events(connection)


def _notes(connection: sqlite3.Connection) -> None:
    for old, new in NOTES.items():
        connection.execute('UPDATE transactions SET note = ? WHERE note = ?', (new, old))
    values = tuple(NOTES.values())
    marks = ', '.join('?' * len(values))
    connection.execute(f'UPDATE transactions SET note = NULL WHERE note NOT IN ({marks})', values)


def _sources(connection: sqlite3.Connection, table: str, column: str) -> None:
    """The kind stays in its column, the name of a program moves to one of its own."""
    connection.execute(f'ALTER TABLE {table} ADD COLUMN {column}_name TEXT')
    known = ', '.join('?' * len(SOURCES))
    sql = f"UPDATE {table} SET {column}_name = {column}, {column} = 'program' WHERE {column} NOT IN ({known})"
    connection.execute(sql, tuple(SOURCES))
    for old, new in SOURCES.items():
        connection.execute(f'UPDATE {table} SET {column} = ? WHERE {column} = ?', (new, old))


def _knowledge(connection: sqlite3.Connection) -> None:
    for vendor, model, firmware, text in connection.execute('SELECT * FROM charger_knowledge').fetchall():
        try:
            knowledge = json.loads(text)
            knowledge['remote_start'] = REMOTE_STARTS[knowledge['remote_start']]
        except (ValueError, TypeError, KeyError):
            continue  # nothing is known of a start, or the row cannot be read
        sql = 'UPDATE charger_knowledge SET knowledge = ? WHERE vendor = ? AND model = ? AND firmware = ?'
        connection.execute(sql, (json.dumps(knowledge), vendor, model, firmware))


def _attempts(connection: sqlite3.Connection) -> None:
    sql = 'SELECT address, path, detail, at, count FROM attempts ORDER BY rowid'
    old = connection.execute(sql).fetchall()
    connection.execute('DROP TABLE attempts')
    connection.execute(
        'CREATE TABLE attempts ('
        'address TEXT NOT NULL, path TEXT NOT NULL, verdict TEXT NOT NULL, '
        'charge_box_id TEXT NOT NULL, fact TEXT NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL, '
        'PRIMARY KEY (address, path, verdict, charge_box_id, fact))'
    )
    for address, path, detail, at, count in old:
        if (found := _attempt(detail)) is not None:
            connection.execute('INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?)', (address, path, *found, at, count))


def _events(connection: sqlite3.Connection) -> None:
    """The kind of an attempt is its verdict, the text where it came from and the fact."""
    for kinds in EVENT_KINDS.items():
        connection.execute('UPDATE events SET kind = ? WHERE kind = ?', kinds[::-1])
    marks = ', '.join('?' * len(ATTEMPT_KINDS))
    rows = connection.execute(f'SELECT rowid, text FROM events WHERE kind IN ({marks})', ATTEMPT_KINDS).fetchall()
    for row_id, text in rows:
        asked, _, detail = text.partition(': ')
        if (found := _attempt(detail)) is not None:
            verdict, _, fact = found
            new = ' '.join(filter(None, (asked, fact)))
            connection.execute('UPDATE events SET kind = ?, text = ? WHERE rowid = ?', (verdict, new, row_id))


def _attempt(detail: str) -> tuple[str, str, str] | None:
    """The verdict, the charge box id and the fact of a sentence."""
    for verdict, pattern in ATTEMPTS.items():
        if (match := re.fullmatch(pattern, detail, re.DOTALL)) is not None:
            parts = match.groupdict()
            return verdict, parts.get('name', ''), parts.get('fact', '')
    return None
