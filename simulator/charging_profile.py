"""One ChargingProfile as a charge point stores it, and the limit it sets at a given time (OCPP 1.6 §3.13, §7.8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from simulator.car import VOLTAGE_V
from simulator.clock import from_wire
from simulator.connection import OcppError

PURPOSES = ('ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile')
KINDS = ('Absolute', 'Recurring', 'Relative')
CYCLES = {'Daily': timedelta(days=1), 'Weekly': timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class Period:
    start_s: int
    limit: float  # in the schedule's unit
    number_phases: int


@dataclass(frozen=True, slots=True)
class ChargingProfile:
    """A parsed ChargingProfile; field names follow OCPP 1.6 §7.8 to §7.14.

    `installed_at` is when the charger received it; a Relative schedule outside a transaction starts then.
    `optional_members` names every member that the profile, its schedule and its first period contained.
    """

    connector_id: int
    installed_at: datetime
    profile_id: int
    stack_level: int
    purpose: str
    kind: str
    unit: str
    periods: tuple[Period, ...]
    transaction_id: int | None = None
    cycle: timedelta | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    start_schedule: datetime | None = None
    duration_s: int | None = None
    optional_members: frozenset[str] = frozenset()
    in_remote_start: bool = False

    def limit_a(self, now: datetime, started_at: datetime | None, phases: int) -> float | None:
        """The limit in A per phase at `now`, None when the profile is not valid then.

        `started_at` is the start of the transaction, None outside one; a limit in W is divided by at most `phases`.
        """
        period = self.period(now, started_at)
        return None if period is None else self._in_amperes(period, phases)

    def period(self, now: datetime, started_at: datetime | None) -> Period | None:
        """The period that holds at `now`, None when the profile is not valid then; `started_at` as in `limit_a`."""
        if (self.valid_from and now < self.valid_from) or (self.valid_to and now >= self.valid_to):
            return None
        elapsed_s = (now - self.schedule_start(now, started_at)).total_seconds()
        if self.duration_s is not None and elapsed_s >= self.duration_s:
            return None
        begun = [period for period in self.periods if period.start_s <= elapsed_s]
        return begun[-1] if begun else None

    def schedule_start(self, now: datetime, started_at: datetime | None) -> datetime:
        if self.start_schedule is None or self.kind == 'Relative':
            return max(started_at or self.installed_at, self.installed_at)
        if self.cycle is None:
            return self.start_schedule
        return self.start_schedule + (now - self.start_schedule) // self.cycle * self.cycle

    def changes(self, start: datetime, end: datetime, started_at: datetime | None) -> Iterator[datetime]:
        """All times from `start` to `end` at which the limit may change, unordered, possibly with others."""
        yield from (moment for moment in (self.valid_from, self.valid_to) if moment)
        begin = self.schedule_start(start, started_at)
        while begin < end:
            yield from (begin + timedelta(seconds=period.start_s) for period in self.periods)
            if self.duration_s is not None:
                yield begin + timedelta(seconds=self.duration_s)
            if self.cycle is None:
                return
            begin += self.cycle

    def _in_amperes(self, period: Period, phases: int) -> float:
        if self.unit == 'A':
            return period.limit
        return period.limit / VOLTAGE_V / min(period.number_phases, phases)


def read_charging_profile(
    payload: dict[str, Any], connector_id: int, now: datetime, in_remote_start: bool = False
) -> ChargingProfile:
    """Parse a request's `chargingProfile` or `csChargingProfiles`.

    Raises OcppError: ProtocolError for a missing member, TypeConstraintViolation for an unreadable one,
    PropertyConstraintViolation for a value outside its list.
    """
    try:
        profile = ChargingProfile(
            connector_id=connector_id, installed_at=now, in_remote_start=in_remote_start, **_read_members(payload)
        )
    except KeyError as error:
        raise OcppError('ProtocolError', f'{error.args[0]} is missing in the charging profile') from error
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise OcppError('TypeConstraintViolation', f'the charging profile cannot be read: {error}') from error
    known = profile.purpose in PURPOSES and profile.kind in KINDS and profile.unit in ('A', 'W')
    if not (known and profile.periods and all(period.limit >= 0 for period in profile.periods)):
        raise OcppError('PropertyConstraintViolation', 'the charging profile has a value outside its list')
    return profile


def _read_members(payload: dict[str, Any]) -> dict[str, Any]:
    """The members of a ChargingProfile that the payload names."""
    schedule = payload['chargingSchedule']
    return {
        'profile_id': int(payload['chargingProfileId']),
        'stack_level': int(payload['stackLevel']),
        'purpose': payload['chargingProfilePurpose'],
        'kind': payload['chargingProfileKind'],
        'unit': schedule['chargingRateUnit'],
        'periods': tuple(_read_period(period) for period in schedule['chargingSchedulePeriod']),
        'transaction_id': payload.get('transactionId'),
        'cycle': _read_cycle(payload),
        'valid_from': _read_time(payload.get('validFrom')),
        'valid_to': _read_time(payload.get('validTo')),
        'start_schedule': _read_time(schedule.get('startSchedule')),
        'duration_s': schedule.get('duration'),
        'optional_members': _members(payload, schedule, *schedule['chargingSchedulePeriod'][:1]),
    }


def _members(*tables: dict[str, Any]) -> frozenset[str]:
    return frozenset(name for table in tables for name, value in table.items() if value is not None)


def _read_period(period: dict[str, Any]) -> Period:
    number_phases = int(period.get('numberPhases') or 3)
    if not 1 <= number_phases <= 3:
        raise ValueError(f'numberPhases {number_phases}')
    return Period(int(period['startPeriod']), float(period['limit']), number_phases)


def _read_cycle(payload: dict[str, Any]) -> timedelta | None:
    return CYCLES[payload['recurrencyKind']] if payload['chargingProfileKind'] == 'Recurring' else None


def _read_time(text: str | None) -> datetime | None:
    return from_wire(text) if text else None
