"""The seal of a file: a block in it that is signed, and says of every other byte what it was.

The block stands where the format has room for it (a member of JSON, a row of CSV, a comment of HTML or PDF), and a file
with it is read like any other. It holds the SHA-256 of all other bytes, and short hashes of their parts, by which it is
found where something was changed. `home-cpo-seal:<said>.<signature>:end-of-seal`, both in base64url.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

BEGIN, END = b'home-cpo-seal:', b':end-of-seal'
BLOCK = re.compile(re.escape(BEGIN) + rb'([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)' + re.escape(END))
LETTERS = re.compile(rb'[A-Za-z0-9_.-]+')
PARTS, LEAST_STEP = 200, 64
"""A file has at most so many parts, of at least so many bytes."""
SHORT = 6
"""Bytes of the hash of a part: it only says where; whether, the whole hash says."""
SHORTEST_TRACE = 200


class Form(StrEnum):
    """The formats of a statement."""

    JSON = 'json'
    CSV = 'csv'
    PDF = 'pdf'
    HTML = 'html'


class SigningKey(Protocol):
    """The Ed25519 key of an installation."""

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The signature of the data, 64 bytes."""
        ...


class Finding(StrEnum):
    """What was found of a file."""

    WHOLE = 'whole'
    CHANGED = 'changed'
    SEAL_CHANGED = 'seal_changed'
    NO_SEAL = 'no_seal'


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found of a file; `ranges` are the first and last byte of each part that was changed, counted from 0.

    `key` is the public key of the seal, None where that was changed itself.
    """

    finding: Finding
    key: bytes | None = None
    ranges: tuple[tuple[int, int], ...] = ()


def sealed(content: bytes, form: Form, key: SigningKey, separator: str = ',') -> bytes:
    """The file with its seal; `separator` is that of a CSV."""
    before, after = _room(content, form, separator)
    said = json.dumps(_said(before, after, key.public), separators=(',', ':')).encode()
    return b''.join((before, BEGIN, _text(said), b'.', _text(key.sign(said)), END, after))


def verified(file: bytes) -> Verification:
    """Whether a file is what was sealed, and if not, where it was changed."""
    block = next(reversed(list(BLOCK.finditer(file))), None)
    if block is None:
        trace = _trace(file)
        return Verification(Finding.SEAL_CHANGED, None, (trace,)) if trace else Verification(Finding.NO_SEAL)
    seal = _seal(_bytes(block[1]), _bytes(block[2]))
    whole_block = block.start(), block.end() - 1
    if seal is None:
        return Verification(Finding.SEAL_CHANGED, None, (whole_block,))
    content = file[: block.start()] + file[block.end() :]
    if hashlib.sha256(content).hexdigest() == seal.sha256:
        is_moved = block.start() != seal.at
        return Verification(Finding.CHANGED if is_moved else Finding.WHOLE, seal.key, (whole_block,) * is_moved)
    gap = block.end() - block.start()
    changed = _changed(content, seal.size, seal.step, seal.parts)
    ranges = tuple(_in_file(first, last, block.start(), gap) for first, last in changed)
    return Verification(Finding.CHANGED, seal.key, ranges)


def fingerprint(key: bytes) -> str:
    """A public key as people compare it: `3f2a 91c0 5b7e 0d44`."""
    digest = hashlib.sha256(key).hexdigest()[:16]
    return ' '.join(digest[i : i + 4] for i in range(0, 16, 4))


def _room(content: bytes, form: Form, separator: str) -> tuple[bytes, bytes]:
    """What comes before and after the seal."""
    match form:
        case Form.JSON:
            return content[: content.rindex(b'}')].rstrip() + b',"seal":"', b'"}\n'
        case Form.CSV:
            return content + b'seal' + separator.encode(), b'\r\n'
        case Form.HTML:
            return content + b'<!-- ', b' -->\n'
        case Form.PDF:  # nothing may come after the end of the file, and what stands before it is not counted
            end = content.rindex(b'startxref')
            return content[:end] + b'%', b'\n' + content[end:]


class _Seal(NamedTuple):
    """What a seal says: whose it is, where it stands, and of all other bytes their hash, number and parts."""

    key: bytes
    at: int
    sha256: str
    size: int
    step: int
    parts: bytes


def _said(before: bytes, after: bytes, public: bytes) -> dict[str, object]:
    content = before + after
    step = max(LEAST_STEP, -(-len(content) // PARTS))
    parts = b''.join(_short(part) for part in _parts(content, step))
    return {
        'v': 1,
        'key': public.hex(),
        'at': len(before),
        'sha256': hashlib.sha256(content).hexdigest(),
        'size': len(content),
        'step': step,
        'parts': base64.b64encode(parts).decode(),
    }


def _seal(said: bytes | None, signature: bytes | None) -> _Seal | None:
    """What a seal says that is signed by its own key; None for any other, also one that says nothing sensible."""
    from cpo.statement import signatures  # noqa: PLC0415 (it takes a while)

    if said is None or signature is None:
        return None
    try:
        read = json.loads(said)
        at, size, step = (int(read[name]) for name in ('at', 'size', 'step'))
        key, parts = bytes.fromhex(read['key']), base64.b64decode(read['parts'], validate=True)
        sha256 = str(read['sha256'])
        is_sensible = step >= LEAST_STEP and len(parts) == SHORT * -(-size // step) and len(parts) <= SHORT * PARTS
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    is_own = is_sensible and signatures.is_ed25519(said, signature, key)
    return _Seal(key, at, sha256, size, step, parts) if is_own else None


def _parts(content: bytes, step: int) -> Iterator[bytes]:
    return (content[start : start + step] for start in range(0, len(content), step))


def _short(part: bytes) -> bytes:
    return hashlib.sha256(part).digest()[:SHORT]


def _changed(content: bytes, size: int, step: int, parts: bytes) -> list[tuple[int, int]]:
    """The first and last byte of what is not as sealed; where bytes were added or taken away, from both ends."""
    known = [parts[i : i + SHORT] for i in range(0, len(parts), SHORT)]
    if len(content) == size:
        different = [i for i, part in enumerate(_parts(content, step)) if _short(part) != known[i]]
        return _joined([(i * step, min((i + 1) * step, size) - 1) for i in different]) or [(0, size - 1)]
    first, last = 0, len(known)
    while first < last and _short(content[first * step : (first + 1) * step]) == known[first]:
        first += 1
    ahead = len(content) - size
    while last > first and first * step <= (last - 1) * step + ahead:
        start = (last - 1) * step + ahead
        if _short(content[start : min(last * step, size) + ahead]) != known[last - 1]:
            break
        last -= 1
    end = len(content) if last == len(known) else last * step + ahead
    begin = min(first * step, len(content) - 1)
    return [(begin, max(begin, end - 1))]


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in ranges:
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    return joined


def _in_file(first: int, last: int, at: int, gap: int) -> tuple[int, int]:
    """A range of the content as one of the file, whose seal begins at `at` and has `gap` bytes."""
    return first + gap * (first >= at), last + gap * (last >= at)


def _trace(file: bytes) -> tuple[int, int] | None:
    """Where a seal was that is none any more, None where there is no trace of one."""
    begin, end = file.rfind(BEGIN), file.rfind(END)
    if begin >= 0:
        return begin, (end + len(END) if end > begin else len(file)) - 1
    longest = max(LETTERS.finditer(file), key=lambda found: found.end() - found.start(), default=None)
    if longest is None or longest.end() - longest.start() < SHORTEST_TRACE:
        return None
    return max(0, longest.start() - len(BEGIN)), max(longest.end(), end + len(END)) - 1


def _text(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b'=')


def _bytes(text: bytes) -> bytes | None:
    """The bytes of a text that `_text` made of them; None for any other text."""
    try:
        data = base64.urlsafe_b64decode(text + b'=' * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return data if _text(data) == text else None
