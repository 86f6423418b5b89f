"""What Home says of the configured maximum for a session that nobody limited."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cpo.dashboard.words.ceiling import ceiling_message
from cpo.dashboard.words.sentence import sentence
from cpo.dashboard.words.situation import Session, Situation
from cpo.settings import Settings
from cpo.state import THE_MAXIMUM, YOU, Activity, Connector, Limit, WishEnd

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
MAXIMUM, YOURS = Limit(16, THE_MAXIMUM, NOW), Limit(8, YOU, NOW)


@pytest.mark.parametrize(
    ('members', 'settings', 'title', 'failed'),
    [
        ({'limit': MAXIMUM}, {}, 'Held at 16.0 A, the configured maximum.', False),
        ({'limit': YOURS}, {}, None, False),
        ({'last_wish': MAXIMUM, 'wish_holds': True}, {}, None, False),
        ({}, {}, None, False),
        ({}, {'startup_requests': False}, 'The maximum of 16.0 A does not hold for this session.', True),
        ({'limit': YOURS}, {'startup_requests': False}, None, False),
        ({'wish_end': WishEnd.OVERRIDDEN}, {}, 'The maximum of 16.0 A does not hold for this session.', True),
        ({'wish_end': WishEnd.REFUSED}, {}, None, False),
        ({'transaction_id': None, 'limit': MAXIMUM}, {}, None, False),
        ({'scheduled_a': 7.0}, {}, 'Held at 7.0 A by the charger, which is not above the maximum of 16.0 A.', False),
        ({'scheduled_a': 20.0}, {}, None, False),
        ({'scheduled_a': 7.0, 'limit': MAXIMUM}, {}, 'Held at 16.0 A, the configured maximum.', False),
    ],
)
def test_home_says_whether_the_maximum_holds(
    members: dict[str, Any], settings: dict[str, Any], title: str | None, failed: bool
) -> None:
    message = ceiling_message(Connector(1, **{'transaction_id': '7', **members}), Settings(**settings))
    assert (message and message.title.replace('\u00a0', ' ')) == title
    assert message is None or message.failed is failed


@pytest.mark.parametrize(
    ('car_a', 'headline', 'takes'),
    [
        (15.8, 'Charging at the maximum', ''),
        (12, 'Charging below the maximum', ' The car takes 12.0 A.'),
        (20, 'Charging above the maximum', ' The car takes 20.0 A.'),
        (None, 'Charging', ' The charger does not tell what the car takes.'),
    ],
)
def test_the_maximum_is_nobodys_limit(car_a: float | None, headline: str, takes: str) -> None:
    session = Session(remote=False, id_tag='04A2')
    words = sentence(Situation(activity=Activity.CHARGING, limit=MAXIMUM, session=session, car_a=car_a))
    assert words.headline == headline
    assert words.sentence.replace('\u00a0', ' ') == f'Card 04A2 started it, and nobody set a limit.{takes}'
