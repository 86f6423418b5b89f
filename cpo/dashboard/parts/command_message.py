"""The box below the controls that shows the result of a command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cpo.dashboard.parts.elements import element, icon, icon_source, text
from cpo.dashboard.parts.links import here
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.parts.segments import set_prop
from cpo.dashboard.words.sentence import Message
from cpo.dashboard.words.times import strong


class CommandMessage:
    """A box with a message and its links, hidden without a message; built in the current NiceGUI slot."""

    def __init__(self, try_again: Callable[[], object]) -> None:
        """`try_again` is called on a click on a link without a target."""
        self._try_again = try_again
        self._shown: Message | None = None
        with element('div', 'cpo-message-box', 'data-testid=message') as self._box:
            self._icon = icon('error')
            with element('div'):
                self._text = Marked('span')
                self._links = element('span')
        self._box.set_visibility(False)

    def show(self, message: Message | None, now: datetime) -> None:
        """Show this message, or hide the box."""
        if message == self._shown:
            return
        self._shown = message
        self._box.set_visibility(message is not None)
        if message is None:
            return
        failed = message.failed
        set_prop(self._box, 'role', 'alert' if failed else 'status')
        self._box.classes(add='cpo-bad' if failed else '', remove='' if failed else 'cpo-bad')
        set_prop(self._icon, 'name', icon_source(message.icon))
        title = strong(message.title) if failed else message.title
        self._text.show(f'{title} {message.text} ', now)
        self._links.clear()
        with self._links:
            for number, link in enumerate(message.links):
                if number:
                    text(' · ', tag='span')
                if link.target is None:
                    text(link.label, 'cpo-link', 'button').props('type=button').on('click', self._try_again)
                else:
                    text(link.label, 'cpo-link', 'a').props(f'href={here(link.target)}')
