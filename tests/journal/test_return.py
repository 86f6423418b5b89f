"""The charger comes back to a program that was restarted; in OCPP 1.6 it need not say who it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.conftest import House, MakeHouse
from tests.journal.quiet_house import Clock, QuietHouse
from tests.scripted_charger import CALL_ERROR, ScriptedCharger

BEFORE = [('TriggerMessage', 'BootNotification'), ('GetConfiguration', None)]
ONE_KEY = ('GetConfiguration', None)
AFTER = [('TriggerMessage', 'StatusNotification'), ('TriggerMessage', 'MeterValues')]
CEILING = ('GetCompositeSchedule', 'SetChargingProfile')
"""The configured maximum, for a session nobody limited."""
EXPECTED = {
    **{refusal: [*BEFORE, *([ONE_KEY] * 6), *AFTER] for refusal in ('NotImplemented', 'Rejected', 'CallError')},
    'silence': [*BEFORE, ONE_KEY, *AFTER],
}


async def asked(house: House, refusal: str) -> list[tuple[str, str | None]]:
    """What a charger is asked that comes back in the middle of a transaction and refuses everything."""
    questions: list[tuple[str, str | None]] = []
    async with ScriptedCharger(house.ocpp()) as charger:
        while len(questions) < len(EXPECTED[refusal]):
            _, message_id, action, payload = await charger.receive()
            if action not in CEILING:
                questions.append((action, payload.get('requestedMessage')))
            if refusal == 'CallError':
                await charger.send([CALL_ERROR, message_id, 'NotSupported', '', {}])
            elif refusal != 'silence':
                answer = {} if action == 'GetConfiguration' else {'status': refusal}
                await charger.answer(message_id, answer)
        assert (await charger.call('Heartbeat', {}))['currentTime']
        running = house.charge_point.state.running_transaction(1)
        assert running is not None
        await charger.meter(int(running.transaction_id), energy=1700)
        await charger.stop(int(running.transaction_id), 1900)
    return questions


async def test_it_is_asked_for_what_is_missing_whatever_it_refuses(make_house: MakeHouse, tmp_path: Path) -> None:
    houses = []
    for refusal in EXPECTED:
        folder = tmp_path / refusal
        async with QuietHouse(folder) as before:
            before.connect()
            await before.boot()
            await before.status('Charging')
            await before.start()
        houses.append(await make_house(folder=folder, startup_requests=True, call_timeout=0.3))
    questions = await asyncio.gather(*map(asked, houses, EXPECTED))
    assert questions == list(EXPECTED.values())
    for house in houses:
        assert house.charge_point.state.transactions[0].energy_wh == pytest.approx(900)


async def test_killed_while_connected_it_was_last_there_when_it_last_spoke(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path / 'live') as house:
        house.connect()
        await house.boot()
        house.clock.let_pass(hours=2)
        await house.call('Heartbeat', {})
        await house.charge_point.flushed()
        killed = tmp_path / 'killed'
        killed.mkdir()
        for file in (tmp_path / 'live').glob('journal.db*'):
            (killed / file.name).write_bytes(file.read_bytes())
        heard_at = house.state.last_message_at
    async with QuietHouse(killed) as restarted:
        state = restarted.state
        assert not state.connected
        assert heard_at is not None
        assert state.last_message_at == state.since == heard_at.replace(microsecond=heard_at.microsecond // 1000 * 1000)


async def test_a_second_start_is_a_session_by_its_stop_after_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    async with QuietHouse(tmp_path, clock) as house:
        house.connect()
        await house.boot()
        first, second = await house.start(20000, seconds=-60), await house.start(20500, seconds=-30)
        await house.stop(first, 20700, seconds=-20)
        assert [t.transaction_id for t in house.state.transactions if t.is_session] == [str(first)]
    async with QuietHouse(tmp_path, clock) as house:
        house.connect()
        for _ in range(2):
            await house.stop(second, 20800, seconds=-10)
        found = {t.transaction_id: t.energy_wh for t in house.state.transactions if t.is_session}
    assert found == {str(second): 100, str(first): 700}
