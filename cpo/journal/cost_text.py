"""The cost of a session as a text in its row."""

from __future__ import annotations

import json
from datetime import datetime

from cpo.state import SessionCost


def cost_text(cost: SessionCost | None) -> str | None:
    """A cost as JSON: `[currency, until, billionths, Wh, Wh from the sun, Wh at the fixed price for a missing one]`."""
    if cost is None:
        return None
    until = cost.until.isoformat(timespec='milliseconds')
    return json.dumps([cost.currency, until, cost.nano, cost.energy_wh, cost.sun_wh, cost.fallback_wh])


def cost_of(text: str | None) -> SessionCost | None:
    """The cost from the text that `cost_text` made of it; raises ValueError for one that is none."""
    if text is None:
        return None
    currency, until, nano, energy_wh, sun_wh, fallback_wh = json.loads(text)
    return SessionCost(currency, datetime.fromisoformat(until), int(nano), energy_wh, sun_wh, fallback_wh)
