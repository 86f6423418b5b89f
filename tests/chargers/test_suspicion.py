"""Which message is to blame for a lost connection or a restart, as short stories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cpo.chargers import ChargerKind, Outcome, ProfileForm, Sending, Suspicion
from cpo.chargers.suspicion import Found

NOON = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
KIND, NEWER = ChargerKind('ABB', 'TAC', '1.8.21'), ChargerKind('ABB', 'TAC', '1.8.32')
P, Q = ProfileForm(stack_level=1), ProfileForm(stack_level=2)
SUBJECTS = {'P': P, 'Q': Q}
LETTERS = {Outcome.ANSWER: '!', Outcome.SILENCE: '-', Outcome.HANG_UP: 'h', Outcome.LOSS: 'l', Outcome.RESTART: 'r'}


def play(events: str) -> Iterator[tuple[Suspicion, str]]:
    """The suspicion after each event with what is certain then, such as `a!` for a question a that did no harm.

    `?a` a message was sent, `!a` answered (P and Q are profiles, P* one that only repeats a limit), a number of
    seconds passed; `call`, `end` (of a session), `lost`, `back` (the charger connects), `boot`, `new` (it boots with
    other firmware).
    """
    suspicion, now, sent = Suspicion(), NOON, dict[str, Sending]()
    for event in events.split():
        name = event[1:]
        found: Found = (suspicion, ())
        if event[0] == '?':
            subject = SUBJECTS.get(name[0], name)
            sent[name] = Sending(KIND, subject, now, is_repeat=name.endswith('*'))
            found = suspicion.sent(sent[name])
        elif event[0] == '!':
            found = suspicion.answered(sent[name], now)
        elif event == 'call':
            found = suspicion.called(now)
        elif event == 'end':
            found = suspicion.session_ended(now)
        elif event == 'lost':
            found = suspicion.disconnected(now)
        elif event == 'back':
            found = suspicion.connected(now)
        elif event in ('boot', 'new'):
            found = suspicion.booted(KIND if event == 'boot' else NEWER, now)
        else:
            now += timedelta(seconds=float(event))
        suspicion, findings = found
        names = {each.subject: name.rstrip('*') for name, each in sent.items()}
        words = (names[each.subject] + LETTERS[outcome] + '*' * each.is_repeat for each, outcome in findings)
        yield suspicion, ' '.join(words)


@pytest.mark.parametrize(
    ('events', 'certain'),
    [
        # no answer: the hang-up is the answer
        ('?a lost', 'ah'),
        ('?a 30 lost', 'ah'),
        ('?a 61 lost', 'a-'),
        ('?P 59 lost', 'Ph'),
        ('?P* 20 lost', 'Ph*'),
        # a charger that dies hears nothing of later messages
        ('?a 30 ?b lost', 'ah'),
        ('?a 30 ?b !b lost 60 back boot', 'a- br'),
        # a profile that was answered: up to a minute later
        ('?P !P 59 lost', 'Pl'),
        ('?P !P 61 lost', 'P!'),
        ('?P !P call 20 call 20 lost', 'Pl'),
        ('?P !P 30 ?Q !Q 10 lost', 'Ql'),
        ('?P !P 30 ?Q !Q 40 lost', 'P! Ql'),
        ('?P* !P* 20 lost', 'Pl*'),
        ('?P !P end 5 lost', 'P!'),  # its session ended in order
        ('?P !P end ?Q !Q 5 lost', 'P! Ql'),
        # a question that was answered: only where the charger restarts at once
        ('?a !a 9 lost 5 back boot', 'ar'),
        ('?a !a 3 lost 90 back 2 boot', 'ar'),
        ('?a !a 11 lost 60 back boot', 'a!'),
        ('?a !a call 1 lost 60 back boot', 'a!'),
        ('?a !a 3 lost 4 back boot', ''),
        ('?a !a 3 lost 60 back 100 call', ''),
        ('?a !a 3 lost 301 back boot', ''),
        ('?a !a 3 lost 60 back new', ''),
        ('?a !a ?b !b 3 lost 60 back boot', 'ar br'),
        ('?a !a 4 ?b !b 7 lost 60 back boot', 'a! br'),
        ('?a !a ?b 3 lost 60 back boot', 'bh ar'),
        ('?a !a ?b 3 lost 2 back boot', 'bh'),
        ('boot boot boot', ''),
        # a profile, then a question: the restart tells which
        ('?P !P 10 ?a !a 2 lost 60 back boot', 'ar'),
        ('?P !P 10 ?a !a 2 lost 2 back boot', 'Pl'),
        ('?P !P 10 ?a !a 5 call 5 lost', 'a! Pl'),
        ('?P !P 10 ?a lost', 'ah'),
    ],
)
def test_the_message_to_blame(events: str, certain: str) -> None:
    assert ' '.join(found for _, found in play(events) if found) == certain


@pytest.mark.parametrize(
    ('seconds', 'is_weak'), [('back 20', True), ('back 70', False), ('back ?P !P 20', False), ('back ?a 20', False)]
)
def test_a_line_that_is_lost_at_once_without_a_message_is_weak(seconds: str, is_weak: bool) -> None:
    *_, (suspicion, _) = play(f'{seconds} lost')
    assert suspicion.line_is_weak is is_weak


def test_a_message_that_never_went_out_is_not_to_blame() -> None:
    sending = Sending(KIND, 'a', NOON)
    suspicion, _ = Suspicion().sent(sending)
    assert suspicion.not_sent(sending).disconnected(NOON) == (Suspicion(), ())
