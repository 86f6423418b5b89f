"""The URLs of this program: for the wallbox, the dashboard, and a charger on this machine."""

from __future__ import annotations

import errno
import ipaddress
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import quote, urlsplit

import ifaddr

from cpo.errors import MustNotStart
from cpo.settings import Settings

EVERYWHERE = ('0.0.0.0', '::', '')
VIRTUAL = ('docker', 'br-', 'veth', 'virbr', 'vmnet', 'vboxnet', 'lxc', 'lxd', 'cni', 'podman', 'vethernet')
THIS_MACHINE = 'this machine only'
TUNNELS = ('tun', 'tap', 'wg', 'tailscale', 'zt', 'utun', 'ppp')


@dataclass(frozen=True, slots=True)
class Address:
    """A URL, and a label for the network it can be reached from."""

    url: str
    label: str

    @property
    def host(self) -> str:
        """The host in the URL, as it is written there."""
        return urlsplit(self.url).netloc.rpartition(':')[0]

    @property
    def is_local(self) -> bool:
        """True where no other machine reaches it."""
        return self.label == THIS_MACHINE


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface with one of its addresses."""

    name: str
    ip: str


def websocket_urls(settings: Settings, name: str, interfaces: Iterable[Interface] | None = None) -> list[Address]:
    """The URLs at which a charger with the charge box id `name` reaches this program, the best first; never empty.

    The public URL, where one is set, is the only one. Where the server listens everywhere, these are the addresses of
    this machine (IPv6 only with host `::`): the home network before tunnels and virtual networks, IPv4 before IPv6,
    this machine alone (127.0.0.1) only where nothing else is there.
    """
    if settings.public_url is not None:
        base = 'ws' + settings.public_url.removeprefix('http')
        return [Address(f'{base}{_path(name)}', 'set by CPO_PUBLIC_URL')]
    if settings.host not in EVERYWHERE:
        return [Address(_websocket_url(settings.host, settings.port, name), _label_of_host(settings.host))]
    known = interfaces_of_this_machine() if interfaces is None else list(interfaces)
    heard = [i for i in known if settings.host == '::' or ':' not in i.ip]
    usable = sorted((i for i in heard if _is_usable(i.ip)), key=_rank)
    found = dict.fromkeys(usable) or [Interface('lo', '127.0.0.1')]
    return [Address(_websocket_url(i.ip, settings.port, name), _label(i)) for i in found]


def tls_urls(settings: Settings, name: str, interfaces: Iterable[Interface] | None = None) -> list[Address]:
    """The URLs at which a charger reaches this program with TLS of its own, like `websocket_urls`."""
    of_tls = settings.model_copy(update={'port': settings.tls_port, 'public_url': None})
    found = websocket_urls(of_tls, name, interfaces)
    return [replace(address, url='wss' + address.url.removeprefix('ws')) for address in found]


def dashboard_url(settings: Settings) -> str:
    """The URL of the dashboard: the public URL if there is one, else one that works on this machine."""
    if settings.public_url is not None:
        return settings.public_url
    host = 'localhost' if settings.host in EVERYWHERE or _is_loopback(settings.host) else settings.host
    return f'http://{_in_url(host)}:{settings.port}'


def charger_url(settings: Settings, name: str) -> str:
    """The URL at which a charger on this machine reaches this program."""
    host = '127.0.0.1' if settings.host in EVERYWHERE else settings.host
    return _websocket_url(host, settings.port, name)


def files_url(settings: Settings, dialled: str) -> str:
    """Where a charger reaches files of this program, which dialled this websocket URL: by the same host and prefix.

    A proxy may have put a host of its own in its place (this machine, or a name without a dot): then it is the public
    URL, where the settings have one; so it is for who dialled that.
    """
    asked = urlsplit(dialled)
    host = asked.hostname or ''
    is_of_proxy = _is_loopback(host) or ('.' not in host and ':' not in host)
    if settings.public_url is not None and (is_of_proxy or host in settings.public_hosts):
        return settings.public_url
    prefix = asked.path.partition('/ocpp/')[0]
    return f'{"https" if asked.scheme == "wss" else "http"}://{asked.netloc}{prefix}'


def announcement(settings: Settings) -> str:
    """The text printed at the start: the URL of the dashboard, and those to type into the charger."""
    name = settings.charge_box_id
    what = 'Type this into the charger, with any <name>:' if name is None else 'Type this into the charger:'
    secure = tls_urls(settings, name or '') if settings.tls_port else []
    urls = (address.url for address in (*websocket_urls(settings, name or ''), *secure))
    lines = (f'  {url}<name>' if name is None else f'  {url}' for url in urls)
    return '\n'.join((f'Dashboard: {dashboard_url(settings)}', what, *lines))


def listening_socket(settings: Settings, port: int | None = None) -> socket.socket:
    """The listening TCP socket of the program's port, or of another one.

    Raises MustNotStart when the port is taken or unusable.
    """
    port = settings.port if port is None else port
    family = socket.AF_INET6 if ':' in settings.host else socket.AF_INET
    try:
        both = settings.host == '::' and socket.has_dualstack_ipv6()
        listening = socket.create_server((settings.host, port), family=family, backlog=128, dualstack_ipv6=both)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            option = '--tls-port' if port == settings.tls_port else '--port'
            advice = f'is taken by another program; end that one, or choose another port with {option}.'
            raise MustNotStart(f'Port {port} {advice}') from None
        raise MustNotStart(f'CPO_HOST {settings.host}, port {port} cannot be listened on: {error.strerror}.') from None
    # without it, an answer in two small writes waits 40 ms for the acknowledgement of the first
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def interfaces_of_this_machine() -> list[Interface]:
    """The addresses of this machine with their interfaces, in the order the system lists them."""
    return [
        Interface(adapter.nice_name, str(ip.ip if ip.is_IPv4 else ip.ip[0]))
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    ]


@cache
def names_of_this_machine(within_s: float = 1) -> frozenset[str]:
    """The names others may call this machine by, in lower case; those the network knows only if it answers in time."""
    names = [socket.gethostname()]
    asking = threading.Thread(target=lambda: names.append(socket.getfqdn()), daemon=True)
    asking.start()
    asking.join(within_s)
    return frozenset(name.lower().rstrip('.') for name in tuple(names))


def _websocket_url(host: str, port: int, name: str) -> str:
    return f'ws://{_in_url(host)}:{port}{_path(name)}'


def _path(name: str) -> str:
    return f'/ocpp/{quote(name, safe="")}'


def _in_url(host: str) -> str:
    return f'[{host}]' if ':' in host else host


def _rank(interface: Interface) -> tuple[bool, int]:
    label = _label(interface)
    return ':' in interface.ip, ('home network', 'internet', 'tunnel', 'virtual network').index(label)


def _label(interface: Interface) -> str:
    name = interface.name.lower()
    if _is_loopback(interface.ip):
        return THIS_MACHINE
    if name.startswith(VIRTUAL):
        return 'virtual network'
    if name.startswith(TUNNELS):
        return 'tunnel'
    return 'home network' if ipaddress.ip_address(interface.ip).is_private else 'internet'


def _label_of_host(host: str) -> str:
    return THIS_MACHINE if _is_loopback(host) else 'set by CPO_HOST'


def _is_usable(ip: str) -> bool:
    address = ipaddress.ip_address(ip)
    return not (address.is_loopback or address.is_link_local or address.is_unspecified)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == 'localhost'
