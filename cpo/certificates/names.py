"""The names and addresses by which chargers and browsers reach this server, for its certificates."""

from __future__ import annotations

from ipaddress import ip_address

from cpo.addresses import EVERYWHERE, interfaces_of_this_machine, names_of_this_machine
from cpo.settings import Settings

OWNER = 'Home CPO'
"""The organization in all our certificates: the owner of the chargers that have one (whitepaper A00.FR.404)."""
LOCAL = ('localhost', '127.0.0.1')


def names_of_server(settings: Settings) -> tuple[str, ...]:
    """All of them, those that people chose first; the first one is the common name (whitepaper A00.FR.510)."""
    chosen = (*settings.public_hosts, *(name for name in settings.allowed_hosts if not name.startswith('*.')))
    heard = () if settings.host in EVERYWHERE else (settings.host,)
    addresses = heard or sorted(interface.ip for interface in interfaces_of_this_machine() if _is_usable(interface.ip))
    own = sorted(name for name in names_of_this_machine() if name not in LOCAL)
    return tuple(dict.fromkeys(name for name in (*chosen, *own, *addresses, *LOCAL) if name and name.isascii()))


def _is_usable(ip: str) -> bool:
    address = ip_address(ip)
    return not (address.is_loopback or address.is_link_local)
