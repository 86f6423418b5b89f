"""The line below the modes, and what the sentence says of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cpo.dashboard.words.modes import mode_line
from cpo.dashboard.words.sentence import sentence
from cpo.dashboard.words.situation import Session, Situation
from cpo.state import (
    FULL_SPEED,
    HOME_ASSISTANT,
    REST,
    YOU,
    Activity,
    ChargePointState,
    Connector,
    Limit,
    Mode,
    Preset,
    SolarRead,
    SolarReading,
    preset_in_force,
)
from tests.dashboard.words.plain_text import plain_text

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ('mode', 'after', 'wish', 'line'),
    [
        (Mode.OFF, None, None, 'Nothing starts by itself. A card still does.'),
        (Mode.SOLAR, None, None, 'Follows the sun above 1.5 kW.'),
        (Mode.SOLAR_MIN, None, None, 'At least 6 A while plugged in, more with the sun.'),
        (Mode.FAST, None, None, 'The most that is allowed, once a car is plugged in.'),
        (Mode.MANUAL, None, None, 'Your limit. The sun does not change it.'),
        (Mode.MANUAL, Mode.SOLAR, Limit(0, YOU, NOW), 'Stopped by you. Solar again at the next plug-in.'),
        (
            Mode.MANUAL,
            Mode.SOLAR,
            Limit(8, HOME_ASSISTANT, NOW),
            'Set by Home Assistant. Solar again at the next plug-in.',
        ),
        (Mode.MANUAL, Mode.OFF, Limit(8, YOU, NOW), 'Set by you. Off again at the next plug-in.'),
    ],
)
def test_the_line_says_what_a_mode_does_and_what_returns(
    mode: Mode, after: Mode | None, wish: Limit | None, line: str
) -> None:
    connector = Connector(1, mode=mode, mode_after=after, last_wish=wish)
    assert plain_text(mode_line(connector, SolarReading(), Preset.DEMO, NOW), NOW) == line


def read(**readings: float) -> SolarReading:
    return SolarRead(NOW, by=REST, **readings).apply(ChargePointState()).solar  # type: ignore[arg-type]


METERED, PRODUCTION = read(pv_w=3000, grid_w=-500), read(pv_w=3000)


@pytest.mark.parametrize(
    ('chosen', 'solar', 'after_h', 'line'),
    [
        (None, PRODUCTION, 0, 'Follows the sun above 1.5 kW.'),
        (Preset.EAGER, PRODUCTION, 0, 'By production until a reading of the grid comes.'),
        (Preset.DEMO, METERED, 0, 'Follows the sun above 1.5 kW.'),
        (
            None,
            METERED,
            0.9,
            'Charges with what is left over now, as the house meter sends readings.',
        ),
        (Preset.BALANCED, METERED, 0, 'What is left over, a little bought where it pays.'),
        (None, METERED, 1, 'What is left over, a little bought where it pays.'),
        (Preset.SOLAR_ONLY, METERED, 24, 'What is left over, hardly anything bought.'),
        (Preset.EAGER, METERED, 24, 'All that is left over, more bought for it.'),
    ],
)
def test_solar_says_by_what_it_decides(chosen: Preset | None, solar: SolarReading, after_h: float, line: str) -> None:
    connector = Connector(1, mode=Mode.SOLAR, preset=chosen)
    preset, now = preset_in_force(connector, solar, Preset.BALANCED), NOW + timedelta(hours=after_h)
    assert plain_text(mode_line(connector, solar, preset, now), now) == line


@pytest.mark.parametrize(
    ('activity', 'headline', 'text'),
    [
        (Activity.PLUGGED_IN, 'Plugged in, charging is off', 'Choose Solar, or press Start.'),
        (Activity.IDLE, 'Ready for a car', 'Charging is off.'),
    ],
)
def test_off_is_said(activity: Activity, headline: str, text: str) -> None:
    words = sentence(Situation(activity=activity, mode=Mode.OFF, plug_in_limit_a=16))
    assert (words.headline, words.sentence) == (headline, text)


FAST_LIMIT = Limit(16, FULL_SPEED, NOW)


@pytest.mark.parametrize(
    ('situation', 'headline', 'text'),
    [
        (
            Situation(activity=Activity.IDLE, mode=Mode.FAST),
            'Ready for a car',
            'Plug in, and it charges at full speed.',
        ),
        (
            Situation(activity=Activity.IDLE, mode=Mode.SOLAR_MIN),
            'Ready for a car',
            'Plug in, and it charges with 6 A, with more when the sun gives it.',
        ),
        (
            Situation(activity=Activity.PLUGGED_IN, mode=Mode.FAST),
            'About to start',
            'The charger is asked to start. One that refuses is asked again after a minute.',
        ),
        (
            Situation(activity=Activity.CHARGING, mode=Mode.FAST, limit=FAST_LIMIT, session=Session(), car_a=15.8),
            'Charging at full speed',
            '16.0 A, as much as car and house allow.',
        ),
        (
            Situation(activity=Activity.CHARGING, mode=Mode.MANUAL, limit=FAST_LIMIT, session=Session(), car_a=15.8),
            'Charging at full speed',
            '16.0 A, as much as car and house allow. It stays until you change it.',
        ),
    ],
)
def test_modes_that_need_no_sun_say_so(situation: Situation, headline: str, text: str) -> None:
    words = sentence(replace(situation, session=situation.session and replace(situation.session, remote=True)))
    assert (words.headline, plain_text(words.sentence, NOW)) == (headline, text)


def test_a_limit_for_this_session_says_what_returns() -> None:
    charging = Situation(
        activity=Activity.CHARGING, mode_after=Mode.SOLAR, limit=Limit(12, YOU, NOW), session=Session(), car_a=12
    )
    assert plain_text(sentence(charging).sentence, NOW).endswith('Solar again at the next plug-in.')
