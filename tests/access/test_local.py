"""While nobody has a password, the addresses of the house may do everything, and no others anything."""

from __future__ import annotations

from cpo.access import LocalRule

LOCAL = [
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.178.20',
    '169.254.1.1',
    'fe80::1',
    'fe80::1%eth0',
    'fd12:3456::1',
    '::ffff:192.168.1.1',
    '2001:db8:1:2:aaaa::9',
    '203.0.113.9',
    '2001:db8:77::1',
]
FOREIGN = [
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '192.169.0.1',
    '11.0.0.1',
    '100.64.0.1',
    '203.0.114.9',
    '2001:db8:1:3::9',
    '::ffff:8.8.8.8',
    'fec0::1',
    'testclient',
    'somebody',
    '',
    'unknown',
    '192.168.1',
    '0.0.0.0',
    '::',
    '::2',
    '192.168.1.1, 8.8.8.8',
]
OWN = ['::1', '192.168.178.2', '2001:db8:1:2:3:4:5:6', '198.51.100.4', 'fe80::9%eth0']


def test_addresses_of_the_house_are_let_in_and_others_are_not() -> None:
    rule = LocalRule(('203.0.113.0/24', '2001:db8:77::/48'), lambda: OWN)
    for _ in range(2):
        assert [address for address in LOCAL if not rule.lets_in(address)] == []
        assert [address for address in FOREIGN if rule.lets_in(address)] == []


def test_another_network_of_the_provider_is_known_within_a_minute() -> None:
    now, own = 0.0, ['2001:db8:1:2::5']
    rule = LocalRule((), lambda: own, lambda: now)
    assert (rule.lets_in('2001:db8:1:2::7'), rule.lets_in('2001:db8:9:9::7')) == (True, False)
    own[:] = ['2001:db8:9:9::5']
    now = 61.0
    assert (rule.lets_in('2001:db8:1:2::7'), rule.lets_in('2001:db8:9:9::7')) == (False, True)
