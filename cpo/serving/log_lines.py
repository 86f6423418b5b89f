"""Log records of one line each: text from unknown clients can neither start a line nor control the terminal."""

from __future__ import annotations

import logging


class OneLine(logging.Formatter):
    """A log formatter that escapes unprintable characters; only a traceback has lines of its own, indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the name logging calls)
        """The line without the traceback, which is added behind it."""
        return visible(super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 (the name logging calls)
        """The traceback on lines of its own, each indented and with unprintable characters escaped."""
        lines = super().formatException(ei).split('\n')  # type: ignore[arg-type]  # as it came
        return '\n'.join(f'    {visible(line)}' for line in lines)


def visible(text: str) -> str:
    r"""The text in one line: a newline is `\n`, an escape `\x1b`, a mark that turns the writing direction `\u202e`."""
    if text.isprintable():
        return text
    return ''.join(each if each.isprintable() else each.encode('unicode_escape').decode() for each in text)
