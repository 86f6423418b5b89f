"""The members of payload models: where they are, and what their annotations say about reading them leniently."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cpo.ocpp.deviations import Location

K = TypeVar('K')


@dataclass(frozen=True, slots=True)
class IfAbsent:
    """Marks a required member that a charger may omit: where it is absent, null or empty, it is read as `read_as`.

    Where `read_as` is None (unknown), the value `stand_in` is validated in its place.
    """

    read_as: Any
    stand_in: Any = None


@dataclass(frozen=True, slots=True)
class AlsoNamed:
    """Marks an enumeration that some chargers send under another name, which ends with `suffix` in any case."""

    suffix: str


@dataclass(frozen=True, slots=True)
class Dispensable:
    """Marks a list whose unreadable items are left out, so that the rest of the message counts."""


def member(model: Any, loc: Location) -> tuple[FieldInfo, Any]:
    """The model's field at a location of the payload, and the innermost type of its values."""
    for step in loc:
        if isinstance(step, str):
            field: FieldInfo = next(field for field in model.model_fields.values() if field.alias == step)
            model = field.annotation
            while arguments := get_args(model):  # through Annotated, `| None` and tuple
                model = arguments[0]
    return field, model


def marker(model: type[BaseModel], loc: Location, kind: type[K]) -> K | None:
    """The marker of this kind in the annotation of the member at a location, None where it has none."""
    return next((mark for mark in member(model, loc)[0].metadata if isinstance(mark, kind)), None)


def meant_name(model: Any, name: str, value: Any) -> str | None:
    """The specification's name of a member that a charger sent under another name; None where none fits."""
    wanted = _plain(name)
    for field in model.model_fields.values():
        if wanted == _plain(field.alias):
            return str(field.alias)
        also = next((mark for mark in field.metadata if isinstance(mark, AlsoNamed)), None)
        if also is not None and wanted.endswith(also.suffix) and isinstance(value, str):
            words: list[str] = list(member(model, (field.alias,))[1])
            if value.strip().lower() in (word.lower() for word in words):
                return str(field.alias)
    return None


def _plain(name: str) -> str:
    return re.sub('[ _-]', '', name).lower()
