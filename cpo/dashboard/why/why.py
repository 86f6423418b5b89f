"""The Why page: each decision with its inputs and what would change it, and what the charger makes of the limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from nicegui import background_tasks
from nicegui.element import Element

from cpo.controllers import reason_sentence
from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import card, element, sentence, text
from cpo.dashboard.parts.keyed_list import KeyedList
from cpo.dashboard.parts.layout import WHY, frame
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.parts.rebuilt import Rebuilt
from cpo.dashboard.why.recalled import Recalled
from cpo.dashboard.words.decision import what_would_change, with_unit_spaces
from cpo.dashboard.words.held_back import by_ceiling
from cpo.dashboard.words.learned import learned_sentences
from cpo.dashboard.words.names import connector_name
from cpo.dashboard.words.times import link, second_marker
from cpo.dashboard.words.why import Value, WhyRow, asked_offered_taken, readings, why_rows
from cpo.limits import lowered
from cpo.state import Mode

EMPTY = 'Nothing has been decided yet. In mode Solar, each decision shows here with what it was made from.'
NO_READINGS = 'No reading of the house has come yet. PUT /api/solar takes them; so does Home Assistant.'
NOTHING_TRIED = 'No limit has been tried with this make of charger yet.'
NOT_DECIDED = {Mode.OFF: 'Charging is off.', Mode.MANUAL: 'The sun sets no limit in mode Manual.'}
Rows = Mapping[tuple[datetime, int], WhyRow]
Part = TypeVar('Part')


def page(live: Live, recalled: Recalled) -> None:
    """Build the Why page."""
    with frame(live, WHY), element('div', 'cpo-two-columns'):
        with element('div', 'cpo-column'):
            with card():
                text('Now', 'cpo-card-title', 'h2')
                _part(live, element('div', props='role=status data-testid=now'), _now, _show_now)
            with card():
                text('Decisions', 'cpo-card-title', 'h2')
                _decisions(live, recalled)
        with element('div', 'cpo-column'):
            with card():
                text('Asked, offered, taken', 'cpo-card-title', 'h2')
                _part(live, element('ul', 'cpo-lines', 'data-testid=currents'), _currents, _show_currents)
            with card():
                text('Readings', 'cpo-card-title', 'h2')
                _part(live, element('div', props='data-testid=readings'), _readings, _show_readings)
            with card():
                text('Tried with this charger', 'cpo-card-title', 'h2')
                _part(live, element('div', props='data-testid=tried'), _tried, _show_tried)
    background_tasks.create(recalled.read(), name='what Why shows from before the start')


def _part(live: Live, place: Element, select: Callable[[Live], Part], build: Callable[[Part], None]) -> None:
    """Let `build` fill `place` from `select(live)`, again whenever that value has changed."""
    part = Rebuilt(place, build)
    live.on_change(lambda: part.show(live.shared(select)))


def _decisions(live: Live, recalled: Recalled) -> None:
    empty = text(EMPTY, 'cpo-empty').props('data-testid=no-decisions')
    rows = KeyedList(element('ul', 'cpo-why', 'data-testid=decisions'), 'li', _row)

    def update() -> None:
        shown = live.shared(_rows, recalled)
        empty.set_visibility(not shown)
        rows.show(shown)

    live.on_change(update)


def _rows(live: Live, recalled: Recalled) -> Rows:
    return why_rows(live.solar_controller.records, [*recalled.events, *live.charge_point.events], _names(live))


def _names(live: Live) -> Mapping[int, str]:
    """The names of the connectors by their ids, none of a single one."""
    ids = [connector.connector_id for connector in live.state.charging_connectors]
    return {each: connector_name(each, live.charge_point.settings) for each in ids} if len(ids) > 1 else {}


def _row(place: Element) -> Callable[[WhyRow], None]:
    """A row of the list."""
    place.classes('cpo-why-row').props('data-testid=decision')
    at = Marked('span', 'cpo-why-time')
    dot = element('span', 'cpo-why-dot', 'aria-hidden=true')
    with element('div', 'cpo-why-text'):
        lines = [Marked('div', classes) for classes in ('cpo-any', 'cpo-secondary cpo-any', 'cpo-secondary')]
    change = text('', 'cpo-why-change', 'span')

    def show(row: WhyRow) -> None:
        at.show(row.at)
        dot.props['data-tone'] = row.tone
        for line, words in zip(lines, (row.what, row.facts, row.would), strict=True):
            line.show(words)
            line.set_visibility(bool(words))
        change.set_text(row.change)

    return show


def _now(live: Live) -> tuple[tuple[str, ...], ...]:
    """For each connector its name, the ceiling that holds it or the reason, what would change it, and when."""
    ids, names = (connector.connector_id for connector in live.state.charging_connectors), _names(live)
    return tuple((names.get(each, ''), *_decided_now(live, each)) for each in ids)


def _decided_now(live: Live, connector_id: int) -> tuple[str, ...]:
    decision, mode = live.solar_controller.decision(connector_id), live.state.connector(connector_id).mode
    record, would, again = decision.record, '', ''
    if record is not None:
        reason, would = with_unit_spaces(reason_sentence(record)), what_would_change(record)
        again = f'Decided again at {second_marker(record.next_at)}, or with the next reading.' if record.next_at else ''
    elif mode in NOT_DECIDED:
        reason, would = NOT_DECIDED[mode], f'Choose Solar on {link("Home", "/")} to charge with what is left over.'
    else:
        reason = decision.sentence
        would = '' if live.state.connected else f'{link("Connect", "/connect")} lists every attempt of a charger.'
    held = by_ceiling(live.situation(connector_id))
    return (reason, would, again) if held is None else (f'{held.headline}.', held.sentence, would, again)


def _show_now(decided: tuple[tuple[str, ...], ...]) -> None:
    for name, reason, *lines in decided:
        if name:
            text(name, 'cpo-secondary')
        sentence(reason, 'cpo-why-now', 'div')
        for line in filter(None, lines):
            sentence(line, 'cpo-secondary', 'p')


def _currents(live: Live) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    """For each connector its name, and what is asked, offered and taken."""
    state, settings, quirks, names = live.shown, live.charge_point.settings, live.charge_point.quirks, _names(live)
    asked = [lowered(connector, state, settings, quirks) for connector in state.charging_connectors]
    return tuple(
        (names.get(each.connector_id, ''), asked_offered_taken(each, state.connected, settings.max_current))
        for each in asked
    )


def _show_currents(currents: tuple[tuple[str, tuple[Value, ...]], ...]) -> None:
    for name, values in currents:
        if name:
            text(name, 'cpo-strong', 'li')
        for value in values:
            _bar(value)


def _bar(value: Value) -> None:
    with element('li', 'cpo-why-bar'):
        text(value.name, 'cpo-secondary', 'span')
        with element('span', 'cpo-share-bar', 'aria-hidden=true'):
            element('span', 'cpo-why-fill').style(f'width: {(value.share or 0) * 100:.0f}%')
        text(value.value, 'cpo-number', 'span')
        sentence(value.source, 'cpo-secondary cpo-why-source')


def _readings(live: Live) -> tuple[Value, ...]:
    return readings(live.state.solar, live.now())


def _show_readings(values: tuple[Value, ...]) -> None:
    if not values:
        text(NO_READINGS, 'cpo-empty')
        return
    with element('ul', 'cpo-lines'):
        for value in values:
            with element('li', 'cpo-connector'):
                text(value.name, 'cpo-strong')
                text(value.value, 'cpo-number')
                sentence(value.source, 'cpo-secondary')


def _tried(live: Live) -> tuple[str, ...]:
    return learned_sentences(live.state.known)


def _show_tried(sentences: tuple[str, ...]) -> None:
    if not sentences:
        text(NOTHING_TRIED, 'cpo-empty')
        return
    with element('ul', 'cpo-lines'):
        for each in sentences:
            text(each, 'cpo-any', 'li')
