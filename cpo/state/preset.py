"""How much of the sun a connector takes, as a person chooses it (no logic)."""

from __future__ import annotations

from enum import StrEnum


class Preset(StrEnum):
    """How much an imported kWh may cost in modes SOLAR and SOLAR_MIN, as chosen for a connector or for all.

    SOLAR_ONLY buys as little as possible, BALANCED counts a bought kWh as one of the sun, EAGER buys to catch more of
    the sun. DEMO is another rule: it follows the production, whatever the house takes of it.
    """

    SOLAR_ONLY = 'solar_only'
    BALANCED = 'balanced'
    EAGER = 'eager'
    DEMO = 'demo'
