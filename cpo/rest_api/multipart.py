"""The file in a form (RFC 7578), as some chargers send one where others send it plainly; read while it arrives."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import unquote

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from cpo.rest_api.errors import IncompleteBody

FORM = b'multipart/form-data'
EXTENDED = re.compile(rb";\s*filename\*=utf-8'[^']*'([^;\s]*)", re.IGNORECASE)


def boundary_of(content_type: str) -> bytes | None:
    """What separates the parts of a form, None for a body that is none."""
    kind, options = parse_options_header(content_type)
    return options.get(b'boundary') if kind == FORM else None


def file_name_in(disposition: bytes) -> str | None:
    """The file name in the header of a part, also as RFC 5987 writes one; None for a part that is no file."""
    name = parse_options_header(disposition)[1].get(b'filename')
    if name is not None:
        return name.decode(errors='replace')
    extended = EXTENDED.search(disposition)
    return None if extended is None else unquote(extended[1].decode(errors='replace'))


class FileInForm:
    """The first part of a form that has a file name, which is `file_name` once that part was read."""

    def __init__(self, boundary: bytes) -> None:
        self.file_name = ''
        self._waiting: list[bytes] = []
        self._header: list[bytes] = [b'', b'']
        self._is_file, self._has_ended = False, False
        self._parser = MultipartParser(
            boundary,
            {
                'on_part_begin': self._begin,
                'on_header_field': lambda data, start, end: self._add_to_header(0, data[start:end]),
                'on_header_value': lambda data, start, end: self._add_to_header(1, data[start:end]),
                'on_header_end': self._end_header,
                'on_part_data': self._take,
                'on_part_end': self._end_part,
            },
        )

    async def pieces(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The file out of the form. Raises IncompleteBody where the form is none, or has no whole file."""
        async for piece in body:
            try:
                self._parser.write(piece)
            except FormParserError:
                raise IncompleteBody('The form cannot be read.') from None
            while self._waiting:
                yield self._waiting.pop(0)
        if not self._has_ended:
            raise IncompleteBody('There is no whole file in the form.')

    def _begin(self) -> None:
        self._header = [b'', b'']

    def _add_to_header(self, part: int, data: bytes) -> None:
        self._header[part] += data

    def _end_header(self) -> None:
        name, value = self._header
        self._header = [b'', b'']
        is_about_it = name.lower() == b'content-disposition' and not self._has_ended
        if is_about_it and (file_name := file_name_in(value)) is not None:
            self._is_file, self.file_name = True, file_name

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._waiting.append(data[start:end])

    def _end_part(self) -> None:
        self._has_ended = self._has_ended or self._is_file
        self._is_file = False
