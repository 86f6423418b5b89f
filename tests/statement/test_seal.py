"""The seal of a file finds every byte that was changed, in each format."""

from __future__ import annotations

import base64
import csv
import io
import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.statement import Finding, Form, exported, verification_sentence, verified
from cpo.statement.seal import BEGIN, END, sealed
from tests.examples import JUDGED
from tests.statement.books import AWKWARD, KEY, ROW, statement

FILES = {form: exported(statement(ROW, AWKWARD), form, KEY) for form in (Form.JSON, Form.CSV, Form.HTML)}
EVERY = 1 if JUDGED else 23
"""At a desk every 23rd byte is changed, other ones each day."""


def file_of(form: Form) -> bytes:
    if form not in FILES:
        FILES[form] = exported(statement(ROW, AWKWARD), form, KEY)
    return FILES[form]


@pytest.mark.parametrize('form', Form)
def test_every_changed_byte_is_found_and_named(form: Form) -> None:
    file, chance = file_of(form), random.Random(form)
    assert verified(file).finding is Finding.WHOLE
    for place in range(datetime.now(UTC).toordinal() % EVERY, len(file), EVERY):
        other = file[place] ^ chance.randrange(1, 256)
        found = verified(file[:place] + bytes([other]) + file[place + 1 :])
        assert found.finding in (Finding.CHANGED, Finding.SEAL_CHANGED), place
        assert any(first <= place <= last for first, last in found.ranges), (place, found)


@pytest.mark.parametrize('form', Form)
def test_the_place_of_a_change_is_a_small_part_of_the_file(form: Form) -> None:
    file = file_of(form)
    found = verified(file[:100] + bytes([file[100] ^ 1]) + file[101:])
    assert found.ranges == ((64, 127),)
    assert found.finding is Finding.CHANGED
    assert verification_sentence(found) == 'This statement was changed: bytes 64 to 127 are not what was sealed.'


@given(st.binary(min_size=1, max_size=3000), st.data())
def test_what_was_added_or_taken_away_is_found(content: bytes, data: st.DataObject) -> None:
    file = sealed(content + b'\n', Form.CSV, KEY)
    begin = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(begin, len(content)))
    instead = data.draw(st.binary(max_size=300))
    changed = file[:begin] + instead + file[end:]
    found = verified(changed)
    if changed == file:
        assert found.finding is Finding.WHOLE
        return
    assert found.finding is Finding.CHANGED
    assert all(0 <= first <= last < len(changed) for first, last in found.ranges)


def test_another_seal_and_none_are_told_apart() -> None:
    file = file_of(Form.JSON)
    begin, end = file.index(BEGIN), file.index(END) + len(END)
    assert verified(file[:begin] + file[end:]).finding is Finding.NO_SEAL
    assert verified(b'').finding is Finding.NO_SEAL
    other = sealed(b'{"other": 1}', Form.JSON, KEY)
    theirs = other[other.index(BEGIN) : other.index(END) + len(END)]
    assert verified(file[:begin] + theirs + file[end:]).finding is Finding.CHANGED


def test_a_seal_that_was_moved_is_found() -> None:
    file = file_of(Form.HTML)
    begin, end = file.index(BEGIN), file.index(END) + len(END)
    moved = file[:100] + file[begin:end] + file[100:begin] + file[end:]
    assert verified(moved).finding is Finding.CHANGED


@pytest.mark.parametrize(
    'said',
    [
        b'[]',
        b'{}',
        b'7',
        b'{"key":"zz"}',
        json.dumps({'key': KEY.public.hex(), 'at': 0, 'sha256': '', 'size': 9, 'step': 0, 'parts': ''}).encode(),
        json.dumps({'key': KEY.public.hex(), 'at': 0, 'sha256': '', 'size': 1e400, 'step': 64, 'parts': ''}).encode(),
        json.dumps({'key': KEY.public.hex(), 'at': 0, 'sha256': '', 'size': 999, 'step': 64, 'parts': 'AA=='}).encode(),
    ],
)
def test_a_seal_that_says_nothing_sensible_is_none(said: bytes) -> None:
    block = b'.'.join(base64.urlsafe_b64encode(part).rstrip(b'=') for part in (said, KEY.sign(said)))
    assert verified(b'a' + BEGIN + block + END).finding is Finding.SEAL_CHANGED


@given(st.binary(max_size=400) | st.text().map(lambda t: f'home-cpo-seal:{t}:end-of-seal'.encode()))
def test_any_file_is_judged(file: bytes) -> None:
    assert verified(file).finding in (Finding.NO_SEAL, Finding.SEAL_CHANGED)


def test_a_sealed_file_is_one_of_its_format() -> None:
    assert json.loads(file_of(Form.JSON))['sum']['sessions'] == 2
    lines = list(csv.reader(io.StringIO(file_of(Form.CSV).decode('utf-8-sig'))))
    assert [line[0] for line in lines] == [
        'month',
        '2026-01',
        'sum of 2026-01',
        '2026-02',
        'sum of 2026-02',
        'sum',
        'seal',
    ]
    assert file_of(Form.HTML).rstrip().endswith(b'-->')
    assert file_of(Form.PDF).startswith(b'%PDF-')
    assert file_of(Form.PDF).rstrip().endswith(b'%%EOF')
