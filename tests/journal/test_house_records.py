"""Id tags and reservations: who may charge, and what was promised to whom, over restarts."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cpo.state import IdTag, IdTagChanged, IdTagDeleted
from tests.conftest import MakeHouse
from tests.journal.quiet_house import Clock, QuietHouse, persisted, rows
from tests.scripted_charger import ScriptedCharger


async def answers(house: QuietHouse, id_tag: str) -> tuple[str, str]:
    """The status in the answers of Authorize and StartTransaction."""
    authorized = await house.call('Authorize', {'idTag': id_tag})
    started = await house.call('StartTransaction', {**house.start_payload(), 'idTag': id_tag})
    return authorized['idTagInfo']['status'], started['idTagInfo']['status']


async def test_tags_of_the_settings_are_added_when_first_seen_and_no_later_one_is_forgotten(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path, id_tags='A') as house:
        assert set(house.state.id_tags) == {'a'}
    async with QuietHouse(tmp_path, id_tags='B,a', remote_start_tag='C') as house:
        assert set(house.state.id_tags) == {'a', 'b', 'c'}
        assert house.state.id_tags['a'].id_tag == 'A'
    async with QuietHouse(tmp_path, id_tags='Z') as house:
        assert set(house.state.id_tags) == {'a', 'b', 'c', 'z'}


@pytest.mark.parametrize(('in_settings', 'deleted'), [('Tag1', 'tAG1'), ('Ärmel', 'äRMEL')])
async def test_a_tag_that_was_deleted_stays_deleted(tmp_path: Path, in_settings: str, deleted: str) -> None:
    async with QuietHouse(tmp_path, id_tags=f'{in_settings},Other') as house:
        house.charge_point.record(IdTagDeleted(deleted))
    for _ in range(2):
        async with QuietHouse(tmp_path, id_tags=f'{in_settings},Other') as house:
            house.connect()
            assert await answers(house, in_settings) == ('Invalid', 'Invalid')
            assert await answers(house, 'other') == ('Accepted', 'Accepted')
    async with QuietHouse(tmp_path) as house:
        house.connect()
        house.charge_point.record(IdTagChanged(IdTag(in_settings)))
    async with QuietHouse(tmp_path) as house:
        house.connect()
        assert await answers(house, deleted) == ('Accepted', 'Accepted')


async def test_a_tag_is_answered_with_its_status_until_its_time_is_over(tmp_path: Path) -> None:
    clock = Clock()
    until = clock.now + timedelta(hours=1)
    async with QuietHouse(tmp_path, clock) as house:
        for status in ('Accepted', 'Blocked', 'Expired', 'Invalid'):
            house.charge_point.record(IdTagChanged(IdTag(f'Is{status}', status)))
        house.charge_point.record(IdTagChanged(IdTag('Guest', 'Accepted', until)))
        house.charge_point.record(IdTagChanged(IdTag('Thief', 'Blocked', until)))
    async with QuietHouse(tmp_path, clock) as house:
        house.connect()
        for status in ('Accepted', 'Blocked', 'Expired', 'Invalid'):
            assert await answers(house, f'is{status}') == (status, status)
        assert await answers(house, 'guest') == ('Accepted', 'Accepted')
        clock.let_pass(hours=2)
        assert await answers(house, 'guest') == ('Expired', 'Expired')
        assert await answers(house, 'thief') == ('Blocked', 'Blocked')


async def test_concurrent_tx_is_only_for_a_start_on_another_connector_than_the_running_one(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        running = await house.start(connector_id=1)
    async with QuietHouse(tmp_path, house.clock) as house:
        house.connect()

        async def start(connector_id: int, id_tag: str, meter_start: int) -> str:
            payload = {**house.start_payload(meter_start, connector_id=connector_id), 'idTag': id_tag}
            return str((await house.call('StartTransaction', payload))['idTagInfo']['status'])

        assert (await house.call('Authorize', {'idTag': 'Tag1'}))['idTagInfo']['status'] == 'Accepted'
        assert await start(2, 'tag1', 1) == 'ConcurrentTx'
        assert await start(2, 'Tag2', 2) == 'Accepted'
        assert await start(2, 'Nobody', 3) == 'Invalid'
        await house.stop(running)
        assert await start(2, 'Tag1', 4) == 'Accepted'
        assert await start(2, 'Tag1', 5) == 'Accepted'


async def test_reservations_made_and_cancelled_by_commands_are_persisted_with_their_state(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = await make_house(folder=tmp_path / 'live')
    reserve: dict[str, Any] = {'connectorId': 1, 'expiryDate': '2030-01-01T00:00:00Z', 'idTag': 'Tag1'}
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        for action, payload, status in (
            ('ReserveNow', reserve, 'Accepted'),
            ('ReserveNow', reserve, 'Accepted'),
            ('ReserveNow', {**reserve, 'reservationId': 9, 'parentIdTag': 'Family'}, 'Accepted'),
            ('ReserveNow', reserve, 'Occupied'),
            ('CancelReservation', {'reservationId': 1}, 'Accepted'),
            ('CancelReservation', {'reservationId': 2}, 'Rejected'),
            ('ReserveNow', {**reserve, 'reservationId': 2, 'idTag': 'Tag2'}, 'Accepted'),
        ):
            await asyncio.gather(house.charge_point.command(action, payload), charger.expect(action, status))
    await house.charge_point.flushed()
    shown = [(r.reservation_id, r.id_tag, r.parent_id_tag, r.status) for r in house.charge_point.state.reservations]
    assert shown == [(9, 'Tag1', 'Family', 'Accepted'), (2, 'Tag2', None, 'Accepted'), (1, 'Tag1', None, 'Cancelled')]
    assert len(rows(tmp_path / 'live', 'SELECT * FROM reservations')) == 3
    (tmp_path / 'killed').mkdir()
    for file in (tmp_path / 'live').glob('journal.db*'):
        (tmp_path / 'killed' / file.name).write_bytes(file.read_bytes())
    async with QuietHouse(tmp_path / 'killed') as restarted:
        assert restarted.state.reservations == persisted(house.charge_point.state.reservations)
