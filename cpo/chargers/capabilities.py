"""What a charger says of the charging profiles it takes, whatever its OCPP version calls that."""

from __future__ import annotations

from dataclasses import dataclass

from cpo.chargers.charging_profiles import Unit


@dataclass(frozen=True, slots=True)
class ProfileCapabilities:
    """The charging profiles a charger takes, by its own configuration; the dialect reads them off.

    `max_stack_level` and `max_periods` are None, `units` are both, where it says nothing that can be read.
    """

    max_stack_level: int | None = None
    max_periods: int | None = None
    units: frozenset[Unit] = frozenset(Unit)
