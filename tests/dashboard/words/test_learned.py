"""What was learned of a charger, and the three currents, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cpo.chargers import ChargerKnowledge, Kind, Outcome, ProfileForm, Purpose, Question, RemoteStart, Unit, form_words
from cpo.dashboard.home.currents import currents_of
from cpo.dashboard.words.learned import learned_sentences
from cpo.state import (
    CURRENT,
    OFFERED,
    YOU,
    ChargePointState,
    Connector,
    Limit,
    Meter,
    MeterSample,
)

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
STATE = ChargePointState('garage', connected=True)
CHARGING = Connector(1, limit=Limit(8.0, YOU, NOW), transaction_id='7')


@pytest.mark.parametrize(
    ('form', 'words'),
    [
        (ProfileForm(kind=Kind.ABSOLUTE), 'TxProfile, Absolute, stack level 0, in A'),
        (
            ProfileForm(Purpose.TX_DEFAULT, True, Kind.RELATIVE, 3, Unit.W, expires=True, number_phases=True),
            'TxDefaultProfile, Relative, stack level 3, in W, for the charger as a whole, with a fallback, '
            'with numberPhases',
        ),
    ],
)
def test_a_form_is_named_in_the_words_of_the_specification(form: ProfileForm, words: str) -> None:
    assert form_words(form) == words


def test_nothing_is_said_of_a_charger_nothing_was_learned_of() -> None:
    assert learned_sentences(ChargerKnowledge()) == ()


def test_each_thing_learned_is_a_sentence() -> None:
    known = ChargerKnowledge(
        form=ProfileForm(),
        refused=(ProfileForm(stack_level=3),),
        tells_schedule=False,
        remote_start=RemoteStart.WITH_PROFILE,
        unasked=('', 'SupportedFeatureProfiles'),
    )
    told = tuple(sentence.replace('\u00a0', ' ') for sentence in learned_sentences(known))
    assert told == (
        'This charger takes: TxProfile, Relative, stack level 0, in A.',
        'It refused or ignored 1 other form of a limit.',
        'Its limit goes out together with the start.',
        'It does not say what it makes of a limit (GetCompositeSchedule).',
        'It starts anew when asked for all configuration keys at once, so it is never asked that again.',
        'It starts anew when asked for SupportedFeatureProfiles, so it is never asked that again.',
    )


def test_what_harms_a_charger_is_said_with_what_followed() -> None:
    known = ChargerKnowledge()
    for subject, outcomes in (
        ('MeterValuesSampledData', [Outcome.RESTART] * 3),
        (Question.SCHEDULE, [Outcome.HANG_UP] * 3),
        (ProfileForm(), [Outcome.HANG_UP] * 2),
        ('SupportedFeatureProfiles', [Outcome.SILENCE]),
        ('', [Outcome.ANSWER]),
    ):
        for outcome in outcomes:
            known = known.after(subject, outcome)
    assert learned_sentences(known) == (
        'It hangs up on some forms of a limit, so it is sent others.',
        'It starts anew when asked for MeterValuesSampledData, so it is never asked that again.',
        'It hangs up when asked for its charging schedule, so it is never asked that again.',
        'It did not answer when asked for SupportedFeatureProfiles.',
    )
    known = known.after(ProfileForm(stack_level=1), Outcome.HANG_UP)
    assert learned_sentences(known)[0] == 'It hangs up whenever it is sent a limit, so it is sent none any more.'


def test_one_that_bears_no_question_for_its_configuration_gets_one_sentence() -> None:
    known = ChargerKnowledge()
    for subject in ('', '', '', 'SupportedFeatureProfiles'):
        known = known.after(subject, Outcome.HANG_UP)
    assert learned_sentences(known) == (
        'It hangs up when asked for its configuration, so it is never asked that again.',
    )


def test_commanded_offered_and_measured_stand_side_by_side_while_a_transaction_runs() -> None:
    meter = Meter().updated(NOW, (MeterSample(OFFERED, '', 8.0), MeterSample(CURRENT, 'L1', 12.0)))
    assert currents_of(STATE, replace(CHARGING, meter=meter), gone=False) == (8.0, 8.0, 12.0)
    assert currents_of(STATE, replace(CHARGING, meter=meter), gone=True) == (8.0, 8.0, None)
    assert currents_of(STATE, CHARGING, gone=False) == (8.0, None, None)
    assert currents_of(STATE, replace(CHARGING, meter=meter, transaction_id=None), gone=False) is None
    assert currents_of(STATE, replace(CHARGING, limit=None), gone=False) is None


@pytest.mark.parametrize(
    ('switches', 'words'),
    [
        (True, ('It charges on one phase or on three, as its limit says.',)),
        (False, ('It does not charge on as many phases as its limit says, so its limits say nothing about them.',)),
        (None, ()),
    ],
)
def test_whether_it_switches_phases_is_said_once_it_is_known(switches: bool | None, words: tuple[str, ...]) -> None:
    assert learned_sentences(ChargerKnowledge(switches_phases=switches)) == words
