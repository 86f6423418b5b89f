"""`home-cpo verify FILE…` says whether statements are whole; it needs no journal, and works on any machine."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cpo.errors import MustNotStart
from cpo.statement import Finding, month_in, not_following, verification_sentence, verified

USAGE = 'Say which file: home-cpo verify FILE (a statement as JSON, CSV, PDF or HTML, or closed months).'


def run_verify(arguments: Sequence[str]) -> int:
    """Print a sentence about each file, and whether closed months among them follow each other.

    The exit status is 0 where all is well, else 1. Raises MustNotStart where there is no file to read.
    """
    if not arguments or arguments[0].startswith('-'):
        raise MustNotStart(USAGE)
    files = {name: _content(name) for name in arguments}
    found = {name: verified(file) for name, file in files.items()}
    for name, verification in found.items():
        before = f'{name}: ' if len(files) > 1 else ''
        sys.stdout.write(f'{before}{verification_sentence(verification)}\n')
    wrong = list(_wrong_months(files.values()))
    for sentence in wrong:
        sys.stdout.write(f'{sentence}\n')
    return 1 if wrong or any(each.finding is not Finding.WHOLE for each in found.values()) else 0


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise MustNotStart(f'{name} cannot be read: {error.strerror}.') from None


def _wrong_months(files: Iterable[bytes]) -> Iterator[str]:
    months = [month for file in files if (month := month_in(file)) is not None]
    for name in not_following(months):
        yield f'The month {name} is not what was signed, or does not follow the one before it: one may be missing.'
