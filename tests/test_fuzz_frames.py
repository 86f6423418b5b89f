"""Frames nobody thought of: whatever a charger sends, there is an answer where one can be, no traceback, no growth.

Good frames are mutated, as values and as text, by a generator with a seed. `CPO_FUZZ_FRAMES` is how many of them are
tried (in CI 4,000), `CPO_FUZZ_SEED` makes other ones.
"""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import logging
import os
import re
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from random import Random
from resource import RUSAGE_SELF, getrusage
from time import process_time
from typing import Any

import pytest

from cpo.charge_point import ChargePoint
from cpo.connection import Connection
from cpo.errors import ChargerError
from cpo.journal import Journal
from cpo.ocpp import CallResult
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.settings import Settings
from cpo.websocket_endpoint import MAX_FRAME_BYTES
from tests.examples import JUDGED, examples

FRAMES = int(os.environ.get('CPO_FUZZ_FRAMES') or examples(4_000))
SEED = int(os.environ.get('CPO_FUZZ_SEED') or 1)
MOST_NEW_OBJECTS = 60_000
MOST_MEMORY_KIB = 1024 * 1024  # the tests and the program in one process; 4 MB of `{},` once took 3.5 GB

NOON = '2030-01-31T12:00:00Z'
SAMPLE = {'value': '1000', 'measurand': 'Energy.Active.Import.Register', 'unit': 'Wh', 'context': 'Sample.Periodic'}
VALUES = [
    {'timestamp': NOON, 'sampledValue': [SAMPLE, {'value': '16.1', 'measurand': 'Current.Import', 'phase': 'L1'}]}
]
CALLS: dict[str, dict[str, Any]] = {
    'Authorize': {'idTag': 'Tag1'},
    'BootNotification': {'chargePointVendor': 'V', 'chargePointModel': 'M', 'firmwareVersion': '1'},
    'DataTransfer': {'vendorId': 'V', 'data': 'x'},
    'DiagnosticsStatusNotification': {'status': 'Idle'},
    'FirmwareStatusNotification': {'status': 'Idle'},
    'Heartbeat': {},
    'MeterValues': {'connectorId': 1, 'transactionId': 1, 'meterValue': VALUES},
    'StartTransaction': {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': 0, 'timestamp': NOON},
    'StatusNotification': {'connectorId': 1, 'errorCode': 'NoError', 'status': 'Charging', 'timestamp': NOON},
    'StopTransaction': {'transactionId': 1, 'meterStop': 9, 'timestamp': NOON, 'transactionData': VALUES},
}
COMMANDS: list[tuple[str, dict[str, Any], Any]] = [
    (
        'GetConfiguration',
        {},
        {'configurationKey': [{'key': 'K', 'readonly': False, 'value': '1'}], 'unknownKey': ['x']},
    ),
    ('Reset', {'type': 'Soft'}, {'status': 'Accepted'}),
    ('ChangeConfiguration', {'key': 'K', 'value': '1'}, {'status': 'Accepted'}),
    (
        'GetCompositeSchedule',
        {'connectorId': 1, 'duration': 60},
        {
            'status': 'Accepted',
            'chargingSchedule': {
                'chargingRateUnit': 'A',
                'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': 16.0}],
            },
        },
    ),
    ('GetLocalListVersion', {}, {'listVersion': 1}),
]
ODD: list[Any] = [
    *(None, True, False, 0, -1, 1, 7, 1.5, -0.5, 1e300, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**80),
    *('', ' ', 'x', '1', ' 12 ', '1e9', '-1', 'x' * 60, 'x' * 2_000, 'null', NOON, '0001-01-01T00:00:00+14:00'),
    *('9999-12-31T23:59:59-14:00', '2030-02-30T12:00:00Z', 'Üñí', '\x00', '\u202e', '<b>', 'Charging', 'Accepted'),
    *([], {}, [[]], [None], [{}], {'a': {}}, [1, 'a', None], [{}] * 300, {'timestamp': NOON}, [[[[[[[[[[]]]]]]]]]]),
]


def odd(random: Random, old: Any) -> Any:
    """A value nobody expects in the place of another one."""
    if isinstance(old, int) and random.random() < 0.3:
        return random.randint(-(2 ** random.randrange(70)), 2 ** random.randrange(70))
    return copy.deepcopy(random.choice(ODD))


def places(node: Any) -> list[tuple[Any, Any]]:
    """Each container inside with each of its keys or indexes."""
    found: list[tuple[Any, Any]] = []
    for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        found += [(node, key), *places(node[key])]
    return found


def mutated(random: Random, payload: Any) -> Any:
    """The payload with up to four things wrong."""
    payload = json.loads(json.dumps(payload))
    for _ in range(random.randrange(5)):
        inside = places(payload)
        if not inside:
            return odd(random, payload)
        container, key = random.choice(inside)
        action = random.randrange(6)
        if action == 0:
            del container[key]
        elif action == 1 and isinstance(container, dict):
            container[random.choice([str(key).upper(), f'{key}_', 'x', f'my{key}'])] = container.pop(key)
        elif action == 2 and isinstance(container, dict):
            container[random.choice(['x', 'reason', 'disconnectReason', 'timestamp', 'connectorID'])] = odd(random, 0)
        elif action == 3 and isinstance(container, list):
            container *= random.choice([0, 2, 40])
        else:
            container[key] = odd(random, container[key])
    return payload


def garbled(random: Random, text: str) -> str:
    """The text cut, doubled, padded or with a character wrong."""
    at = random.randrange(len(text) + 1)
    pieces = ('[', ']', '{', '}', '"', ',', ':', '\\', '\\u00', '\ud800', '\0', 'NaN', '1e999', '[' * 50, '{"a":' * 40)
    match random.randrange(7):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + random.choice(pieces) + text[at:]
        case 2:
            return text[:at] + text[at + 1 :]
        case 3:
            return text + text
        case 4:
            return random.choice(['\ufeff', ' ', '\n']) + text + random.choice(['', '\0', '\r\n'])
        case 5:
            return text[at:]
    return text[:at] + chr(random.randrange(1, 0x3000)) + text[at + 1 :]


def frame_of(random: Random, message: list[Any]) -> str:
    if random.random() < 0.1:
        message[random.randrange(len(message))] = odd(random, 0)
    text = json.dumps(message, ensure_ascii=random.random() < 0.5)
    text = garbled(random, text) if random.random() < 0.3 else text
    return text.encode('utf-8', 'replace').decode()  # a text frame has no half characters


def type_and_id(text: str) -> tuple[int, Any] | None:
    """What a second reader makes of the beginning of a frame; None where it cannot be sure."""
    beginning = re.match(r'\s*\[\s*([234])\s*,\s*("[\w-]{1,40}"|\d{1,15}|null)\s*,', text, re.ASCII)
    return None if beginning is None else (int(beginning[1]), json.loads(beginning[2]))


@dataclass
class Line:
    """A charger without a network: what was sent to it."""

    charge_point: ChargePoint
    sent: list[list[Any]] = field(default_factory=list)
    connection: Connection = field(init=False)

    def __post_init__(self) -> None:
        """Connect."""
        self.connection = self.charge_point.connections.connect('CP1', 'somewhere', self.send, self.close)
        self.connection.sender.open_gate()

    async def send(self, text: str) -> None:
        text.encode()
        self.sent.append(json.loads(text))

    async def close(self, code: int, reason: str) -> None:
        return None

    async def take(self, text: str) -> None:
        """Hand in a frame, and wait until a durable answer has been sent."""
        await self.charge_point.handle_ocpp_message(self.connection, text)
        async with asyncio.timeout(5):
            while self.connection.sender._unanswered:  # noqa: ASYNC110 (nothing tells of the last answer)
                await asyncio.sleep(0)


@pytest.fixture
async def line(caplog: pytest.LogCaptureFixture) -> AsyncIterator[Line]:
    """A charger on a house in memory; nothing may be logged as an error."""
    caplog.set_level(logging.WARNING)
    with closing(Journal(None)) as journal:
        made = Line(ChargePoint(Settings(startup_requests=False, call_timeout=5), (Ocpp16Dialect(),), journal))
        yield made
        made.charge_point.connections.disconnect(made.connection)
    wrong = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR or record.exc_info]
    assert wrong == []


async def test_every_frame_that_can_be_read_that_far_is_answered_and_nothing_grows(line: Line) -> None:
    random, objects = Random(SEED), [0, 0]
    gc.freeze()  # what is there already is looked at no more
    for part in range(2):
        for number in range(FRAMES // 2):
            action = random.choice([*CALLS])
            text = frame_of(random, [2, f'{part}-{number}', action, mutated(random, CALLS[action])])
            line.sent.clear()
            await line.take(text)
            known = type_and_id(text)
            answers = [message for message in line.sent if message[0] in (3, 4)]
            assert all(answer[2] != 'InternalError' for answer in answers), text
            if known is not None and known[0] == 2:
                assert [answer[1] for answer in answers] == [known[1]], text
            else:
                assert len(answers) <= 1, text
        gc.collect()
        objects[part] = len(gc.get_objects())
    state = line.charge_point.state
    assert len(state.connectors) <= 64
    assert len(state.transactions) <= 1_000
    assert objects[1] - objects[0] < MOST_NEW_OBJECTS
    json.dumps([message.frame for message in line.charge_point.messages])


async def test_every_answer_ends_the_wait_for_it(line: Line) -> None:
    random = Random(SEED)
    for _ in range(FRAMES // 8):
        action, payload, answer = random.choice(COMMANDS)
        line.sent.clear()
        asked = asyncio.create_task(line.charge_point.command(action, payload))
        while not line.sent:  # noqa: ASYNC110 (it is sent within this turn of the loop or the next)
            await asyncio.sleep(0)
        message_id = line.sent[0][1]
        good = random.choice(
            [[3, message_id, mutated(random, answer)], [4, message_id, odd(random, ''), odd(random, '')]]
        )
        text = frame_of(random, good)
        await line.take(text)
        if type_and_id(text) not in ((3, message_id), (4, message_id)):
            line.connection.sender.resolve(CallResult(message_id, {'status': 'Rejected'}), '')
        try:
            async with asyncio.timeout(2):
                await asked
        except ChargerError:
            pass


STOP = '"transactionId":1,"meterStop":9,"timestamp":"2030-01-31T12:00:00Z"'
HUGE = {
    'a list of nothing': '[2,"a","StopTransaction",{' + STOP + ',"transactionData":[%s{}]}]',
    'a list of lists': '[2,"a","StopTransaction",{' + STOP + ',"transactionData":[[%s{}]]}]',
    'samples of nothing': '[2,"a","StopTransaction",{' + STOP + ',"transactionData":[{"sampledValue":[%s{}]}]}]',
    'an unknown member': '[2,"a","StopTransaction",{' + STOP + ',"x":[%s{}]}]',
    'no payload': '[2,"a","StopTransaction",[%s{}]]',
    'behind the payload': '[2,"a","StopTransaction",{' + STOP + '},[%s{}]]',
    'another action': '[2,"a","MeterValues",{"connectorId":1,"meterValue":[%s{}]}]',
    'an answer': '[3,"a",{"configurationKey":[%s{}]}]',
    'an error': '[4,"a","GenericError","",{"x":[%s{}]}]',
}
ENTRY = '{"timestamp":"2030-01-31T12:00:00Z","sampledValue":[{"value":"1","x":1}]},'
FILLERS = ('[[[[[[[[[[]]]]]]]]]],', '{},', '[],', '{"value":0,"x":0},', '"a",', ENTRY)
MOST_CPU_S = 0.3
"""What others may have to wait for, measured in CPU time: on a busy machine it takes longer."""


async def longest_gap(gaps: list[float]) -> None:
    """Set the only item to the most CPU time this process used between two turns of the event loop."""
    last = process_time()
    while True:
        await asyncio.sleep(0.002)
        now = process_time()
        gaps[0], last = max(gaps[0], now - last), now


@pytest.mark.turns(3)
@pytest.mark.parametrize('frame', HUGE.values(), ids=HUGE.keys())
async def test_the_largest_frames_take_little_time_and_memory(line: Line, frame: str) -> None:
    gc.freeze()  # what other tests left is looked at no more: that alone takes 0.4 s
    gaps = [0.0]
    watching = asyncio.create_task(longest_gap(gaps))
    for filler in FILLERS if JUDGED else FILLERS[::5]:
        text = frame.replace('%s', filler * ((MAX_FRAME_BYTES - len(frame)) // len(filler)))
        started = process_time()
        await line.take(text)
        assert process_time() - started < 10  # of CPU, however busy the machine is
        if frame.startswith('[2'):
            assert line.sent.pop()[1] == 'a'
        message = next(iter(line.charge_point.messages))
        assert len(message.violations) <= 25
    watching.cancel()
    assert gaps[0] < MOST_CPU_S
    assert getrusage(RUSAGE_SELF).ru_maxrss < MOST_MEMORY_KIB


NESTED = [
    '[' * 200_000,
    '[2,"a","Heartbeat",' + '[' * 200_000,
    '{"a":' * 100_000,
    '[3,"a",' + '{"a":[' * 40_000 + ']}' * 40_000,
]


@pytest.mark.parametrize('text', NESTED, ids=lambda text: text[:20])
async def test_depth_does_no_harm(line: Line, text: str) -> None:
    await line.take(text)
    await line.take('[2,"ok","Heartbeat",{}]')
    assert line.sent[-1][1] == 'ok'
