"""Sentences that pages, REST and the log share."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cpo.sentences import VERDICTS, attempt_sentence, phases_advice
from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state import (
    CURRENT,
    AttemptVerdict,
    ChargePointState,
    ConnectionAttempt,
    Connector,
    Meter,
    MeterSample,
)

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ('configured', 'currents_a', 'advice'),
    [
        (1, (16, 16, 16), ('The car charges with 3 phases; the setting CPO_PHASES says 1. Set it to 3.',)),
        (3, (0, 16, 0), ('The car charges with 1 phase; the setting CPO_PHASES says 3. Set it to 1.',)),
        (3, (16, 16, 16), ()),
        (3, (0, 0, 0), ()),
        (3, (), ()),
    ],
)
def test_phases_other_than_configured_are_said_with_the_name_of_the_setting(
    configured: int, currents_a: tuple[float, ...], advice: tuple[str, ...]
) -> None:
    samples = tuple(MeterSample(CURRENT, f'L{i}', a) for i, a in enumerate(currents_a, start=1))
    connectors = {1: Connector(1, meter=Meter().updated(NOON, samples))}
    assert phases_advice(ChargePointState(phases=configured, connectors=connectors)) == advice


def test_the_demo_charger_is_called_so() -> None:
    attempt = ConnectionAttempt(NOON, '127.0.0.1', '/ocpp/x', AttemptVerdict.CONNECTED, DEMO_CHARGE_BOX_ID)
    assert attempt_sentence(attempt) == 'The demo charger was let in.'


@pytest.mark.parametrize('verdict', AttemptVerdict)
def test_a_long_name_is_shortened_in_every_sentence(verdict: AttemptVerdict) -> None:
    attempt = ConnectionAttempt(NOON, '192.168.1.7', '/x', verdict, 'n' * 3000, 'f' * 3000)
    assert len(attempt_sentence(attempt)) < 600


@pytest.mark.parametrize('verdict', AttemptVerdict)
def test_every_end_of_an_attempt_has_a_word_and_a_sentence(verdict: AttemptVerdict) -> None:
    sentence = attempt_sentence(ConnectionAttempt(NOON, '192.168.1.7', '/x', verdict, '{name}', 'http://{fact}'))
    assert VERDICTS[verdict]
    assert sentence[0].isupper() or sentence.startswith('{name} was let in')
    assert sentence.rstrip('}').endswith(('.', '?', '=http://{fact'))
