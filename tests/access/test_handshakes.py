"""How often strangers may knock."""

from __future__ import annotations

import pytest

from cpo.access import MAX_IN_WINDOW, Handshakes


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_too_many_waits_for_the_rest_of_its_minute() -> None:
    clock = Clock()
    handshakes = Handshakes(clock)
    for _ in range(MAX_IN_WINDOW):
        assert handshakes.count('192.168.1.7') is None
    clock.now = 20.5
    assert handshakes.count('192.168.1.7') == (40, True)
    assert handshakes.count('192.168.1.7') == (40, False)
    clock.now = 60
    assert handshakes.count('192.168.1.7') is None


@pytest.mark.parametrize('address', ['127.0.0.1', '127.8.8.8', '::1'])
def test_this_machine_is_not_counted(address: str) -> None:
    handshakes = Handshakes(Clock())
    assert {handshakes.count(address) for _ in range(500)} == {None}


def test_a_home_of_ipv6_addresses_counts_as_one() -> None:
    handshakes = Handshakes(Clock())
    answers = [handshakes.count(f'2001:db8::{number:x}') for number in range(61)]
    assert answers[:60] == [None] * 60
    assert answers[60] is not None


def test_very_many_addresses_use_bounded_room() -> None:
    handshakes = Handshakes(Clock())
    for number in range(3000):
        handshakes.count(f'10.0.{number // 250}.{number % 250}')
    assert len(handshakes._windows) <= 1000
