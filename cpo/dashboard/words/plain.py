"""Headline and sentence of Home as plain text, for programs that show them elsewhere."""

from __future__ import annotations

from cpo.charge_point import ChargePoint
from cpo.controllers import SolarController
from cpo.dashboard.words.observation import situation_of
from cpo.dashboard.words.sentence import sentence
from cpo.dashboard.words.times import to_text


def plain_words(charge_point: ChargePoint, solar_controller: SolarController, connector_id: int) -> tuple[str, str]:
    """What the connector does, and why."""
    now = charge_point.now()
    situation = situation_of(
        charge_point.state,
        connector_id,
        solar_controller.decision(connector_id),
        charge_point.settings,
        charge_point.quirks,
        now,
    )
    words = sentence(situation)
    return to_text(words.headline, now), to_text(words.sentence, now)
