"""Sentences for the owner about what lies in the charger."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.state import ChargePointState, SecurityProfile, known_charger
from cpo.upkeep.card_list_keeper import CardListReport

WARNED_BEFORE = timedelta(days=30)


def certificate_advice(state: ChargePointState, now: datetime) -> tuple[str, ...]:
    """What to do where the charger's certificate ends soon, or has ended; usually nothing."""
    known = known_charger(state.chargers, state.charge_box_id or '')
    ends_at = known.certificate_until
    if ends_at is None or known.security_profile is not SecurityProfile.CERTIFICATE or now < ends_at - WARNED_BEFORE:
        return ()
    verb = 'ends' if now < ends_at else 'ended'
    return (f'The certificate of the charger {verb} on {ends_at:%Y-%m-%d}. Have it ask for a new one.',)


def card_list_sentence(report: CardListReport) -> str:
    """Whether the charger's list of cards is kept, so what becomes of somebody's own change, and what did not fit."""
    if not report.is_kept:
        return 'This program leaves it as it is: “Cards in the wallbox” is off in the settings.'
    if report.is_none:
        return 'The charger says nothing of a list of its own, so no cards are sent.'
    said = ['It is kept as on Cards (“Cards in the wallbox” in the settings): what is cleared comes back at once.']
    if report.is_refused:
        said.append('The charger did not take the newest list.')
    if report.left_out:
        many = _cards(report.left_out, 'does', 'do')
        said.append(f'{many} not fit, as it has room for {report.room}; cards that may charge come first.')
    if report.by_rules:
        many = _cards(report.by_rules, 'is', 'are')
        said.append(f'{many} not in it, as only this program knows hours and allowances.')
    return ' '.join(said)


def _cards(count: int, one: str, more: str) -> str:
    return f'{count} card {one}' if count == 1 else f'{count} cards {more}'
