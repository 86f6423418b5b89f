"""The judge of what the server sends finds what it is there for."""

from __future__ import annotations

import pytest

from tests.conftest import House
from tests.judge import Judge, faults_of_log
from tests.scripted_charger import ScriptedCharger


@pytest.mark.parametrize(
    ('received', 'sent', 'fault'),
    [
        ('', '[2,"1","Reset",{"type":"Soft"}]', ''),
        ('', '[2,"1","Reset",{"type":"Gentle"}]', 'Gentle'),
        ('', '[2,"1","Restart",{}]', 'Restart'),
        ('[2,"7","Heartbeat",{}]', '[3,"7",{"currentTime":"2026-06-14T12:00:00Z"}]', ''),
        ('[2,"7","heartBeat",{}]', '[3,"7",{"currentTime":"2026-06-14T12:00:00Z"}]', ''),
        ('[2,"7","Heartbeat",{}]', '[3,"7",{}]', 'currentTime'),
        ('[2,null,"Authorize",{"idTag":"x"}]', '[3,null,{"idTagInfo":{"status":"Fine"}}]', 'Fine'),
        ('[2,"7","Foo",{}]', '[4,"7","NotImplemented","",{}]', ''),
        ('[2,"7","Foo",{}]', '[4,"7","NotKnown","",{}]', 'no CallError'),
        ('', '[5,"7",{}]', 'no message type'),
    ],
)
def test_a_frame_that_the_schemas_do_not_allow_is_a_fault(received: str, sent: str, fault: str) -> None:
    judge = Judge()
    for _ in range(2):  # also where the same was judged before
        judge.faults.clear()
        judge.on_received(received)
        judge.on_sent(sent)
        assert len(judge.faults) == bool(fault)
        assert fault in ''.join(judge.faults)


@pytest.mark.parametrize(
    ('message', 'faults'),
    [
        ({'direction': 'out', 'frame': '[2,"1","Reset",{"type":"Gentle"}]', 'answer': None}, 1),
        ({'direction': 'in', 'frame': '[2,"7","Heartbeat",{}]', 'answer': '[3,"7",{}]'}, 1),
        ({'direction': 'in', 'frame': 'no OCPP', 'answer': None}, 0),
        ({'direction': 'out', 'frame': '[2,"1","Reset",' + ' ' * 20_000, 'answer': None}, 0),
    ],
)
def test_what_a_program_lists_is_judged_too(message: dict[str, str | None], faults: int) -> None:
    assert len(faults_of_log([message])) == faults


async def test_a_house_that_sends_one_fails_its_test(house: House) -> None:
    """`make_house` fails where this is not empty in the end."""
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        assert house.judge.faults == []
        connection = house.charge_point.connections.current
        assert connection is not None
        await connection.send_text('[2,"1","Reset",{"type":"Gentle"}]')
    assert len(house.judge.faults) == 1
    house.judge.faults.clear()
