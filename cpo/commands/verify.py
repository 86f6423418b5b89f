"""`home-cpo verify FILE` says whether a statement is whole; it needs no journal, and works on any machine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from cpo.errors import MustNotStart
from cpo.statement import Finding, verification_sentence, verified

USAGE = 'Say which file: home-cpo verify FILE (a statement as JSON, CSV, PDF or HTML, or a closed month).'


def run_verify(arguments: Sequence[str]) -> int:
    """Print a sentence about the file; the exit status is 0 where it is whole, else 1.

    Raises MustNotStart where there is no file to read.
    """
    if len(arguments) != 1 or arguments[0].startswith('-'):
        raise MustNotStart(USAGE)
    try:
        file = Path(arguments[0]).read_bytes()
    except OSError as error:
        raise MustNotStart(f'{arguments[0]} cannot be read: {error.strerror}.') from None
    found = verified(file)
    sys.stdout.write(f'{verification_sentence(found)}\n')
    return 0 if found.finding is Finding.WHOLE else 1
