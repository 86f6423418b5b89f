"""What the pages call the charger and its connectors."""

from __future__ import annotations

from cpo.dashboard.words.times import charger_text
from cpo.sentences import MAX_NAME
from cpo.settings import Settings
from cpo.state import ChargePointState


def charger_name(state: ChargePointState, settings: Settings) -> str:
    """The charger's name: its own, that of the settings, or its charge box id; `Demo charger` for that one."""
    if state.demo:
        return 'Demo charger'
    box = state.charge_box_id or ''
    own = known.name if (known := state.chargers.get(box)) else ''
    return own or settings.name or charger_text(box, MAX_NAME) or 'Home'


def connector_name(connector_id: int, settings: Settings) -> str:
    """The connector's name: that of the settings, else its number."""
    names = settings.connector_names
    return names[connector_id - 1] if 1 <= connector_id <= len(names) else f'Connector {connector_id}'
