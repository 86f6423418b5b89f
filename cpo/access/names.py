"""The names that people and tokens may have."""

from __future__ import annotations

from cpo.access.accounts import MAX_NAME
from cpo.errors import BadRequest


def checked_name(name: object, error: type[BadRequest]) -> str:
    """The name of a new person or token without blanks around it; raises the error where it cannot be one."""
    text = name.strip() if isinstance(name, str) else ''
    if not 1 <= len(text) <= MAX_NAME or not text.isprintable() or text in ('.', '..'):
        raise error(f'A name has 1 to {MAX_NAME} characters that can be seen.')
    return text
