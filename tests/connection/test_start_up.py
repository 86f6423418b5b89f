"""What a charger that has connected is asked, over real websockets; and which question it is never asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpo.chargers import ChargerKind, ChargerKnowledge, ChargerQuirks, Question
from cpo.clock import Clock
from cpo.connection import StartUp
from cpo.ocpp import Direction
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.state import Learned
from tests.conftest import House, MakeHouse
from tests.scripted_charger import CALL_ERROR, ScriptedCharger

NOON = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
KIND = ChargerKind('Test', 'Scripted', '1.0')
STATUSES = 'TriggerMessage StatusNotification'
BOOT = 'TriggerMessage BootNotification'
INTERVAL, MEASURANDS = 'MeterValueSampleInterval', 'MeterValuesSampledData'
OTHERS = [
    'ChargeProfileMaxStackLevel',
    'ChargingScheduleAllowedChargingRateUnit',
    'ChargingScheduleMaxPeriods',
    'ConnectorSwitch3to1PhaseSupported',
]
ONE_BY_ONE = [INTERVAL, *OTHERS, MEASURANDS]
NEEDED = 'Energy.Active.Import.Register,Power.Active.Import,Current.Import'
LONG = ','.join(f'Vendor.Measurand.{number}' for number in range(10, 31))  # with all that is wanted: above 500
ALL_MEASURANDS = f'{NEEDED},Current.Offered,Voltage,SoC'
AS_WANTED = {INTERVAL: '10', MEASURANDS: ALL_MEASURANDS}
BOOT_PAYLOAD = {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted', 'firmwareVersion': '1.0'}
AWAY_S = 60.0


class Hands:
    """A clock that stands still unless it is set forward."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self.clock = Clock(lambda: NOON + timedelta(seconds=self.passed_s), lambda: self.passed_s)


HANDS = Hands()


async def stay_away(house: House, for_s: float = AWAY_S) -> None:
    """Let so much time pass between two connections."""
    await house.until(lambda: not house.charge_point.state.connected)
    HANDS.passed_s += for_s


@pytest.fixture
async def house(make_house: MakeHouse) -> House:
    """A house whose time is that of HANDS."""
    return await make_house(clock=HANDS.clock)


class Doorman:
    """A StartUp beside a house that asks nothing by itself; it waits as long as it takes for a boot that comes.

    `boot_s`: how long for one that may not come.
    """

    def __init__(self, house: House, quirks: ChargerQuirks, boot_s: float = 10) -> None:
        self.charge_point = house.charge_point
        self.start_up = StartUp(self.charge_point, self.charge_point.now, boot_s, boot_s, lambda kind: quirks, 0.05)
        self._connection = self.charge_point.connections.current
        self._task: asyncio.Task[None] | None = None
        self.leave = self.charge_point.subscribe(self._on_change)

    def _on_change(self) -> None:
        """Pass changes on as the ChargePoint does."""
        if (current := self.charge_point.connections.current) is not self._connection:
            self._connection = current
            if self._task is not None:
                self._task.cancel()
            self._task = None if current is None else asyncio.create_task(self.start_up.run(current, may_ask=True))

    def unasked(self) -> tuple[str, ...]:
        return self.charge_point.state.knowledge.get(KIND, ChargerKnowledge()).unasked


class Box:
    """A charger with configuration keys. `refuses` are answered as given, at a question in `fatal` it reboots.

    A question is a key that is read, `key=value`, '' for all keys at once, or what a TriggerMessage asks for.
    """

    def __init__(
        self,
        house: House,
        keys: Mapping[str, str] | None = None,
        refuses: Mapping[str, Any] | None = None,
        fatal: tuple[str, ...] = (),
        read_only: tuple[str, ...] = (),
    ) -> None:
        self.house = house
        self.keys = dict(AS_WANTED if keys is None else keys)
        self.refuses = refuses or {}
        self.fatal = fatal
        self.read_only = read_only

    async def live(self, boots: bool = True, away_s: float = AWAY_S) -> list[str]:
        """Connect after `away_s` and answer until the last question or a reboot; returns what it was asked."""
        await stay_away(self.house, away_s)
        async with ScriptedCharger(self.house.ocpp()) as charger:
            if boots:
                await charger.call('BootNotification', BOOT_PAYLOAD)
            asked = await self.answer(charger)
            if asked[-1] == STATUSES not in self.fatal:
                assert (await charger.call('Heartbeat', {}))['currentTime']  # nothing more is asked
            return asked

    async def answer(self, charger: ScriptedCharger, until: str = STATUSES) -> list[str]:
        """Answer all questions `until` this one, each 11 s after the last."""
        asked: list[str] = []
        while until not in asked:
            _, message_id, action, payload = await charger.receive()
            question = ' '.join((action, *payload.values())) if action == 'TriggerMessage' else payload.get('key', [''])
            if action == 'ChangeConfiguration':
                question = f'{question}={payload["value"]}'
            asked.append(question if isinstance(question, str) else question[0])
            HANDS.passed_s += 11
            if asked[-1] in self.fatal:
                return asked
            await self._answer(charger, message_id, action, payload, asked[-1])
        return asked

    async def _answer(
        self, charger: ScriptedCharger, message_id: str, action: str, payload: Any, question: str
    ) -> None:
        refusal = self.refuses.get(question)
        if refusal == 'CALLERROR':
            await charger.send([CALL_ERROR, message_id, 'InternalError', '', {}])
        elif refusal == 'silence':
            pass
        elif refusal is not None:
            await charger.answer(message_id, refusal)
        elif action == 'GetConfiguration':
            wanted = payload.get('key', self.keys)
            known = [
                {'key': k, 'readonly': k in self.read_only, 'value': v} for k, v in self.keys.items() if k in wanted
            ]
            await charger.answer(message_id, {'configurationKey': known})
        else:
            await charger.answer(message_id, {'status': 'Accepted'})
            if action == 'ChangeConfiguration':
                self.keys[payload['key']] = payload['value']
            elif question == BOOT:
                await charger.call('BootNotification', BOOT_PAYLOAD)


def sent(house: House) -> list[str]:
    return [m.action or '' for m in house.charge_point.messages if m.direction is Direction.TO_CHARGER]


# ---- the configuration


async def test_all_keys_are_read_at_once_and_nothing_is_set_that_is_right(house: House) -> None:
    Doorman(house, ChargerQuirks(settle_s=0))
    assert await Box(house).live() == ['', STATUSES]
    assert house.charge_point.state.configuration == AS_WANTED


async def test_what_differs_is_set(house: House) -> None:
    Doorman(house, ChargerQuirks(settle_s=0))
    box = Box(house, {INTERVAL: '600', MEASURANDS: 'Frequency, voltage'})
    wanted = f'Frequency,voltage,{NEEDED},Current.Offered,SoC'
    assert await box.live() == ['', f'{INTERVAL}=10', f'{MEASURANDS}={wanted}', STATUSES]
    assert house.charge_point.state.configuration == {INTERVAL: '10', MEASURANDS: wanted}
    assert await box.live() == ['', STATUSES]


@pytest.mark.parametrize('refusal', [{'status': 'Rejected'}, 'CALLERROR'])
async def test_measurands_that_are_refused_are_asked_for_once_more_without_those_that_few_have(
    house: House, refusal: Any
) -> None:
    Doorman(house, ChargerQuirks(settle_s=0))
    best, modest = f'{MEASURANDS}={ALL_MEASURANDS}', f'{MEASURANDS}={NEEDED}'
    measurands = MEASURANDS, 'Energy.Active.Import.Register'
    assert await Box(house, dict([measurands]), {best: refusal}).live() == ['', best, modest, STATUSES]
    assert house.charge_point.state.configuration[MEASURANDS] == NEEDED
    box = Box(house, dict([measurands]), {best: refusal, modest: refusal})
    assert await box.live() == ['', best, modest, STATUSES]


async def test_what_is_read_only_or_not_there_is_left_as_it_is(house: House) -> None:
    Doorman(house, ChargerQuirks(settle_s=0))
    box = Box(house, {INTERVAL: '0', MEASURANDS: ''}, read_only=(INTERVAL, MEASURANDS))
    assert await box.live() == ['', STATUSES]
    assert await Box(house, {'Other': '1'}).live() == ['', STATUSES]


async def test_an_interval_the_make_does_not_take_is_not_asked_for(house: House) -> None:
    Doorman(house, ChargerQuirks(settle_s=0, min_sample_interval_s=30))
    assert await Box(house, {INTERVAL: '30'}).live() == ['', STATUSES]
    assert await Box(house, {INTERVAL: '0'}).live() == ['', f'{INTERVAL}=30', STATUSES]


NO_KEYS = [{}, {'unknownKey': ['X']}, {'configurationKey': []}, {'status': 'Rejected'}, 'CALLERROR', 'silence']


@pytest.mark.parametrize('refusal', NO_KEYS, ids=str)
async def test_when_all_keys_at_once_fail_they_are_read_one_by_one(make_house: MakeHouse, refusal: Any) -> None:
    house = await make_house(call_timeout=0.5 if refusal == 'silence' else 30)
    Doorman(house, ChargerQuirks(settle_s=0, id_tag_key='PlugAndChargeIdentifier'))
    keys = {INTERVAL: '600', MEASURANDS: ALL_MEASURANDS, 'PlugAndChargeIdentifier': 'plugged'}
    box = Box(house, keys, {'': refusal, OTHERS[0]: 'CALLERROR', OTHERS[1]: {}})
    asked = [*ONE_BY_ONE, 'PlugAndChargeIdentifier', f'{INTERVAL}=10', STATUSES]
    assert await box.live() == ['', *asked]
    assert house.charge_point.state.configuration == {**keys, INTERVAL: '10'}


async def test_a_key_without_any_answer_ends_the_reading_and_nothing_else(make_house: MakeHouse) -> None:
    house = await make_house(call_timeout=0.5)
    Doorman(house, ChargerQuirks(settle_s=0))
    box = Box(house, {INTERVAL: '600'}, {'': 'CALLERROR', OTHERS[0]: 'silence'})
    assert await box.live() == ['', INTERVAL, OTHERS[0], f'{INTERVAL}=10', STATUSES]


async def test_what_a_make_must_not_be_asked_is_neither_read_nor_set(house: House) -> None:
    Doorman(house, ChargerQuirks(settle_s=0, unasked=('', MEASURANDS)))
    assert await Box(house, {INTERVAL: '10', MEASURANDS: ''}).live() == [INTERVAL, *OTHERS, STATUSES]
    house.charge_point.record(Learned(KIND, ChargerKnowledge(unasked=(OTHERS[1], STATUSES, INTERVAL))))
    box = Box(house, {OTHERS[2]: '1', INTERVAL: '600'}, fatal=(OTHERS[2],))
    assert await box.live() == [OTHERS[0], OTHERS[2]]


# ---- once for each boot


async def test_a_mere_reconnect_reads_nothing_again_also_when_it_introduces_itself_on_request(house: House) -> None:
    Doorman(house, ChargerQuirks(settle_s=0), boot_s=0.2)
    box = Box(house)
    assert await box.live(boots=False) == [BOOT, '', STATUSES]
    assert await box.live(boots=False) == [BOOT, STATUSES]
    box.refuses = {BOOT: {'status': 'Rejected'}}
    assert await box.live(boots=False) == [BOOT, STATUSES]
    assert await box.live() == ['', STATUSES]


async def test_what_was_known_before_the_program_started_is_not_read_again(house: House) -> None:
    before = Doorman(house, ChargerQuirks(settle_s=0))
    box = Box(house, dict.fromkeys(ONE_BY_ONE, '') | AS_WANTED)
    await box.live()
    before.leave()
    Doorman(house, ChargerQuirks(settle_s=0), boot_s=0.2)
    assert await box.live(boots=False) == [BOOT, STATUSES]
    assert await box.live() == ['', STATUSES]


async def test_the_same_boot_again_on_one_connection_is_no_restart(house: House) -> None:
    """METRON Duo sends it every 10 s although it was accepted (dallmann-consulting/OCPP.Core#31)."""
    doorman = Doorman(house, ChargerQuirks(settle_s=0))
    box = Box(house)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.call('BootNotification', BOOT_PAYLOAD)
        assert await box.answer(charger) == ['', STATUSES]
        for _ in range(6):
            assert (await charger.call('BootNotification', BOOT_PAYLOAD))['status'] == 'Accepted'
            assert (await charger.call('Heartbeat', {}))['currentTime']  # nothing is asked
        assert doorman.unasked() == ()
        await charger.call('BootNotification', {**BOOT_PAYLOAD, 'firmwareVersion': '2.0'})
        assert await box.answer(charger) == ['', STATUSES]


async def test_a_boot_of_other_firmware_amid_the_questions_begins_them_again(make_house: MakeHouse) -> None:
    house = await make_house(call_timeout=0.5)
    Doorman(house, ChargerQuirks(settle_s=0))
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.call('BootNotification', BOOT_PAYLOAD)
        await charger.receive_call('GetConfiguration')  # it forgets that it was asked
        await charger.call('BootNotification', {**BOOT_PAYLOAD, 'firmwareVersion': '2.0'})
        assert await Box(house).answer(charger) == ['', STATUSES]


# ---- a charger in a loop


async def test_a_question_it_hangs_up_on_three_times_is_never_asked_again(house: House) -> None:
    doorman = Doorman(house, ChargerQuirks(settle_s=0))
    box = Box(house, fatal=('', MEASURANDS))
    for _ in range(3):
        assert doorman.unasked() == ()
        assert await box.live() == ['']
    for _ in range(3):
        assert doorman.unasked() in ((), ('',))
        assert await box.live() == ONE_BY_ONE
    assert await box.live() == [INTERVAL, *OTHERS, STATUSES]
    assert house.charge_point.state.known.unasked == doorman.unasked() == ('', MEASURANDS)


async def test_one_that_hangs_up_at_the_first_single_key_too_is_never_asked_for_any(house: House) -> None:
    doorman = Doorman(house, ChargerQuirks(settle_s=0))
    box = Box(house, fatal=('', *ONE_BY_ONE))
    for expected in ('', '', '', INTERVAL, STATUSES, STATUSES):
        assert await box.live() == [expected]
    assert doorman.unasked() == (Question.CONFIGURATION,)
    assert not house.charge_point.state.known.hang_ups.is_wary


async def test_so_it_is_with_the_question_for_its_boot(house: House) -> None:
    doorman = Doorman(house, ChargerQuirks(settle_s=0), boot_s=0.2)
    await Box(house).live()
    box = Box(house, fatal=(BOOT,))
    for _ in range(3):
        assert await box.live(boots=False) == [BOOT]
    assert doorman.unasked() == (BOOT,)
    assert await box.live(boots=False) == [STATUSES]


async def test_that_is_also_seen_of_a_charger_that_does_not_hang_up(house: House) -> None:
    doorman = Doorman(house, ChargerQuirks(settle_s=0))
    charger = await ScriptedCharger(house.ocpp()).__aenter__()
    left = [charger]
    for expected in ({}, {}, {}, {'key': [INTERVAL]}):
        await charger.call('BootNotification', BOOT_PAYLOAD)
        assert (await charger.receive_call('GetConfiguration'))[1] == expected
        HANDS.passed_s += AWAY_S
        charger = await ScriptedCharger(house.ocpp()).__aenter__()
        left.append(charger)
    assert doorman.unasked() == (Question.CONFIGURATION,)
    for each in left:
        await each.websocket.close()


async def restart_after(house: House, question: str, away_s: float = AWAY_S, calls: bool = False) -> list[str]:
    """A charger that answers all, this question last, and restarts; what it was asked.

    Before, it was gone for so long. `calls`: it sends a Call before it restarts.
    """
    await stay_away(house, away_s)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.call('BootNotification', BOOT_PAYLOAD)
        asked = await Box(house).answer(charger, until=question)
        if calls:
            await charger.call('Heartbeat', {})
    return asked


async def test_a_question_after_whose_answer_it_restarts_three_times_is_never_asked_again(house: House) -> None:
    """ABB answers and then restarts for 30-90 s."""
    doorman = Doorman(house, ChargerQuirks(settle_s=0))
    for _ in range(3):
        assert await restart_after(house, '') == ['']
        assert doorman.unasked() == ()
    assert await restart_after(house, MEASURANDS) == ONE_BY_ONE
    assert doorman.unasked() == ('',)


async def test_one_that_restarts_after_the_first_single_key_too_is_never_asked_for_any(house: House) -> None:
    doorman = Doorman(house, ChargerQuirks(settle_s=0))
    for question in ('', '', '', INTERVAL):
        assert await restart_after(house, question) == [question]
    assert await restart_after(house, STATUSES) == [STATUSES]
    assert doorman.unasked() == (Question.CONFIGURATION,)


@pytest.mark.parametrize(('away_s', 'calls'), [(2, False), (AWAY_S, True)])
async def test_a_line_that_is_lost_after_an_answer_shows_nothing(house: House, away_s: float, calls: bool) -> None:
    doorman = Doorman(house, ChargerQuirks(settle_s=0))
    for _ in range(5):
        await restart_after(house, STATUSES, away_s, calls)
    assert doorman.unasked() == ()


async def test_a_boot_at_every_reconnect_is_no_restart(house: House) -> None:
    doorman = Doorman(house, ChargerQuirks(settle_s=0))
    box = Box(house)
    assert await box.live() == ['', STATUSES]
    for _ in range(4):
        assert await box.live(away_s=3) == [STATUSES]
    assert await box.live() == ['', STATUSES]  # away for so long that it may have restarted
    assert doorman.unasked() == ()


async def test_a_boot_that_a_person_commanded_is_no_fault_of_a_question(house: House) -> None:
    doorman = Doorman(house, ChargerQuirks(settle_s=0))
    for _ in range(4):
        await stay_away(house)
        async with ScriptedCharger(house.ocpp()) as charger:
            await charger.call('BootNotification', BOOT_PAYLOAD)
            await Box(house).answer(charger)
            reset = asyncio.create_task(house.charge_point.command('Reset', {'type': 'Soft'}))
            await charger.expect('Reset')
            await reset
    assert doorman.unasked() == ()


async def test_new_firmware_that_starts_is_no_fault_of_a_question(house: House) -> None:
    Doorman(house, ChargerQuirks(settle_s=0))
    for version in '12121212':
        await stay_away(house)
        async with ScriptedCharger(house.ocpp()) as charger:
            await charger.call('BootNotification', {**BOOT_PAYLOAD, 'firmwareVersion': version})
            assert await Box(house).answer(charger) == ['', STATUSES]
    assert not any(known.unasked for known in house.charge_point.state.knowledge.values())


# ---- in the house


async def test_the_house_asks_after_a_pause_and_again_after_each_boot(make_house: MakeHouse) -> None:
    house = await make_house(startup_requests=True, clock=HANDS.clock)
    box, loop = Box(house), asyncio.get_running_loop()
    for _ in range(2):
        await stay_away(house)
        async with ScriptedCharger(house.ocpp()) as charger:
            await charger.call('BootNotification', BOOT_PAYLOAD)
            booted_at = loop.time()
            assert await box.answer(charger) == ['', STATUSES]
            assert loop.time() - booted_at > 0.9
            await charger.call('Heartbeat', {})  # it is well after the last answer


async def test_switched_off_nothing_of_our_own_is_sent(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        connection = house.charge_point.connections.current
        assert connection is not None
        await StartUp(house.charge_point, lambda: NOON).run(connection, may_ask=False)
        await charger.boot()
        assert sent(house) == []


# ---- which settings are wanted


@pytest.mark.parametrize(
    ('configuration', 'wanted'),
    [
        ({INTERVAL: '1'}, {}),
        ({INTERVAL: '10'}, {}),
        ({INTERVAL: '11'}, {INTERVAL: ('10',)}),
        ({INTERVAL: '0'}, {INTERVAL: ('10',)}),
        ({INTERVAL: ''}, {}),
        ({INTERVAL: '²'}, {}),
        ({INTERVAL: None}, {}),
        ({MEASURANDS: None}, {MEASURANDS: (ALL_MEASURANDS, NEEDED)}),
        ({MEASURANDS: ALL_MEASURANDS.lower()}, {}),
        ({MEASURANDS: NEEDED}, {MEASURANDS: (ALL_MEASURANDS,)}),
        (
            {MEASURANDS: 'SoC,Voltage,Current.Offered'},
            {MEASURANDS: (f'SoC,Voltage,Current.Offered,{NEEDED}',)},
        ),
        ({MEASURANDS: LONG}, {MEASURANDS: (f'{LONG},{NEEDED}',)}),
        ({MEASURANDS: f'{LONG},{LONG}'}, {}),
        ({INTERVAL: '9' * 5000}, {INTERVAL: ('10',)}),
    ],
)
def test_only_what_differs_is_wanted(configuration: dict[str, str | None], wanted: dict[str, tuple[str, ...]]) -> None:
    assert dict(Ocpp16Dialect().wanted_settings(configuration, 0)) == wanted
