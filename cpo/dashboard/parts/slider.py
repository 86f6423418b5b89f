"""A slider for a limit or power: it shows the value in force and, from a drag to its answer, the wished one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

Mark = dict[str, float | str]


class Slider(ui.element, component='slider.vue'):
    """A slider whose scale has 0 and the values from `lowest` to `highest`.

    `on_wish` is called with the value at the end of a drag, or 0.4 s after the last key. That value stays shown until
    `answered` is called. Tests find its elements as `<name>-slider` and `<name>-value`.
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
        """`tone` is the colour, `car` or `sun`; each of `marks` has a `value` and a `text`."""
        super().__init__()
        self._answers = 0
        self.show(name=name, unit=unit, tone=tone, lowest=lowest, max=highest, marks=marks, answers=0)

        def pass_on(event: GenericEventArguments) -> Awaitable[None] | None:
            return on_wish(float(event.args))

        self.on('wish', pass_on)

    def show(self, **props: Any) -> None:
        """Set the properties that changed: `label`, `badge`, `value`, `unit`, `perUnit`, `hint`, and so on."""
        changed = {name: value for name, value in props.items() if self.props.get(name) != value}
        if changed:
            self.props.update(changed)

    def focus(self) -> None:
        """Put the keyboard on the slider and bring it into view."""
        self.run_method('focus')

    def answered(self) -> None:
        """Show the value in force again, as the request for the wished one was answered."""
        self._answers += 1
        self.show(answers=self._answers, sending=False)
