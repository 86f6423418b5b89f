"""The SQL statements for an entry: what happened is inserted, what is newest is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cpo.journal.connector_row import connector_write, differs
from cpo.journal.cost_rows import part_write
from cpo.journal.decisions import decision_write
from cpo.journal.id_tag_rows import id_tag_writes
from cpo.journal.knowledge import knowledge_write
from cpo.journal.page_settings import setting_write
from cpo.journal.readings import reading_writes
from cpo.journal.reservation_rows import reservation_end, reservation_write
from cpo.journal.rows import (
    ceiling_write,
    charge_point_members,
    charger_write,
    insert_row,
    ms,
    number,
    replace_row,
    replace_sql,
    transaction_write,
)
from cpo.journal.writer import Write
from cpo.state import (
    Booted,
    BootInformation,
    CeilingExpired,
    CeilingLifted,
    CeilingSet,
    ChargePointState,
    ChargerKnown,
    ClockSet,
    CommandSent,
    ConfigurationRead,
    Connected,
    ConnectionAttempted,
    Connector,
    Entry,
    IdTagChanged,
    IdTagDeleted,
    Learned,
    MeterRead,
    MeterSample,
    ModeChosen,
    PeakMeasured,
    PresetChosen,
    ReservationCancelled,
    ReservationMade,
    ReservationStatus,
    ReservationUsed,
    SessionPriced,
    SettingsChanged,
    SolarRead,
    StatusNotified,
    SurplusDecided,
    TagSeen,
    changed_transactions,
)

REPLACE_SAMPLE = replace_sql('meter_samples', ('series_id', 'at', 'value'))
POWERS = ('sun_w', 'car_w', 'limit_w', 'grid_w', 'house_w')
"""The powers of a `HistoryPoint`, as columns of the table `minutes`."""

SeriesId = Callable[[str, int, MeterSample], tuple[int, bool]]
"""The number of a series, and whether it is new."""


def writes_of(entry: Entry, before: ChargePointState, after: ChargePointState, series_id: SeriesId) -> Iterator[Write]:
    """The statements that record an entry which changed the state from `before` to `after`."""
    yield from _of_the_house(entry, before, after)
    yield from _minutes(before, after)
    if after.charge_box_id is not None:
        yield from _facts(entry, before, after, after.charge_box_id, series_id)
        yield from _changed(before, after, after.charge_box_id)


def _of_the_house(entry: Entry, before: ChargePointState, state: ChargePointState) -> Iterator[Write]:
    """Statements for facts that belong to no charger."""
    match entry:
        case ModeChosen(connector_id) | PresetChosen(connector_id):
            yield _chosen(state.connector(connector_id))
        case SurplusDecided():
            yield decision_write(entry)
        case SolarRead():
            yield from reading_writes(entry, state.solar)
        case ConnectionAttempted():
            yield from _attempt(state)
        case Learned(kind, knowledge):
            yield knowledge_write(kind, knowledge)
        case IdTagChanged() | IdTagDeleted() | TagSeen():
            yield from id_tag_writes(entry, before, state)
        case ChargerKnown(charger):
            yield charger_write(charger)
            for forgotten in before.chargers.keys() - state.chargers.keys():
                yield Write('DELETE FROM chargers WHERE charge_box_id = ?', (forgotten,))
        case CeilingSet(ceiling) if ceiling.is_kept:
            yield ceiling_write(ceiling)
        case PeakMeasured(month, mean_w):
            yield replace_row('month_peaks', month=month, mean_w=mean_w)
        case ClockSet():
            yield from (ceiling_write(ceiling) for ceiling in state.ceilings.values() if ceiling.is_kept)
        case CeilingLifted(name) | CeilingExpired(name):
            yield Write('DELETE FROM ceilings WHERE name = ?', (name,), promised=True)
        case SettingsChanged(settings):
            yield from (setting_write(name, setting) for name, setting in settings.items())


def _chosen(connector: Connector) -> Write:
    """The row of what was chosen for a connector."""
    preset = connector.preset and str(connector.preset)
    return replace_row('modes', connector_id=connector.connector_id, mode=str(connector.mode), preset=preset)


def _attempt(state: ChargePointState) -> Iterator[Write]:
    newest, oldest = state.attempts[0], state.attempts[-1]
    yield replace_row(
        'attempts',
        True,
        address=newest.address,
        path=newest.path,
        verdict=str(newest.verdict),
        charge_box_id=newest.charge_box_id,
        fact=newest.fact,
        at=ms(newest.at),
        count=newest.count,
    )
    yield Write('DELETE FROM attempts WHERE at < ?', (ms(oldest.at),), True)


def _facts(
    entry: Entry, before: ChargePointState, state: ChargePointState, box: str, series_id: SeriesId
) -> Iterator[Write]:
    match entry:
        case Connected():
            if before.charge_box_id != box:
                yield from _appeared(entry, state, box)
        case Booted(information) if state.boot is information:
            yield _boot(information, box)
        case StatusNotified():
            yield from _status_change(entry, before, state, box)
        case MeterRead():
            yield from _samples(entry, state, box, series_id)
        case SessionPriced(parts=parts):
            yield from (part_write(entry, part) for part in parts)
        case CommandSent():
            yield _command(entry)
        case ConfigurationRead(keys, at):
            for key, value in keys.items():
                yield replace_row('configuration_keys', charge_box_id=box, key=key, value=value, at=ms(at))
        case ReservationMade():
            yield reservation_write(entry.reservation(box))
        case ReservationCancelled(reservation_id, at):
            yield reservation_end(reservation_id, box, at, ReservationStatus.CANCELLED)
        case ReservationUsed(reservation_id, transaction_id, at):
            yield reservation_end(reservation_id, box, at, ReservationStatus.USED, transaction_id)


def _boot(information: BootInformation, box: str) -> Write:
    return insert_row(
        'boots',
        at=ms(information.at),
        charge_box_id=box,
        vendor=information.vendor,
        model=information.model,
        firmware_version=information.firmware_version,
        serial_number=information.serial_number,
        meter_type=information.meter_type,
        meter_serial=information.meter_serial,
    )


def _command(sent: CommandSent) -> Write:
    answered = {'status': sent.status, 'answer': sent.answer}
    return insert_row('commands', True, at=ms(sent.at), action=sent.action, request=sent.request, **answered)


def _appeared(entry: Connected, state: ChargePointState, box: str) -> Iterator[Write]:
    """The rows of a charger that starts blank, as in the state; what is older than `appeared_at` is history."""
    yield Write('DELETE FROM connectors WHERE charge_box_id = ?', (box,))
    yield Write('DELETE FROM configuration_keys WHERE charge_box_id = ?', (box,))
    yield Write('DELETE FROM modes', ())
    for connector in state.connectors.values():
        yield _chosen(connector)
        yield connector_write(box, connector)
    yield replace_row('charge_point', charge_box_id=box, appeared_at=ms(entry.at), connected=1)


def _status_change(
    entry: StatusNotified, before: ChargePointState, state: ChargePointState, box: str
) -> Iterator[Write]:
    """The row of a status change; the same status again is none."""
    connector, old = state.connector(entry.connector_id), before.connector(entry.connector_id)
    if not connector.status_changes or connector.status_changes == old.status_changes:
        return
    if connector.mode is not old.mode:  # an overridden one returns at a plug-in
        yield _chosen(connector)
    yield insert_row(
        'status_changes',
        charge_box_id=box,
        connector_id=entry.connector_id,
        at=ms(entry.change.at),
        heard_at=ms(entry.heard_at),
        status=entry.change.status,
        activity=str(entry.change.activity),
        error_code=entry.change.error_code,
        info=entry.change.info,
        vendor_error_code=entry.change.vendor_error_code,
        fault=entry.change.fault,
    )


def _samples(entry: MeterRead, state: ChargePointState, box: str, series_id: SeriesId) -> Iterator[Write]:
    at = ms(entry.timestamp)
    transaction = state.transaction(entry.transaction_id) or state.running_transaction(entry.connector_id)
    for sample in entry.samples:
        if sample.value is None:
            if sample.signed and transaction is not None:
                yield insert_row('signed_values', number=transaction.number, at=at, text=sample.text)
            continue
        series, is_new = series_id(box, entry.connector_id, sample)
        if is_new:
            yield insert_row(
                'series',
                series_id=series,
                charge_box_id=box,
                connector_id=entry.connector_id,
                measurand=sample.measurand,
                phase=sample.phase,
            )
        yield Write(REPLACE_SAMPLE, (series, at, number(sample.value)), True)


def _changed(before: ChargePointState, after: ChargePointState, box: str) -> Iterator[Write]:
    """Statements for what is another object in the state after than before."""
    if after.transactions is not before.transactions:
        for transaction in changed_transactions(before.transactions, after.transactions):
            yield transaction_write(transaction)
    if after.connectors is not before.connectors:
        for connector in after.connectors.values():
            old = before.connectors.get(connector.connector_id)
            if old is None or (old is not connector and differs(old, connector)):
                yield connector_write(box, connector)
    if _of_charge_point(before) != _of_charge_point(after):
        members = charge_point_members(after)
        names = ', '.join(f'{name} = ?' for name in members)
        sql = f'UPDATE charge_point SET {names} WHERE charge_box_id = ?'
        yield Write(sql, (*members.values(), box), newest_of=('charge_point', box))


def _minutes(before: ChargePointState, after: ChargePointState) -> Iterator[Write]:
    """Statements for the history of the last day; the newest row is the minute that is not over (`changed_in`)."""
    if after.changed_in == before.changed_in:
        return
    for point in after.history[-1:]:
        powers = {name: getattr(point, name) for name in POWERS}
        yield replace_row('minutes', True, at=ms(point.at), **powers)
        yield Write('DELETE FROM minutes WHERE at < ?', (ms(after.history[0].at),), True)
    yield replace_row('minutes', True, at=ms(after.changed_in), **dict.fromkeys(POWERS))


def _of_charge_point(state: ChargePointState) -> tuple[Any, ...]:
    return (
        state.connected,
        state.since,
        state.last_message_at,
        state.address,
        state.firmware_status,
        state.diagnostics_status,
        state.log_status,
        state.refused_tag,
        state.charge_box_id,
    )
