"""The topics of a charger and of its connectors (pure).

homecpo/status                     online or offline, the last will
homecpo/<charger>/connected        ON or OFF
homecpo/<charger>/state, event     JSON: values of the whole charger, what happened
homecpo/<charger>/<connector>/state, session, event
…/<command>/set                    the plain value, never retained
homecpo/grid_w, pv_w, …            readings of the house, to this program
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

DISCOVERY = 'homeassistant/device'
ONLINE, OFFLINE = 'online', 'offline'
"""What this program's status is."""
BIRTH = 'homeassistant/status'
"""Home Assistant says `online` there once it has started."""
OF_US = 'homecpo_'
"""Every id in Home Assistant begins with it, whatever the prefix of the topics."""
UNSAFE = re.compile('[^A-Za-z0-9_-]')


def topic_id(charge_box_id: str) -> str:
    """A charge box id as topics and ids of Home Assistant can hold it.

    Each other character becomes `_`; a short hash then keeps the id unique.
    """
    name = charge_box_id.strip('/')
    safe = UNSAFE.sub('_', name)
    digest = hashlib.sha256(name.encode(errors='backslashreplace')).hexdigest()[:6]
    return name if safe == name else f'{safe}_{digest}'


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one charger; `charger` is its `topic_id`."""

    prefix: str
    charger: str

    @property
    def status(self) -> str:
        """Whether this program is connected with the broker."""
        return status_topic(self.prefix)

    @property
    def connected(self) -> str:
        """Whether the charger is connected."""
        return f'{self.prefix}/{self.charger}/connected'

    def of(self, name: str, connector_id: int | None = None) -> str:
        """The topic `name` (state, event, session) of a connector, None: of the whole charger."""
        connector = '' if connector_id is None else f'/{connector_id}'
        return f'{self.prefix}/{self.charger}{connector}/{name}'

    def command(self, name: str, connector_id: int | None = None) -> str:
        """The topic that takes a command."""
        return self.of(f'{name}/set', connector_id)

    def device(self, connector_id: int = 1) -> str:
        """The discovery topic: connector 1 belongs to the charger's device, each further one is a device of its own."""
        further = '' if connector_id == 1 else f'/{connector_id}'
        return f'{DISCOVERY}/{OF_US}{self.charger}{further}/config'

    def unique_id(self, key: str, connector_id: int | None = None) -> str:
        """The id of an entity; the dots keep connector 2 of `a` from being a charger `a_2`."""
        connector = '' if connector_id is None else f'.{connector_id}'
        return f'{OF_US}{self.charger}{connector}.{key}'


def status_topic(prefix: str) -> str:
    """The topic that says whether this program is connected with the broker."""
    return f'{prefix}/status'
