"""The Host rule: the names by which this server may be addressed.

The page of an attacker can point its own name at an address of this house (DNS rebinding); the browser then takes this
server's answers for the page's own. Only the name in `Host` reveals that.
"""

from __future__ import annotations

from collections.abc import Iterable

from cpo.host_names import host_of, is_ip_address

HOME_DOMAINS = ('localhost', 'local', 'lan', 'home', 'internal', 'home.arpa', 'fritz.box')
"""Domains below which nobody outside the home can register a name."""


class HostRule:
    """Lets in IP addresses, names without a dot, names in the home's domains, and names added by a setting."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """`names` are in lower case; `*.example.org` stands for every name below example.org."""
        added = frozenset(names)
        self._names = frozenset(name for name in added if not name.startswith('*.'))
        below = (*HOME_DOMAINS, *(name[2:] for name in added if name.startswith('*.')))
        self._endings = tuple(f'.{domain}' for domain in below)

    def lets_in(self, authority: str) -> bool:
        """True where `authority`, the value of a `Host` header, names this server; the port does not matter."""
        host = host_of(authority)
        if host is None:
            return False
        return '.' not in host or is_ip_address(host) or host in self._names or host.endswith(self._endings)
