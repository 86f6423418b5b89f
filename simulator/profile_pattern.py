"""A pattern that says which charging profiles a persona rejects or ignores."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from simulator.charging_profile import ChargingProfile

PLACES = {'charge point': True, 'connector': False}  # place: whether that is connector 0


@dataclass(frozen=True, slots=True)
class ProfilePattern:
    """Conditions on a ChargingProfile: it matches when it meets all that are given; an empty pattern matches every one.

    purpose, kind, unit   chargingProfilePurpose, chargingProfileKind and chargingRateUnit equal these
    at                    it is for the 'charge point' (connector 0) or for a 'connector'
    above_stack_level     its stackLevel is higher than this
    below                 its first limit is above 0 and below this
    but_for               its first limit is above 0 and none of these
    without               it lacks this optional member, in the profile, its schedule or its first period
    in_remote_start       whether it came inside RemoteStartTransaction
    """

    purpose: str | None = None
    kind: str | None = None
    unit: str | None = None
    at: str | None = None
    above_stack_level: int | None = None
    below: float | None = None
    but_for: tuple[float, ...] = ()
    without: str | None = None
    in_remote_start: bool | None = None

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """Parse a pattern's TOML table; raises ValueError for an unknown member or place."""
        unknown = set(table) - {member.name for member in fields(cls)}
        if unknown:
            raise ValueError(f'a pattern of profiles has no {", ".join(sorted(unknown))}')
        if table.get('at', 'connector') not in PLACES:
            raise ValueError(f'a profile is at a {" or ".join(PLACES)}')
        return cls(**table)

    def matches(self, profile: ChargingProfile) -> bool:
        return (
            self.purpose in (None, profile.purpose)
            and self.kind in (None, profile.kind)
            and self.unit in (None, profile.unit)
            and (self.at is None or PLACES[self.at] == (profile.connector_id == 0))
            and (self.above_stack_level is None or profile.stack_level > self.above_stack_level)
            and (self.below is None or 0 < profile.periods[0].limit < self.below)
            and (not self.but_for or profile.periods[0].limit not in (0, *self.but_for))
            and (self.without is None or self.without not in profile.optional_members)
            and self.in_remote_start in (None, profile.in_remote_start)
        )
