"""What a person has to type into the wallbox."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from cpo.addresses import (
    Address,
    Interface,
    announcement,
    dashboard_url,
    interfaces_of_this_machine,
    names_of_this_machine,
    websocket_urls,
)
from cpo.host_names import is_ip_address
from cpo.settings import Settings

LOOPBACK = Interface('lo', '127.0.0.1')
DOCKER = Interface('docker0', '172.17.0.1')
BRIDGE = Interface('br-4f2a', '172.18.0.1')
LAN = Interface('eth0', '192.168.1.20')
WIFI = Interface('wlan0', '10.0.0.7')
VPN = Interface('wg0', '10.8.0.2')
PUBLIC = Interface('eth1', '93.184.216.34')
NO_LEASE = Interface('eth2', '169.254.7.7')
EVERYWHERE = Settings(host='0.0.0.0', port=8080)


def urls(settings: Settings, *interfaces: Interface, name: str = 'garage') -> list[str]:
    return [address.url for address in websocket_urls(settings, name, interfaces)]


def test_the_home_network_comes_before_tunnels_and_virtual_bridges() -> None:
    assert urls(EVERYWHERE, LOOPBACK, DOCKER, VPN, BRIDGE, PUBLIC, LAN, WIFI) == [
        'ws://192.168.1.20:8080/ocpp/garage',
        'ws://10.0.0.7:8080/ocpp/garage',
        'ws://93.184.216.34:8080/ocpp/garage',
        'ws://10.8.0.2:8080/ocpp/garage',
        'ws://172.17.0.1:8080/ocpp/garage',
        'ws://172.18.0.1:8080/ocpp/garage',
    ]


LAN6 = Interface('eth0', 'fd00::20')
PUBLIC6 = Interface('eth0', '2a02:908::20')


def test_ipv6_addresses_are_listed_where_the_server_listens_there_after_those_of_ipv4() -> None:
    found = (Interface('lo', '::1'), Interface('eth0', 'fe80::20'), PUBLIC6, LAN6, LAN)
    assert urls(Settings(host='::', port=8080), *found) == [
        'ws://192.168.1.20:8080/ocpp/garage',
        'ws://[fd00::20]:8080/ocpp/garage',
        'ws://[2a02:908::20]:8080/ocpp/garage',
    ]
    assert urls(EVERYWHERE, *found) == ['ws://192.168.1.20:8080/ocpp/garage']


@pytest.mark.parametrize(
    ('public_url', 'url'),
    [
        ('http://192.168.1.20:9000', 'ws://192.168.1.20:9000/ocpp/my%20box'),
        ('https://cpo.example.org/x', 'wss://cpo.example.org/x/ocpp/my%20box'),
        ('https://[fd00::7]', 'wss://[fd00::7]/ocpp/my%20box'),
    ],
)
def test_the_public_url_is_the_only_address(public_url: str, url: str) -> None:
    settings = Settings(host='::', public_url=public_url)
    assert websocket_urls(settings, 'my box', (LAN,)) == [Address(url, 'set by CPO_PUBLIC_URL')]
    assert dashboard_url(settings) == public_url
    assert announcement(settings).splitlines()[0] == f'Dashboard: {public_url}'


def test_this_machine_knows_its_name() -> None:
    assert socket.gethostname().lower() in names_of_this_machine()


def test_an_address_is_listed_once() -> None:
    assert urls(EVERYWHERE, LAN, LAN) == ['ws://192.168.1.20:8080/ocpp/garage']


@pytest.mark.parametrize('interfaces', [(), (LOOPBACK,), (LOOPBACK, NO_LEASE)])
def test_this_machine_is_named_only_where_nothing_else_is_there(interfaces: tuple[Interface, ...]) -> None:
    assert websocket_urls(EVERYWHERE, 'garage', interfaces) == [
        Address('ws://127.0.0.1:8080/ocpp/garage', 'this machine only')
    ]


@pytest.mark.parametrize(
    ('host', 'url', 'label'),
    [
        ('127.0.0.1', 'ws://127.0.0.1:9000/ocpp/garage', 'this machine only'),
        ('localhost', 'ws://localhost:9000/ocpp/garage', 'this machine only'),
        ('192.168.7.7', 'ws://192.168.7.7:9000/ocpp/garage', 'set by CPO_HOST'),
        ('fd00::7', 'ws://[fd00::7]:9000/ocpp/garage', 'set by CPO_HOST'),
    ],
)
def test_a_host_that_was_set_is_the_only_address(host: str, url: str, label: str) -> None:
    assert websocket_urls(Settings(host=host, port=9000), 'garage', (LAN, LOOPBACK)) == [Address(url, label)]


@pytest.mark.parametrize(
    ('name', 'quoted'),
    [('CP 1', 'CP%201'), ('a/b', 'a%2Fb'), ('Zoë', 'Zo%C3%AB'), ('A-1_b.~', 'A-1_b.~'), ('?#', '%3F%23')],
)
def test_the_name_is_quoted_as_one_segment_of_the_path(name: str, quoted: str) -> None:
    assert urls(EVERYWHERE, LAN, name=name) == [f'ws://192.168.1.20:8080/ocpp/{quoted}']


def test_the_addresses_of_this_machine_are_found() -> None:
    assert all(is_ip_address(interface.ip) for interface in interfaces_of_this_machine())
    found = websocket_urls(EVERYWHERE, 'garage')
    assert found
    assert all(urlsplit(address.url).port == 8080 for address in found)


@pytest.mark.parametrize(
    ('host', 'url'),
    [
        ('0.0.0.0', 'http://localhost:8080'),
        ('::', 'http://localhost:8080'),
        ('127.0.0.1', 'http://localhost:8080'),
        ('192.168.7.7', 'http://192.168.7.7:8080'),
        ('fd00::7', 'http://[fd00::7]:8080'),
    ],
)
def test_a_browser_on_this_machine_finds_the_dashboard_at(host: str, url: str) -> None:
    assert dashboard_url(Settings(host=host)) == url
