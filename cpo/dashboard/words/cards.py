"""Words about the cards of the household, for pages that only name them."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.dashboard.words.phrases import card
from cpo.dashboard.words.times import marker
from cpo.state import (
    ChargePointState,
    TagStatus,
    cards,
)

SHOWN_FOR = timedelta(days=1)


def cards_sentence(state: ChargePointState, now: datetime) -> str:
    """How many cards may charge, and which unknown one was held to the charger within a day; has time markers."""
    count = sum(tag.status_at(now) == TagStatus.ACCEPTED for tag in state.id_tags.values())
    may = 'One card may charge.' if count == 1 else f'{count or "No"} cards may charge.'
    unknown = next(iter(cards.unknown_tags(state)), None)
    if unknown is None or now - unknown.at >= SHOWN_FOR:
        return may
    return f'{may} {card(unknown.id_tag)} was held to the charger {marker("age", unknown.at)}, and is not known here.'
