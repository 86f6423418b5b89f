"""The charging profiles a charger reports to accept, independent of the OCPP version."""

from __future__ import annotations

from dataclasses import dataclass

from cpo.chargers.charging_profiles import Unit


@dataclass(frozen=True, slots=True)
class ProfileCapabilities:
    """The charging profiles a charger accepts by its configuration, which the dialect reads.

    `max_stack_level` and `max_periods` are None, and `units` has both, where the configuration has no readable value.
    `switches_phases`: within a transaction it charges on one phase or on three as a profile says.
    """

    max_stack_level: int | None = None
    max_periods: int | None = None
    units: frozenset[Unit] = frozenset(Unit)
    switches_phases: bool = False
