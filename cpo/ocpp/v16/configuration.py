"""The configuration keys of OCPP 1.6 (§9) the program reads, and what it wants two of them to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from cpo.chargers import ProfileCapabilities, Unit

SAMPLE_INTERVAL = 'MeterValueSampleInterval'
SAMPLED_DATA = 'MeterValuesSampledData'
MAX_STACK_LEVEL = 'ChargeProfileMaxStackLevel'
RATE_UNIT = 'ChargingScheduleAllowedChargingRateUnit'
MAX_PERIODS = 'ChargingScheduleMaxPeriods'
SWITCHES_PHASES = 'ConnectorSwitch3to1PhaseSupported'
CONNECTORS = 'NumberOfConnectors'
KEYS = (SAMPLE_INTERVAL, MAX_STACK_LEVEL, RATE_UNIT, MAX_PERIODS, SWITCHES_PHASES, SAMPLED_DATA)
OPTIONAL_KEYS = frozenset({SWITCHES_PHASES})
_SPELLED = {key.casefold(): key for key in (*KEYS, CONNECTORS)}

SAMPLE_INTERVAL_S = 10
MAX_VALUE = 500
"""Characters of a value that is sent (CiString500, §5.3)."""
NEEDED = ('Energy.Active.Import.Register', 'Power.Active.Import', 'Current.Import')
WELCOME = ('Current.Offered', 'Voltage', 'SoC')


def spelled(key: str) -> str:
    """The name of a key as §9 writes it, where the program reads it: names are case-insensitive (CiString50, §7.29)."""
    return _SPELLED.get(key.casefold(), key)


def wanted_settings(
    configuration: Mapping[str, str | None], min_sample_interval_s: int
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The configuration keys to change, each with the values to try, the best first; never one the charger lacks.

    Measurands are added to those the charger sends, as far as a value may be that long.
    """
    interval, longest = _number(configuration.get(SAMPLE_INTERVAL)), max(SAMPLE_INTERVAL_S, min_sample_interval_s)
    if interval is not None and not 1 <= interval <= longest:
        yield SAMPLE_INTERVAL, (str(longest),)
    if SAMPLED_DATA in configuration:
        sampled = tuple(name.strip() for name in (configuration[SAMPLED_DATA] or '').split(',') if name.strip())
        wanted = (_with(sampled, NEEDED + WELCOME), _with(sampled, NEEDED))
        values = dict.fromkeys(','.join(each) for each in wanted if each != sampled)
        if sendable := tuple(value for value in values if len(value) <= MAX_VALUE):
            yield SAMPLED_DATA, sendable


def number_of_connectors(configuration: Mapping[str, str | None]) -> int | None:
    """How many connectors the charger says it has (§9.1); None where it does not, or says none."""
    return _number(configuration.get(CONNECTORS)) or None


def profile_capabilities(configuration: Mapping[str, str | None]) -> ProfileCapabilities:
    """The charging profiles a charger accepts by its configuration keys of smart charging (§9.4).

    Units are read in every spelling seen: `Current`, `Power`, `current,power`, `A`, `W`.
    """
    return _capabilities(*map(configuration.get, (RATE_UNIT, MAX_STACK_LEVEL, MAX_PERIODS, SWITCHES_PHASES)))


@lru_cache(maxsize=4)
def _capabilities(
    rate_unit: str | None, max_stack_level: str | None, max_periods: str | None, switches_phases: str | None
) -> ProfileCapabilities:
    """Read once, as each limit asks for them."""
    words = set((rate_unit or '').lower().replace(' ', '').split(','))
    units = frozenset(unit for unit, spellings in _UNITS.items() if spellings & words)
    return ProfileCapabilities(
        _number(max_stack_level),
        _number(max_periods),
        units or frozenset(Unit),
        (switches_phases or '').strip().lower() == 'true',
    )


_UNITS = {Unit.A: {'current', 'a'}, Unit.W: {'power', 'w'}}


def _number(value: str | None) -> int | None:
    digits = (value or '').strip()[:MAX_VALUE]  # int() raises for thousands of them
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _with(sampled: tuple[str, ...], measurands: tuple[str, ...]) -> tuple[str, ...]:
    known = {name.casefold() for name in sampled}
    return (*sampled, *(name for name in measurands if name.casefold() not in known))
