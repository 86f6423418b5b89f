"""The events of what people change: accounts, settings, cards, and the chargers they let in (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from cpo.state.account_entries import AccountChanged
from cpo.state.entries import Entry
from cpo.state.event import Event, EventKind, given
from cpo.state.known_charger import KnownCharger, known_charger
from cpo.state.known_charger_entries import ChargerKnown
from cpo.state.record_entries import IdTagChanged, IdTagDeleted
from cpo.state.setting_entries import SettingsChanged
from cpo.state.state import ChargePointState


def events_of_changes(
    entry: Entry, before: ChargePointState, after: ChargePointState, now: datetime
) -> Iterator[Event]:
    """The events in an entry that somebody made, none in others; `person` in their details is who."""
    match entry:
        case AccountChanged():
            about = {'name': entry.name, 'change': str(entry.change), **given(role=entry.role), 'person': entry.by}
            yield Event(now, EventKind.TOKEN if entry.is_token else EventKind.PERSON, None, about)
        case SettingsChanged(settings):
            yield from _of_settings(settings, before, after, now)
        case ChargerKnown(charger, by):
            yield from _of_known_charger(charger, known_charger(before.chargers, charger.charge_box_id), by, now)
        case IdTagChanged(tag, by) if by is not None:
            change = 'changed' if tag.id_tag.casefold() in before.id_tags else 'added'
            about = {'idTag': tag.id_tag, 'change': change, 'status': str(tag.status)}
            yield Event(now, EventKind.CARD, None, about | given(card=tag.name or None, person=by or None))
        case IdTagDeleted(id_tag, by) if by is not None:
            yield Event(now, EventKind.CARD, None, {'idTag': id_tag, 'change': 'deleted', **given(person=by or None)})


def _of_known_charger(new: KnownCharger, old: KnownCharger, by: str, now: datetime) -> Iterator[Event]:
    """The events of a charger that is let in or no longer, and of its name and how it proves who it is."""
    about = {'chargeBoxId': new.charge_box_id, **given(person=by or None)}
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


def _of_settings(
    names: Iterable[str], before: ChargePointState, after: ChargePointState, now: datetime
) -> Iterator[Event]:
    """The events of settings that have another value than before; None stands for the default."""
    for name in names:
        old, new = before.settings.get(name), after.settings.get(name)
        values = {'value': new and new.value, 'before': old and old.value}
        if values['value'] != values['before'] and (setting := new or old):
            yield Event(now, EventKind.SETTING, None, {'setting': name, **values, 'person': setting.by})
