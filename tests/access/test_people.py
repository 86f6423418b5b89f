"""People and their devices, on a real journal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher

from cpo.access import Passwords, People, Role, device_words
from cpo.access.passwords import MAX_WAITING
from cpo.errors import InvalidPerson, SignInNeeded, TooManyTries
from cpo.journal import AccountTables, Journal
from tests.access.people import PASSWORD

NIGHT = datetime(2026, 6, 14, 3, tzinfo=UTC)


class CountingHasher(PasswordHasher):
    """A cheap hasher that notes the parameters of each hash a password is compared with."""

    def __init__(self) -> None:
        super().__init__(time_cost=2, memory_cost=16, parallelism=1)
        self.compared: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.compared.append(str(hash).rsplit('$', 2)[0])
        return super().verify(hash, password)


class Setup:
    """People of a house whose clock stands still until it is set."""

    def __init__(self, journal: Journal) -> None:
        self.now = NIGHT
        self.hasher = CountingHasher()
        self.people = People(AccountTables(journal), lambda: self.now, Passwords(self.hasher))


@pytest.fixture
def journal() -> Iterator[Journal]:
    """A journal in memory."""
    journal = Journal(None)
    yield journal
    journal.close()


async def test_an_unknown_name_takes_the_same_work_as_a_known_one(journal: Journal) -> None:
    setup = Setup(journal)
    await setup.people.put('Anna', Role.OWNER, PASSWORD)
    for name in ('Anna', 'Bob'):
        with pytest.raises(SignInNeeded, match='Nobody has this name with this password'):
            await setup.people.sign_in(name, 'a wrong one', '127.0.0.1', 'Firefox')
    assert setup.hasher.compared == ['$argon2id$v=19$m=16,t=2,p=1'] * 2


async def test_a_device_is_signed_out_30_days_after_its_last_request(journal: Journal) -> None:
    setup = Setup(journal)
    await setup.people.put('Anna', Role.OWNER, PASSWORD)
    cookie = await setup.people.sign_in('anna', PASSWORD, '127.0.0.1', 'Firefox')
    for _ in range(3):
        setup.now += timedelta(days=29, hours=23)
        assert setup.people.by_cookie(cookie) is not None
    await journal.flushed()
    again = Setup(journal)
    again.now = setup.now + timedelta(days=29)
    assert again.people.by_cookie(cookie) is not None
    again.now += timedelta(days=30)
    assert again.people.devices.of('Anna') == []
    assert again.people.by_cookie(cookie) is None


async def test_of_many_devices_the_one_seen_least_recently_is_signed_out(journal: Journal) -> None:
    setup = Setup(journal)
    await setup.people.put('Anna', Role.OWNER, PASSWORD)
    cookies = []
    for _ in range(52):
        setup.now += timedelta(minutes=1)
        cookies.append(setup.people.devices.sign_in('Anna', 'Firefox', '127.0.0.1'))
    assert [setup.people.by_cookie(cookie) is None for cookie in cookies] == [True] * 2 + [False] * 50


async def test_a_name_is_one_that_can_be_shown_and_typed(journal: Journal) -> None:
    people = Setup(journal).people
    for name in ('', ' ', 'A' * 41, 'a\nb', '\u202eanna', '..', None, 7):
        with pytest.raises(InvalidPerson):
            await people.put(name, Role.OWNER, PASSWORD)
    assert (await people.put(' Änne / O’Neill ', Role.OWNER, PASSWORD)).name == 'Änne / O’Neill'
    assert people.by_cookie(await people.sign_in('ÄNNE / O’NEILL', PASSWORD, '', '')) is not None


def test_a_device_is_called_by_browser_and_system() -> None:
    for agent, words in (
        (
            'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Safari/604',
            'Safari on iPhone',
        ),
        ('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/120 Safari/537 Edg/120', 'Edge on Windows'),
        ('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537 Chrome/120 Safari/537', 'Chrome on Linux'),
        ('curl/8.5.0', 'curl/8.5.0'),
        ('', 'Unknown'),
        ('\x00' + 'x' * 99, 'x' * 39 + 'x'),
    ):
        assert device_words(agent) == words


async def test_a_flood_of_passwords_is_refused_before_it_waits_long(journal: Journal) -> None:
    people = Setup(journal).people
    await people.put('Anna', Role.OWNER, PASSWORD)
    tries = [people.sign_in('Anna', 'a wrong one', f'192.0.2.{i}', '') for i in range(40)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    refused = [error for error in results if isinstance(error, TooManyTries)]
    assert len(refused) == 40 - MAX_WAITING
    assert str(refused[0]) == 'Too many passwords wait to be checked. Try again in 3 s.'
    assert people.by_cookie(await people.sign_in('Anna', PASSWORD, '192.0.2.39', '')) is not None
