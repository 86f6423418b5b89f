"""A part of a page that is built again whenever what it shows has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from nicegui.element import Element

Value = TypeVar('Value')


class Rebuilt(Generic[Value]):
    """Fills `place` with `build(value)`; an equal value leaves it as it is.

    For parts whose elements depend on the value. Where only texts change, changing these costs far less.
    """

    def __init__(self, place: Element, build: Callable[[Value], object]) -> None:
        self._place, self._build = place, build
        self._shown: list[Value] = []  # none so far, or one

    def show(self, value: Value) -> None:
        """Show this value."""
        if self._shown == [value]:
            return
        self._shown = [value]
        self._place.clear()
        with self._place:
            self._build(value)
