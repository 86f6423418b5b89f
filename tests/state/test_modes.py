"""When a mode that was overridden for one session returns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cpo.state import (
    HOME_ASSISTANT,
    THE_SUN,
    YOU,
    ChargePointState,
    Connected,
    Connector,
    Limit,
    LimitWished,
    Mode,
    ModeChosen,
    Source,
    SourceKind,
    StatusNotified,
)
from tests.statuses import status_change

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
OVERRIDDEN = ModeChosen(1, Mode.MANUAL, Mode.SOLAR)


def after(*entries: ModeChosen | LimitWished | str, connector: Connector | None = None) -> Connector:
    """Connector 1 after these entries; a text is a status."""
    state = ChargePointState('garage', connected=True, connectors={1: connector or Connector(1)})
    for entry in entries:
        fact = StatusNotified(1, status_change(entry, NOW), NOW) if isinstance(entry, str) else entry
        state = fact.apply(state)
    return state.connector(1)


@pytest.mark.parametrize(
    'statuses',
    [
        ('Charging', 'Finishing', 'Available', 'Preparing'),
        ('Charging', 'Available', 'Charging'),
        ('Charging', 'Available', 'Faulted', 'Preparing'),
        ('Charging', 'Available', 'Unavailable', 'SuspendedEV'),
        ('Charging', 'Reserved', 'Preparing'),
    ],
)
def test_an_overridden_mode_returns_at_the_next_plug_in(statuses: tuple[str, ...]) -> None:
    begun, *later, plugged_in = statuses
    connector = after(begun, OVERRIDDEN, *later)
    assert (connector.mode, connector.mode_after) == (Mode.MANUAL, Mode.SOLAR)
    connector = after(plugged_in, connector=connector)
    assert (connector.mode, connector.mode_after) == (Mode.SOLAR, None)


@pytest.mark.parametrize(
    'statuses',
    [
        ('Finishing', 'Preparing'),
        ('SuspendedEV', 'Charging'),
        ('Faulted', 'Preparing'),
        ('Unavailable', 'Charging', 'Finishing'),
        ('Finishing', 'Available'),
    ],
)
def test_it_does_not_return_while_the_car_stays(statuses: tuple[str, ...]) -> None:
    assert after('Charging', OVERRIDDEN, *statuses).mode is Mode.MANUAL


def test_a_start_before_the_plug_counts_for_the_car_that_comes() -> None:
    wish = LimitWished(1, Limit(10, YOU, NOW))
    connector = after('Available', OVERRIDDEN, wish, 'Preparing', 'Charging')
    assert (connector.mode, connector.mode_after) == (Mode.MANUAL, Mode.SOLAR)
    over = replace(connector, wish_holds=False)
    assert after('Available', 'Preparing', connector=over).mode is Mode.SOLAR


@pytest.mark.parametrize('limit', [Limit(0, YOU, NOW), Limit(8, THE_SUN, NOW)])
def test_a_stop_and_a_wish_of_the_sun_do_not_hold_it_up(limit: Limit) -> None:
    assert after('Available', OVERRIDDEN, LimitWished(1, limit), 'Preparing').mode is Mode.SOLAR


def test_a_mode_that_is_chosen_stays() -> None:
    connector = after('Charging', OVERRIDDEN, ModeChosen(1, Mode.MANUAL), 'Available', 'Preparing')
    assert (connector.mode, connector.mode_after) == (Mode.MANUAL, None)


def test_another_charger_has_nothing_to_do_with_the_session_of_the_older_one() -> None:
    state = ChargePointState('garage', connectors={1: Connector(1, mode=Mode.MANUAL, mode_after=Mode.OFF)})
    assert Connected(NOW, 'other', '192.168.1.7').apply(state).connector(1).mode is Mode.OFF


def test_the_last_limit_of_a_person_outlasts_what_the_sun_and_a_stop_asked_for() -> None:
    plug, wishes = Source(SourceKind.PLUG_AND_CHARGE), [(10.0, YOU), (0.0, YOU), (7.3, THE_SUN)]
    own = after(*(LimitWished(1, Limit(a, by, NOW)) for a, by in [*wishes, (16.0, plug)]))
    assert own.own_limit_a == 10
    assert after(LimitWished(1, Limit(8, HOME_ASSISTANT, NOW)), connector=own).own_limit_a == 8
