"""The addresses of the house: what may use this server while nobody has a password."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import monotonic

PRIVATE = tuple(
    ip_network(text)
    for text in (
        '127.0.0.0/8',
        '::1/128',
        '10.0.0.0/8',  # RFC 1918
        '172.16.0.0/12',
        '192.168.0.0/16',
        '169.254.0.0/16',  # RFC 3927
        'fe80::/10',  # RFC 4291
        'fc00::/7',  # RFC 4193
    )
)
REMEMBERED_S = 60.0
MAX_REMEMBERED = 1000


class LocalRule:
    """Lets in loopback, private and link-local addresses, the /64 of each IPv6 address of this machine, and networks
    added by a setting.

    An address is judged once a minute, as a provider gives a home another IPv6 network now and then.
    """

    def __init__(
        self,
        networks: Callable[[], Sequence[str]] = lambda: (),
        addresses_of_this_machine: Callable[[], Iterable[str]] = lambda: (),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`networks` returns addresses or networks as `203.0.113.0/24`.

        These, and the addresses of this machine, are asked for when needed.
        """
        self._added_networks = networks
        self._added: Sequence[str] = ()
        self._networks = PRIVATE
        self._addresses_of_this_machine = addresses_of_this_machine
        self._clock = clock
        self._judged: dict[str, bool] = {}
        self._forget_at = 0.0

    def lets_in(self, address: str) -> bool:
        """True for an address of the house; False also for a text that is no address."""
        added = self._added_networks()
        if self._clock() >= self._forget_at or len(self._judged) >= MAX_REMEMBERED or added != self._added:
            self._added = added
            self._networks = (*PRIVATE, *(ip_network(network, strict=False) for network in added))
            self._judged.clear()
            self._forget_at = self._clock() + REMEMBERED_S
        known = self._judged.get(address)
        if known is None:
            known = self._judged[address] = self._judge(address)
        return known

    def _judge(self, address: str) -> bool:
        try:
            ip = ip_address(address.partition('%')[0])
        except ValueError:
            return False
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        if any(ip in network for network in self._networks):
            return True
        return isinstance(ip, IPv6Address) and any(ip in network for network in self._own_networks())

    def _own_networks(self) -> list[IPv4Network | IPv6Network]:
        return [
            ip_network(f'{address.partition("%")[0]}/64', strict=False)
            for address in self._addresses_of_this_machine()
            if ':' in address and not ip_address(address.partition('%')[0]).is_loopback
        ]
