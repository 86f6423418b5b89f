"""The line below the modes, and what the sentence says of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cpo.dashboard.words.modes import mode_line
from cpo.dashboard.words.sentence import sentence
from cpo.dashboard.words.situation import Session, Situation
from cpo.state import HOME_ASSISTANT, YOU, Activity, Connector, Limit, Mode
from tests.dashboard.words.plain_text import plain_text

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ('mode', 'after', 'wish', 'line'),
    [
        (Mode.OFF, None, None, 'Nothing starts by itself. A card still does.'),
        (Mode.SOLAR, None, None, 'Follows the sun above 1.5 kW.'),
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
    assert mode_line(connector).replace('\u00a0', ' ') == line


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


def test_a_limit_for_this_session_says_what_returns() -> None:
    charging = Situation(
        activity=Activity.CHARGING, mode_after=Mode.SOLAR, limit=Limit(12, YOU, NOW), session=Session(), car_a=12
    )
    assert plain_text(sentence(charging).sentence, NOW).endswith('Solar again at the next plug-in.')
