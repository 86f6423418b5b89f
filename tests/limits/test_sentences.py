"""The sentences about a limit: made of values, where they are read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from cpo.errors import CallErrorReceived, CallTimeout, ConnectionClosed, CpoError, Rejected
from cpo.limits.failure import found_by
from cpo.limits.sentences import advice, read_back_sentence, why_no_start
from cpo.state import YOU, Activity, Connector, Figures, Finding, Limit, Reaction, ReadBack, Verdict

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
MAXIMUM = Figures(max_a=16)
DRAWS = Figures(limit_a=8, current_a=12)
UNCLEAR = Figures(limit_a=10, current_a=30, least_a=10, power_w=6900, phases=1)
REFUSED = Figures(limit_a=10, answer='SetChargingProfile: Rejected, in 3 forms', stays_a=6)
ASKED = Figures(status=Activity.IDLE, id_tag='Tag1')
OWN_LIMIT = 'It may have a limit of its own: in its app, or one that another system left there.'
NOT_OBEYED = (
    'It takes no limits from here. Set its maximum in its own app, and look for another limit there (load management).'
)
TOO_MUCH = 'The charger let the car draw more than 16 A, the configured maximum, whatever it was told.'
SWITCH_OFF = 'The charger draws more than the configured maximum and does not stop: switch it off.'

ROWS = [
    (Verdict.FOLLOWS, Finding.CURRENT_DRAWN, Figures(limit_a=8, current_a=7.9), Reaction.NONE,
     'The charger follows 8 A: it lets the car draw 7.9 A.'),
    (Verdict.FOLLOWS, Finding.CURRENT_OFFERED, Figures(limit_a=8, current_a=8), Reaction.NONE,
     'The charger follows 8 A: it offers 8.0 A.'),
    (Verdict.IGNORES, Finding.CURRENT_DRAWN, DRAWS, Reaction.OTHER_FORM,
     'The charger accepted 8 A, but lets the car draw 12.0 A. Telling it in another way.'),
    (Verdict.IGNORES, Finding.CURRENT_OFFERED, Figures(limit_a=8, current_a=12, profiles=3), Reaction.OTHER_FORM,
     'The charger accepted 8 A, but offers 12.0 A. It is so with 3 profiles. Telling it in another way.'),
    (Verdict.ALARM, Finding.CURRENT_DRAWN, DRAWS, Reaction.GAVE_UP,
     f'The charger accepted 8 A, but lets the car draw 12.0 A. {NOT_OBEYED}'),
    (Verdict.UNCLEAR, Finding.PHASES_UNKNOWN, UNCLEAR, Reaction.NONE,
     'The charger tells its power alone, 6.9 kW. That is 10.0 A on three phases, or 30.0 A on 1. If your car charges '
     'with three, set CPO_PHASES to 3.'),
    (Verdict.HOLDS_BACK, Finding.CURRENT_OFFERED, Figures(limit_a=8, current_a=6), Reaction.GAVE_UP,
     f'The charger accepted 8 A, but offers only 6.0 A. {OWN_LIMIT}'),
    (Verdict.HOLDS_BACK, Finding.PAUSED_BY_CHARGER, Figures(limit_a=8, status='SuspendedEVSE'), Reaction.NONE,
     'The charger accepted 8 A, but still holds the car back (SuspendedEVSE).'),
    (Verdict.ALARM, Finding.ABOVE_MAXIMUM, MAXIMUM, Reaction.STOP_SENT,
     f'{TOO_MUCH} So it was told to end the charging. Set the maximum current in the charger itself.'),
    (Verdict.ALARM, Finding.ABOVE_MAXIMUM, MAXIMUM, Reaction.STOPPED,
     f'{TOO_MUCH} So charging was ended. Set the maximum current in the charger itself.'),
    (Verdict.ALARM, Finding.UNMEASURED, Figures(max_a=8, held_by='oven'), Reaction.STOPPED,
     'The charger takes no limit, and it measures no current that would show that it keeps to 8 A, the most that the '
     'ceiling "oven" leaves. So charging was ended. Set the maximum current in the charger itself.'),
    (Verdict.ALARM, Finding.STOP_NOT_FOLLOWED, Figures(), Reaction.STOP_FAILED,
     f'{SWITCH_OFF} It accepted to end it, and goes on.'),
    (Verdict.ALARM, Finding.STOP_REFUSED, Figures(answer='RemoteStopTransaction: Rejected'), Reaction.STOP_FAILED,
     f'{SWITCH_OFF} The charger refused to stop (RemoteStopTransaction: Rejected).'),
    (Verdict.IGNORES, Finding.NO_ANSWER, Figures(timeout_s=30), Reaction.RETRIES,
     'No answer within 30 s. It may still happen. It is sent again every 5 minutes.'),
    (Verdict.IGNORES, Finding.REFUSED, REFUSED, Reaction.RETRIES,
     'The charger refused 10 A (SetChargingProfile: Rejected, in 3 forms). It stays at 6 A. '
     'It is sent again every 5 minutes.'),
    (Verdict.IGNORES, Finding.ERROR, Figures(answer='out of memory.'), Reaction.RETRIES,
     'The charger answered with an error: out of memory. It is sent again every 5 minutes.'),
    (Verdict.IGNORES, Finding.ERROR, Figures(), Reaction.NONE,
     'The charger answered with an error: it gave no reason.'),
    (Verdict.ALARM, Finding.HANGS_UP, Figures(), Reaction.GAVE_UP,
     f'The charger hangs up whenever it is sent a limit. {NOT_OBEYED}'),
    (Verdict.IGNORES, Finding.NO_TRANSACTION, ASKED, Reaction.NONE,
     'The charger accepted the start, but no transaction began. Plug in the car. If it is plugged in: '
     'may Tag1 charge?'),
]  # fmt: skip


@pytest.mark.parametrize(('verdict', 'finding', 'figures', 'reaction', 'sentence'), ROWS)
def test_a_read_back_in_words(
    verdict: Verdict, finding: Finding, figures: Figures, reaction: Reaction, sentence: str
) -> None:
    assert read_back_sentence(ReadBack(verdict, finding, NOW, figures, reaction)) == sentence


def test_there_is_a_sentence_for_every_finding() -> None:
    assert {finding for _, finding, *_ in ROWS} == set(Finding) - {Finding.UNKNOWN}


@pytest.mark.parametrize('verdict', Verdict)
def test_what_an_older_program_found_has_a_plain_sentence(verdict: Verdict) -> None:
    assert read_back_sentence(ReadBack(verdict, Finding.UNKNOWN, NOW)).endswith('.')


@pytest.mark.parametrize('activity', Activity)
def test_whatever_the_connector_does_there_is_something_to_do_about_a_start(activity: Activity) -> None:
    assert why_no_start(activity, '', 'Tag1')[-1] in '.?'


def test_a_fault_is_named() -> None:
    assert 'GroundFailure' in why_no_start(Activity.FAULTED, 'GroundFailure', 'Tag1')


@pytest.mark.parametrize(
    ('limit_a', 'min_current_a', 'words'), [(0, 6, ''), (5.9, 6, 'Cars need'), (6, 6, ''), (6, 7, 'This charger needs')]
)
def test_a_limit_that_is_too_low_to_charge_with_comes_with_advice(
    limit_a: float, min_current_a: float, words: str
) -> None:
    assert advice(limit_a, min_current_a).startswith(words)
    assert bool(advice(limit_a, min_current_a)) is bool(words)


OF_CHARGERS = ('', 'InternalError', 'out of memory.', 'No!', 'Why?', 'two\nlines', ' spaces ', 'a "quote"', 'then;')
ERRORS: tuple[CpoError, ...] = (
    *(CallErrorReceived('InternalError', text) for text in OF_CHARGERS),
    CallErrorReceived(),
    *(
        Rejected('The charger refused 10 A', text, advice)
        for text in OF_CHARGERS
        for advice in ('', 'It stays at 6 A.')
    ),
    CallTimeout(30),
    ConnectionClosed(was_sent=True),
    ConnectionClosed(was_sent=False),
)


def is_well_formed(text: str) -> bool:
    """Sentences that begin with a capital and end once."""
    odd = re.search(r'  |\n|[.!?][.!?]|[ (][.,;:]|\(\)|[,;:]\.|[a-z)] (It does|It is|It stays|Another)\b', text)
    return bool(re.match('[A-Z].*[.!?]$', text)) and odd is None


@pytest.mark.parametrize('error', ERRORS, ids=repr)
def test_every_error_of_a_charger_has_a_proper_form_in_every_sentence(error: CpoError) -> None:
    connector = Connector(1, limit=Limit(6, YOU, NOW))
    assert is_well_formed(str(error))
    for is_stop, verdict, reaction in product((True, False), Verdict, Reaction):
        found = found_by(error, Limit(10, YOU, NOW), connector, is_stop, NOW)
        sentence = read_back_sentence(replace(found, verdict=verdict, reaction=reaction))
        assert is_well_formed(sentence), sentence


@pytest.mark.parametrize('finding', Finding)
def test_every_finding_has_a_proper_form_with_every_text_of_a_charger(finding: Finding) -> None:
    for text, verdict, reaction in product(OF_CHARGERS, Verdict, Reaction):
        figures = Figures(8, 12, 10, 16, 6, 6900, 30, 1, 2, text, Activity.IDLE, 'Tag1')
        sentence = read_back_sentence(ReadBack(verdict, finding, NOW, figures, reaction))
        assert is_well_formed(sentence), sentence
