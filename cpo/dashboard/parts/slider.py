"""The slider of Home: shows what is in force, lets go of a wish only when the hand does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

Mark = dict[str, float | str]


class Slider(ui.element, component='slider.vue'):
    """A scale from 0 to `highest`, without anything between 0 and `lowest`.

    The elements in it are found in tests as `<name>-slider` and `<name>-value`. `on_wish` gets the value of a drag when
    it ends, of keys 0.4 s after the last one. The wish stays shown until `answered`.
    """

    def __init__(
        self,
        name: str,
        *,
        unit: str,
        tone: str,
        lowest: float,
        highest: float,
        marks: list[Mark],
        on_wish: Callable[[float], Awaitable[None] | None],
    ) -> None:
        """`tone` is `car` or `sun`; a mark has a `value` and a `text`."""
        super().__init__()
        self._answers = 0
        self.show(name=name, unit=unit, tone=tone, lowest=lowest, max=highest, marks=marks, answers=0)

        def pass_on(event: GenericEventArguments) -> Awaitable[None] | None:
            return on_wish(float(event.args))

        self.on('wish', pass_on)

    def show(self, **props: Any) -> None:
        """Set the properties that changed: `label`, `badge`, `value`, `hint`, `disabled`, `sending`."""
        changed = {name: value for name, value in props.items() if self.props.get(name) != value}
        if changed:
            self.props.update(changed)

    def answered(self) -> None:
        """The wish was answered: go back to what is in force."""
        self._answers += 1
        self.show(answers=self._answers, sending=False)
