"""Reading of text files that a person wrote or recorded."""

import codecs
from pathlib import Path


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, without a byte order mark.

    Raises OSError, and ValueError naming file and line of the first byte that is not UTF-8.
    """
    content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b'\n', 0, error.start) + 1
        raise ValueError(f'{path}:{line}: not UTF-8 text') from error
