"""A log line is one line, whatever strangers put into it."""

from __future__ import annotations

import io
import logging

import pytest

from cpo.serving import OneLine, visible


def logged(message: str, *arguments: object, error: Exception | None = None) -> str:
    """What a record with these arguments becomes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine('%(levelname)s %(message)s'))
    exc_info = None if error is None else (type(error), error, None)
    handler.handle(logging.LogRecord('x', logging.WARNING, '', 0, message, arguments, exc_info))
    return stream.getvalue()


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('a\nWARNING forged', 'a\\nWARNING forged'),
        ('a\r\nb', 'a\\r\\nb'),
        ('\x1b[2J\x1b[31mred', '\\x1b[2J\\x1b[31mred'),
        ('\x9b31m', '\\x9b31m'),
        ('a\u2028b\u2029\x85', 'a\\u2028b\\u2029\\x85'),
        ('\u202egnp.exe', '\\u202egnp.exe'),
        ('\ud800\x00\t', '\\ud800\\x00\\t'),
        ('Wärmehäuschen 🚗', 'Wärmehäuschen 🚗'),
    ],
)
def test_what_cannot_be_printed_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert logged('%s asked', text) == f'WARNING {shown} asked\n'


def test_a_traceback_keeps_its_lines_and_the_error_in_it_has_no_escapes() -> None:
    lines = logged('failed', error=ValueError('bad \x1b[31m\nWARNING forged')).splitlines()
    assert lines == ['WARNING failed', '    ValueError: bad \\x1b[31m', '    WARNING forged']


def test_a_line_and_a_traceback_have_no_secrets() -> None:
    assert logged('%s asked', 'ftp://joe:geheim@nas.lan') == 'WARNING ftp://***@nas.lan asked\n'
    frame = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"geheim"}]'
    assert 'geheim' not in logged('from the charger: %s', frame, error=ValueError(frame))
