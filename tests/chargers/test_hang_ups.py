"""What followed the messages a make was sent: counted in a row, and remembered over a restart of the program."""

from __future__ import annotations

import sqlite3

import pytest

from cpo.chargers import ChargerKind, ChargerKnowledge, HangUps, Outcome, ProfileForm, Question, Sent, Subject
from cpo.journal.knowledge import knowledge_write, restored_knowledge
from cpo.journal.schema import prepare

FORMS = [ProfileForm(stack_level=level) for level in range(4)]
OUTCOMES = {'a': Outcome.ANSWER, 's': Outcome.SILENCE, 'h': Outcome.HANG_UP, 'r': Outcome.RESTART}


def known_after(*events: tuple[Subject, str]) -> ChargerKnowledge:
    """The knowledge after each subject was followed by these outcomes, one letter each."""
    known = ChargerKnowledge()
    for subject, letters in events:
        for letter in letters:
            known = known.after(subject, OUTCOMES[letter])
    return known


@pytest.mark.parametrize(
    ('outcomes', 'is_unasked', 'is_wary'),
    [
        ('aaaa', False, False),
        ('ssss', False, False),
        ('h', False, True),
        ('hh', False, True),
        ('hhh', True, False),
        ('rrr', True, False),
        ('hrh', True, False),
        ('hhahh', False, True),
        ('rrsr', False, True),
        ('hha', False, False),
    ],
)
def test_a_question_is_not_asked_again_after_harm_three_times_in_a_row(
    outcomes: str, is_unasked: bool, is_wary: bool
) -> None:
    known = known_after(('X', outcomes))
    assert known.unasked == (('X',) if is_unasked else ())
    assert known.hang_ups.is_wary is is_wary


def test_harm_of_one_question_does_not_count_for_another() -> None:
    assert known_after(('X', 'hh'), ('Y', 'hh')).unasked == ()


@pytest.mark.parametrize('letter', ['h', 'r'])
def test_no_key_is_asked_for_where_all_at_once_and_the_first_single_one_do_harm(letter: str) -> None:
    known = known_after((Question.SCHEDULE, 'hhh'), ('', 3 * letter), ('X', letter))
    assert known.unasked == (Question.SCHEDULE, Question.CONFIGURATION)
    assert known.hang_ups.sent[1:] == (Sent(Question.CONFIGURATION, OUTCOMES[letter], 3),)
    assert known.after('Y', OUTCOMES[letter]) is known


@pytest.mark.parametrize(
    'events',
    [
        [('X', 'h')],
        [('', 'hh'), ('X', 'hh')],
        [('', 'hhh'), ('X', 'a'), ('Y', 'hh')],
        [('', 'hhh'), ('X', 's'), ('Y', 'hh')],
        [('', 'hhh'), ('TriggerMessage StatusNotification', 'h'), (Question.SCHEDULE, 'h')],
    ],
)
def test_one_key_that_the_charger_bears_leaves_the_others_to_be_asked_for(events: list[tuple[Subject, str]]) -> None:
    assert Question.CONFIGURATION not in known_after(*events).unasked


def test_the_first_single_key_after_all_at_once_is_asked_warily() -> None:
    assert known_after(('', 'hhh')).hang_ups.is_wary
    assert not known_after(('', 'hhh'), ('X', 'a')).hang_ups.is_wary


def test_a_form_is_left_after_two_hang_ups_and_every_form_after_three() -> None:
    assert known_after((FORMS[0], 'h')).hang_ups.never == ()
    two = known_after((FORMS[0], 'hh')).hang_ups
    assert (two.never, two.is_hopeless) == ((FORMS[0],), False)
    three = known_after((FORMS[0], 'hh'), (FORMS[1], 'h')).hang_ups
    assert (three.never, three.is_hopeless) == ((FORMS[0], FORMS[1]), True)


def test_one_form_that_the_charger_bears_leaves_hope_for_profiles() -> None:
    known = known_after((FORMS[0], 'hh'), (FORMS[1], 'a'), (FORMS[2], 'hh'))
    assert not known.hang_ups.is_hopeless
    assert known.hang_ups.never == (FORMS[0], FORMS[2])
    assert known.unasked == ()


def test_an_answer_is_remembered_once() -> None:
    once = known_after(('X', 'a'))
    assert once.hang_ups.sent == (Sent('X', Outcome.ANSWER),)
    assert once.after('X', Outcome.ANSWER) is once


def test_all_of_it_is_kept_over_a_restart_of_the_program() -> None:
    known = known_after((FORMS[0], 'hh'), (FORMS[1], 'a'), (Question.SCHEDULE, 'rrr'), ('', 's'), ('X', 'h'))
    kind = ChargerKind('Stegen Electronics', 'SmartEVSE', 'v3.6.9')
    write = knowledge_write(kind, known)
    connection = sqlite3.connect(':memory:')
    connection.row_factory = sqlite3.Row
    prepare(None, connection)
    connection.execute(write.sql, write.parameters)
    restored = restored_knowledge(connection)[kind]
    assert restored == known
    assert restored.after('X', Outcome.HANG_UP).after('X', Outcome.HANG_UP).unasked == (Question.SCHEDULE, 'X')
    assert restored.hang_ups != HangUps()
