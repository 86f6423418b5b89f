"""The Sessions page: all transactions, newest first, and a summary of the present month."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nicegui import ui
from nicegui.element import Element

from cpo.controllers import GoalResult, regret_sentence
from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import card, element, icon, sentence, share_bar, tag, text
from cpo.dashboard.parts.keyed_list import KeyedList
from cpo.dashboard.parts.layout import SESSIONS, frame
from cpo.dashboard.parts.links import here
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.parts.rebuilt import Rebuilt
from cpo.dashboard.parts.segments import set_prop
from cpo.dashboard.parts.statement_form import StatementForm
from cpo.dashboard.parts.whose import Whose
from cpo.dashboard.words import numbers
from cpo.dashboard.words.session_row import session_row
from cpo.dashboard.words.sessions import (
    MonthSummary,
    Share,
    month_summary,
)
from cpo.journal import records
from cpo.state import (
    MAX_TRANSACTIONS,
    ChargePointState,
    IdTag,
    Transaction,
    cards,
)

COLUMNS = ('Day', 'Time', 'Who', 'Energy', 'Duration', 'From the sun', 'Start and end')
NUMBERS = ('Energy', 'Duration')
ESTIMATED = 'An estimate: the meter values at start and end do not tell it.'
ROWS_PER_STEP = 100
Session = tuple[Transaction, IdTag | None, str | None, bool]
"""A transaction with its card, if that is known, how its plan went in words, and whether something reads the grid."""
NO_RESULTS: Mapping[int, GoalResult] = MappingProxyType({})
TIME_ZONE_OF_BROWSER = 'Intl.DateTimeFormat().resolvedOptions().timeZone'


def page(live: Live) -> None:
    """Build the page; once the browser has connected, the month is that of its time zone."""
    with frame(live, SESSIONS):
        content = SessionsContent(live)
        live.on_change(content.update)
    ui.context.client.on_connect(content.use_zone_of_browser)


class SessionsContent:
    """Table and summary of the Sessions page, built in the current NiceGUI slot."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._shown = ROWS_PER_STEP
        self._older: tuple[Transaction, ...] = ()  # those that are only in the journal
        self._is_all = len(live.state.transactions) < MAX_TRANSACTIONS
        self._zone: tzinfo = datetime.now().astimezone().tzinfo or UTC
        self._seen: tuple[object, ...] | None = None
        with element('div', 'cpo-two-columns cpo-summary-above'):
            with card():
                text('Sessions', 'cpo-hidden', 'h2')
                self._empty = text('No sessions yet. The first one shows here as soon as a car charges.', 'cpo-empty')
                self._whose = Whose(lambda: self._show(self._live.shown.transactions))
                self._frame, self._rows = _table()
                self._files = _files()
                self._more = _more_button(self._show_more)
            with element('div', 'cpo-column'):
                with card():
                    self._month = Rebuilt(element('div', props='data-testid=month'), _month_card)
                self._statement = StatementForm(live)

    def update(self) -> None:
        """Show the transactions as they are now; does nothing while they, cards, plans and the month are the same."""
        transactions, cards = self._live.shown.transactions, self._live.shown.id_tags
        month = self._live.now().astimezone(self._zone).month
        now, seen = (transactions, cards, self._results, month), self._seen
        if seen is None or any(old is not new for old, new in zip(seen, now, strict=True)):
            self._seen = now
            self._show(transactions)

    def _show(self, known: tuple[Transaction, ...]) -> None:
        everything = tuple(t for t in (*known, *self._older) if t.is_session)
        transactions = self._whose.select(everything)
        self._empty.visible, self._frame.visible = not transactions, bool(transactions)
        self._files.visible = bool(transactions)
        shown = transactions[: self._shown]
        state = self._live.shown
        self._rows.show(
            {(t.charge_box_id, t.transaction_id, t.start_timestamp): self._session(t, state) for t in shown}
        )
        self._more.visible = len(transactions) > self._shown or not self._is_all
        live, zone = self._live, self._zone
        is_shared = transactions is everything and not self._older
        sums = live.shared(_summary, zone) if is_shared else month_summary(transactions, live.now(), zone)
        self._month.show(_as_shown(sums))
        self._statement.update()

    @property
    def _results(self) -> Mapping[int, GoalResult]:
        return NO_RESULTS if self._live.goals is None else self._live.goals.session_results

    def _session(self, transaction: Transaction, state: ChargePointState) -> Session:
        grid_known = state.solar.grid_w is not None
        return transaction, cards.card_of(transaction, state), self._plan_of(transaction), grid_known

    def _plan_of(self, transaction: Transaction) -> str | None:
        result = self._results.get(transaction.number)
        if result is None or transaction.demo:
            return None
        cost, settings = transaction.cost, self._live.charge_point.settings
        return regret_sentence(result, settings.currency if cost is None else cost.currency)

    async def use_zone_of_browser(self) -> None:
        """Use the browser's time zone for the month; the server's stays in use when the browser gives none."""
        try:
            self._zone = ZoneInfo(await ui.run_javascript(TIME_ZONE_OF_BROWSER))
        except (TimeoutError, ZoneInfoNotFoundError, ValueError, TypeError):
            return
        self._show(self._live.shown.transactions)

    async def _show_more(self) -> None:
        """Show the next rows, from the journal where they are older than what the state has."""
        self._shown += ROWS_PER_STEP
        known = self._live.state.transactions
        if len(self._whose.select((*known, *self._older))) < self._shown and not self._is_all:
            oldest = min((t.number for t in (*known, *self._older) if not t.demo), default=None)
            journal = self._live.charge_point.journal
            read = await journal.read(lambda connection: records.transactions_before(connection, oldest, ROWS_PER_STEP))
            self._is_all = len(read) < ROWS_PER_STEP
            self._older = (*self._older, *read)
        if not self._frame.is_deleted:
            self._show(self._live.shown.transactions)


def _table() -> tuple[Element, KeyedList[Session]]:
    with element('table', 'cpo-sessions') as table:
        with element('thead'), element('tr'):
            for column in COLUMNS:
                text(column, 'cpo-number' if column in NUMBERS else '', 'th').props('scope=col')
        body = element('tbody')
    return table, KeyedList(body, 'tr', _build_row)


def _build_row(element_: Element) -> Callable[[Session], None]:
    element_.props('data-testid=session-row')
    day, time = Marked('td', 'cpo-session-day'), Marked('td', 'cpo-session-time')
    with element('td', 'cpo-session-who'):
        by = text('', 'cpo-any', 'span')
        tags = Rebuilt(element('span', 'cpo-tags'), _build_tags)
    with element('td', 'cpo-number cpo-session-energy'):
        energy = text('', tag='span')
        cost = text('', 'cpo-secondary', 'div')
    duration = Marked('td', 'cpo-number cpo-session-duration')
    sun = Rebuilt(element('td', 'cpo-session-sun'), share_bar)
    ends = Rebuilt(element('td', 'cpo-session-ends'), _build_ends)

    def show(session: Session) -> None:
        row = session_row(*session)
        day.show(row.day)
        time.show(row.time)
        by.set_text(row.who)
        tags.show(row.tags)
        energy.set_text(row.energy)
        set_prop(energy, 'title', ESTIMATED if row.estimated else None)
        cost.set_text(row.cost)
        cost.set_visibility(bool(row.cost))
        duration.show(row.duration)
        sun.show(row.sun)
        ends.show((row.start_and_end, row.plan, row.note))

    return show


def _build_tags(tags: tuple[tuple[str, str], ...]) -> None:
    for words, tone in tags:
        tag(words, tone)


def _build_ends(ends: tuple[str, str | None, str | None]) -> None:
    start_and_end, plan, note = ends
    text(start_and_end, tag='span')
    if plan:
        text(plan, 'cpo-secondary', 'div')
    if note:
        with element('div', 'cpo-note'):
            icon('warning')
            sentence(note, tag='span')


def _summary(live: Live, zone: tzinfo) -> MonthSummary:
    return month_summary((t for t in live.shown.transactions if t.is_session), live.now(), zone)


def _more_button(on_click: Callable[[], Awaitable[None]]) -> Element:
    button = text('Show older sessions', 'cpo-quiet-button', 'button').props('type=button')
    return button.on('click', on_click)


def _files() -> Element:
    with element('div', 'cpo-more cpo-toolbar') as files:
        for name, separator in (('Save all as CSV', ','), ('CSV with decimal commas', ';')):
            link = text(name, 'cpo-quiet-button', 'a')
            link.props(f'href="{here("/api/transactions.csv")}?separator={separator}" download')
    return files


def _as_shown(summary: MonthSummary) -> MonthSummary:
    """The sums in the steps that the page shows, in which they change seldom while a session runs."""
    share = summary.sun_share
    return replace(
        summary, energy_wh=round(summary.energy_wh, -2), sun_share=None if share is None else round(share, 2)
    )


def _month_card(summary: MonthSummary) -> None:
    text('This month', 'cpo-card-title', 'h2')
    number, _, unit = numbers.month_energy(summary.energy_wh).rpartition(numbers.UNIT_SPACE)
    with element('div', 'cpo-month-parts'):
        with element('div', 'cpo-month'):
            text(number, tag='span')
            text(unit, 'cpo-month-unit', 'span')
        if summary.sun_share is not None:
            share_bar(Share(summary.sun_share, f'{numbers.percent(summary.sun_share)} from the sun'), 'cpo-wide')
        with element('div', 'cpo-month-sessions'):
            text('Sessions', 'cpo-secondary')
            text(str(summary.sessions), 'cpo-metric-value')
        if summary.cost is not None:
            with element('div', 'cpo-month-sessions'):
                text('Cost', 'cpo-secondary')
                text(summary.cost, 'cpo-metric-value', 'div').props('data-testid=month-cost')
    text('Statement', 'cpo-to-statement', 'a').props('href=#statement')
    if summary.demo_sessions:
        one = summary.demo_sessions == 1
        left_out = 'One session' if one else f'{summary.demo_sessions} sessions'
        text(f'{left_out} of the demo charger not counted.', 'cpo-secondary')
