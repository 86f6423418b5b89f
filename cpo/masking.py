"""Secrets in texts become `***` before a text is stored, shown or logged; what is sent to the charger has them (pure).

A secret is the value of a key whose name contains one of PARTS_OF_SECRET_NAMES (`AuthorizationKey`), the user info of
a URL, the name of a file of ours (it is the key to it), or what an Authorization header contains. The rule looks at
names only, so the value of `HotKeyEnabled` is one too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

MASK = '***'
PARTS_OF_SECRET_NAMES = ('password', 'key', 'passphrase', 'passwd', 'psk', 'pwd', 'secret', 'token', 'credential')
PUBLIC = re.compile('public[ _-]?key|maxkeys')
"""A key of this name is a number, or for everybody, as that of a meter which signs its values (`MeterPublicKey`)."""
NAMES_OF_NAMES = ('key', 'keys', 'name')
"""Members whose value is the name of what the member `value` beside them contains (OCPP 1.6 §7.29)."""
PUBLIC_NAMES = ('issuerkeyhash',)
"""The hash of a public key, by which a person names a certificate to delete."""
WITHOUT_VALUE = ('null', 'true', 'false', '""')
SHORTEST_FOUND_AGAIN = 6  # a shorter one may well be a word of its own, as `true`
MAX_DEPTH = 3  # of strings that contain JSON
QUOTED_LENGTH = 60  # sentences about a payload quote at least the beginning of a text

NAME = re.compile(r'[\w.-]+')
SIGNS = (*PARTS_OF_SECRET_NAMES, 'authorization', '@', '\\u00', '/files/')
"""A text without any of these has no secret: most frames are read no further."""
TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[{}\[\],:=&?]|[^\s"{}\[\],:=&?]+', re.DOTALL)
"""A string of JSON, which may be cut off, a mark, or a bare word; also of a text that is no JSON."""
USER_INFO = re.compile(
    r'(:(?:\\?/){2})(?:[^\s"\'<>\\/?#]*|[^\s"\'<>\\/?#:@]+:(?!\d{1,5}(?:[\s"\'\\/?#]|\Z))[^\s"\'<>]{0,300})@'
)
"""Up to the last `@` of the authority; a password with a slash in it is none of RFC 3986 and is used all the same."""
FILE_NAME = re.compile(r'(/files/)[\w-]{32}')
"""As `cpo.files` makes them."""
AUTHORIZATION = re.compile(
    r'(authorization\\?["\']?\s*[:=]\s*\\?["\']?)(?:(?:basic|bearer|digest)\s[^"\'\r\n\\}]*|[\w+/=.~-]{8,})',
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """True for the name of a key whose value is a secret."""
    folded = PUBLIC.sub('', name.casefold())
    is_public = folded in NAMES_OF_NAMES or folded in PUBLIC_NAMES
    return not is_public and any(part in folded for part in PARTS_OF_SECRET_NAMES)


class Masked(NamedTuple):
    """A text without its secrets, and those values of secret keys that are to be masked in texts about it as well."""

    text: str
    secrets: frozenset[str]


def without_secrets(text: str) -> Masked:
    """The text with `***` for each secret, otherwise unchanged."""
    folded = text.lower()
    if not any(sign in folded for sign in SIGNS):
        return Masked(text, frozenset())
    found = list(_found(text))
    text = AUTHORIZATION.sub(rf'\1{MASK}', _replaced(text, found))
    secrets = (secret for each in found for secret in each.secrets if len(secret) >= SHORTEST_FOUND_AGAIN)
    text = FILE_NAME.sub(rf'\1{MASK}', text)
    return Masked(USER_INFO.sub(rf'\1{MASK}@', text), frozenset(secrets))


def masked(text: str, secrets: Collection[str] = ()) -> str:
    """The text without its own secrets and those of the message it is about."""
    text = without_secrets(text).text
    for secret in sorted(secrets, key=len, reverse=True):
        rest = r'[^\s"]*' if len(secret) > QUOTED_LENGTH else ''
        text = re.sub(re.escape(secret[:QUOTED_LENGTH]) + rest, MASK, text)
    return text


def masked_value(name: str, value: str | None) -> str | None:
    """The value of a key, `***` for a secret; an empty one or None stays."""
    return value and (MASK if is_secret(name) else masked(value))


def masked_json(value: Any, secrets: Collection[str] = ()) -> Any:
    """A JSON value without its secrets and those of the message it is about."""
    text = json.dumps(value)
    without = masked(text, secrets)
    try:
        return value if without == text else json.loads(without)
    except ValueError:  # a secret was a part of a number
        return MASK


class _Found(NamedTuple):
    """A piece of a text, what stands there instead, and the secrets in it."""

    start: int
    end: int
    instead: str
    secrets: frozenset[str]


class _Word(NamedTuple):
    """A string of JSON, unescaped, or a bare word; `is_assigned` where a `=` follows."""

    text: str
    is_string: bool
    is_assigned: bool = False

    @property
    def names_secret(self) -> bool:
        """The word is the name of a key whose value is a secret; in the query of a URL, `key=` is one as well."""
        is_name = self.is_string or NAME.fullmatch(self.text) is not None
        return is_name and (is_secret(self.text) or (self.is_assigned and self.text.casefold() == 'key'))


@dataclass(slots=True)
class _Object:
    """An object that is not read to its end: whether it names a secret, and where its `value` is."""

    names_secret: bool = False
    values: list[_Found] = field(default_factory=list)

    def found(self) -> list[_Found]:
        """What is secret although its own name does not say so."""
        return self.values if self.names_secret else []


def _replaced(text: str, found: Iterable[_Found]) -> str:
    by_place = {(each.start, each.end): each for each in found}  # of two at one place, the later is the larger mask
    for start, end in sorted(by_place, reverse=True):
        text = text[:start] + by_place[start, end].instead + text[end:]
    return text


def _found(text: str, depth: int = 0) -> Iterator[_Found]:
    """Every value of a secret key, and every string that contains a text with one, in no order."""
    objects = [_Object()]
    word: _Word | None = None
    name: _Word | None = None
    for match in TOKEN.finditer(text):
        token = match[0]
        if token in (':', '='):
            name, word = word and word._replace(is_assigned=token == '='), None
        elif token in ('{', '}', '[', ']', ',', '&', '?'):
            if token == '{':
                objects.append(_Object())
            elif token == '}' and len(objects) > 1:
                yield from objects.pop().found()
            name = word = None
        else:
            word = _word(token)
            yield from _judged(match, word, name, objects[-1], depth)
            name = None
    for unfinished in objects:
        yield from unfinished.found()


def _judged(match: re.Match[str], word: _Word, name: _Word | None, inside: _Object, depth: int) -> Iterator[_Found]:
    """A word with the name before it, where it has one: a secret, the name of one, or a text with one in it."""
    if name is not None and match[0] not in WITHOUT_VALUE:
        named = name.text.casefold()
        if name.names_secret:
            yield _whole(match, word, name)
            return
        if named == 'value':
            inside.values.append(_whole(match, word, name))
        elif named in NAMES_OF_NAMES:
            inside.names_secret |= is_secret(word.text)
    has_names = word.is_string and depth < MAX_DEPTH and (':' in word.text or '=' in word.text)
    if has_names and (found := list(_found(word.text, depth + 1))):
        without = json.dumps(_replaced(word.text, found), ensure_ascii=False)
        yield _Found(*match.span(), without, frozenset().union(*(each.secrets for each in found)))


def _whole(match: re.Match[str], word: _Word, name: _Word) -> _Found:
    mask = f'"{MASK}"' if word.is_string or name.is_string else MASK
    return _Found(*match.span(), mask, frozenset({word.text}))


def _word(token: str) -> _Word:
    if not token.startswith('"'):
        return _Word(token.strip("'()“”"), is_string=False)
    try:
        return _Word(json.loads(token, strict=False) if '\\' in token else token.strip('"'), is_string=True)
    except ValueError:  # it is cut off, or has an escape that is none
        return _Word(token.strip('"'), is_string=True)
