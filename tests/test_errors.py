"""An error says in one place what happened, what the charger answered and what to do; the sentence is made of these."""

from __future__ import annotations

import pytest

from cpo.errors import CallErrorReceived, CallTimeout, ConnectionClosed, CpoError, NotConnected, Rejected


@pytest.mark.parametrize(
    ('error', 'sentence'),
    [
        (
            Rejected('The charger refused 10 A', 'SetChargingProfile: Rejected', 'It stays at 8 A.'),
            'The charger refused 10 A (SetChargingProfile: Rejected). It stays at 8 A.',
        ),
        (
            Rejected('The charger refused 10 A', 'SetChargingProfile: V. 2'),
            'The charger refused 10 A (SetChargingProfile: V. 2).',
        ),
        (
            Rejected('This charger does not start a second time', advice='Unplug the car.'),
            'This charger does not start a second time. Unplug the car.',
        ),
        (CallErrorReceived('InternalError', 'out of memory'), 'The charger answered with an error: out of memory.'),
        (CallErrorReceived('InternalError'), 'The charger answered with an error: InternalError.'),
        (CallErrorReceived(), 'The charger answered with an error: it gave no reason.'),
        (CallTimeout(30), 'No answer within 30 s. It may still happen.'),
        (ConnectionClosed(was_sent=True), 'The charger hung up before it answered.'),
        (ConnectionClosed(was_sent=False), 'The charger hung up before this could be sent.'),
        (NotConnected(), 'No charger is connected. Nothing is kept for later.'),
    ],
)
def test_the_sentence_of_an_error_is_composed_of_its_parts(error: CpoError, sentence: str) -> None:
    assert str(error) == sentence
