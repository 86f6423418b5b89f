"""What Home says about a limit that a ceiling lowers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpo.chargers import ChargerQuirks
from cpo.controllers import Decision, FuseKeeper
from cpo.dashboard.words.observation import situation_of
from cpo.dashboard.words.phrases import was_set
from cpo.dashboard.words.sentence import Words, sentence
from cpo.dashboard.words.situation import Session, Situation
from cpo.settings import Settings
from cpo.state import REST, THE_GUARD, YOU, Activity, Ceiling, ChargePointState, Connector, Limit, Load, Mode, SolarRead
from tests.dashboard.words.plain_text import plain_text
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse, car_for
from tests.statuses import status_change

pytestmark = pytest.mark.turns(1)

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)


def ceiling(name: str, limit_a: float, **members: Any) -> Ceiling:
    by = THE_GUARD if name in ('fuse', 'peak') else REST
    return Ceiling(name, limit_a, None, by, NOW, **members)


FULL = ceiling('fuse', 6.4, load=Load(31, 35, 'L2'))
BLIND = ceiling('fuse', 6)
DIMMED = ceiling('grid-operator', 8, reason='§14a EnWG', until=NOW + timedelta(hours=1))
PEAK = ceiling('peak', 8, load=Load(4200, 5000))
OVEN = ceiling('oven', 8)
LOWERED = Limit(6.4, YOU, NOW, held_by='fuse', wished_a=16)
CHARGING = Situation(activity=Activity.CHARGING, session=Session(), limit=LOWERED, car_a=6.3, car_w=1450)
PAUSED = replace(
    CHARGING, activity=Activity.PAUSED_BY_CHARGER, limit=replace(LOWERED, limit_a=0.0), car_a=0.0, car_w=0.0
)
WAITING = Situation(activity=Activity.PLUGGED_IN)


@pytest.mark.parametrize(
    ('situation', 'held_by', 'headline', 'said'),
    [
        (
            CHARGING, FULL, 'Held back by the fuse',
            'House and car take 31 A of 35 A on phase 2. The car gets 6.4 A until there is room.',
        ),
        (
            CHARGING, BLIND, 'Charging without a reading',
            'No meter tells what the house takes. Keeping to the safe 6.4 A.',
        ),
        (CHARGING, DIMMED, 'Held back by the grid operator', '§14a EnWG. The car gets 6.4 A until 13:00 UTC.'),
        (
            CHARGING, PEAK, "Held back by the month's peak",
            'This quarter hour comes to 4.2 kW of 5.0 kW. The car gets 6.4 A until there is room.',
        ),
        (CHARGING, OVEN, 'Held back by oven', 'The car gets 6.4 A until it is lifted.'),
        (
            PAUSED, FULL, 'Paused for the fuse',
            'House and car take 31 A of 35 A on phase 2. Goes on by itself.',
        ),
        (
            replace(PAUSED, mode=Mode.SOLAR, sun_w=2800), OVEN, 'Paused for oven', 'Goes on by itself.',
        ),
        (PAUSED, DIMMED, 'Paused for the grid operator', '§14a EnWG. Goes on by itself.'),
        (PAUSED, BLIND, 'Paused for the fuse', 'No meter tells what the house takes. Goes on by itself.'),
        (
            PAUSED, Ceiling('peak', None, 900, THE_GUARD, NOW, load=Load(4200, 5000)), "Paused for the month's peak",
            '0.9 kW left in this quarter hour; 6.0 A need 1.4 kW, on three phases 4.1 kW. Goes on by itself.',
        ),
        (WAITING, FULL, 'Paused for the fuse', 'House and car take 31 A of 35 A on phase 2. Starts by itself.'),
    ],
)  # fmt: skip
def test_the_words(situation: Situation, held_by: Ceiling, headline: str, said: str) -> None:
    words = sentence(replace(situation, ceiling=held_by))
    assert (words.headline, plain_text(words.sentence, NOW)) == (headline, said)
    assert len(words.headline) <= 31
    assert len(said) <= 110


def test_without_a_ceiling_nothing_is_said_of_one() -> None:
    assert sentence(WAITING).headline == 'Plugged in, ready to start'
    assert sentence(replace(PAUSED, limit=Limit(0, YOU, NOW))).headline == 'Paused by you'


def test_a_name_and_a_reason_of_others_are_short() -> None:
    words = sentence(replace(CHARGING, ceiling=ceiling('dishwasher' * 4, 8, reason='reason' * 30)))
    assert len(words.headline) <= 31
    assert len(plain_text(words.sentence, NOW)) <= 110


def test_who_set_it_is_said_with_what_was_asked_for() -> None:
    assert plain_text(was_set(LOWERED), NOW) == 'You set 16.0 A at 12:00 UTC; the fuse leaves 6.4 A.'


def words_of(connector: Connector, *ceilings: Ceiling) -> Words:
    state = ChargePointState('CP1', connected=True, since=NOW, connectors={1: connector})
    state = replace(state, ceilings={each.name: each for each in ceilings})
    return sentence(situation_of(state, 1, Decision(), Settings(), ChargerQuirks(), NOW))


def test_a_start_that_is_held_back_is_seen_in_the_state() -> None:
    plugged_in = Connector(1, status_changes=(status_change('Preparing', NOW),))
    wished = replace(plugged_in, last_wish=Limit(10, YOU, NOW), wish_holds=True)
    assert words_of(wished, replace(FULL, limit_a=3.0)).headline == 'Paused for the fuse'
    assert words_of(wished, FULL).headline != 'Paused for the fuse'
    assert words_of(plugged_in, replace(FULL, limit_a=3.0)).headline == 'Plugged in, ready to start'


def test_home_says_what_the_fuse_does() -> None:
    async def begin() -> None:
        async with SimulatedHouse(fuse=25) as house:
            FuseKeeper(house.charge_point, house.charge_point.now)
            house.charger.plug_in(1, car_for(house.persona))
            await house.settle(10)
            await house.wish(1, 16)
            for base_a, headline in ((2, 'Charging at your limit'), (15, 'Held back by the fuse'), (22, 'Paused')):
                for _ in range(40):
                    currents = (base_a + house.car_current_a, 1.0, 1.0)
                    house.charge_point.record(SolarRead(house.charge_point.now(), by=REST, grid_a=currents))
                    await house.settle(1)
                assert house.home.startswith(headline), house.home
            assert 'House and car take 22 A of 25 A on phase 1. Goes on by itself.' in house.home

    run_simulated(begin())
