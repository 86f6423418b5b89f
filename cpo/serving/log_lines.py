"""Log records of one line each, without secrets: text from others cannot start a line or control the terminal."""

from __future__ import annotations

import logging

from cpo.masking import masked


class OneLine(logging.Formatter):
    """A log formatter that escapes unprintable characters; only a traceback has lines of its own, indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the name logging calls)
        """The line without the traceback, which is added behind it."""
        return visible(masked(super().formatMessage(record)))

    def formatException(self, ei: object) -> str:  # noqa: N802 (the name logging calls)
        """The traceback on lines of its own, each indented and with unprintable characters escaped."""
        lines = masked(super().formatException(ei)).split('\n')  # type: ignore[arg-type]  # as it came
        return '\n'.join(f'    {visible(line)}' for line in lines)


def visible(text: str) -> str:
    r"""The text in one line: a newline is `\n`, an escape `\x1b`, a mark that turns the writing direction `\u202e`."""
    if text.isprintable():
        return text
    return ''.join(each if each.isprintable() else each.encode('unicode_escape').decode() for each in text)
