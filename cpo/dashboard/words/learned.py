"""What was learned about the charger's make, in sentences."""

from __future__ import annotations

from cpo.chargers import ChargerKnowledge, Numbers, Outcome, RemoteStart, form_words, question_words
from cpo.dashboard.words.times import charger_text

NUMBERS = {Numbers.WHOLE: 'whole amperes', Numbers.STEPS: 'the steps 6, 8, 10, 13, 16, 20, 25 and 32 A'}
STARTS = {
    RemoteStart.WITH_PROFILE: 'Its limit goes out together with the start.',
    RemoteStart.DEFAULT_FIRST: 'Its limit goes out before the start.',
    RemoteStart.PROFILE_AFTER: 'Its limit goes out after the start.',
}
SWITCHES = {
    True: 'It charges on one phase or on three, as its limit says.',
    False: 'It does not charge on as many phases as its limit says, so its limits say nothing about them.',
}


def learned_sentences(known: ChargerKnowledge) -> tuple[str, ...]:
    """What was learned about the charger's make, one sentence for each fact; empty when nothing was."""
    sentences = []
    if known.form is not None:
        sentences.append(f'This charger takes: {form_words(known.form)}.'.replace(' in ', ' in\u00a0'))
    if known.refused:
        count = len(known.refused)
        sentences.append(f'It refused or ignored {count} other form{"s" if count > 1 else ""} of a limit.')
    if known.remote_start is not None:
        sentences.append(STARTS[known.remote_start])
    if known.numbers is not Numbers.ANY:
        sentences.append(f'It obeys limits in {NUMBERS[known.numbers]} only.')
    if known.switches_phases is not None:
        sentences.append(SWITCHES[known.switches_phases])
    if known.hang_ups.is_hopeless:
        sentences.append('It hangs up whenever it is sent a limit, so it is sent none any more.')
    elif known.hang_ups.never:
        sentences.append('It hangs up on some forms of a limit, so it is sent others.')
    if known.tells_schedule is False:
        sentences.append('It does not say what it makes of a limit (GetCompositeSchedule).')
    sentences += [_unasked(known, question) for question in known.unasked]
    silent = [each.subject for each in known.hang_ups.sent if each.outcome is Outcome.SILENCE]
    questions = [charger_text(question_words(each), 60) for each in silent if isinstance(each, str)]
    if questions:
        sentences.append(f'It did not answer when asked for {", ".join(questions)}.')
    return tuple(sentences)


def _unasked(known: ChargerKnowledge, question: str) -> str:
    followed = known.hang_ups.of(question)
    does = 'hangs up' if followed is not None and followed.outcome is Outcome.HANG_UP else 'starts anew'
    return f'It {does} when asked for {charger_text(question_words(question), 60)}, so it is never asked that again.'
