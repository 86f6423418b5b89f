"""On how many phases a session charges whose limit says it: what is counted on, and what is learned of the charger."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cpo.chargers import ChargerKnowledge, ChargerQuirks, ProfileCapabilities, ProfileForm, Unit
from cpo.limits.ceilings import ceilings_a
from cpo.limits.facts import Facts
from cpo.limits.phase_switching import is_switching
from cpo.limits.watts import PhaseCount
from cpo.settings import Settings
from cpo.state import (
    CURRENT,
    POWER,
    REST,
    THE_SUN,
    Ceiling,
    ChargePointState,
    Connector,
    Learned,
    Limit,
    MeterSample,
    WattPhases,
    WattPhasesCounted,
)

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
ONE, ALL, NOTHING = (10.0, 0.0, 0.0), (10.0, 10.0, 10.0), (0.0, 0.0, 0.0)
SWITCHES = ProfileCapabilities(switches_phases=True)
Story = list[tuple[float, int, tuple[float, ...]]]
"""The seconds, the phases that the limit in force says then, and the currents measured."""


def played(story: Story) -> tuple[WattPhases, bool | None]:
    """The phases that are counted on at the end, and whether the charger was found to switch."""
    count, switches = PhaseCount(), None
    connector = Connector(1, transaction_id='7')
    for seconds, phases, currents in story:
        at = NOW + timedelta(seconds=seconds)
        samples = [MeterSample(CURRENT, f'L{n}', a) for n, a in enumerate(currents, 1)]
        samples.append(MeterSample(POWER, '', 230 * sum(currents)))
        connector = replace(connector, limit=Limit(10.0, THE_SUN, NOW, phases))
        connector = connector.with_measured(at, tuple(samples), at, None)
        state = ChargePointState()
        known = ChargerKnowledge(switches_phases=switches)
        state = Learned(state.charger_kind, known).apply(state)
        count, entries = count.observed(connector, Facts(Settings(), state, ChargerQuirks(), object()), at)
        for entry in entries:
            if isinstance(entry, Learned):
                switches = entry.knowledge.switches_phases
            if isinstance(entry, WattPhasesCounted):
                connector = replace(connector, watt_phases=entry.watt_phases)
    return connector.watt_phases, switches


@pytest.mark.parametrize(
    ('story', 'count', 'switches'),
    [
        pytest.param([(0, 1, ONE)], WattPhases(1), None, id='begins on one: shows nothing of switching'),
        pytest.param([(0, 3, ALL)], WattPhases(3), None, id='begins on three: neither'),
        pytest.param([(0, 3, ALL), (10, 1, ALL)], WattPhases(3), None, id='still on three: it has time to switch'),
        pytest.param([(0, 3, ALL), (10, 1, NOTHING)], WattPhases(3), None, id='the contactors are open'),
        pytest.param([(0, 3, ALL), (10, 1, ALL), (60, 1, ONE)], WattPhases(1), True, id='it switched to one'),
        pytest.param([(0, 1, ONE), (10, 3, ONE)], WattPhases(3, is_tried=True), None, id='may be on three soon'),
        pytest.param([(0, 1, ONE), (10, 3, ONE), (60, 3, ALL)], WattPhases(3), True, id='it switched to three'),
        pytest.param([(0, 3, ALL), (10, 1, ALL), (129, 1, ALL)], WattPhases(3), None, id='two minutes are not over'),
        pytest.param([(0, 3, ALL), (10, 1, ALL), (130, 1, ALL)], WattPhases(3), False, id='it stays on three'),
        pytest.param([(0, 1, ALL), (120, 1, ALL)], WattPhases(3), False, id='it began on three all the same'),
        pytest.param([(0, 3, ONE), (120, 3, ONE)], WattPhases(1), None, id='a car of one phase is no fault'),
        pytest.param(
            [(0, 3, ALL), (10, 1, ONE), (600, 3, ONE), (720, 3, ONE)],
            WattPhases(3, is_tried=True),
            False,
            id='it never switches back',
        ),
        pytest.param(
            [(0, 1, ONE), (10, 3, ALL), (600, 3, ONE), (900, 3, ONE)],
            WattPhases(3, is_tried=True),
            True,
            id='a car that drops phases by itself is no fault',
        ),
    ],
)
def test_what_is_seen_of_the_phases(story: Story, count: WattPhases, switches: bool | None) -> None:
    assert played(story) == (count, switches)


@pytest.mark.parametrize(
    ('wished', 'in_force', 'counted', 'currents', 'left_a'),
    [
        pytest.param(1, None, 1, None, 18.0, id='a start on one'),
        pytest.param(3, None, 1, None, 6.0, id='a start on three'),
        pytest.param(1, 3, 3, ALL, 6.0, id='one is wished, three flow'),
        pytest.param(1, 1, 3, NOTHING, 6.0, id='one is in force, but three may still be closed'),
        pytest.param(1, 1, 1, ONE, 18.0, id='one flows'),
        pytest.param(3, 1, 1, ONE, 6.0, id='three are wished, one flows'),
        pytest.param(3, 3, 3, ONE, 6.0, id='three are in force and come at any moment'),
        pytest.param(3, 3, 1, ONE, 18.0, id='a car of one phase'),
    ],
)
def test_a_ceiling_in_watts_holds_for_the_most_phases_the_car_may_be_on(
    wished: int, in_force: int | None, counted: int, currents: tuple[float, ...] | None, left_a: float
) -> None:
    limit = None if in_force is None else Limit(10.0, THE_SUN, NOW, in_force)
    wish = Limit(10.0, THE_SUN, NOW, wished)
    connector = Connector(1, last_wish=wish, wish_holds=True, limit=limit, watt_phases=WattPhases(counted))
    if currents is not None:
        samples = tuple(MeterSample(CURRENT, f'L{n}', a) for n, a in enumerate(currents, 1))
        connector = connector.with_measured(NOW, samples, NOW, None)
    ceiling = Ceiling('oven', None, 18.0 * 230, REST, NOW)
    assert ceilings_a(connector, {'oven': ceiling}, Settings(phases=3)) == [(left_a, 'oven')]


@pytest.mark.parametrize(
    ('setting', 'capabilities', 'known', 'max_current', 'expected'),
    [
        ('auto', SWITCHES, None, 16, True),
        ('auto', ProfileCapabilities(), None, 16, False),
        ('auto', ProfileCapabilities(), True, 16, False),
        ('auto', SWITCHES, True, 16, True),
        ('auto', SWITCHES, False, 16, False),
        ('on', ProfileCapabilities(), None, 16, True),
        ('on', ProfileCapabilities(), False, 16, False),
        ('off', SWITCHES, True, 16, False),
        ('auto', replace(SWITCHES, units=frozenset({Unit.W})), None, 16, False),  # 5.3 A on each of three are too few
        ('auto', replace(SWITCHES, units=frozenset({Unit.W})), None, 18, True),
    ],
)
def test_limits_say_the_phases_where_the_setting_and_the_charger_allow_it(
    setting: str, capabilities: ProfileCapabilities, known: bool | None, max_current: float, expected: bool
) -> None:
    settings = Settings(phase_switching=setting, max_current=max_current)
    assert is_switching(settings, capabilities, ChargerKnowledge(switches_phases=known)) is expected


def test_a_form_in_watts_that_a_charger_takes_counts_more_than_what_it_reports() -> None:
    known = ChargerKnowledge(form=ProfileForm(unit=Unit.W))
    assert not is_switching(Settings(max_current=16), SWITCHES, known)
