"""The small parts the Sessions, Messages and Connect pages are made of."""

from __future__ import annotations

from datetime import UTC, datetime

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from cpo.dashboard.words import numbers
from cpo.dashboard.words.pretty_json import printable
from cpo.dashboard.words.times import to_html


class CopyButton(Element, component='copy_button.vue'):
    """A button that copies a text and says so in its place."""

    def __init__(self, text: str, label: str = 'Copy') -> None:
        """`text` is what is copied."""
        super().__init__()
        self.props['text'], self.props['label'] = text, label


def element(tag: str, classes: str = '', props: str = '') -> Element:
    """An HTML element with our classes."""
    return ui.element(tag).classes(classes).props(props)


def text(shown: str, classes: str = '', tag: str = 'div') -> TextElement:
    """An element with a text; never read as HTML, so any text from outside may stand here."""
    return TextElement(tag=tag, text=printable(shown)).classes(classes)


def sentence(marked: str, classes: str = '', tag: str = 'span') -> ui.html:
    """An element with a text that carries the markers of `words.times`; everything else in it is escaped."""
    return ui.html(to_html(printable(marked), datetime.now(UTC)), tag=tag, sanitize=False).classes(classes)


def icon(name: str) -> ui.icon:
    """A decoration: the words beside it carry the meaning."""
    return ui.icon(name).props('aria-hidden=true')


def card(classes: str = '') -> Element:
    """A white card; a region of the page."""
    return ui.element('section').classes(f'cpo-card {classes}')


def tag(shown: str, tone: str) -> Element:
    """One or two words on the tint of a tone: `ok`, `warn`, `bad`, `running`, `idle`."""
    return text(shown, f'cpo-tag cpo-{tone}', 'span')


def share_bar(share: float | None, after: str = '', classes: str = '') -> None:
    """The sun's part in amber, the rest in violet, and always the number."""
    if share is None:
        text(numbers.UNKNOWN, 'cpo-secondary', 'span')
        return
    with element('span', f'cpo-share {classes}'):
        with element('span', 'cpo-share-bar', 'aria-hidden=true'):
            element('span', 'cpo-share-sun').style(f'width: {share * 100:.0f}%')
        text(numbers.percent(share) + after, tag='span')
