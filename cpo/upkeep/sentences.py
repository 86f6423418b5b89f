"""Sentences for the owner about what lies in the charger."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.state import ChargePointState, SecurityProfile, known_charger

WARNED_BEFORE = timedelta(days=30)


def certificate_advice(state: ChargePointState, now: datetime) -> tuple[str, ...]:
    """What to do where the charger's certificate ends soon, or has ended; usually nothing."""
    known = known_charger(state.chargers, state.charge_box_id or '')
    ends_at = known.certificate_until
    if ends_at is None or known.security_profile is not SecurityProfile.CERTIFICATE or now < ends_at - WARNED_BEFORE:
        return ()
    verb = 'ends' if now < ends_at else 'ended'
    return (f'The certificate of the charger {verb} on {ends_at:%Y-%m-%d}. Have it ask for a new one.',)
