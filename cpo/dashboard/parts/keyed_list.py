"""A list of elements in which only the rows that changed are touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from nicegui import ui

Row = TypeVar('Row')


class KeyedList(Generic[Row]):
    """Shows rows as the children of `parent`: one element `tag` per row, in the order given.

    `build(element)` fills the element of a new row, and returns the function that shows a row in it. Rows are compared
    with `is` and `==`, so they should be frozen values.
    """

    def __init__(self, parent: ui.element, tag: str, build: Callable[[ui.element], Callable[[Row], None]]) -> None:
        self._parent, self._tag, self._build = parent, tag, build
        self._shown: dict[Any, _Shown[Row]] = {}

    def show(self, rows: Mapping[Any, Row]) -> None:
        """Show these rows in this order; a row is shown again when the value under its key has changed."""
        for key in self._shown.keys() - rows.keys():
            self._shown.pop(key).element.delete()
        children = self._parent.default_slot.children
        for index, (key, row) in enumerate(rows.items()):
            shown = self._shown.get(key)
            if shown is None:
                shown = self._shown[key] = self._new(row)
            elif shown.row is not row and shown.row != row:
                shown.show(row)
                shown.row = row
            if children[index] is not shown.element:
                shown.element.move(target_index=index)

    def _new(self, row: Row) -> _Shown[Row]:
        with self._parent:
            element = ui.element(self._tag)
        with element:
            show = self._build(element)
            show(row)
        return _Shown(element, show, row)


@dataclass(slots=True)
class _Shown(Generic[Row]):
    element: ui.element
    show: Callable[[Row], None]
    row: Row
