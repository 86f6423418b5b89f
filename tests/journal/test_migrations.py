"""Older files become newer ones, newer ones stay as they are."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpo.errors import MustNotStart
from cpo.journal import Journal
from cpo.journal.connector_row import MEMBERS
from cpo.journal.migrations import MIGRATIONS
from cpo.journal.schema import VERSION, prepare
from cpo.ocpp.v16.types import ChargePointErrorCode, ChargePointStatus, Reason
from cpo.ocpp.v16.vocabulary import ACTIVITIES, ENDINGS, FAULTS
from cpo.state import (
    THE_SUN,
    YOU,
    Activity,
    ChargePointState,
    Connector,
    Ending,
    Limit,
    LimitWished,
    Mode,
    TransactionNote,
)
from tests.journal.quiet_house import QuietHouse, rows
from tests.program import run_to_end

NEXT = 'CREATE TABLE tariffs (price REAL); INSERT INTO tariffs VALUES (0.3);'
BROKEN = 'CREATE TABLE tariffs (price REAL); INSERT INTO nowhere VALUES (1);'

AT = 1781438400250
NOON = datetime(2026, 6, 14, 12, 0, 0, 250_000, UTC)
VERSION_1 = f"""
    INSERT INTO charge_point VALUES ('CP1', {AT}, 1, {AT}, {AT + 2000}, '192.0.2.7', NULL, NULL, NULL, NULL, NULL);
    INSERT INTO boots VALUES ('CP1', {AT}, 'Vendor', 'Model', '1.0', NULL, NULL);
    INSERT INTO status_changes VALUES ('CP1', 1, {AT}, {AT}, 'Charging', 'NoError', NULL, NULL);
    INSERT INTO connectors VALUES
        ('CP1', 1, 8.0, 'the sun', {AT}, 10.0, 'you', {AT}, 7, 7, {AT}, '[{AT}, ["Voltage", "L1", 231.5, {AT}]]'),
        ('CP1', 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 6, NULL, '[null]');
    INSERT INTO modes VALUES (1, 'solar');
    INSERT INTO transactions VALUES
        (6, 6, 'CP1', 2, 'Tag2', 'Accepted', 0, 0, {AT}, 500, {AT}, 'Local', NULL, 500, 0, NULL, NULL, NULL),
        (7, 7, 'CP1', 1, 'Tag1', 'Accepted', 1, 1000, {AT}, NULL, NULL, NULL, NULL, NULL, 0, NULL, 12.5,
        'Its start was never reported.');
    INSERT INTO signed_values VALUES (7, {AT}, 'OCMF|ünïcode');
    INSERT INTO series VALUES (1, 'CP1', 1, 'Voltage', 'L1');
    INSERT INTO meter_samples VALUES (1, {AT}, 231.5);
    INSERT INTO inputs VALUES ({AT}, 3000, -500, NULL);
    INSERT INTO solar_reading VALUES (1, 3000, -500, {AT}, 'REST');
    INSERT INTO minutes VALUES ({AT}, 3000, 1840, 1840);
    INSERT INTO commands VALUES ({AT}, 'ClearCache', '[2,"1","ClearCache",{{}}]', 'Accepted', '[3,"1",{{}}]');
    INSERT INTO events VALUES ({AT}, 'Disconnected', 'CP1');
    INSERT INTO attempts VALUES ('192.0.2.8', '/x', 'Wrong path', 'Use ws://h/ocpp/x instead.', 0, {AT}, 3);
    INSERT INTO configuration_keys VALUES ('CP1', 'ChargeProfileMaxStackLevel', '8', {AT});
    INSERT INTO id_tags VALUES ('tag1', 'Tag1', 'Accepted', NULL, NULL, 0);
    INSERT INTO reservations VALUES (3, 'CP1', 1, 'Tag1', NULL, {AT}, 'Accepted');
    INSERT INTO retention VALUES ('series 1', {AT});
"""


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A folder with a journal that holds a transaction."""
    async with QuietHouse(tmp_path) as house:
        house.connect()
        await house.start()
    return tmp_path


def migrate(folder: Path, *more: str) -> None:
    path = folder / 'journal.db'
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        prepare(path, connection, (*MIGRATIONS, *more))


def test_a_new_file_has_the_version_of_the_program_and_no_copy(tmp_path: Path) -> None:
    Journal(tmp_path).close()
    assert rows(tmp_path, 'PRAGMA user_version') == [(VERSION,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ['journal.db', 'journal.lock']


def test_an_older_file_is_copied_before_it_is_migrated(folder: Path) -> None:
    before = rows(folder, 'SELECT * FROM transactions')
    migrate(folder, NEXT)
    assert rows(folder, 'PRAGMA user_version') == [(VERSION + 1,)]
    assert rows(folder, 'SELECT price FROM tariffs') == [(0.3,)]
    assert rows(folder, 'SELECT * FROM transactions') == before
    copy = folder / f'journal-before-version-{VERSION + 1}.db'
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute('PRAGMA user_version').fetchone() == (VERSION,)
        assert connection.execute('SELECT * FROM transactions').fetchall() == before
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'tariffs'").fetchone() == (0,)


def test_a_migration_is_done_as_a_whole_or_not_at_all(folder: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match='nowhere'):
        migrate(folder, BROKEN)
    assert rows(folder, 'PRAGMA user_version') == [(VERSION,)]
    migrate(folder, NEXT)
    assert rows(folder, 'SELECT price FROM tariffs') == [(0.3,)]


def test_a_file_of_this_version_is_not_copied(folder: Path) -> None:
    migrate(folder)
    assert not list(folder.glob('*before*'))


def test_a_newer_file_is_untouched_even_where_its_program_was_killed(folder: Path, tmp_path: Path) -> None:
    path, killed = folder / 'journal.db', tmp_path / 'killed'
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('PRAGMA journal_mode = WAL')
        connection.execute(f'PRAGMA user_version = {VERSION + 1}')
        killed.mkdir()
        for file in folder.glob('journal.db*'):
            (killed / file.name).write_bytes(file.read_bytes())
    before = {name: (killed / name).read_bytes() for name in ('journal.db', 'journal.db-wal')}
    assert before['journal.db-wal']
    with pytest.raises(MustNotStart, match='newer version'):
        Journal(killed)
    assert {name: (killed / name).read_bytes() for name in before} == before


@pytest.mark.parametrize('mode', ['WAL', 'DELETE'])
@pytest.mark.program
async def test_a_newer_file_ends_the_program_with_one_sentence_and_stays_untouched(folder: Path, mode: str) -> None:
    path = folder / 'journal.db'
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f'PRAGMA journal_mode = {mode}')
        connection.execute(f'PRAGMA user_version = {VERSION + 1}')
    before = path.read_bytes()
    ended = await run_to_end('--data-dir', str(folder))
    assert (ended.status, ended.output) == (2, '')
    assert ended.errors == (
        f'{path} was written by a newer version of this program (its journal has version {VERSION + 1}, this program '
        f'knows {VERSION}); start that version, or choose another folder with --data-dir.\n'
    )
    assert path.read_bytes() == before
    with pytest.raises(MustNotStart):  # twice, since the first one must have let the folder go
        Journal(folder)


# ---- from version 1


def tables(path: Path) -> dict[str, list[dict[str, object]]]:
    """All there is, by table and column."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        connection.row_factory = sqlite3.Row
        return {name: [dict(row) for row in connection.execute(f'SELECT * FROM {name}')] for name in names}


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """A journal as the first version left it, with something in every table."""
    with closing(sqlite3.connect(tmp_path / 'journal.db', isolation_level=None)) as connection:
        connection.execute('PRAGMA journal_mode = WAL')
        connection.executescript(f'BEGIN; {MIGRATIONS[0]} PRAGMA user_version = 1; {VERSION_1} COMMIT;')
    return tmp_path


WORDS = {
    'the sun': 'sun',
    'you': 'person',
    'REST': 'program',
    'Its start was never reported.': 'never_started',
    'NoError': '',
    'Disconnected': 'disconnected',
}
"""Words of a file of version 1, and the values they become."""


def in_values(row: dict[str, object]) -> dict[str, object]:
    """A row whose ids of transactions, then integers, are text, and whose words are values."""
    ids = ('transaction_id', 'last_transaction_id')
    row = {name: str(value) if name in ids and value is not None else value for name, value in row.items()}
    return {name: WORDS.get(value, value) if isinstance(value, str) else value for name, value in row.items()}


def restored(folder: Path) -> ChargePointState:
    journal = Journal(folder)
    try:
        return journal.restored_state(phases=1)
    finally:
        journal.close()


def test_nothing_of_a_file_of_version_1_is_lost(version_1: Path) -> None:
    before = tables(version_1 / 'journal.db')
    assert all(before.values())
    restored(version_1)
    after = tables(version_1 / 'journal.db')
    emptied = (
        'charger_knowledge',
        'ceilings',
        'month_peaks',
        'decisions',
        'people',
        'sign_ins',
        'tokens',
        'settings',
        'seen_tags',
        'slots',
        'quarters',
        'session_prices',
        'goals',
        'plan_results',
        'closed_months',
        'seal_key',
        'key_changes',
    )
    assert [after.pop(name) for name in emptied] == [[]] * len(emptied)
    wrong_path = {'verdict': 'wrong_path', 'charge_box_id': '', 'fact': 'ws://h/ocpp/x'}
    of_all = {'address': '192.0.2.8', 'path': '/x', 'at': AT, 'count': 3}
    assert after.pop('attempts') == [{**of_all, **wrong_path}]
    assert before['inputs'][0].keys() - after['inputs'][0].keys() == {'price'}
    assert [row.pop('price') for row in before['inputs']] == [None]  # nothing ever wrote it
    sent = {'at': AT, 'since': None, 'source': 'program', 'source_name': 'REST'}
    values = {'grid_w': '-500.0', 'pv_w': '3000.0'}
    assert after.pop('solar_reading') == [{'name': name, 'value': value, **sent} for name, value in values.items()]
    events = [(row['at'], row['kind'], row['details']) for row in after.pop('events')]
    assert (AT, 'disconnected', '{"text":"CP1"}') in events
    assert {'session_begun', 'status', 'command'} <= {kind for _, kind, _ in events}
    known = {'charge_box_id': 'CP1', 'adopted': 1, 'knocked_at': AT + 2000, 'address': '192.0.2.7', 'name': ''}
    none = {'security_profile': 0, 'password_hash': None, 'offered_hash': None, 'certificate_until': None}
    assert after.pop('chargers') == [known | none]
    for name, found in after.items():
        as_before = [{column: row[column] for column in before[name][0]} for row in found]
        assert as_before == [in_values(row) for row in before[name]]
    copy = tables(version_1 / f'journal-before-version-{VERSION}.db')
    assert [row.pop('price') for row in copy['inputs']] == [None]
    assert copy == before
    assert rows(version_1, 'PRAGMA user_version') == [(VERSION,)]


def test_a_state_of_version_1_is_shown_and_nobody_wishes_anything(version_1: Path) -> None:
    state = restored(version_1)
    connector = state.connector(1)
    assert (connector.status, connector.mode, connector.transaction_id) == ('Charging', Mode.SOLAR, '7')
    assert connector.activity is Activity.CHARGING
    assert [t.ending for t in state.transactions] == [None, Ending.AT_CHARGER]
    assert (connector.limit, connector.last_wish) == (Limit(8, THE_SUN, NOON), Limit(10, YOU, NOON))
    assert connector.meter.values['Voltage', 'L1'].value == 231.5
    assert [(t.number, t.running, t.energy_wh, t.note) for t in state.transactions] == [
        (7, True, None, TransactionNote.NEVER_STARTED),
        (6, False, None, None),
    ]
    assert state.last_message_at == NOON + timedelta(seconds=2)
    assert state.charger_kind == ('Vendor', 'Model', '1.0')
    assert state.knowledge == {}
    # the first version left a charger alone that had its limit; so nothing is sent until somebody wishes something
    assert connector.wish is None
    assert connector == replace(
        Connector(1, limit=connector.limit, last_wish=connector.last_wish, mode=Mode.SOLAR, meter=connector.meter),
        status_changes=connector.status_changes,
        status_heard_at=NOON,
        own_limit_a=10,
        transaction_id='7',
        last_transaction_id='7',
    )
    assert state.connector(2) == Connector(2, last_transaction_id='6')


def test_words_of_1_6_become_what_the_dialect_makes_of_them(version_1: Path) -> None:
    with closing(sqlite3.connect(version_1 / 'journal.db')) as connection, connection:
        for code in (*ChargePointErrorCode, 'E17'):
            connection.execute(
                f"INSERT INTO status_changes VALUES ('CP1', 2, {AT}, {AT}, 'Odd', ?, NULL, NULL)", (code,)
            )
        for status in ChargePointStatus:
            connection.execute(
                f"INSERT INTO status_changes VALUES ('CP1', 2, {AT}, {AT}, ?, 'NoError', NULL, NULL)", (status,)
            )
        for number, reason in enumerate((*Reason, 'Odd'), 8):
            connection.execute(
                'INSERT INTO transactions (number, transaction_id, charge_box_id, id_tag_status, remote, '
                "stop_timestamp, stop_reason, energy_estimated) VALUES (?, ?, 'CP1', 'Accepted', 0, 1, ?, 0)",
                (number, number, reason),
            )
    state = restored(version_1)
    changes = state.connector(2).status_changes
    assert len(changes) == len(ChargePointErrorCode) + 1 + len(ChargePointStatus)
    for change in changes:
        assert change.activity is ACTIVITIES.get(change.status, Activity.UNKNOWN)
        assert change.fault is FAULTS.get(change.error_code)
    assert {change.error_code for change in changes} == {*ChargePointErrorCode, 'E17', ''} - {'NoError'}
    ended = [t for t in state.transactions if t.number >= 8]
    assert len(ended) == len(Reason) + 1
    assert all(t.ending is ENDINGS.get(t.stop_reason or '') for t in ended)


async def test_a_file_of_version_1_is_written_on(version_1: Path) -> None:
    async with QuietHouse(version_1) as house:
        house.charge_point.record(LimitWished(1, Limit(6, YOU, NOON)))
    assert restored(version_1).connector(1).wish == Limit(6, YOU, NOON)


def test_the_columns_of_a_connector_are_those_its_table_of_members_names(tmp_path: Path) -> None:
    Journal(tmp_path).close()
    found = [name for _, name, *_ in rows(tmp_path, 'PRAGMA table_info(connectors)')]
    listed = [column for persisted in MEMBERS for column in persisted.columns]
    assert sorted(found) == sorted(['charge_box_id', 'connector_id', *listed])


def test_secrets_of_an_older_file_are_masked_in_it_and_in_its_copy(tmp_path: Path) -> None:
    request = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"geheim-1"}]'
    secrets = f"""
        INSERT INTO configuration_keys VALUES
            ('CP1', 'WifiPassword', 'geheim-2', {AT}), ('CP1', 'Other', 'stays', {AT});
        INSERT INTO commands VALUES ({AT}, 'ChangeConfiguration', '{request}', NULL, NULL);
        INSERT INTO events VALUES ({AT}, 'Wrong path', 'ftp://joe:geheim-3@nas.lan');
        INSERT INTO status_changes VALUES ('CP1', 1, {AT}, {AT}, 'Faulted', 'OtherError', 'password=geheim-4', NULL);
    """
    path = tmp_path / 'journal.db'
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f'{MIGRATIONS[0]} {VERSION_1} {secrets} PRAGMA user_version = 1;')
    journal = Journal(tmp_path)
    assert rows(tmp_path, "SELECT value FROM configuration_keys WHERE key = 'WifiPassword'") == [('***',)]
    assert rows(tmp_path, "SELECT value FROM configuration_keys WHERE key = 'Other'") == [('stays',)]
    files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert {'journal.db', f'journal-before-version-{VERSION}.db'} <= files.keys()
    assert [name for name, content in files.items() if b'geheim' in content] == []
    journal.close()
