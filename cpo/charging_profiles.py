"""Charging profiles, built without knowing the OCPP version (pure)."""

from __future__ import annotations

from dataclasses import dataclass

TX_PROFILE_ID = 1


@dataclass(frozen=True, slots=True)
class ChargingProfile:
    """One limit for one transaction (OCPP 1.6 §3.13, TxProfile), in the form the most chargers accept.

    One constant id, so that a newer profile replaces the older one instead of joining it; stack level 0, which every
    charger has (many report more and refuse it); Relative without a start time, so that a wrong clock of the charger
    cannot make the limit start later; no member that is not needed. `transaction_id` is None inside a remote start.
    """

    limit_a: float
    transaction_id: int | None = None
    profile_id: int = TX_PROFILE_ID
    stack_level: int = 0
