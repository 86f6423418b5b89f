"""The events in what changes the state (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.state.activity import Activity
from cpo.state.cards import AllowanceUsed, card_name, refusal_of
from cpo.state.ceiling import Ceiling
from cpo.state.ceiling_entries import CeilingExpired, CeilingLifted, CeilingReceipt, CeilingSet
from cpo.state.change_events import events_of_changes
from cpo.state.clock_entries import ClockSet
from cpo.state.entries import (
    Booted,
    ConnectionAttempted,
    DiagnosticsStatusNotified,
    Disconnected,
    Entry,
    FirmwareStatusNotified,
    TagRefused,
)
from cpo.state.event import Event, EventKind, by_of, given
from cpo.state.id_tag import IdTag
from cpo.state.limit_entries import LimitAccepted, LimitReadBack, LimitWished
from cpo.state.meter_entries import ValuesThinned
from cpo.state.modes import ModeChosen, PresetChosen
from cpo.state.record_entries import CommandSent
from cpo.state.report_entries import CertificateAnswered, LogStatusNotified, SecurityEventNotified
from cpo.state.state import ChargePointState, Transaction
from cpo.state.surplus_decided import SurplusDecided
from cpo.state.transaction_entries import StatusNotified
from cpo.state.transactions import changed_transactions


def events_of(entry: Entry, before: ChargePointState, after: ChargePointState, now: datetime) -> Iterator[Event]:
    """The events in an entry that changed the state from `before` to `after` at `now`, without their numbers."""
    if after.transactions is not before.transactions:
        yield from _of_sessions(before, after, now)
    yield from events_of_changes(entry, before, after, now)
    match entry:
        case StatusNotified(connector_id):
            yield from _of_status(entry, before, after, now)
        case LimitAccepted() | LimitWished() | LimitReadBack():
            yield from _of_limits(entry, before, after, now)
        case ModeChosen(connector_id, mode, then):
            yield Event(now, EventKind.MODE, connector_id, {'mode': str(mode), **given(then=then and str(then))})
        case PresetChosen(connector_id, preset):
            yield Event(now, EventKind.PRESET, connector_id, given(preset=preset and str(preset)))
        case CeilingSet() | CeilingLifted() | CeilingExpired() | CeilingReceipt():
            yield from _of_ceilings(entry, before, now)
        case SurplusDecided(_, connector_id, is_news=True):
            result = {'limit': entry.limit_a, 'phases': entry.phases, 'reason': str(entry.reason)}
            yield Event(now, EventKind.DECISION, connector_id, result)
        case _:
            yield from _of_the_charger(entry, before, after, now)


def _of_limits(
    entry: LimitAccepted | LimitWished | LimitReadBack, before: ChargePointState, after: ChargePointState, now: datetime
) -> Iterator[Event]:
    match entry:
        case LimitAccepted(connector_id, limit):
            old = before.connector(connector_id).limit
            if old is None or (old.limit_a, old.by, old.phases) != (limit.limit_a, limit.by, limit.phases):
                held = given(heldBy=limit.held_by, phases=limit.phases)
                yield Event(now, EventKind.LIMIT, connector_id, {'limit': limit.limit_a, **by_of(limit.by), **held})
        case LimitWished(connector_id, limit):
            yield Event(now, EventKind.WISH, connector_id, {'limit': limit.limit_a, **by_of(limit.by)})
        case LimitReadBack(connector_id):
            alarm = after.connector(connector_id).alarm
            if alarm is not None and before.connector(connector_id).alarm is None:
                yield Event(now, EventKind.ALARM, connector_id, {'finding': str(alarm.finding)})


def _of_ceilings(entry: Entry, before: ChargePointState, now: datetime) -> Iterator[Event]:
    """The events of a ceiling; one of a guard of the house only where it begins or ceases to pause or to know."""
    match entry:
        case CeilingSet(ceiling):
            if ceiling.is_kept or _kind_of(before.ceilings.get(ceiling.name)) != _kind_of(ceiling):
                about = given(until=_text(ceiling.ends_at), reason=ceiling.reason or None) | by_of(ceiling.source)
                yield Event(
                    now, EventKind.CEILING, None, _amount(ceiling.name, ceiling) | about | by_of(ceiling.source)
                )
        case CeilingLifted(name):
            yield Event(now, EventKind.CEILING_LIFTED, None, {'ceiling': name})
        case CeilingExpired(name):
            yield Event(now, EventKind.CEILING_EXPIRED, None, {'ceiling': name})
        case CeilingReceipt(name):
            times = (entry.received_at, entry.sent_at, entry.measured_at)
            steps = dict(zip(('received', 'sent', 'measured'), map(_text, times), strict=True))
            about = _amount(name, entry) | steps | given(current_a=entry.current_a)
            yield Event(now, EventKind.CEILING_RECEIPT, None, about)


def _amount(name: str, of: Ceiling | CeilingReceipt) -> dict[str, Any]:
    return {'ceiling': name, **given(limit_a=of.limit_a, limit_w=of.limit_w)}


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec='milliseconds').replace('+00:00', 'Z')


def _kind_of(ceiling: Ceiling | None) -> tuple[bool, bool] | None:
    """Whether a ceiling of a guard leaves enough to charge, and whether it knows what the house takes."""
    if ceiling is None:
        return None
    return (ceiling.limit_a or 0.0) >= MIN_CHARGING_CURRENT_A, ceiling.load is None


def _of_the_charger(entry: Entry, before: ChargePointState, after: ChargePointState, now: datetime) -> Iterator[Event]:
    match entry:
        case ConnectionAttempted(attempt):
            where = {'address': attempt.address, 'path': attempt.path}
            about = given(chargeBoxId=attempt.charge_box_id or None, fact=attempt.fact or None)
            yield Event(now, attempt.verdict, None, where | about)
        case Disconnected():
            yield Event(now, EventKind.DISCONNECTED, None, given(chargeBoxId=after.charge_box_id))
        case Booted(boot) if boot is after.boot is not before.boot:
            make = given(vendor=boot.vendor, model=boot.model, firmwareVersion=boot.firmware_version)
            yield Event(now, EventKind.BOOT, None, make)
        case TagRefused(tag):
            refusal = refusal_of(tag, after)
            about = {'status': str(tag.status), **given(reason=refusal and str(refusal))}
            yield Event(now, EventKind.TAG_REFUSED, None, _card(tag.id_tag, after) | about)
        case AllowanceUsed(id_tag, allowance_kwh):
            yield Event(now, EventKind.ALLOWANCE_USED, None, _card(id_tag, after) | {'allowance_kwh': allowance_kwh})
        case CommandSent():
            yield Event(now, EventKind.COMMAND, None, {'action': entry.action, **given(status=entry.status)})
        case ValuesThinned(count):
            yield Event(now, EventKind.VALUES_THINNED, None, {'count': count})
        case ClockSet(setting):
            yield Event(now, EventKind.CLOCK_SET, None, {'seconds': round(setting.by.total_seconds(), 1)})
        case _:
            yield from _of_reports(entry, before, after, now)


def _of_reports(entry: Entry, before: ChargePointState, after: ChargePointState, now: datetime) -> Iterator[Event]:
    """The events of what the charger reports about its files and its security."""
    box = after.charge_box_id
    charger = given(chargeBoxId=box and box.strip('/'))
    match entry:
        case FirmwareStatusNotified(status):
            about = given(requestId=entry.request_id)
            yield Event(now, EventKind.FIRMWARE_STATUS, None, {'status': status, **about, **charger})
        case DiagnosticsStatusNotified(status):
            yield Event(now, EventKind.DIAGNOSTICS_STATUS, None, {'status': status, **charger})
        case LogStatusNotified(status):
            about = given(requestId=entry.request_id)
            yield Event(now, EventKind.LOG_STATUS, None, {'status': status, **about, **charger})
        case CertificateAnswered(outcome) if after is not before:
            yield Event(now, EventKind.CERTIFICATE, None, {'outcome': str(outcome), **charger})
        case SecurityEventNotified() if after.security_events is not before.security_events:
            about = {'type': entry.type, 'timestamp': _text(entry.at), **given(techInfo=entry.tech_info)}
            yield Event(now, EventKind.SECURITY_EVENT, None, about | charger)


def _card(id_tag: str, state: ChargePointState) -> dict[str, Any]:
    known = state.id_tags.get(id_tag.casefold(), IdTag(id_tag))
    return {'idTag': id_tag, **given(card=known.name or None, person=known.person or None)}


def _of_status(
    entry: StatusNotified, before: ChargePointState, after: ChargePointState, now: datetime
) -> Iterator[Event]:
    """The event of another status than before; repeated ones are none."""
    change, connector_id = entry.change, entry.connector_id
    newest = after.connector(connector_id).last_status
    if newest is not change or newest is before.connector(connector_id).last_status:
        return
    about = given(
        errorCode=change.error_code or None,
        vendorErrorCode=change.vendor_error_code,
        info=change.info,
        fault=change.fault and str(change.fault),
    )
    kind = EventKind.FAULT if change.activity is Activity.FAULTED or change.fault else EventKind.STATUS
    yield Event(now, kind, connector_id, {'status': change.status, **about})


def _of_sessions(before: ChargePointState, after: ChargePointState, now: datetime) -> Iterator[Event]:
    """The events of transactions that were not known before, and of those that ran before and run no more."""
    for transaction in reversed(changed_transactions(before.transactions, after.transactions)):
        old = next((t for t in before.transactions if t.number == transaction.number), None)
        if old is None:
            about = _session(transaction, after) | _reserved_for(transaction, before, now)
            yield Event(now, EventKind.SESSION_BEGUN, transaction.connector_id, about)
        if not transaction.running and (old is None or old.running):
            end = given(energyWh=transaction.energy_wh, reason=transaction.ending and str(transaction.ending))
            yield Event(now, EventKind.SESSION_ENDED, transaction.connector_id, _session(transaction, after) | end)


def _session(transaction: Transaction, state: ChargePointState) -> dict[str, Any]:
    card = given(idTag=transaction.id_tag, card=card_name(transaction, state), person=transaction.person)
    known = card | given(note=transaction.note and str(transaction.note))
    by = {} if transaction.started_by is None else by_of(transaction.started_by)
    return {'transactionId': transaction.transaction_id, 'number': transaction.number, **known, **by}


def _reserved_for(begun: Transaction, before: ChargePointState, now: datetime) -> dict[str, str]:
    """The details about who holds the connector where another card began a session on it."""
    reservation = before.reservation(begun.connector_id or 0, begun.begun_at or now)
    if reservation is None or begun.id_tag is None or reservation.is_for(begun.id_tag, before.id_tags):
        return {}
    card = before.id_tags.get(reservation.id_tag.casefold())
    return {'reservedFor': card.name if card is not None and card.name else reservation.id_tag}
