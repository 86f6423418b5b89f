"""People, signed-in devices and tokens as rows of the journal, also for a program beside the one that holds it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Protocol, TypeVar

from cpo.access import Accounts, Person, Role, SignIn, Token
from cpo.errors import JournalError, MustNotStart
from cpo.journal.files import FILE_NAME
from cpo.journal.identity import SET_ASIDE, has_lost, is_foreign
from cpo.journal.rows import Row, moment, ms, replace_row
from cpo.journal.writer import Write

BUSY_S = 10.0
Account = Person | SignIn | Token
T = TypeVar('T')


class Tables(Protocol):
    """The part of Journal that AccountTables uses."""

    def read_at_once(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query in this thread, and return its result."""
        ...

    def read(self, query: Callable[[sqlite3.Connection], T]) -> Awaitable[T]:
        """Run a query in another thread. Raises JournalError."""
        ...

    def write(self, writes: Iterable[Write]) -> None:
        """Queue statements; returns at once."""
        ...

    async def flushed(self) -> None:
        """Wait until everything queued is on the disk. Raises JournalError."""
        ...


class AccountTables:
    """The AccountStore of the program that holds the journal."""

    def __init__(self, journal: Tables) -> None:
        self._journal = journal

    def load(self) -> Accounts:
        """All accounts, read in this thread."""
        return self._journal.read_at_once(accounts_of)

    async def read(self) -> Accounts:
        """All accounts as they are on the disk. Raises JournalError."""
        try:
            return await self._journal.read(accounts_of)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise JournalError(f'A row of an account cannot be read: {error}.') from error

    def put(self, *accounts: Account) -> None:
        """Add or replace accounts."""
        self._journal.write([put_write(account) for account in accounts])

    def delete(self, *accounts: Account) -> None:
        """Delete accounts, if they exist."""
        self._journal.write([delete_write(account) for account in accounts])

    def touch(self, account: SignIn | Token) -> None:
        """Note when an account was used last, if it exists."""
        if isinstance(account, SignIn):
            write = Write('UPDATE sign_ins SET last_seen_at = ? WHERE key = ?', (ms(account.last_seen), account.key))
        else:
            write = Write('UPDATE tokens SET last_used_at = ? WHERE key = ?', (ms(account.last_used), account.key))
        self._journal.write([write])

    async def flushed(self) -> None:
        """Wait until all changes are on the disk. Raises JournalError."""
        await self._journal.flushed()


def accounts_of(connection: sqlite3.Connection) -> Accounts:
    """All accounts in a journal."""
    people, sign_ins, tokens = (connection.execute(f'SELECT * FROM {t}') for t in ('people', 'sign_ins', 'tokens'))
    found = (tuple(map(person_of, people)), tuple(map(sign_in_of, sign_ins)), tuple(map(token_of, tokens)))
    return Accounts(*found, has_lost_people=has_lost(connection, 'people'))


def person_of(row: Row) -> Person:
    """The person of a row."""
    return Person(row['name'], _role(row['role']), row['password_hash'])


def sign_in_of(row: Row) -> SignIn:
    """The signed-in device of a row."""
    at, last_seen = moment(row['at']), moment(row['last_seen_at'])
    return SignIn(row['key'], row['name'], row['device'], row['address'], at, last_seen)


def token_of(row: Row) -> Token:
    """The token of a row."""
    return Token(row['name'], _role(row['role']), row['key'], moment(row['at']), moment(row['last_used_at']))


def _role(text: str) -> Role:
    """The role in a row, the least where that cannot be read: a person who counted for nothing might open the house."""
    return Role(text) if text in {*Role} else Role.VIEWER


def put_write(account: Account) -> Write:
    """The statement that adds or replaces the row of an account."""
    match account:
        case Person():
            key = account.name.casefold()
            write = replace_row(
                'people', key=key, name=account.name, role=account.role, password_hash=account.password_hash
            )
        case SignIn():
            write = replace_row(
                'sign_ins',
                key=account.key,
                name=account.name,
                device=account.device,
                address=account.address,
                at=ms(account.at),
                last_seen_at=ms(account.last_seen),
            )
        case Token():
            write = replace_row(
                'tokens',
                key=account.key,
                name=account.name,
                role=account.role,
                at=ms(account.at),
                last_used_at=ms(account.last_used),
            )
    return write._replace(promised=not isinstance(account, SignIn))


def delete_write(account: Account) -> Write:
    """The statement that deletes the row of an account."""
    table = {Person: 'people', SignIn: 'sign_ins', Token: 'tokens'}[type(account)]
    key = account.name.casefold() if isinstance(account, Person) else account.key
    return Write(f'DELETE FROM {table} WHERE key = ?', (key,), promised=True)


class AccountsBeside:
    """Changes people in a journal that a running program may hold: each change is one short transaction."""

    def __init__(self, folder: Path) -> None:
        """The journal in this folder. Raises MustNotStart where there is none of this version."""
        path = folder / FILE_NAME
        if not path.exists():
            raise MustNotStart(f'There is no journal in {folder}; start the program once, or name its --data-dir.')
        try:
            self._connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute('PRAGMA synchronous = FULL')
            if is_foreign(self._connection):
                raise MustNotStart(f'{path} is no journal of this program.')
            self.accounts = accounts_of(self._connection)
        except (sqlite3.Error, ValueError) as error:
            raise MustNotStart(f'{path} cannot be read ({error}); start this version of the program once.') from None

    def put(self, person: Person) -> None:
        """Add a person, or replace the one of this name and sign their devices out. Raises MustNotStart."""
        self._write([put_write(person), Write('DELETE FROM sign_ins WHERE name = ?', (person.name,))])

    def remove_all(self) -> None:
        """Delete all people, also those set aside, signed-in devices and tokens. Raises MustNotStart."""
        writes = [Write(f'DELETE FROM {table}', ()) for table in ('people', 'sign_ins', 'tokens')]
        if self.accounts.has_lost_people:
            writes.append(Write(f"DELETE FROM {SET_ASIDE} WHERE table_name = 'people'", ()))
        self._write(writes)

    def close(self) -> None:
        """Close the journal."""
        self._connection.close()

    def _write(self, writes: Iterable[Write]) -> None:
        try:
            with contextlib.closing(self._connection.cursor()) as cursor:
                cursor.execute('BEGIN IMMEDIATE')
                for write in writes:
                    cursor.execute(write.sql, write.parameters)
                cursor.execute('COMMIT')
        except sqlite3.Error as error:
            raise MustNotStart(f'The journal cannot be written: {error}.') from None
