"""How many connections may wait for their request."""

from __future__ import annotations

import pytest

from cpo.access import Arrivals

STRANGER, OTHER, CHARGER = '192.168.1.66', '192.168.1.67', '192.168.1.30'
MANY = 300


def let_in(arrivals: Arrivals, *addresses: str, connections: int = 1) -> int:
    """How many of these connections may wait."""
    return sum(arrivals.begin(address, connections) for address in addresses)


def test_an_address_has_room_for_64_and_again_once_one_of_them_is_done() -> None:
    arrivals = Arrivals()
    assert let_in(arrivals, *[STRANGER] * 70) == 64
    assert let_in(arrivals, OTHER) == 1
    arrivals.end(STRANGER)
    assert let_in(arrivals, STRANGER, STRANGER) == 1


def test_all_strangers_together_leave_room_for_the_known_charger() -> None:
    arrivals = Arrivals(known_charger=lambda: CHARGER)
    assert let_in(arrivals, *[f'10.0.{i // 200}.{i % 200}' for i in range(MANY)]) == 256
    assert let_in(arrivals, *[CHARGER] * 70) == 64
    assert let_in(arrivals, OTHER) == 0


def test_so_do_connections_of_any_other_kind() -> None:
    arrivals = Arrivals(known_charger=lambda: CHARGER)
    assert let_in(arrivals, STRANGER, connections=800) == 1
    assert let_in(arrivals, STRANGER, connections=801) == 0
    assert let_in(arrivals, CHARGER, '127.0.0.1', connections=5000) == 2


@pytest.mark.parametrize('address', ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '172.18.0.9', 'fd00:1::9'])
def test_this_machine_and_trusted_proxies_are_not_counted(address: str) -> None:
    assert let_in(Arrivals(('172.18.0.0/16', 'fd00:1::9/128')), *[address] * MANY) == MANY


def test_addresses_of_one_ipv6_network_are_one() -> None:
    assert let_in(Arrivals(), *[f'fd00:2::{i:x}' for i in range(1, MANY)]) == 64
    assert let_in(Arrivals(), *[f'fe80::{i:x}%eth0' for i in range(1, MANY)]) == 64
    assert let_in(Arrivals(), *[f'fd00:0:0:{i:x}::1' for i in range(1, 200)]) == 199


def test_ipv4_is_the_same_address_where_it_comes_in_by_ipv6() -> None:
    assert let_in(Arrivals(), *[STRANGER, f'::ffff:{STRANGER}'] * 40) == 64


def test_a_flood_is_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = 1000.0
    arrivals = Arrivals(clock=lambda: now)
    let_in(arrivals, *[STRANGER] * MANY)
    assert [record.message for record in caplog.records] == [
        f'{STRANGER} has too many unfinished connections; more of them are cut.'
    ]
    now += 61
    let_in(arrivals, STRANGER, STRANGER)
    assert len(caplog.records) == 2
