"""`home-cpo password` sets a forgotten password, whether the program runs or not."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from cpo.access import People, Role
from cpo.commands.password import change_passwords
from cpo.errors import CpoError, JournalError
from cpo.journal import AccountTables, Journal
from tests.access.people import PASSWORD, bearer
from tests.conftest import MakeHouse, cheap_passwords
from tests.program import CHECKOUT, FROM_CHECKOUT, running
from tests.rest_api.conftest import client_of

NEW = 'a new one at last'


def run(folder: Path, *arguments: str, typed: Sequence[str] = (NEW, NEW), stdin: str = '') -> str:
    """Run the command on the journal in this folder; what it says, also where it changes nothing."""
    lines = iter(typed)

    def ask(prompt: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    try:
        return change_passwords([*arguments, '--data-dir', str(folder)], ask, cheap_passwords(), io.StringIO(stdin))
    except CpoError as error:
        return f'{type(error).__name__}: {error}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a program that has run once."""
    return used(tmp_path)


def used(path: Path) -> Path:
    """The folder, after a program has run in it once."""
    Journal(path).close()
    return path


async def signs_in(rest: httpx.AsyncClient, name: str, password: str) -> bool:
    """True where this password is the right one."""
    return (await rest.post('/api/session', json={'name': name, 'password': password})).status_code == 200


async def test_without_anybody_it_makes_an_owner(folder: Path, make_house: MakeHouse) -> None:
    assert run(folder, ' Anna ').startswith('Anna (owner) has a new password')
    house = await make_house(folder=folder)
    async with client_of(house) as rest:
        assert (await rest.get('/api/chargepoint')).status_code == 401
        assert await signs_in(rest, 'anna', NEW)


async def test_while_the_program_runs_it_sets_a_password_and_signs_out(tmp_path: Path, make_house: MakeHouse) -> None:
    house = await make_house(folder=tmp_path)
    await house.people.put('Anna', Role.OWNER, PASSWORD)
    await house.people.put('Ben', Role.FAMILY, PASSWORD)
    async with client_of(house) as rest, client_of(house) as bens:
        assert await signs_in(rest, 'Anna', PASSWORD)
        assert await signs_in(bens, 'Ben', PASSWORD)
        said = await asyncio.to_thread(run, tmp_path, 'ANNA', '--stdin', stdin=f'{NEW}\nmore')
        assert said.startswith('Anna (owner) has a new password, and is signed out everywhere.')
        await house.people.read_store()
        assert (await rest.get('/api/solar')).status_code == 401
        assert (await bens.get('/api/solar')).status_code == 200
        assert not await signs_in(rest, 'Anna', PASSWORD)
        assert await signs_in(rest, 'Anna', NEW)
        token = (await rest.post('/api/tokens', json={'name': 'x', 'role': 'owner'})).json()['token']
        assert 'Nobody has a password any more' in await asyncio.to_thread(run, tmp_path, '--remove-all')
        await house.people.read_store()
        assert (await bens.get('/api/people')).json() == {'items': [], 'next': None}
        assert await house.people.put('Eve', Role.OWNER, PASSWORD)
        assert (await rest.get('/api/solar', headers=bearer(token))).status_code == 401


async def test_a_damaged_row_of_the_only_owner_does_not_open_the_house(tmp_path: Path, make_house: MakeHouse) -> None:
    run(used(tmp_path), 'Anna')
    with closing(sqlite3.connect(tmp_path / 'journal.db')) as connection, connection:
        connection.execute("UPDATE people SET password_hash = x'ff'")
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest:
        assert (await rest.get('/api/session')).json()['sign_in_needed']
        refused = await rest.get('/api/chargepoint')
        assert (refused.status_code, 'home-cpo password NAME' in refused.json()['detail']) == (401, True)
        page = await rest.get('/', headers={'Accept': 'text/html'})
        assert 'cannot read who its owner was' in page.text
        assert (await rest.put('/api/people/Eve', json={'role': 'owner', 'password': NEW})).status_code == 401
        said = await asyncio.to_thread(run, tmp_path, 'Bob')
        assert said.startswith('The journal could not read who its owner was. Bob (owner) has a new password')
        await house.people.read_store()
        assert 'cannot read' not in (await rest.get('/', headers={'Accept': 'text/html'})).text
        assert await signs_in(rest, 'Bob', NEW)
        assert 'Nobody has a password' in await asyncio.to_thread(run, tmp_path, '--remove-all')
        await house.people.read_store()
        rest.cookies.clear()
        assert (await rest.get('/api/chargepoint')).status_code == 200


async def test_a_lost_owner_can_be_made_again_beside_others(tmp_path: Path, make_house: MakeHouse) -> None:
    run(used(tmp_path), 'Anna')
    with closing(sqlite3.connect(tmp_path / 'journal.db')) as connection, connection:
        connection.execute("INSERT INTO people VALUES ('ben', 'Ben', 'family', 'x')")
        connection.execute("UPDATE people SET name = x'ff' WHERE key = 'anna'")
    await make_house(folder=tmp_path)
    assert 'Ben (family)' in await asyncio.to_thread(run, tmp_path, 'Ben')
    assert 'Anna (owner)' in await asyncio.to_thread(run, tmp_path, 'Anna')
    assert 'There is nobody called Eve' in await asyncio.to_thread(run, tmp_path, 'Eve')


async def test_a_row_that_cannot_be_read_now_changes_nobody(tmp_path: Path, make_house: MakeHouse) -> None:
    house = await make_house(folder=tmp_path)
    await house.people.put('Anna', Role.OWNER, PASSWORD)
    with closing(sqlite3.connect(tmp_path / 'journal.db')) as connection, connection:
        connection.execute("INSERT INTO sign_ins VALUES ('k', 'Anna', '', '', 'noon', 'noon')")
    with pytest.raises(JournalError):
        await house.people.read_store()
    assert [person.name for person in house.people.all] == ['Anna']


async def test_what_the_program_itself_changes_is_no_news(tmp_path: Path, make_house: MakeHouse) -> None:
    house = await make_house(folder=tmp_path)
    told: list[None] = []
    await house.people.put('Anna', Role.OWNER, PASSWORD)
    await house.people.create_token('x', Role.VIEWER)
    house.people.on_change(lambda: told.append(None))
    await house.people.read_store()
    assert told == []


@pytest.mark.parametrize(
    ('arguments', 'typed', 'stdin', 'said'),
    [
        (['Anna'], [NEW, 'another'], '', 'MustNotStart: The two are not the same; nothing was changed.'),
        (['Anna'], ['short', 'short'], '', 'InvalidPerson: A password has 8 to 200 characters.'),
        (['Anna'], [], '', 'MustNotStart: There is no terminal to type it; use --stdin.'),
        (['Anna', '--stdin'], [], '', 'InvalidPerson: A password has 8 to 200 characters.'),
        (['Bob'], [NEW, NEW], '', 'MustNotStart: There is nobody called Bob; there are Anna.'),
        ([], [], '', 'MustNotStart: Say whose password: home-cpo password NAME, or --remove-all.'),
        (['Anna', '--remove-all'], [], '', 'MustNotStart: Say whose password'),
        (['Anna', '--memory'], [], '', 'MustNotStart: With CPO_MEMORY nothing is kept'),
        (['Anna', '--nonsense'], [], '', 'MustNotStart: unrecognized arguments: --nonsense'),
    ],
)
def test_what_is_wrong_changes_nothing(
    folder: Path, arguments: list[str], typed: list[str], stdin: str, said: str
) -> None:
    run(folder, 'Anna', typed=(PASSWORD, PASSWORD))
    before = hashes(folder)
    assert run(folder, *arguments, typed=typed, stdin=stdin).startswith(said)
    assert hashes(folder) == before != []


def test_without_a_journal_of_this_version_nothing_is_made(tmp_path: Path) -> None:
    assert 'There is no journal in' in run(tmp_path, 'Anna')
    assert [*tmp_path.iterdir()] == []
    (tmp_path / 'journal.db').write_bytes(b'something else' * 100)
    assert 'cannot be read' in run(tmp_path, 'Anna')
    sqlite3.connect(tmp_path / 'other.db').execute('CREATE TABLE photos (name TEXT)')
    (tmp_path / 'other.db').replace(tmp_path / 'journal.db')
    assert 'no journal of this program' in run(tmp_path, 'Anna')


def hashes(folder: Path) -> list[object]:
    """The hashes of all passwords in the journal."""
    journal = Journal(folder)
    people = People(AccountTables(journal)).all
    journal.close()
    return [person.password_hash for person in people]


@pytest.mark.program
async def test_the_program_itself_takes_the_command(tmp_path: Path) -> None:
    async with running('--data-dir', str(tmp_path)) as program, program.client() as rest:
        assert (await rest.get('/api/chargepoint')).status_code == 200
        command = await asyncio.create_subprocess_exec(
            *FROM_CHECKOUT,
            *('password', 'Anna', '--stdin', '--data-dir', str(tmp_path)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=CHECKOUT,
        )
        said, _ = await command.communicate(f'{NEW}\n'.encode())
        assert (command.returncode, said.decode()[:12]) == (0, 'Anna (owner)')
        async with asyncio.timeout(20):
            while (await rest.get('/api/chargepoint')).status_code == 200:  # noqa: ASYNC110 (the program looks now and then)
                await asyncio.sleep(0.2)
        assert await signs_in(rest, 'Anna', NEW)
