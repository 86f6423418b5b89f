"""Settings as the page keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cpo.settings import SettingValue


@dataclass(frozen=True, slots=True)
class PageSetting:
    """A setting as it was last changed in the page, by whom; a value is None where the default counts."""

    name: str
    value: SettingValue | None
    before: SettingValue | None
    at: datetime
    by: str
