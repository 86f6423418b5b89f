"""Reads the settings at the start of the program: from options on the command line and `CPO_…` variables."""

from __future__ import annotations

import argparse
import difflib
import os
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from pydantic import ValidationError

from cpo.errors import MustNotStart
from cpo.masking import masked
from cpo.settings.settings import NEIGHBOURS_VARIABLE, PREFIX, Settings, option_of
from cpo.version import VERSION


def load_settings(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from `--options`, which take precedence, and `CPO_…` variables.

    Raises MustNotStart with one sentence that names the wrong value or the unknown name. `--help` prints the options
    and exits.
    """
    names = {f'{PREFIX}{name}'.upper() for name in Settings.model_fields}
    for name in environment:
        if NEIGHBOURS_VARIABLE.fullmatch(name):
            continue
        if name.upper().startswith(PREFIX) and name.upper() not in names:
            raise MustNotStart(f'{name} is no setting of this program{_did_you_mean(name.upper(), names)}.')
    options = vars(_parser().parse_args(arguments))
    try:
        settings = Settings(**options)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first['loc'][0]) if first['loc'] else '?'
        message = first['msg'].removeprefix('Value error, ')
        shown = option_of(name) if name in options else f'{PREFIX}{name.upper()}'
        reason = masked(f'{message[0].lower()}{message[1:]} (it is {first["input"]!r}).')
        raise MustNotStart(f'{shown}: {reason}') from None
    settings._options = frozenset(options)
    return settings


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        unknown = next((word.strip(':/,') for word in message.split() if word.startswith('--')), '')
        known = {option_of(name) for name in Settings.model_fields}
        hint = '' if unknown.split('=')[0].replace('_', '-') in known else _did_you_mean(unknown, known)
        raise MustNotStart(f'{message}{hint}.')


def _parser() -> _Parser:
    parser = _Parser(description=Settings.__doc__, allow_abbrev=False, argument_default=argparse.SUPPRESS)
    parser.add_argument('--version', action='version', version=f'Home CPO {VERSION}')
    for name, field in Settings.model_fields.items():
        spellings = {option_of(name), f'--{name}'}
        has_default = field.default not in (None, ()) and not field.default_factory
        default = f' (default: {_shown(field.default)})' if has_default else ''
        flag: dict[str, Any] = {'nargs': '?', 'const': 'true'} if field.annotation is bool else {}
        parser.add_argument(
            *sorted(spellings), dest=name, metavar=name.upper(), help=f'{field.description}{default}', **flag
        )
    return parser


def _shown(default: Any) -> str:
    return ','.join(default) if isinstance(default, tuple) else str(default)


def _did_you_mean(name: str, names: set[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f'; did you mean {close[0]}' if close else ''
