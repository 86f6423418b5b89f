"""Guesses of passwords are bounded, and nobody is locked out by the guesses of others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cpo.access import Tries
from cpo.errors import TooManyTries

HOME, ELSEWHERE = '192.168.1.5', '203.0.113.7'


class Guesser:
    """Tries passwords at times of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.tries = Tries(lambda: self.now)

    def wrong(self, address: str = HOME, name: str = 'Anna') -> int:
        """A wrong guess; how long to wait for the next, 0: not at all."""
        return self._wait(self.tries.wrong, address, name)

    def right(self, address: str = HOME, name: str = 'Anna') -> int:
        """The right password; how long to wait where it is not looked at."""
        return self._wait(self.tries.right, address, name)

    def _wait(self, found: Callable[[str, str], None], address: str, name: str) -> int:
        try:
            self.tries.begin(address, name)
            found(address, name)
        except TooManyTries as error:
            return error.retry_after_s
        return 0


def test_from_the_fifth_wrong_one_on_the_address_waits_longer_each_time() -> None:
    guesser = Guesser()
    assert [guesser.wrong() for _ in range(5)] == [0, 0, 0, 0, 60]
    guesser.now = 20.5
    assert (guesser.right(), guesser.wrong()) == (40, 40)
    waits = []
    for _ in range(6):
        guesser.now += 1000
        waits.append(guesser.wrong())
    assert waits == [120, 240, 480, 900, 900, 900]
    guesser.now += 3601
    assert guesser.wrong() == 0


def test_other_addresses_are_not_refused_for_it() -> None:
    guesser = Guesser()
    assert [guesser.wrong(ELSEWHERE) for _ in range(6)][-2:] == [60, 60]
    assert guesser.right(HOME) == 0


def test_many_names_from_one_address_count_together() -> None:
    guesser = Guesser()
    assert [guesser.wrong(name=f'name {i}') for i in range(5)] == [0, 0, 0, 0, 60]


def test_a_password_of_ones_own_is_no_way_to_guess_anothers() -> None:
    guesser = Guesser()
    waits = []
    for _ in range(5):
        waits.append(guesser.wrong(name='ANNA '.strip()))
        guesser.right(name='guest')
    assert waits == [0, 0, 0, 0, 60]


def test_the_right_one_in_time_ends_the_count() -> None:
    guesser = Guesser()
    for _ in range(3):
        assert [guesser.wrong() for _ in range(4)] == [0, 0, 0, 0]
        assert guesser.right() == 0


def test_many_at_once_are_no_way_around() -> None:
    guesser = Guesser()
    for _ in range(5):
        guesser.tries.begin(HOME, 'Anna')
    with pytest.raises(TooManyTries):
        guesser.tries.begin(HOME, 'Anna')


def test_addresses_of_one_home_in_ipv6_count_together() -> None:
    guesser = Guesser()
    assert [guesser.wrong(f'2001:db8:1:2::{i}') for i in range(5)][-1] == 60
    assert guesser.wrong('2001:db8:1:3::1') == 0
