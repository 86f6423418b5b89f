"""Home's words for a car that the house meter leads, with and without a reading of the production."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cpo.controllers import DecisionRecord, Reason
from cpo.controllers.surplus_values import Reading, Readings, SurplusRules, SurplusState
from cpo.dashboard.words.sentence import sentence
from cpo.dashboard.words.situation import Session, Situation
from cpo.state import THE_SUN, Activity, Limit, Mode
from tests.dashboard.words.plain_text import plain_text

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
CHARGING = Situation(
    activity=Activity.CHARGING, mode=Mode.SOLAR, session=Session(started_at=NOW), limit=Limit(8.0, THE_SUN, NOW),
    car_w=1840, car_a=8.0, grid_w=20,
)  # fmt: skip


def decided(reason: Reason) -> DecisionRecord:
    state = SurplusState(phases=1, limit_a=8.0, surplus_w=1820.0)
    return DecisionRecord(NOW, Readings(grid_w=Reading(20.0, NOW)), SurplusRules(), reason, state)


@pytest.mark.parametrize(
    ('situation', 'headline', 'begins'),
    [
        (replace(CHARGING, decided=decided(Reason.FOLLOWS)),
         'Charging with what is left over', 'The car gets what is left over.'),
        (replace(CHARGING, decided=decided(Reason.RIDES_OUT), sun_at=NOW - timedelta(minutes=3)),
         'Charging, little is left over', 'Less is left over than the car needs at least; '),
        (replace(CHARGING, decided=decided(Reason.STALE_GRID_READING), sun_w=3600, sun_share=1.0, grid_w=None),
         'Charging, the meter is silent', 'The house meter is silent: what is left over is not known.'),
        (replace(CHARGING, decided=decided(Reason.FOLLOWS), sun_w=3600, sun_share=1.0),
         'Charging on sun alone', '3.6 kW from the roof. The car takes 1.8 kW of it.'),
        (Situation(activity=Activity.IDLE, mode=Mode.SOLAR, decided=decided(Reason.UNPLUGGED), grid_w=20),
         'Ready for a car', 'Plug in, and it charges with what is left over.'),
        (Situation(activity=Activity.IDLE, mode=Mode.SOLAR, decided=decided(Reason.UNPLUGGED)),
         'Ready for a car', 'No reading of the house meter now. Plug in, and it charges with what is left over.'),
    ],
)  # fmt: skip
def test_the_meter_of_the_house_is_enough_to_say_what_the_sun_gives(
    situation: Situation, headline: str, begins: str
) -> None:
    words = sentence(situation)
    assert words.headline == headline
    assert plain_text(words.sentence, NOW).startswith(begins)
