"""Settings that were changed in the page, as rows of the journal; each value is JSON."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from cpo.journal.rows import Row, moment, ms, replace_row
from cpo.journal.writer import Write
from cpo.settings import SettingValue
from cpo.state import PageSetting


def page_settings(connection: sqlite3.Connection) -> Mapping[str, PageSetting]:
    """The settings that were changed in the page, by name."""
    return {row['name']: setting_of(row) for row in connection.execute('SELECT * FROM settings')}


def setting_of(row: Row) -> PageSetting:
    """The setting in a row of `settings`; raises ValueError for one that is none."""
    return PageSetting(row['name'], _value(row['value']), _value(row['before']), moment(row['at']), row['person'])


def setting_write(name: str, setting: PageSetting | None) -> Write:
    """The statement that writes the row of a setting, or deletes it where the page never changed it."""
    if setting is None:
        return Write('DELETE FROM settings WHERE name = ?', (name,), promised=True)
    value, before = _text(setting.value), _text(setting.before)
    row = replace_row('settings', name=name, value=value, before=before, at=ms(setting.at), person=setting.by)
    return row._replace(promised=True)


def _text(value: SettingValue | None) -> str | None:
    return None if value is None else json.dumps(value)


def _value(text: str | None) -> SettingValue | None:
    value = None if text is None else json.loads(text)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError('a setting is no object')
