"""A list of elements that rebuilds only the rows that changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from nicegui import ui

Row = TypeVar('Row')


class KeyedList(Generic[Row]):
    """Shows rows as the children of `parent`: one element `tag` per row, in the order given.

    `build(element, row)` fills the empty element; rows are compared with `==`, so they should be frozen values.
    """

    def __init__(self, parent: ui.element, tag: str, build: Callable[[ui.element, Row], None]) -> None:
        self._parent, self._tag, self._build = parent, tag, build
        self._shown: dict[Any, tuple[Row, ui.element]] = {}

    def show(self, rows: Mapping[Any, Row]) -> None:
        """Show these rows in this order; a row is rebuilt when the value under its key has changed."""
        for key in self._shown.keys() - rows.keys():
            self._shown.pop(key)[1].delete()
        for index, (key, row) in enumerate(rows.items()):
            element = self._element(key, row)
            if self._parent.default_slot.children[index] is not element:
                element.move(target_index=index)

    def _element(self, key: Any, row: Row) -> ui.element:
        shown = self._shown.get(key)
        if shown and shown[0] == row:
            return shown[1]
        with self._parent:
            element = shown[1] if shown else ui.element(self._tag)
        element.clear()
        with element:
            self._build(element, row)
        self._shown[key] = (row, element)
        return element
