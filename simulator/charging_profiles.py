"""The ChargingProfiles installed in a charge point, and the limit they set together (OCPP 1.6 §3.13.3)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf

from simulator.charging_profile import ChargingProfile, Period
from simulator.persona import Persona

MAX_STACK_LEVEL = 8
MAX_PERIODS = 24
MAX_INSTALLED = 10
LEFTOVER_ID = 990_000


class ChargingProfiles:
    def __init__(self, persona: Persona | None = None) -> None:
        self._persona = persona or Persona()
        self._max_stack_level = int(self._persona.keys.get('ChargeProfileMaxStackLevel', MAX_STACK_LEVEL))
        self._max_periods = int(self._persona.keys.get('ChargingScheduleMaxPeriods', MAX_PERIODS))
        self._max_installed = int(self._persona.keys.get('MaxChargingProfilesInstalled', MAX_INSTALLED))
        self._installed = tuple(
            _leftover(number, purpose, limit_a, self._max_stack_level)
            for number, (purpose, limit_a) in enumerate(self._persona.leftovers_a.items())
        )

    def accepts(self, profile: ChargingProfile) -> bool:
        return (
            0 <= profile.stack_level <= self._max_stack_level
            and len(profile.periods) <= self._max_periods
            and len(self._without(profile)) < self._max_installed
            and not any(pattern.matches(profile) for pattern in self._persona.rejected_profiles)
            and (profile.purpose != 'ChargePointMaxProfile' or profile.connector_id == 0)
        )

    def add(self, profile: ChargingProfile) -> bool:
        """Install a profile, which replaces one with the same id, or with the same purpose, stack level and connector.

        Returns False when the profile is rejected; one that the persona ignores is accepted but not installed.
        """
        if not self.accepts(profile):
            return False
        if not any(pattern.matches(profile) for pattern in self._persona.ignored_profiles):
            if self._persona.watts_over != 'number phases':
                profile = replace(profile, periods=tuple(replace(p, number_phases=3) for p in profile.periods))
            self._installed = (*self._without(profile), profile)
        return True

    def remove_replaced(self, profile: ChargingProfile) -> None:
        """Remove the installed profiles that `profile` would replace, without installing it."""
        self._installed = self._without(profile)

    def clear(
        self,
        profile_id: int | None = None,
        connector_id: int | None = None,
        purpose: str | None = None,
        stack_level: int | None = None,
    ) -> bool:
        """Remove the profiles that match every criterion given; with an id, the id alone decides (§5.5).

        Returns False when none matched.
        """

        def matches(profile: ChargingProfile) -> bool:
            if profile_id is not None:
                return profile.profile_id == profile_id
            return (
                connector_id in (None, profile.connector_id)
                and purpose in (None, profile.purpose)
                and stack_level in (None, profile.stack_level)
            )

        kept = tuple(profile for profile in self._installed if not matches(profile))
        removed = len(kept) < len(self._installed)
        self._installed = kept
        return removed

    def end_transaction(self, connector_id: int) -> None:
        if not self._persona.keeps_tx_profiles:
            self.clear(connector_id=connector_id, purpose='TxProfile')

    def transaction_limit_a(self, now: datetime, connector_id: int, started_at: datetime | None, phases: int) -> float:
        """The limit of a transaction in A per phase: of its TxProfile, else of a TxDefaultProfile, else infinity.

        Among several the highest valid stack level counts, at equal levels the connector's own before connector 0's.
        """
        for profile in self._of_transactions(connector_id):
            if (limit_a := profile.limit_a(now, started_at, phases)) is not None:
                return limit_a
        return inf

    def number_phases(self, now: datetime, connector_id: int, started_at: datetime | None) -> int:
        """The numberPhases of the profile that `transaction_limit_a` takes the limit from; 3 without one (§7.13)."""
        for profile in self._of_transactions(connector_id):
            if (period := profile.period(now, started_at)) is not None:
                return period.number_phases
        return 3

    def _of_transactions(self, connector_id: int) -> list[ChargingProfile]:
        """The profiles for transactions of a connector, those that rank above others first."""
        of_purpose = {
            purpose: [p for p in self._installed if p.purpose == purpose and p.connector_id in (0, connector_id)]
            for purpose in ('TxProfile', 'TxDefaultProfile')
        }
        return [
            profile
            for profiles in of_purpose.values()
            for profile in sorted(profiles, key=lambda p: (p.stack_level, p.connector_id), reverse=True)
        ]

    def charge_point_limit_a(self, now: datetime, phases: int) -> float:
        """The ChargePointMaxProfile's limit in A per phase for all connectors together, infinity without one."""
        profiles = [p for p in self._installed if p.purpose == 'ChargePointMaxProfile']
        for profile in sorted(profiles, key=lambda p: p.stack_level, reverse=True):
            if (limit_a := profile.limit_a(now, None, phases)) is not None:
                return limit_a
        return inf

    def composite_schedule(
        self,
        start: datetime,
        duration_s: int,
        connector_id: int,
        started_at: datetime | None,
        phases: int,
        max_a: float,
    ) -> list[tuple[int, float]]:
        """The combined limit as for GetCompositeSchedule: (seconds from `start`, limit in A) for every change.

        Connector 0 is the charge point as a whole.
        """
        end = start + timedelta(seconds=duration_s)
        moments = {start}
        for profile in self._installed:
            moments.update(m for m in profile.changes(start, end, started_at) if start < m < end)
        schedule: list[tuple[int, float]] = []
        for moment in sorted(moments):
            limit_a = min(max_a, self.charge_point_limit_a(moment, phases))
            if connector_id:
                limit_a = min(limit_a, self.transaction_limit_a(moment, connector_id, started_at, phases))
            if not schedule or schedule[-1][1] != limit_a:
                schedule.append((int((moment - start).total_seconds()), limit_a))
        return schedule

    def _without(self, new: ChargingProfile) -> tuple[ChargingProfile, ...]:
        """The installed profiles that `new` does not replace."""

        def is_replaced(old: ChargingProfile) -> bool:
            place = (old.purpose, old.stack_level, old.connector_id)
            same_place = place == (new.purpose, new.stack_level, new.connector_id)
            return old.profile_id == new.profile_id or (same_place and not self._persona.piles_profiles_up)

        return tuple(profile for profile in self._installed if not is_replaced(profile))


def _leftover(number: int, purpose: str, limit_a: float, stack_level: int) -> ChargingProfile:
    """A profile left by an earlier central system: for all connectors, with an id outside the range others use."""
    return ChargingProfile(
        connector_id=0,
        installed_at=datetime(2000, 1, 1, tzinfo=UTC),
        profile_id=LEFTOVER_ID + number,
        stack_level=stack_level,
        purpose=purpose,
        kind='Relative',
        unit='A',
        periods=(Period(0, limit_a, 3),),
    )
