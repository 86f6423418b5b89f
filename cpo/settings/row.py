"""A setting as people read and change it (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from cpo.errors import InvalidSetting
from cpo.masking import masked
from cpo.settings.settings import Settings

MAX_TEXT, MAX_TEXTS = 200, 50

SettingValue = bool | float | str | tuple[str, ...]
"""A value of a setting that can be changed in the page."""


class Changes(StrEnum):
    """From when on a change in the page holds."""

    AT_ONCE = 'at_once'
    AT_RESTART = 'at_restart'
    NEVER = 'never'
    """Needed before the journal is read: only the environment and options have it."""


class Kind(StrEnum):
    """What a value is."""

    NUMBER = 'number'
    WHOLE = 'whole'
    SWITCH = 'switch'
    CHOICE = 'choice'
    TEXT = 'text'
    LIST = 'list'


@dataclass(frozen=True, slots=True)
class Row:
    """A setting as people read it; `words` are those of its choices, where it has any.

    `about` is a sentence for the page, '' where what `--help` says is one.
    """

    name: str
    title: str
    unit: str = ''
    about: str = ''
    changes: Changes = Changes.AT_ONCE
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def description(self) -> str:
        """What it is for, in a sentence."""
        of_help = self._field.description or ''
        return self.about or f'{of_help[:1].upper()}{of_help[1:]}.'

    @property
    def kind(self) -> Kind:
        """What its values are."""
        kind = self._type
        if get_origin(kind) is Literal:
            return Kind.CHOICE
        if get_origin(kind) is tuple:
            return Kind.LIST
        return {bool: Kind.SWITCH, int: Kind.WHOLE, float: Kind.NUMBER}.get(kind, Kind.TEXT)

    @property
    def choices(self) -> tuple[str, ...]:
        """The values it may have, where these are few."""
        return get_args(self._type) if self.kind is Kind.CHOICE else ()

    @property
    def least(self) -> float | None:
        """The least number that it may be, or just not be."""
        return self._bound('ge', 'gt')

    @property
    def most(self) -> float | None:
        """The highest number that it may be, or the most characters of a text."""
        return self._bound('le', 'max_length')

    def checked(self, value: Any) -> SettingValue | None:
        """A value in the spelling of the settings, None for the default; a list may be a text with commas.

        Raises InvalidSetting.
        """
        if value is None or (value == '' and self.kind is Kind.TEXT):
            return None
        if self.kind is Kind.LIST and isinstance(value, str):
            value = [text.strip() for text in value.split(',') if text.strip()]
        if not self._is_of_kind(value):
            raise InvalidSetting(f'{self.title}: this must be {self._what}.')
        try:
            made: SettingValue = getattr(Settings(**{self.name: value}), self.name)
        except ValidationError as error:
            raise InvalidSetting(f'{self.title}: {self._reason(error)}.') from None
        return made

    def _is_of_kind(self, value: object) -> bool:
        match self.kind:
            case Kind.SWITCH:
                return isinstance(value, bool)
            case Kind.NUMBER | Kind.WHOLE:
                is_number = isinstance(value, int | float) and not isinstance(value, bool)
                return is_number and (self.kind is Kind.NUMBER or float(str(value)).is_integer())
            case Kind.CHOICE:
                return value in self.choices
            case Kind.TEXT:
                return is_text(value)
            case Kind.LIST:
                return isinstance(value, list | tuple) and len(value) <= MAX_TEXTS and all(map(is_text, value))

    @property
    def _what(self) -> str:
        """What a value must be, for a sentence."""
        match self.kind:
            case Kind.SWITCH:
                return 'true or false'
            case Kind.NUMBER | Kind.WHOLE:
                whole = 'whole ' if self.kind is Kind.WHOLE else ''
                unit = f' {self.unit}' if self.unit else ''
                above = self._bound('gt')
                least = f'from {self.least or 0:,.10g} to' if above is None else f'above {above:g}, at most'
                return f'a {whole}number {least} {self.most:,.10g}{unit}'
            case Kind.CHOICE:
                return f'one of {", ".join(self.choices)}'
            case Kind.TEXT:
                return f'a text of at most {self.most or MAX_TEXT:g} characters in one line'
            case Kind.LIST:
                return f'a list of at most {MAX_TEXTS} texts, or one text with commas'

    def _reason(self, error: ValidationError) -> str:
        """Why the field refuses a value: its own sentence, or what the value must be."""
        first = error.errors()[0]
        if first['type'] != 'value_error':
            return f'this must be {self._what}'
        return masked(first['msg'].removeprefix('Value error, '))

    def _bound(self, *names: str) -> float | None:
        found = (getattr(limit, name, None) for limit in self._field.metadata for name in names)
        return next((bound for bound in found if bound is not None), None)

    @property
    def _field(self) -> FieldInfo:
        return Settings.model_fields[self.name]

    @property
    def _type(self) -> Any:
        annotation = self._field.annotation
        if isinstance(annotation, UnionType):
            return next(kind for kind in get_args(annotation) if kind is not NoneType)
        return annotation


def is_text(value: object) -> bool:
    """True for a text of one line that is not too long."""
    return isinstance(value, str) and len(value) <= MAX_TEXT and value.isprintable()
