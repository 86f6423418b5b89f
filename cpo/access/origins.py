"""The Origin rule: the pages that may use this server through a browser of the house.

Browsers send `Origin` with every state-changing request and every websocket; programs and most chargers send none.
"""

from __future__ import annotations

from collections.abc import Iterable

from cpo.host_names import host_of, host_of_origin, origin_of

FILE_PAGES = frozenset({'null', 'file://'})
"""What browsers send of a double-clicked page, and of any page that hides where it comes from."""
LOCAL_HOSTS = frozenset({'localhost', '127.0.0.1', '::1'})


class OriginRule:
    """Lets in pages of the host the request was sent to (any port), of localhost, and of origins added by a setting."""

    def __init__(self, origins: Iterable[str] = (), allow_file_pages: bool = False) -> None:
        """`origins` are as `origin_of` spells them.

        `allow_file_pages` lets pages opened from a file use chargers' websockets.
        """
        self._origins = frozenset(origins)
        self._allow_file_pages = allow_file_pages

    def lets_in(self, origin: str, authority: str, is_chargers_door: bool) -> bool:
        """True where a page of this `origin` may send a request whose `Host` header is `authority`.

        `is_chargers_door`: the request is for a charger's websocket; a page opened from a file is let in there only,
        and only where the settings allow that.
        """
        if origin in FILE_PAGES:
            return self._allow_file_pages and is_chargers_door
        host = host_of_origin(origin)
        if host is None:
            return False
        return host in LOCAL_HOSTS or host == host_of(authority) or origin_of(origin) in self._origins
