"""Small HTML elements that all pages use: texts, icons, cards, tags, bars."""

from __future__ import annotations

from datetime import UTC, datetime

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from cpo.dashboard.parts.links import here
from cpo.dashboard.words import numbers
from cpo.dashboard.words.icons import Icon
from cpo.dashboard.words.pretty_json import printable
from cpo.dashboard.words.sessions import Share
from cpo.dashboard.words.times import to_html


class CopyButton(Element, component='copy_button.vue'):
    """A button that copies `text` to the clipboard and shows that it did."""

    def __init__(self, text: str, label: str = 'Copy') -> None:
        super().__init__()
        self.props['text'], self.props['label'] = text, label


def element(tag: str, classes: str = '', props: str = '') -> Element:
    """An HTML element with these CSS classes and properties, in the current NiceGUI slot."""
    return ui.element(tag).classes(classes).props(props)


def text(shown: str, classes: str = '', tag: str = 'div') -> TextElement:
    """An element with a plain text, which is escaped: it is safe for text from a charger or a person."""
    return TextElement(tag=tag, text=printable(shown)).classes(classes)


def link(words: str, path: str, testid: str) -> None:
    """A link to a path of this server."""
    text(words, 'cpo-link', 'a').props(f'href="{here(path)}" data-testid={testid}')


def sentence(marked: str, classes: str = '', tag: str = 'span') -> ui.html:
    """An element whose text may contain time markers (`words.times`); everything else in the text is escaped."""
    return ui.html(to_html(printable(marked), datetime.now(UTC), here()), tag=tag, sanitize=False).classes(classes)


def icon(name: Icon) -> ui.icon:
    """A decorative icon, hidden from screen readers."""
    return ui.icon(icon_source(name)).props('aria-hidden=true')


def icon_source(name: Icon) -> str:
    """The icon as the property `name` of `ui.icon`: a drawing that is part of the page, as a font is 174 kB."""
    return f'svguse:#icon-{name}'


def card(classes: str = '') -> Element:
    """A card: an HTML `section` with the style of the page's panels."""
    return ui.element('section').classes(f'cpo-card {classes}')


def tag(shown: str, tone: str) -> Element:
    """A small label in a colour: `ok`, `warn`, `bad`, `running` or `idle`."""
    return text(shown, f'cpo-tag cpo-{tone}', 'span')


def share_bar(share: Share, classes: str = '') -> None:
    """A bar with the share of energy from the sun, and its words."""
    if share.part is None:
        text(numbers.UNKNOWN, 'cpo-secondary', 'span')
        return
    with element('span', f'cpo-share {classes}'):
        with element('span', 'cpo-share-bar', 'aria-hidden=true'):
            element('span', 'cpo-share-sun').style(f'width: {share.part * 100:.0f}%')
        text(share.words, tag='span')
