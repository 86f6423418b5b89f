"""Words about a command: the question before it and the message after it, shown where the person clicked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cpo.dashboard.words.faults import fault_advice, stopped_by
from cpo.dashboard.words.icons import Icon
from cpo.dashboard.words.numbers import UNIT_SPACE, current, number
from cpo.dashboard.words.times import charger_text
from cpo.errors import BadRequest, CallErrorReceived, CallTimeout, ConnectionClosed, CpoError, NotConnected, Rejected
from cpo.limits import read_back_sentence
from cpo.state import Activity, Connector, Finding, ReadBack, Verdict


class Link(NamedTuple):
    """A link in a message; `target` is the path of a page, None for a link that repeats or undoes the command."""

    label: str
    target: str | None


class Question(NamedTuple):
    """A question that a person confirms before a command that ends a session."""

    text: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Message:
    """The result of a command: what happened (bold), what is true now, and at most two links.

    Its texts are shown by `times.to_html`. `failed` is red and announced to screen readers at once; otherwise the
    message only informs.
    """

    title: str
    text: str = ''
    links: tuple[Link, ...] = ()
    failed: bool = True
    icon: Icon = 'error'


WHAT_WAS_SENT = Link('What was sent', '/messages')
TRY_AGAIN = Link('Try again', None)
WHY_AWAY = Link('Why is it away?', '/connect')
WHAT_WAS_LEARNED = Link('What was learned', '/connect')
CLEAR_PROFILES = Link('Clear its profiles', '/connect')
UNDO = Link('Undo', None)
DISMISS = Link('Dismiss', None)
DETAILS = Link('Details', '/messages')
TAKES_NO_LIMITS = (Finding.REFUSED, Finding.ERROR, Finding.HANGS_UP)


def message_for(error: CpoError, wanted_a: float | None = None, in_force_a: float | None = None) -> Message:
    """The message for the error of a command; a command that succeeded needs none.

    `wanted_a` is the limit asked for, None for another command; `in_force_a` the limit in force, None where the charger
    decides or nothing runs. Both in A.
    """
    if isinstance(error, Rejected):
        return _rejected(error, wanted_a, in_force_a)
    if isinstance(error, CallTimeout):
        waited = f'{number(error.timeout_s)}{UNIT_SPACE}s'
        return Message(f'No answer within {waited}.', 'It may still happen.', (WHAT_WAS_SENT, TRY_AGAIN))
    if isinstance(error, CallErrorReceived):
        reason = charger_text(error.answer, 100) or 'It gave no reason.'
        return Message('The charger answered with an error:', reason, (WHAT_WAS_SENT, TRY_AGAIN))
    if isinstance(error, ConnectionClosed):
        return Message('The charger hung up before it answered.', 'It may still happen.', (WHY_AWAY,))
    if isinstance(error, NotConnected):
        return Message('Limit and start need a connected charger.', 'Nothing is kept for later.', (WHY_AWAY,))
    title = 'Nothing was sent.' if isinstance(error, BadRequest) else 'This did not work.'
    return Message(title, charger_text(str(error), 200))


def stop_question(pauses: bool, by_card: bool) -> Question:
    """The question before a running session is stopped or set to 0 A.

    `pauses`: the transaction continues at 0 A. `by_card`: it began with a card, so the dashboard cannot start it again
    in that card's name.
    """
    ends = 'This pauses charging.' if pauses else 'This ends the session.'
    return Question(f'{ends} It was started at the charger.' if by_card else ends, 'Stop', 'Keep charging')


def lowered_message(before: Connector, limit_a: float) -> Message:
    """The message after a person lowered the limit, perhaps by mistake: it offers to undo that.

    Where the sun had set the limit, undoing lets the sun set it again.
    """
    was = f' from {current(before.limit.limit_a)}' if before.limit else ''
    left = ' The sun no longer changes it.' if before.mode.follows_sun else ''
    return Message(f'Lowered{was} to {current(limit_a)}.{left}', links=(UNDO,), failed=False, icon='undo')


def fault_message(connector: Connector) -> Message | None:
    """The message about the fault that stopped a session, until it is dismissed; None while the fault lasts.

    While it lasts, the sentence on Home is about it.
    """
    trace = connector.fault_trace
    if trace is None or connector.activity is Activity.FAULTED:
        return None
    advice = fault_advice(trace.fault, trace.error_code, trace.vendor_error_code)
    return Message(stopped_by(trace), advice, (DISMISS,))


def read_back_message(read_back: ReadBack | None) -> Message | None:
    """The message for a charger that does not follow an accepted limit, or may not; None while it follows."""
    if read_back is None or read_back.verdict is Verdict.FOLLOWS:
        return None
    detail = charger_text(read_back_sentence(read_back), 400)
    if read_back.verdict is Verdict.UNCLEAR:
        return Message('', detail, failed=False, icon='info')
    if read_back.verdict is Verdict.ALARM and read_back.finding in TAKES_NO_LIMITS:
        return Message('The charger takes no limits from here.', 'Set its maximum in its own app.', (DETAILS,))
    if read_back.verdict is Verdict.ALARM:
        return Message('The charger does not obey.', detail, (WHAT_WAS_SENT, WHAT_WAS_LEARNED))
    links = (WHAT_WAS_SENT, CLEAR_PROFILES) if read_back.verdict is Verdict.HOLDS_BACK else (WHAT_WAS_SENT,)
    return Message('', detail, links, failed=False, icon='sync')


def _rejected(error: Rejected, wanted_a: float | None, in_force_a: float | None) -> Message:
    """The message for a refusal: in the page's own words, or in those of the error where the refusal was foreseen."""
    title = _refused(wanted_a) if error.answer else charger_text(error.what, 100) + '.'
    if in_force_a is None:
        text = charger_text(error.advice, 200) or 'Nothing has changed.'
    else:
        text = f'It stays at {current(in_force_a)}.'
    return Message(title, text, (WHAT_WAS_SENT, TRY_AGAIN))


def _refused(wanted_a: float | None) -> str:
    if wanted_a is None:
        return 'The charger refused.'
    if wanted_a == 0:
        return 'The charger refused to stop.'
    return f'The charger refused {current(wanted_a)}.'
