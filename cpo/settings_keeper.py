"""The settings in force, and their changes in the page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from cpo.errors import InvalidSetting, JournalError, LockedSetting
from cpo.journal import Records
from cpo.settings import PREFIX, Changes, Row, Settings, SettingValue, option_of, row_of
from cpo.state import PageSetting, SettingsChanged

FLUSH_WITHIN_S = 9.0
Values = Mapping[str, SettingValue | None]

logger = logging.getLogger(__name__)


class SettingSource(StrEnum):
    """Where the value of a setting comes from; each wins over those before it."""

    DEFAULT = 'default'
    PAGE = 'page'
    ENVIRONMENT = 'environment'
    OPTION = 'option'


class SettingsKeeper:
    """Puts the settings of the start and those of the page together, and changes the latter.

    `newest` are those in force: a frozen value that is replaced as a whole, before listeners of the ChargePoint are
    notified. So whoever reads it when needed follows it. What needs a restart is part of it from the next start on.
    """

    def __init__(
        self, given: Settings, kept: Mapping[str, PageSetting], records: Records, now: Callable[[], datetime]
    ) -> None:
        """`given` is what environment and options say, `kept` what the page said before the start of the program."""
        self._given, self._records, self._now = given, records, now
        self._values: Values = {each.name: each.value for each in kept.values() if _is_sound(each)}
        self._of_start = {n: v for n, v in self._values.items() if v and row_of(n).changes is Changes.AT_RESTART}
        self._one_at_a_time = asyncio.Lock()
        self.newest = self._made(self._values)

    def is_locked(self, row: Row) -> bool:
        """True for a setting that the page cannot change."""
        return row.changes is Changes.NEVER or row.name in self._given.model_fields_set

    def source_of(self, row: Row) -> SettingSource:
        """Where the value of a setting comes from."""
        if row.name in self._given.model_fields_set:
            return SettingSource.OPTION if row.name in self._given.options else SettingSource.ENVIRONMENT
        return SettingSource.DEFAULT if self._values.get(row.name) is None else SettingSource.PAGE

    def value_of(self, row: Row) -> Any:
        """The value of a setting: what is in force, or will be after a restart."""
        if not self.awaits_restart(row):
            return getattr(self.newest, row.name)
        return self._values.get(row.name) or self.default_of(row)

    def default_of(self, row: Row) -> Any:
        """The default of a setting; that of the fail-safe depends on another setting."""
        field = Settings.model_fields[row.name]
        return field.get_default(call_default_factory=True, validated_data=self.newest.model_dump())

    def awaits_restart(self, row: Row) -> bool:
        """True where another value is chosen than is in force until a restart."""
        if row.changes is not Changes.AT_RESTART or self.is_locked(row):
            return False
        return (self._values.get(row.name) or None) != self._of_start.get(row.name)

    async def change(self, members: Mapping[str, Any], by: str) -> None:
        """Change settings by their names, all or none, for the person `by`; None stands for the default.

        Raises InvalidSetting, LockedSetting, and JournalError where they cannot be persisted within 9 s; then nothing
        has changed.
        """
        async with self._one_at_a_time:
            values = {name: self._checked(row_of(name), value) for name, value in members.items()}
            kept, at = self._records.state.settings, self._now()
            changed = {
                name: PageSetting(name, value, _value(kept.get(name)), at, by)
                for name, value in values.items()
                if name not in kept or kept[name].value != value
            }
            if not changed:
                return
            self._apply(changed)
            try:
                async with asyncio.timeout(FLUSH_WITHIN_S):
                    await self._records.flushed()
            except (JournalError, TimeoutError):
                self._apply({name: kept.get(name) for name in changed})
                raise JournalError(
                    'This cannot be kept now (is the disk full or read-only?); nothing was changed.'
                ) from None

    def _checked(self, row: Row, value: object) -> SettingValue | None:
        variable, option = f'{PREFIX}{row.name.upper()}', option_of(row.name)
        if row.changes is Changes.NEVER:
            raise LockedSetting(f'{row.title}: only {variable} or {option} at the start of the program sets this.')
        if self.is_locked(row):
            where = option if row.name in self._given.options else variable
            raise LockedSetting(f'{row.title}: {where} sets this, and wins over the page.')
        return row.checked(value)

    def _apply(self, changed: Mapping[str, PageSetting | None]) -> None:
        """Let changes hold: first for those who read the settings, then for those who follow the state."""
        values = {**self._values, **{name: _value(setting) for name, setting in changed.items()}}
        self.newest, self._values = self._made(values), values
        self._records.record(SettingsChanged(changed, self.newest.phases))

    def _made(self, values: Values) -> Settings:
        """The settings with these values of the page, where neither the environment nor an option has one."""
        of_page = {n: v for n, v in values.items() if v is not None and row_of(n).changes is Changes.AT_ONCE}
        of_start = {name: getattr(self._given, name) for name in self._given.model_fields_set}
        made: dict[str, Any] = {**of_page, **self._of_start, **of_start}
        return self._given if made == of_start else Settings(**made)


def _value(setting: PageSetting | None) -> SettingValue | None:
    return None if setting is None else setting.value


def _is_sound(kept: PageSetting) -> bool:
    """False for what another version of the program kept, and this one does not know or take."""
    try:
        row = row_of(kept.name)
        row.checked(kept.value)
    except InvalidSetting as error:
        logger.warning('A setting of the page is not used: %s', error)
        return False
    return row.changes is not Changes.NEVER
