"""Local Authorization List and Authorization Cache: which idTags may charge without Authorize (OCPP 1.6 §3.5)."""

from dataclasses import dataclass
from datetime import datetime

from simulator.clock import from_wire
from simulator.configuration import Configuration
from simulator.connection import OcppError, Payload, Reply

MAX_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class Entry:
    status: str
    expires_at: datetime | None = None
    parent: str | None = None

    def status_at(self, now: datetime) -> str:
        return 'Expired' if self.status == 'Accepted' and self.expires_at and now >= self.expires_at else self.status


class LocalAuthorization:
    """The Local Authorization List and the Authorization Cache, with the status of idTags.

    Both outlive a reboot, and the list takes precedence over the cache.
    """

    def __init__(self, configuration: Configuration) -> None:
        self.list_version = 0
        self._configuration = configuration
        self._list: dict[str, Entry] = {}
        self._cache: dict[str, Entry] = {}

    def status(self, id_tag: str, now: datetime) -> str | None:
        """The AuthorizationStatus of an idTag, None when it is in neither list nor cache."""
        entry = self._entry(id_tag)
        return entry.status_at(now) if entry else None

    def parent(self, id_tag: str) -> str | None:
        """The parent idTag, by which cards are of one group (§3.10); None when it has none, or is unknown."""
        entry = self._entry(id_tag)
        return entry.parent if entry else None

    def _entry(self, id_tag: str) -> Entry | None:
        entry = self._list.get(id_tag)
        if entry is None and self._configuration.boolean('AuthorizationCacheEnabled'):
            entry = self._cache.get(id_tag)
        return entry

    def may_start_offline(self, id_tag: str, now: datetime) -> bool:
        status = self.status(id_tag, now)
        if status is None:
            return self._configuration.boolean('AllowOfflineTxForUnknownId')
        return status == 'Accepted' and self._configuration.boolean('LocalAuthorizeOffline')

    def may_start_at_once(self, id_tag: str, now: datetime) -> bool:
        """True when an idTag known as Accepted may start while online without Authorize (LocalPreAuthorize)."""
        return self.status(id_tag, now) == 'Accepted' and self._configuration.boolean('LocalPreAuthorize')

    def remember(self, id_tag: str, response: Payload) -> None:
        """Cache the idTagInfo of a response of the central system; above 100 entries the oldest is dropped."""
        info = response.get('idTagInfo')
        if not isinstance(info, dict) or 'status' not in info:
            return
        self._cache.pop(id_tag, None)
        self._cache[id_tag] = _entry(info)
        if len(self._cache) > MAX_ENTRIES:
            self._cache.pop(next(iter(self._cache)))

    def clear_cache(self) -> None:
        self._cache.clear()

    def replace_list(self, payload: Payload) -> Reply:
        """Answer SendLocalList (§5.15), Full or Differential; raises OcppError for an unreadable list."""
        full = payload['updateType'] == 'Full'
        if not full and payload['listVersion'] <= self.list_version:
            return Reply({'status': 'VersionMismatch'})
        entries = {} if full else dict(self._list)
        try:
            for item in payload.get('localAuthorizationList') or ():
                if item.get('idTagInfo'):
                    entries[item['idTag']] = _entry(item['idTagInfo'])
                else:
                    entries.pop(item['idTag'], None)
        except (KeyError, TypeError, AttributeError) as error:
            raise OcppError('FormationViolation', f'localAuthorizationList: {error}') from error
        if len(entries) > MAX_ENTRIES:
            return Reply({'status': 'Failed'})
        self._list, self.list_version = entries, payload['listVersion']
        return Reply({'status': 'Accepted'})


def _entry(info: Payload) -> Entry:
    try:
        expires_at = from_wire(info['expiryDate']) if info.get('expiryDate') else None
    except (TypeError, ValueError):
        expires_at = None
    parent = info.get('parentIdTag')
    return Entry(str(info['status']), expires_at, parent if isinstance(parent, str) else None)


def status_of_tag(response: Payload) -> str:
    """The AuthorizationStatus in a response of the central system, Invalid when it has none."""
    info = response.get('idTagInfo')
    return str(info.get('status')) if isinstance(info, dict) else 'Invalid'
