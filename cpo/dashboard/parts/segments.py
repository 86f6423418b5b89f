"""A row of buttons, one of which is pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from cpo.dashboard.parts.elements import element, text


class Segments:
    """A row of buttons, one for each choice; a click calls `on_choose` with the choice's value.

    The pressed button changes only when `show` is called.
    """

    def __init__(self, label: str, choices: Mapping[Any, str], on_choose: Callable[[Any], object], testid: str) -> None:
        """`choices` maps each value to its label; tests find a button as `<testid>-<value>`."""
        self._buttons: dict[Any, TextElement] = {}
        with element('div', 'cpo-segments').props(f'role=group aria-label="{label}"') as self.element:
            for value, words in choices.items():
                button = text(words, 'cpo-segment', 'button').props(f'type=button data-testid={testid}-{value}')
                button.on('click', lambda value=value: on_choose(value))
                self._buttons[value] = button

    def name(self, value: Any, label: str) -> None:
        """Change the label of a button."""
        self._buttons[value].set_text(label)

    def show(self, chosen: Any) -> None:
        """Press the button of the choice with this value."""
        for value, button in self._buttons.items():
            set_prop(button, 'aria-pressed', 'true' if value == chosen else 'false')


def set_prop(target: ui.element, name: str, value: Any) -> None:
    """Set a property of an element, or remove it with None; an unchanged value is not sent again."""
    if target.props.get(name) != value:
        target.props.set_optional(name, value)
