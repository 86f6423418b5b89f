"""Settings that were changed in the page, and the entry of such a change (see `cpo.state.entries`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cpo.frozen import replace
from cpo.state.page_setting import PageSetting
from cpo.state.state import ChargePointState


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Settings were changed in the page; None: this one never was. `phases` is the number that counts from now on."""

    settings: Mapping[str, PageSetting | None]
    phases: int

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with these settings in place of older ones of their names."""
        settings = {name: setting for name, setting in {**state.settings, **self.settings}.items() if setting}
        return replace(state, settings=settings, phases=self.phases)
