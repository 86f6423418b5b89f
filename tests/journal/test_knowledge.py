"""What was found out about a charger survives, as long as it can be read."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cpo.chargers import ChargerKind, ChargerKnowledge, Kind, ProfileForm, Purpose, RemoteStart, Unit
from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state import Learned
from tests.journal.quiet_house import QuietHouse, rows

KIND = ChargerKind('Vendor', 'Model', '1.0')
FORM = ProfileForm(Purpose.TX_DEFAULT, True, Kind.ABSOLUTE, 3, Unit.W, True, True, True)
KNOWN = ChargerKnowledge(
    FORM, (ProfileForm(), replace(FORM, stack_level=8)), True, RemoteStart.PROFILE_AFTER, ('', 'X')
)


async def test_all_that_is_known_of_all_kinds_is_known_after_a_restart(tmp_path: Path) -> None:
    other = ChargerKind('Vendor', 'Model', '1.1')
    async with QuietHouse(tmp_path) as house:  # no charger needs to be there
        house.charge_point.record(Learned(KIND, ChargerKnowledge(unasked=('X',))), Learned(KIND, KNOWN))
        house.charge_point.record(Learned(other, ChargerKnowledge(ProfileForm())))
    async with QuietHouse(tmp_path) as house:
        assert house.state.knowledge == {KIND: KNOWN, other: ChargerKnowledge(ProfileForm())}
        house.charge_point.record(Learned(KIND, ChargerKnowledge()))
    async with QuietHouse(tmp_path) as house:
        assert house.state.knowledge == {other: ChargerKnowledge(ProfileForm())}


async def test_what_is_learned_of_the_demo_charger_is_not_persisted(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect(DEMO_CHARGE_BOX_ID)
        house.charge_point.record(Learned(KIND, KNOWN))
        assert house.state.knowledge
        house.connect('CP1')
        assert house.state.knowledge == {}
    assert rows(tmp_path, 'SELECT count(*) FROM charger_knowledge') == [(0,)]


@pytest.mark.parametrize(
    'text',
    [
        pytest.param('{"form": {"unit"', id='cut off'),
        pytest.param('[]', id='something else'),
        pytest.param('{"form": {"purpose": "ChargingStationMaxProfile"}}', id='a value of a newer program'),
        pytest.param('{"form": {"unit": "A", "colour": "green"}}', id='a newer member of a form'),
        pytest.param('{"refused": [{}, {"colour": "green"}]}', id='a newer member deeper'),
        pytest.param('{"verdict": "good"}', id='an older member'),
        pytest.param('', id='nothing'),
    ],
)
async def test_a_row_that_cannot_be_read_is_passed_over_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    async with QuietHouse(tmp_path) as house:
        house.charge_point.record(Learned(KIND, KNOWN))
    with closing(sqlite3.connect(tmp_path / 'journal.db')) as connection, connection:
        connection.execute("INSERT INTO charger_knowledge VALUES ('Odd', 'Box', '', ?)", (text,))
    async with QuietHouse(tmp_path) as house:
        assert house.state.knowledge == {KIND: KNOWN}
        warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
        assert len(warnings) == 1
        assert 'Odd Box' in warnings[0]
        odd = ChargerKind('Odd', 'Box')
        house.charge_point.record(Learned(odd, KNOWN))
    async with QuietHouse(tmp_path) as house:
        assert house.state.knowledge == {KIND: KNOWN, odd: KNOWN}


async def test_a_row_without_a_member_that_came_later_is_read(tmp_path: Path) -> None:
    QuietHouse(tmp_path).journal.close()
    with closing(sqlite3.connect(tmp_path / 'journal.db')) as connection, connection:
        text = '{"form": {"unit": "W"}, "unasked": ["X"]}'
        connection.execute("INSERT INTO charger_knowledge VALUES ('Vendor', 'Model', '1.0', ?)", (text,))
    async with QuietHouse(tmp_path) as house:
        assert house.state.knowledge == {KIND: ChargerKnowledge(ProfileForm(unit=Unit.W), unasked=('X',))}
