"""Files a person wrote or recorded."""

import codecs
from pathlib import Path


def read_text(path: Path) -> str:
    """UTF-8, with or without a byte order mark. Raises OSError, and ValueError naming file and line of what is not."""
    content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b'\n', 0, error.start) + 1
        raise ValueError(f'{path}:{line}: not UTF-8 text') from error
