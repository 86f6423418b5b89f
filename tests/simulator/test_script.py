"""Scripts: what they say, what is wrong with them, and what the charger does."""

import pytest

from simulator import Car, Charger, Script, ScriptError, script
from simulator.clock import from_wire
from simulator.script import Step, read_duration_s
from tests.simulator.central_system import CentralSystem


def test_a_script_is_read() -> None:
    script = Script.read("""
        # a comment
        0s      plug in soc=30, max=10 on 2
        5m      go offline for 1h     # comes back later than the next line
        +30m~5m tap Tag1
        3h      end
    """)
    assert script.steps == [
        Step(3, 0, 'plug in', 'soc=30, max=10', 2),
        Step(4, 300, 'go offline'),
        Step(5, 2100, 'tap', 'Tag1', spread_s=300),
        Step(4, 3900, 'go online', 'NoError'),
        Step(6, 10800, 'end'),
    ]


def test_the_example_of_the_documentation_is_one() -> None:
    example = (script.__doc__ or '').split('\n\n')[1]
    assert len(Script.read(example).steps) == 10


@pytest.mark.parametrize(('text', 'seconds'), [('90s', 90), ('1h30m', 5400), ('0:01:30', 90), ('1.5s', 1.5)])
def test_times(text: str, seconds: float) -> None:
    assert read_duration_s(text) == seconds


@pytest.mark.parametrize(
    ('line', 'complaint'),
    [
        ('plug in', 'plug is no time'),
        ('5s', 'a time and a step'),
        ('5 unplug', '5 is no time'),
        ('5s dance', 'dance is no step'),
        ('5s plug in colour=red', 'a car has no colour'),
        ('5s plug in soc=140', 'between 0 and 100'),
        ('5s fault Boredom', 'no ChargePointErrorCode'),
        ('5s tap', 'one idTag'),
        ('5s tap Tag1 Tag2', 'one idTag'),
        ('5s unplug for 5s', 'takes no "for"'),
        ('5s unplug quickly', 'takes no quickly'),
        ('5s go offline for ages', 'ages is no time'),
        ('5s go offline on 2', 'takes no connector'),
        ('5s plug in on 0', 'there is no connector 0'),
        ('5s tap Tag1 on 0', 'there is no connector 0'),
        ('5s tap ' + 'x' * 21, 'no idTag'),
        ('5s~1s go offline for 5s', 'do not go together'),
        ('0s unplug', 'before the line above'),
    ],
)
def test_an_error_names_its_line(line: str, complaint: str) -> None:
    with pytest.raises(ScriptError, match=f'day.txt:3: .*{complaint}'):
        Script.read(f'# a day\n1s plug in\n{line}\n', 'day.txt')


def test_a_fault_may_be_the_charge_points_own() -> None:
    assert Script.read('5s fault InternalError on 0').steps[0].connector_id == 0


async def test_an_unknown_connector_is_found_before_anything_happens(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, speed=50) as charger:
        with pytest.raises(ScriptError, match=r'day\.txt:2: unplug: there is no connector 2'):
            await Script.read('0s plug in\n9h unplug on 2', 'day.txt').play(charger)
    assert not central_system.seen('StatusNotification', status='Preparing')


async def test_a_step_that_cannot_be_done_names_its_line(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, speed=50) as charger:
        with pytest.raises(ScriptError, match='script:2: unplug: connector 1 has no car'):
            await Script.read('\n1s unplug').play(charger)


async def test_steps_happen_in_order_at_their_times(central_system: CentralSystem) -> None:
    script = Script.read('0s plug in\n1s tap Tag1 on 1\n60s tap Tag1\n+5s unplug\n+5s end')
    async with Charger(central_system.url, speed=50, seed=1) as charger:
        assert await script.play(charger)
        await charger.wait_until_answered()
    actions = [name for name, _ in central_system.calls if name.endswith('Transaction')]
    assert actions == ['StartTransaction', 'StopTransaction']
    start, stop = (central_system.seen(action)[0] for action in actions)
    lasted_s = (from_wire(stop['timestamp']) - from_wire(start['timestamp'])).total_seconds()
    assert 55 < lasted_s < 62  # a tick and an Authorize later or earlier


async def test_a_fault_ends_after_its_time(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, speed=50, connectors=2) as charger:
        assert not await Script.read('0s fault GroundFailure for 20s on 2').play(charger)
        await central_system.wait_for('StatusNotification', count=2, connectorId=2, status='Available')
    assert central_system.seen('StatusNotification', connectorId=2, errorCode='GroundFailure')


async def test_power_comes_back_and_a_boot_follows(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, speed=50) as charger:
        await Script.read('0s power cut\n5s power back').play(charger)
        await central_system.wait_for('BootNotification', count=2)
    assert central_system.connections == 2


async def test_the_same_seed_gives_the_same_message_ids_and_times(central_system: CentralSystem) -> None:
    played: list[list[str]] = []
    for _ in range(2):
        begin = len(central_system.calls)
        async with Charger(central_system.url, speed=50, seed=7) as charger:
            await Script.read('10s~5s plug in').play(charger, Car.read, seed=7)
            await central_system.wait_for('StatusNotification', count=1 + len(played), status='Preparing')
            await charger.wait_until_answered()
        played.append([action for action, _ in central_system.calls[begin:]])
    ids = central_system.message_ids('BootNotification') + central_system.message_ids('StatusNotification')
    assert len(ids) == 2 * len(set(ids))
    assert played[0] == played[1]
