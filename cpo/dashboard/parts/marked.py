"""Texts with time markers, whose times the browser advances; they are sent again only when the words change."""

from __future__ import annotations

from datetime import UTC, datetime

from nicegui import ui

from cpo.access import prefix_of
from cpo.dashboard.words.pretty_json import printable
from cpo.dashboard.words.times import to_html


class Marked(ui.html):
    """An element whose text may contain time markers (`words.times`); everything else in the text is escaped."""

    def __init__(self, tag: str, classes: str = '') -> None:
        super().__init__('', tag=tag, sanitize=False)
        self.classes(classes)
        self._shown = ''

    def show(self, marked: str, now: datetime | None = None) -> None:
        """Show this text, with its times as of `now`; an unchanged text is not sent to the browser again."""
        if marked != self._shown:
            self._shown = marked
            self.set_content(to_html(printable(marked), now or datetime.now(UTC), prefix_of(self.client.request.scope)))
