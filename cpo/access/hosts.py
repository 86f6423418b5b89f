"""The Host rule: the names this server may be asked by.

A page of a stranger can point its own name at an address of this house (DNS rebinding); the browser then takes what
this server answers for the page's own. Only the name in `Host` gives that away.
"""

from __future__ import annotations

from collections.abc import Iterable

from cpo.host_names import host_of, is_ip_address

HOME_DOMAINS = ('localhost', 'local', 'lan', 'home', 'internal', 'home.arpa', 'fritz.box')
"""Domains below which no stranger can register a name."""


class HostRule:
    """Lets in IP addresses, names without a dot, names in the home's domains, and names that were added."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """`names` are in lower case; `*.example.org` stands for every name below example.org."""
        added = frozenset(names)
        self._names = frozenset(name for name in added if not name.startswith('*.'))
        below = (*HOME_DOMAINS, *(name[2:] for name in added if name.startswith('*.')))
        self._endings = tuple(f'.{domain}' for domain in below)

    def lets_in(self, authority: str) -> bool:
        """Whether a `Host` of this value is one of ours; the port does not matter."""
        host = host_of(authority)
        if host is None:
            return False
        return '.' not in host or is_ip_address(host) or host in self._names or host.endswith(self._endings)
