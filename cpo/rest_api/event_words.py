"""Sentences for events, as REST shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cpo.controllers import reason_words
from cpo.sentences import attempt_sentence, shortened, source_name
from cpo.settings import rows
from cpo.state import (
    AttemptVerdict,
    CertificateOutcome,
    ConnectionAttempt,
    Ending,
    Event,
    EventKind,
    Source,
    SourceKind,
    cards,
)
from cpo.upkeep import in_words

Details = Mapping[str, Any]

ENDINGS = {
    Ending.FROM_HERE: 'it was ended from here',
    Ending.AT_CHARGER: 'it was ended at the charger',
    Ending.UNPLUGGED: 'the car was unplugged',
    Ending.UNLOCKED: 'the plug was unlocked',
    Ending.CARD_REFUSED: 'the card was refused',
    Ending.EMERGENCY_STOP: 'the emergency stop was pressed',
    Ending.POWER_CUT: 'the power was cut',
    Ending.RESTART: 'the charger restarted',
    Ending.OTHER: 'another reason, or none was reported',
}

CERTIFICATES = {
    CertificateOutcome.TAKEN: 'The charger has a new certificate of this house.',
    CertificateOutcome.REFUSED: (
        'The charger refused its new certificate and keeps the one it has. '
        'Install the root certificate of this house in it, then have it ask again.'
    ),
    CertificateOutcome.UNANSWERED: (
        'The charger did not answer to its new certificate. Have it ask again while it is connected.'
    ),
    CertificateOutcome.UNSIGNABLE: (
        'The charger asked for a certificate in a way that cannot be signed: the request cannot be read, or its key is '
        'too short. Update its firmware, then have it ask again.'
    ),
    CertificateOutcome.NO_AUTHORITY: (
        'The charger asked for a certificate and got none, as this program runs without TLS. '
        'Start it with CPO_TLS_PORT, then have the charger ask again.'
    ),
    CertificateOutcome.UNPROVEN: (
        'The charger asked for a certificate and got none, as it has no password here that proves who it is. '
        'Set one on Connect, then have it ask again.'
    ),
}

CARD_REFUSALS: dict[str, str] = {
    cards.CardRefusal.OUTSIDE_HOURS: 'outside its hours',
    cards.CardRefusal.ALLOWANCE_USED: 'its allowance of this month is used up',
}


def event_sentence(event: Event) -> str:
    """What happened, in a sentence; an event of an older version has the words it was recorded with."""
    details = event.details
    if event.kind in set(AttemptVerdict) and 'address' in details:
        return f'{details["address"]}: {attempt_sentence(_attempt(event))}'
    words = WORDS.get(event.kind)
    if words is None or 'text' in details:
        return f'{event.kind.replace("_", " ")}: {details.get("text", "")}'.rstrip(': ')
    return words(details)


def _attempt(event: Event) -> ConnectionAttempt:
    details = event.details
    name, fact = details.get('chargeBoxId', ''), details.get('fact', '')
    return ConnectionAttempt(event.at, details['address'], details['path'], AttemptVerdict(event.kind), name, fact)


def _by(details: Details) -> str:
    kind = details.get('by')
    return source_name(Source(SourceKind(kind), details.get('name', ''))) if kind in set(SourceKind) else 'somebody'


def _session_begun(details: Details) -> str:
    card = f' with {_card(details)}' if details.get('idTag') else ''
    by = f', started by {_by(details)}' if 'by' in details else ''
    held = details.get('reservedFor')
    although = f', although the connector is reserved for {shortened(held)}' if held else ''
    return f'{_session(details)} began{card}{by}{although}.'


def _session_ended(details: Details) -> str:
    energy_wh, reason = details.get('energyWh'), details.get('reason')
    energy = '' if energy_wh is None else f' with {energy_wh / 1000:.2f} kWh'
    why = f': {ENDINGS[Ending(reason)]}' if reason in set(Ending) else ''
    return f'{_session(details)} ended{energy}{why}.'


def _session(details: Details) -> str:
    of = f' of {details["person"]}' if details.get('person') else ''
    return f'Session {details["transactionId"]}{of}'


def _card(details: Details) -> str:
    return str(details.get('card') or details['idTag'])


def _refused(details: Details) -> str:
    of = f' of {details["person"]}' if details.get('person') else ''
    why = CARD_REFUSALS.get(details.get('reason', ''), details['status'])
    return f'The card {_card(details)}{of} may not charge: {why}.'


def _allowance_used(details: Details) -> str:
    of = f' of {details["person"]}' if details.get('person') else ''
    return f'The card {_card(details)}{of} has charged the {details["allowance_kwh"]:g} kWh it has for this month.'


def _fault(details: Details) -> str:
    codes = (details.get('errorCode'), details.get('vendorErrorCode'), details.get('info'))
    named = ', '.join(code for code in codes if code)
    return f'The charger reports a fault{f" ({named})" if named else ""}.'


def _limit(details: Details) -> str:
    held = f' The ceiling {details["heldBy"]} leaves no more.' if details.get('heldBy') else ''
    phases = {1: ' on one phase', 3: ' on three phases'}.get(details.get('phases', 0), '')
    return f'The charger accepted a limit of {details["limit"]:g} A{phases}, for {_by(details)}.{held}'


def _boot(details: Details) -> str:
    return f'The charger booted: {" ".join(str(value) for value in details.values())}.'


def _command(details: Details) -> str:
    return f'{details["action"]} was sent: {details.get("status") or "answered"}.'


def _amount(details: Details) -> str:
    limit_w = details.get('limit_w')
    return f'{details.get("limit_a", 0):g} A' if limit_w is None else f'{limit_w:g} W'


def _ceiling(details: Details) -> str:
    reason = f' ({details["reason"]})' if details.get('reason') else ''
    return f'The ceiling {details["ceiling"]} is {_amount(details)}{reason}, set by {_by(details)}.'


def _receipt(details: Details) -> str:
    steps = [f'{step} {details[step][11:19]}' for step in ('received', 'sent', 'measured') if details.get(step)]
    drew = f' with {details["current_a"]:g} A' if details.get('current_a') is not None else ''
    return f'The ceiling {details["ceiling"]} of {_amount(details)}: {", ".join(steps)} UTC{drew}.'


def _security_event(details: Details) -> str:
    more = f' ({details["techInfo"]})' if details.get('techInfo') else ''
    return f'The charger reports a security event: {details["type"]}{more}.'


def _setting(details: Details) -> str:
    row = rows().get(details['setting'])
    title, unit = (details['setting'], '') if row is None else (row.title, row.unit)
    new, old = (_setting_value(details[name], unit) for name in ('value', 'before'))
    by = f', changed by {details["person"]}' if details.get('person') else ''
    return f'{title} is {new} now, before it was {old}{by}.'


def _person(details: Details) -> str:
    name, role, by = details['name'], details.get('role'), details['person']
    return {
        'added': f'{name} was added as {role} by {by}.',
        'role': f'{name} is {role} now, changed by {by}.',
        'password': f'{name} has a new password, set by {by}.',
        'removed': f'{name} was removed by {by}.',
    }[details['change']]


def _token(details: Details) -> str:
    done = {'added': 'made', 'removed': 'revoked'}[details['change']]
    return f'The token {details["name"]} ({details["role"]}) was {done} by {details["person"]}.'


def _charger(details: Details) -> str:
    parts = []
    if 'name' in details:
        parts.append(f'is called {details["name"]} now' if details['name'] else 'has no name any more')
    if 'securityProfile' in details:
        parts.append(f'has security profile {details["securityProfile"]} now')
    if details.get('newPassword'):
        parts.append('has a new password')
    return f'{shortened(details["chargeBoxId"])} {" and ".join(parts)}{_changed_by(details)}.'


def _card_changed(details: Details) -> str:
    card = details.get('card') or f'Card {shortened(details["idTag"])}'
    status = f' ({details["status"]})' if 'status' in details else ''
    return f'{card} was {details["change"]}{status}{_changed_by(details)}.'


def _changed_by(details: Details) -> str:
    return f', by {details["person"]}' if details.get('person') else ''


def _setting_value(value: Any, unit: str) -> str:
    if value is None:
        return 'the default'
    if isinstance(value, bool):
        return 'on' if value else 'off'
    if isinstance(value, list | tuple):
        return ', '.join(value) or 'none'
    return f'{value:g}{f" {unit}" if unit else ""}' if isinstance(value, int | float) else str(value)


WORDS: Mapping[str, Callable[[Details], str]] = {
    EventKind.SESSION_BEGUN: _session_begun,
    EventKind.SESSION_ENDED: _session_ended,
    EventKind.STATUS: lambda details: f'The connector is {details["status"]}.',
    EventKind.FAULT: _fault,
    EventKind.COMMAND: _command,
    EventKind.MODE: lambda details: f'The mode is {details["mode"]}.',
    EventKind.PRESET: lambda details: f'The sun is taken as {details.get("preset", "the settings say")}.',
    EventKind.WISH: lambda details: f'A limit of {details["limit"]:g} A was asked for by {_by(details)}.',
    EventKind.LIMIT: _limit,
    EventKind.ALARM: lambda details: 'The charger does not follow its limit.',
    EventKind.BOOT: _boot,
    EventKind.DISCONNECTED: lambda details: f'{details.get("chargeBoxId", "The charger")} is no longer connected.',
    EventKind.ADOPTED: lambda details: (
        f'{shortened(details["chargeBoxId"])} is one of the chargers that are let in{_changed_by(details)}.'
    ),
    EventKind.RELEASED: lambda details: (
        f'{shortened(details["chargeBoxId"])} is no longer let in{_changed_by(details)}.'
    ),
    EventKind.TAG_REFUSED: _refused,
    EventKind.CARD: _card_changed,
    EventKind.ALLOWANCE_USED: _allowance_used,
    EventKind.FIRMWARE_STATUS: lambda details: f'Firmware update: {in_words(details["status"])}.',
    EventKind.DIAGNOSTICS_STATUS: lambda details: f'Diagnostics: {in_words(details["status"])}.',
    EventKind.LOG_STATUS: lambda details: f'Log: {in_words(details["status"])}.',
    EventKind.CERTIFICATE: lambda details: CERTIFICATES[CertificateOutcome(details['outcome'])],
    EventKind.SECURITY_EVENT: _security_event,
    EventKind.VALUES_THINNED: lambda details: f'{details["count"]} meter values of a flood were left out.',
    EventKind.CEILING: _ceiling,
    EventKind.CEILING_LIFTED: lambda details: f'The ceiling {details["ceiling"]} was lifted.',
    EventKind.CEILING_EXPIRED: lambda details: f'The time of the ceiling {details["ceiling"]} is over.',
    EventKind.CEILING_RECEIPT: _receipt,
    EventKind.DECISION: lambda details: f'The sun asks for {details["limit"]:g} A. {reason_words(details["reason"])}',
    EventKind.SETTING: _setting,
    EventKind.PERSON: _person,
    EventKind.TOKEN: _token,
    EventKind.CHARGER: _charger,
    EventKind.CLOCK_SET: lambda details: f'The clock of this computer was set by {details["seconds"]:+g} s.',
}
