"""The page Settings, whose script reads and changes everything by REST, so that its rules are the only ones."""

from __future__ import annotations

from nicegui.element import Element

from cpo.dashboard.live import Live
from cpo.dashboard.parts.layout import SETTINGS, frame


class SettingsForm(Element, component='settings.vue'):
    """A field for each setting, which is read again where anybody has changed one."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self._live = live
        self._seen = live.charge_point.settings
        self.props['changes'] = 0
        live.on_change(self._follow)

    def _follow(self) -> None:
        if (settings := self._live.charge_point.settings) is not self._seen:
            self._seen = settings
            self.props['changes'] += 1


def page(live: Live) -> None:
    """Build the page Settings."""
    with frame(live, SETTINGS):
        SettingsForm(live)
