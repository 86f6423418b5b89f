"""Texts with markers on a page: sent anew only when their words change, counted on by the browser meanwhile."""

from __future__ import annotations

from datetime import datetime

from nicegui import ui

from cpo.dashboard.words.pretty_json import printable
from cpo.dashboard.words.times import to_html


class Marked(ui.html):
    """An element with a text that carries the markers of `words.times`; everything else in it is escaped."""

    def __init__(self, tag: str, classes: str = '') -> None:
        """Start empty."""
        super().__init__('', tag=tag, sanitize=False)
        self.classes(classes)
        self._shown = ''

    def show(self, marked: str, now: datetime) -> None:
        """Show this text; the same words again are not sent."""
        if marked != self._shown:
            self._shown = marked
            self.set_content(to_html(printable(marked), now))
