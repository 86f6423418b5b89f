"""The sentence on a card that has used its allowance up while it charges."""

from __future__ import annotations

from datetime import datetime

from cpo.dashboard.words.numbers import UNIT_SPACE
from cpo.dashboard.words.phrases import card
from cpo.state import (
    ChargePointState,
    cards,
)

THEN = {
    cards.AfterAllowance.REFUSE: ' It begins no further session.',
    cards.AfterAllowance.SUN: ' It charges from the sun only.',
    cards.AfterAllowance.SAY: '',
}


def allowance_sentence(state: ChargePointState, now: datetime) -> str | None:
    """Which card charges now and has charged all it has for this month, None while none has."""
    for connector in state.charging_connectors:
        session = state.running_transaction(connector.connector_id)
        known = None if session is None else cards.card_of(session, state)
        if known is not None and cards.is_used_up(known, state, now):
            amount = f'{known.allowance_kwh:g}{UNIT_SPACE}kWh'
            then = THEN[known.after_allowance]
            return f'{card(known.id_tag, known)} has charged the {amount} it has for this month.{then}'
    return None
