"""The program's time, whatever is done to the clock of the computer."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from cpo.clock import LOCAL, RELEASED_AT, Clock, Timekeeper, moved
from cpo.sentences import clock_problem
from cpo.state import TransactionNote
from tests.conftest import MakeHouse
from tests.journal.quiet_house import QuietHouse

NOON = datetime(2026, 10, 24, 12, tzinfo=UTC)
IN_1970 = datetime(1970, 1, 1, 0, 0, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Computer:
    """A computer whose clock can be set while time passes."""

    def __init__(self, wall: datetime) -> None:
        self.wall, self.seconds = wall, 0.0
        self.clock = Clock(lambda: self.wall, lambda: self.seconds)

    def let_pass(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.seconds += seconds


@pytest.mark.parametrize('wall', [IN_1970, RELEASED_AT - HOUR, NOON - HOUR])
def test_a_clock_before_the_release_or_the_newest_arrival_is_wrong(wall: datetime) -> None:
    computer = Computer(wall)
    keeper = Timekeeper(computer.clock, NOON)
    computer.let_pass(90)
    assert keeper.check() is None
    assert keeper.now() == NOON + timedelta(seconds=90)
    assert keeper.behind == NOON - wall


def test_a_new_journal_begins_with_the_release() -> None:
    assert Timekeeper(Computer(IN_1970).clock, None).now() == RELEASED_AT
    assert Timekeeper(Computer(NOON).clock, None).now() == NOON


def test_a_clock_that_comes_right_sets_the_time_and_says_what_moves() -> None:
    computer = Computer(IN_1970)
    keeper = Timekeeper(computer.clock, NOON)
    computer.let_pass(60)
    computer.wall = NOON + 7 * HOUR
    setting = keeper.check()
    assert setting is not None
    assert keeper.now() == computer.wall
    assert keeper.behind is None
    assert setting.move(NOON + timedelta(seconds=10)) == computer.wall - timedelta(seconds=50)
    assert setting.move(NOON - HOUR) == NOON - HOUR
    assert keeper.check() is None


def test_a_clock_that_is_set_back_changes_no_time() -> None:
    computer = Computer(NOON)
    keeper = Timekeeper(computer.clock, None)
    computer.let_pass(60)
    computer.wall -= 2 * HOUR
    computer.let_pass(60)
    assert keeper.check() is None
    assert keeper.now() == NOON + timedelta(seconds=120)
    assert keeper.behind == 2 * HOUR


def test_times_move_however_deep_and_the_rest_stays_the_same() -> None:
    kept = (NOON - HOUR, 'text', {1: None})
    assert moved(kept, lambda at: at) is kept
    assert moved(((NOON,), {'a': NOON}), lambda at: at + HOUR) == ((NOON + HOUR,), {'a': NOON + HOUR})


class House(QuietHouse):
    """A house on a computer whose clock can be set; its charger follows the time it is given."""

    def __init__(self, folder: Path, computer: Computer) -> None:
        self.computer = computer
        super().__init__(folder, computer_clock=computer.clock)

    async def let_pass(self, minutes: int, transaction_id: int, register_wh: list[int]) -> None:
        for _ in range(minutes):
            self.computer.let_pass(60)
            register_wh[0] += 120
            await self.call('Heartbeat', {})  # the clocks are compared at every message
            told = datetime.fromisoformat((await self.call('Heartbeat', {}))['currentTime'])
            self.clock.now = told
            await self.meter(transaction_id, energy=register_wh[0], power=7200)


STEPS = [timedelta(days=20_000), -2 * HOUR, HOUR, timedelta(days=3)]


@pytest.mark.parametrize('step', STEPS, ids=str)
async def test_a_step_of_the_clock_changes_no_energy_and_no_time_and_freezes_no_value(
    tmp_path: Path, step: timedelta
) -> None:
    computer, register_wh = Computer(NOON), [1000]
    async with House(tmp_path, computer) as house:
        house.connect()
        await house.boot()
        house.clock.now = house.charge_point.now()
        await house.status('Charging')
        transaction_id = await house.start(1000)
        await house.let_pass(10, transaction_id, register_wh)
        computer.wall += step
        await house.let_pass(10, transaction_id, register_wh)
        session, connector = house.state.transactions[0], house.state.connector(1)
        assert session.begun_at is not None
        assert (house.charge_point.now() - session.begun_at).total_seconds() == pytest.approx(1200, abs=3)
        assert (session.energy_wh, connector.meter.energy_wh) == (2400, 3400)
        arrival = connector.meter.arrival('Power.Active.Import')
        assert arrival is not None
        assert arrival.age_s(house.charge_point.now()) < 1
        assert (clock_problem(house.state) is not None) == (step < timedelta(0))
        await house.stop(transaction_id, register_wh[0])
        ended = house.state.transactions[0]
        assert (ended.energy_wh, ended.energy_estimated) == (2400, False)
        assert ended.begun_at is not None
        assert ended.ended_at is not None
        assert (ended.ended_at - ended.begun_at).total_seconds() == pytest.approx(1200, abs=3)


async def test_a_session_of_a_computer_without_a_clock_is_noted_and_in_its_month(tmp_path: Path) -> None:
    computer, register_wh = Computer(IN_1970), [1000]
    async with House(tmp_path, computer) as house:
        assert clock_problem(house.state) is not None
        house.connect()
        answer = await house.call('BootNotification', {'chargePointVendor': 'Test', 'chargePointModel': 'Quiet'})
        assert answer['currentTime'].startswith(f'{RELEASED_AT:%Y-%m-%d}')
        house.clock.now = house.charge_point.now()
        transaction_id = await house.start(1000)
        await house.let_pass(5, transaction_id, register_wh)
        computer.wall = NOON
        await house.let_pass(5, transaction_id, register_wh)
        await house.stop(transaction_id, register_wh[0])
        assert clock_problem(house.state) is None
    async with House(tmp_path, computer) as house:
        (session,) = house.state.transactions
        assert session.note is TransactionNote.CLOCK_SET
        for began in (session.begun_at, session.start_timestamp):
            assert began is not None
            assert abs(began - (NOON - timedelta(minutes=5))) < timedelta(minutes=2)
        assert session.energy_wh == 1200


async def test_health_says_that_the_clock_is_wrong_and_is_no_reason_to_restart(make_house: MakeHouse) -> None:
    computer = Computer(IN_1970)
    house = await make_house(clock=computer.clock)
    async with httpx.AsyncClient(verify=False, base_url=house.http) as rest:
        answer = await rest.get('/api/health')
        assert answer.status_code == 200
        assert 'The clock of this computer is wrong' in answer.json()['detail']
        computer.wall = NOON
        await house.until(lambda: house.charge_point.state.clock_behind is None)
        assert (await rest.get('/api/health')).json()['detail'] == 'The program runs.'


@pytest.mark.parametrize('day', ['2026-03-28', '2026-10-24', '2026-06-14'])
def test_the_time_of_this_computer_knows_daylight_saving(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setenv('TZ', 'Europe/Berlin')
    time.tzset()
    try:
        begin, berlin = datetime.fromisoformat(f'{day}T20:00Z'), ZoneInfo('Europe/Berlin')
        for at in (begin + n * HOUR / 4 for n in range(48)):
            local, expected = at.astimezone(LOCAL), at.astimezone(berlin)
            assert (local.replace(tzinfo=None), local.fold) == (expected.replace(tzinfo=None), expected.fold)
            assert local.utcoffset() == expected.utcoffset()
            assert local.astimezone(UTC) == at
    finally:
        monkeypatch.undo()
        time.tzset()
