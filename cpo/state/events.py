"""Events: what happened, for people and programs that ask for the history or follow it (pure).

An entry changes the state; an event is what of that is worth telling later. They are numbered in the order in which
they became known, and stay in the journal for two years.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.state.account_entries import AccountChanged
from cpo.state.activity import Activity
from cpo.state.cards import AllowanceUsed, card_name, refusal_of
from cpo.state.ceiling import Ceiling
from cpo.state.ceiling_entries import CeilingExpired, CeilingLifted, CeilingReceipt, CeilingSet
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
from cpo.state.id_tag import IdTag
from cpo.state.known_charger import KnownCharger, known_charger
from cpo.state.known_charger_entries import ChargerKnown
from cpo.state.limit_entries import LimitAccepted, LimitReadBack, LimitWished
from cpo.state.meter_entries import ValuesThinned
from cpo.state.modes import ModeChosen, PresetChosen
from cpo.state.record_entries import CommandSent
from cpo.state.report_entries import CertificateAnswered, LogStatusNotified, SecurityEventNotified
from cpo.state.setting_entries import SettingsChanged
from cpo.state.source import Source
from cpo.state.state import ChargePointState, Transaction
from cpo.state.surplus_decided import SurplusDecided
from cpo.state.transaction_entries import StatusNotified


class EventKind(StrEnum):
    """The kind of an event; an attempt to connect has its verdict in place of one. The values are in the journal."""

    SESSION_BEGUN = 'session_begun'
    SESSION_ENDED = 'session_ended'
    STATUS = 'status'
    FAULT = 'fault'
    COMMAND = 'command'
    MODE = 'mode'
    PRESET = 'preset'
    WISH = 'wish'
    LIMIT = 'limit'
    BOOT = 'boot'
    DISCONNECTED = 'disconnected'
    ADOPTED = 'adopted'
    RELEASED = 'released'
    TAG_REFUSED = 'tag_refused'
    ALLOWANCE_USED = 'allowance_used'
    FIRMWARE_STATUS = 'firmware_status'
    DIAGNOSTICS_STATUS = 'diagnostics_status'
    LOG_STATUS = 'log_status'
    CERTIFICATE = 'certificate'
    SECURITY_EVENT = 'security_event'
    VALUES_THINNED = 'values_thinned'
    CLOCK_SET = 'clock_set'
    CEILING = 'ceiling'
    CEILING_LIFTED = 'ceiling_lifted'
    CEILING_EXPIRED = 'ceiling_expired'
    CEILING_RECEIPT = 'ceiling_receipt'
    DECISION = 'decision'
    ALARM = 'alarm'
    """The charger followed a limit in no form of a charging profile."""
    SETTING = 'setting'
    PERSON = 'person'
    TOKEN = 'token'
    CHARGER = 'charger'


QUIET = frozenset({EventKind.SECURITY_EVENT})
"""Kinds that are listed only where they are asked for: some chargers report their clock's setting every day."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `at` is when this program knew of it, `kind` an EventKind or an AttemptVerdict.

    `details` holds values that JSON can express, by the names REST has for them; `cpo.rest_api` has the words.
    """

    at: datetime
    kind: str
    connector_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0


def events_of(entry: Entry, before: ChargePointState, after: ChargePointState, now: datetime) -> Iterator[Event]:
    """The events in an entry that changed the state from `before` to `after` at `now`, without their numbers."""
    if after.transactions is not before.transactions:
        yield from _of_sessions(before, after, now)
    match entry:
        case StatusNotified(connector_id):
            yield from _of_status(entry, before, after, now)
        case LimitAccepted() | LimitWished() | LimitReadBack():
            yield from _of_limits(entry, before, after, now)
        case ModeChosen(connector_id, mode, then):
            yield Event(now, EventKind.MODE, connector_id, {'mode': str(mode), **_known(then=then and str(then))})
        case PresetChosen(connector_id, preset):
            yield Event(now, EventKind.PRESET, connector_id, _known(preset=preset and str(preset)))
        case CeilingSet() | CeilingLifted() | CeilingExpired() | CeilingReceipt():
            yield from _of_ceilings(entry, before, now)
        case SurplusDecided(_, connector_id, is_news=True):
            result = {'limit': entry.limit_a, 'phases': entry.phases, 'reason': str(entry.reason)}
            yield Event(now, EventKind.DECISION, connector_id, result)
        case SettingsChanged(settings):
            yield from _of_settings(settings, before, after, now)
        case AccountChanged():
            about = {'name': entry.name, 'change': str(entry.change), **_known(role=entry.role), 'person': entry.by}
            yield Event(now, EventKind.TOKEN if entry.is_token else EventKind.PERSON, None, about)
        case _:
            yield from _of_the_charger(entry, before, after, now)


def _of_limits(
    entry: LimitAccepted | LimitWished | LimitReadBack, before: ChargePointState, after: ChargePointState, now: datetime
) -> Iterator[Event]:
    match entry:
        case LimitAccepted(connector_id, limit):
            old = before.connector(connector_id).limit
            if old is None or (old.limit_a, old.by, old.phases) != (limit.limit_a, limit.by, limit.phases):
                held = _known(heldBy=limit.held_by, phases=limit.phases)
                yield Event(now, EventKind.LIMIT, connector_id, {'limit': limit.limit_a, **_by(limit.by), **held})
        case LimitWished(connector_id, limit):
            yield Event(now, EventKind.WISH, connector_id, {'limit': limit.limit_a, **_by(limit.by)})
        case LimitReadBack(connector_id):
            alarm = after.connector(connector_id).alarm
            if alarm is not None and before.connector(connector_id).alarm is None:
                yield Event(now, EventKind.ALARM, connector_id, {'finding': str(alarm.finding)})


def _of_ceilings(entry: Entry, before: ChargePointState, now: datetime) -> Iterator[Event]:
    """The events of a ceiling; one of a guard of the house only where it begins or ceases to pause or to know."""
    match entry:
        case CeilingSet(ceiling):
            if ceiling.is_kept or _kind_of(before.ceilings.get(ceiling.name)) != _kind_of(ceiling):
                about = _known(until=_text(ceiling.ends_at), reason=ceiling.reason or None)
                yield Event(now, EventKind.CEILING, None, _amount(ceiling.name, ceiling) | about | _by(ceiling.source))
        case CeilingLifted(name):
            yield Event(now, EventKind.CEILING_LIFTED, None, {'ceiling': name})
        case CeilingExpired(name):
            yield Event(now, EventKind.CEILING_EXPIRED, None, {'ceiling': name})
        case CeilingReceipt(name):
            times = (entry.received_at, entry.sent_at, entry.measured_at)
            steps = dict(zip(('received', 'sent', 'measured'), map(_text, times), strict=True))
            about = _amount(name, entry) | steps | _known(current_a=entry.current_a)
            yield Event(now, EventKind.CEILING_RECEIPT, None, about)


def _amount(name: str, of: Ceiling | CeilingReceipt) -> dict[str, Any]:
    return {'ceiling': name, **_known(limit_a=of.limit_a, limit_w=of.limit_w)}


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
            about = _known(chargeBoxId=attempt.charge_box_id or None, fact=attempt.fact or None)
            yield Event(now, attempt.verdict, None, where | about)
        case Disconnected():
            yield Event(now, EventKind.DISCONNECTED, None, _known(chargeBoxId=after.charge_box_id))
        case ChargerKnown(charger, by):
            yield from _of_known_charger(charger, known_charger(before.chargers, charger.charge_box_id), by, now)
        case Booted(boot) if boot is after.boot is not before.boot:
            make = _known(vendor=boot.vendor, model=boot.model, firmwareVersion=boot.firmware_version)
            yield Event(now, EventKind.BOOT, None, make)
        case TagRefused(tag):
            refusal = refusal_of(tag, after)
            about = {'status': str(tag.status), **_known(reason=refusal and str(refusal))}
            yield Event(now, EventKind.TAG_REFUSED, None, _card(tag.id_tag, after) | about)
        case AllowanceUsed(id_tag, allowance_kwh):
            yield Event(now, EventKind.ALLOWANCE_USED, None, _card(id_tag, after) | {'allowance_kwh': allowance_kwh})
        case CommandSent():
            yield Event(now, EventKind.COMMAND, None, {'action': entry.action, **_known(status=entry.status)})
        case ValuesThinned(count):
            yield Event(now, EventKind.VALUES_THINNED, None, {'count': count})
        case ClockSet(setting):
            yield Event(now, EventKind.CLOCK_SET, None, {'seconds': round(setting.by.total_seconds(), 1)})
        case _:
            yield from _of_reports(entry, before, after, now)


def _of_reports(entry: Entry, before: ChargePointState, after: ChargePointState, now: datetime) -> Iterator[Event]:
    """The events of what the charger reports about its files and its security."""
    match entry:
        case FirmwareStatusNotified(status):
            about = _known(requestId=entry.request_id)
            yield Event(now, EventKind.FIRMWARE_STATUS, None, {'status': status, **about})
        case DiagnosticsStatusNotified(status):
            yield Event(now, EventKind.DIAGNOSTICS_STATUS, None, {'status': status})
        case LogStatusNotified(status):
            yield Event(now, EventKind.LOG_STATUS, None, {'status': status, **_known(requestId=entry.request_id)})
        case CertificateAnswered(outcome):
            yield Event(now, EventKind.CERTIFICATE, None, {'outcome': str(outcome)})
        case SecurityEventNotified() if after.security_events is not before.security_events:
            about = {'type': entry.type, 'timestamp': _text(entry.at), **_known(techInfo=entry.tech_info)}
            yield Event(now, EventKind.SECURITY_EVENT, None, about)


def _of_known_charger(new: KnownCharger, old: KnownCharger, by: str, now: datetime) -> Iterator[Event]:
    """The events of a charger that is let in or no longer, and of its name and how it proves who it is."""
    about = {'chargeBoxId': new.charge_box_id, **_known(person=by or None)}
    if new.adopted != old.adopted:
        yield Event(now, EventKind.ADOPTED if new.adopted else EventKind.RELEASED, None, about)
    changes: dict[str, Any] = {}
    if new.name != old.name:
        changes['name'] = new.name
    if new.security_profile != old.security_profile:
        changes['securityProfile'] = int(new.security_profile)
    if new.password_hash not in (None, old.password_hash):
        changes['newPassword'] = True
    if changes:
        yield Event(now, EventKind.CHARGER, None, about | changes)


def _card(id_tag: str, state: ChargePointState) -> dict[str, Any]:
    known = state.id_tags.get(id_tag.casefold(), IdTag(id_tag))
    return {'idTag': id_tag, **_known(card=known.name or None, person=known.person or None)}


def _of_status(
    entry: StatusNotified, before: ChargePointState, after: ChargePointState, now: datetime
) -> Iterator[Event]:
    """The event of another status than before; repeated ones are none."""
    change, connector_id = entry.change, entry.connector_id
    newest = after.connector(connector_id).last_status
    if newest is not change or newest is before.connector(connector_id).last_status:
        return
    about = _known(
        errorCode=change.error_code or None,
        vendorErrorCode=change.vendor_error_code,
        info=change.info,
        fault=change.fault and str(change.fault),
    )
    kind = EventKind.FAULT if change.activity is Activity.FAULTED or change.fault else EventKind.STATUS
    yield Event(now, kind, connector_id, {'status': change.status, **about})


def _of_settings(
    names: Iterable[str], before: ChargePointState, after: ChargePointState, now: datetime
) -> Iterator[Event]:
    """The events of settings that have another value than before; None stands for the default."""
    for name in names:
        old, new = before.settings.get(name), after.settings.get(name)
        values = {'value': new and new.value, 'before': old and old.value}
        if values['value'] != values['before'] and (setting := new or old):
            yield Event(now, EventKind.SETTING, None, {'setting': name, **values, 'person': setting.by})


def _of_sessions(before: ChargePointState, after: ChargePointState, now: datetime) -> Iterator[Event]:
    """The events of transactions that were not known before, and of those that ran before and run no more."""
    known = {transaction.number: transaction for transaction in before.transactions}
    for transaction in reversed(after.transactions):
        old = known.get(transaction.number)
        if old is None:
            yield Event(now, EventKind.SESSION_BEGUN, transaction.connector_id, _session(transaction, after))
        if not transaction.running and (old is None or old.running):
            end = _known(energyWh=transaction.energy_wh, reason=transaction.ending and str(transaction.ending))
            yield Event(now, EventKind.SESSION_ENDED, transaction.connector_id, _session(transaction, after) | end)


def _session(transaction: Transaction, state: ChargePointState) -> dict[str, Any]:
    card = _known(idTag=transaction.id_tag, card=card_name(transaction, state), person=transaction.person)
    known = card | _known(note=transaction.note and str(transaction.note))
    by = {} if transaction.started_by is None else _by(transaction.started_by)
    return {'transactionId': transaction.transaction_id, 'number': transaction.number, **known, **by}


def _by(source: Source) -> dict[str, str]:
    return {'by': str(source.kind), **({'name': source.name} if source.name else {})}


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
