"""The names this server may be asked by."""

from __future__ import annotations

import pytest

from cpo.access import HostRule
from cpo.host_names import host_of, host_of_origin, origin_of, shown_address

OURS = [
    'localhost',
    'localhost:8080',
    'LOCALHOST:8080',
    'localhost.',
    '127.0.0.1:8080',
    '192.168.1.20',
    '203.0.113.7:80',
    '[::1]:8080',
    '[fd00::7]',
    '[FE80::1%eth0]:8080',
    '[::ffff:192.168.1.20]:8080',
    'cpo',
    'raspberrypi:8080',
    'my_cpo:8080',
    'garage.local',
    'GARAGE.Local.:8080',
    'cpo.localhost',
    'nas.lan',
    'nas.home:',
    'host.docker.internal:8080',
    'cpo.home.arpa',
    'wallbox.fritz.box',
    'a.b.lan',
]
FOREIGN = [
    'evil.example',
    'evil.example:8080',
    'EVIL.EXAMPLE.',
    'evil.example..',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '192.168.1.20.nip.io',
    'evil.local.example',
    'evillocal.example',
    'x.notlocal',
    'home.arpa',
    'fritz.box',
    'evilfritz.box',
    'xn--e1afmkfd.xn--80akhbyknj4f',
    'b\xfccher.example',
    'evil.example\u3002local',
    'localhost:8080@evil.example',
    'user@localhost',
    'localhost, evil.example',
    'localhost evil.example',
    'localhost/evil.example',
    'localhost\\evil.example',
    'http://localhost',
    'localhost:http',
    'localhost:808080',
    '.local',
    '..local',
    '.',
    '',
    '::1',
    '[::1',
    '[::1]evil.example',
    '[evil.example]',
    '[1.2.3.4]',
    'local\x00host',
    'localhost\n',
]


@pytest.mark.parametrize('authority', OURS)
def test_the_names_of_a_home_are_ours(authority: str) -> None:
    assert HostRule().lets_in(authority)


@pytest.mark.parametrize('authority', FOREIGN)
def test_a_name_that_a_stranger_can_register_or_forge_is_not(authority: str) -> None:
    assert not HostRule().lets_in(authority)


def test_names_are_added_one_by_one_or_with_all_below_them() -> None:
    rule = HostRule(['cpo.example.org', '*.example.net'])
    for name in ('cpo.example.org', 'CPO.example.org.:443', 'a.example.net', 'a.b.example.net:1'):
        assert rule.lets_in(name), name
    for name in ('example.org', 'x.cpo.example.org', 'example.net', 'xexample.net', 'a.example.net.evil.example'):
        assert not rule.lets_in(name), name


@pytest.mark.parametrize(
    ('text', 'origin', 'host'),
    [
        ('http://localhost:3000', 'http://localhost:3000', 'localhost'),
        ('HTTPS://Home.Example:443', 'https://home.example', 'home.example'),
        ('http://home.example:80', 'http://home.example', 'home.example'),
        ('https://home.example:80', 'https://home.example:80', 'home.example'),
        ('http://[FD00::7]:8123', 'http://[fd00::7]:8123', 'fd00::7'),
        ('null', None, None),
        ('file://', None, None),
        ('', None, None),
        ('http://', None, None),
        ('http://home.example/', None, None),
        ('http://user@home.example', None, None),
        ('chrome-extension://abc', None, None),
        ('javascript:alert(1)', None, None),
        ('http://a.example http://b.example', None, None),
    ],
)
def test_an_origin_has_one_spelling(text: str, origin: str | None, host: str | None) -> None:
    assert (origin_of(text), host_of_origin(text)) == (origin, host)


def test_a_host_has_one_spelling() -> None:
    assert [host_of(text) for text in ('A.Example.:80', '[FD00::7]:1', '[fd00::7', 'a..b')] == [
        'a.example',
        'fd00::7',
        None,
        None,
    ]


@pytest.mark.parametrize(
    ('client', 'shown'),
    [
        (('192.168.1.7', 40000), '192.168.1.7'),
        (('::ffff:192.168.1.7', 40000), '192.168.1.7'),  # where the server listens on IPv6 too
        (('fd00::7', 40000), 'fd00::7'),
        (None, 'somebody'),
    ],
)
def test_a_client_has_one_address_on_every_page(client: tuple[str, int] | None, shown: str) -> None:
    assert shown_address(client) == shown
