"""A script: what people, the weather and the grid do to the charger at given times.

    # one step per line: a time since the charger was first accepted, then what happens
    0s          plug in soc=30 max=16 phases=3
    10s         tap Tag1
    15m         go offline for 10m
    +20m        power cut for 30s           # + counts from the line before
    1h          fault GroundFailure for 2m
    2h~5m       unplug                      # 5 minutes earlier or later, by --seed
    +1m         end                         # of the simulation; without it the charger continues

Steps: `plug in [car]`, `unplug`, `tap IDTAG`, `go offline [for TIME]`, `go online`, `power cut [for TIME]`,
`power back`, `fault ERRORCODE [for TIME]` (NoError clears it), `end`. With ` on 2` at its end a step means connector 2.
Times are simulated: `90s`, `1h30m`, `0:01:30`. A car is `battery=60 soc=20 max=16 phases=1` or any part of it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Self

from simulator.car import Car
from simulator.charger import Charger
from simulator.connector import ERROR_CODES
from simulator.reader import check_id_tag

DURATION = re.compile(r'(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?')
CLOCK = re.compile(r'(\d+):(\d\d):(\d\d)')
LINE = re.compile(r'(?P<plus>\+?)(?P<time>[^\s~]+)(?:~(?P<spread>\S+))?\s+(?P<what>.+)')
STEP = re.compile(
    r'(?P<action>plug in|unplug|tap|go offline|go online|power cut|power back|fault|end)(?:\s+(?P<rest>.+?))??'
    r'(?:\s+for\s+(?P<duration>\S+))?(?:\s+on\s+(?P<connector>\d+))?'
)
ENDED_BY = {
    'go offline': 'go online',
    'power cut': 'power back',
    'fault': 'fault',
}  # the action at the end of `for TIME`
WITH_CONNECTOR = ('plug in', 'unplug', 'tap', 'fault')


class ScriptError(ValueError):
    """A script that cannot be parsed or played; the text names the file and the line."""


@dataclass(frozen=True, slots=True)
class Step:
    line: int
    at_s: float
    action: str
    argument: str = ''
    connector_id: int = 1
    spread_s: float = 0


class Script:
    """A parsed script: `Script.read(text)`, then `await script.play(charger)`."""

    def __init__(self, name: str, steps: list[Step]) -> None:
        self.name = name
        self.steps = steps

    @classmethod
    def read(cls, text: str, name: str = 'script') -> Self:
        """Parse a script; `name` is used in errors. Raises ScriptError."""
        steps: list[Step] = []
        last_s = 0.0
        for number, line in enumerate(text.splitlines(), 1):
            if content := line.partition('#')[0].strip():
                try:
                    read = list(_read_line(number, content, last_s))
                    if read[0].at_s < last_s:
                        raise ValueError('it lies before the line above')
                except ValueError as error:
                    raise ScriptError(f'{name}:{number}: {content!r}: {error}') from error
                last_s = read[0].at_s
                steps += read
        return cls(name, sorted(steps, key=lambda step: step.at_s))

    def check_connectors(self, connectors: int) -> None:
        """Raises ScriptError when a step names a connector above `connectors`, the charger's number of them."""
        for step in self.steps:
            if step.connector_id > connectors:
                raise ScriptError(f'{self.name}:{step.line}: {step.action}: there is no connector {step.connector_id}')

    async def play(self, charger: Charger, car: Callable[[str], Car] = Car.read, seed: int | None = None) -> bool:
        """Play the steps from when the charger is online; True when the step `end` asks to end the simulation.

        `car` makes a Car from the text after `plug in`; `seed` makes times with `~` repeatable. Raises ScriptError for
        a step that is impossible in the charger's state.
        """
        self.check_connectors(max(charger.station.connectors))
        await charger.wait_until_online()
        begin = charger.clock.now()
        random = Random(seed)
        spread = [replace(s, at_s=s.at_s + random.uniform(-s.spread_s, s.spread_s)) for s in self.steps]
        for step in sorted(spread, key=lambda step: step.at_s):
            while (ahead_s := step.at_s - (charger.clock.now() - begin).total_seconds()) > 0:
                await charger.clock.sleep(min(ahead_s, 60))
            if step.action == 'end':
                return True
            try:
                _do(charger, step, car)
            except ValueError as error:
                raise ScriptError(f'{self.name}:{step.line}: {step.action}: {error}') from error
        return False


def _do(charger: Charger, step: Step, car: Callable[[str], Car]) -> None:
    actions: dict[str, Callable[[], None]] = {
        'plug in': lambda: charger.plug_in(step.connector_id, car(step.argument)),
        'unplug': lambda: charger.unplug(step.connector_id),
        'tap': lambda: charger.tap(step.argument, step.connector_id),
        'go offline': charger.go_offline,
        'go online': charger.go_online,
        'power cut': charger.cut_power,
        'power back': charger.restore_power,
        'fault': lambda: charger.fault(step.connector_id, step.argument),
    }
    actions[step.action]()


def read_duration_s(text: str) -> float:
    """Parse `90s`, `1h30m` or `0:01:30` into seconds; raises ValueError."""
    if match := CLOCK.fullmatch(text):
        hours, minutes, seconds = (float(part) for part in match.groups())
    elif (match := DURATION.fullmatch(text)) and text:
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
    else:
        raise ValueError(f'{text} is no time such as 90s, 1h30m or 0:01:30')
    return hours * 3600 + minutes * 60 + seconds


def _read_line(number: int, content: str, last_s: float) -> Iterator[Step]:
    """The step of a line, and the one that ends it after `for TIME`; raises ValueError."""
    line = LINE.fullmatch(content)
    if not line:
        raise ValueError('a line is a time and a step')
    at_s = read_duration_s(line['time']) + (last_s if line['plus'] else 0)
    spread_s = read_duration_s(line['spread']) if line['spread'] else 0
    match = STEP.fullmatch(line['what'])
    if not match:
        raise ValueError(f'{line["what"]} is no step')
    action, argument, duration = match['action'], match['rest'] or '', match['duration']
    _check(action, argument, match['connector'])
    yield Step(number, at_s, action, argument, int(match['connector'] or 1), spread_s)
    if duration:
        if action not in ENDED_BY:
            raise ValueError(f'{action} takes no "for"')
        if spread_s:
            raise ValueError('~ and "for" do not go together')
        back_s = at_s + read_duration_s(duration)
        yield Step(number, back_s, ENDED_BY[action], 'NoError', int(match['connector'] or 1))


def _check(action: str, argument: str, connector: str | None) -> None:
    if connector and action not in WITH_CONNECTOR:
        raise ValueError(f'{action} takes no connector')
    if connector and int(connector) == 0 and action != 'fault':
        raise ValueError('there is no connector 0 to use: it stands for the charge point itself')
    if action == 'plug in':
        Car.read(argument)
    elif action == 'fault':
        if argument not in ERROR_CODES:
            raise ValueError(f'{argument or "nothing"} is no ChargePointErrorCode: {", ".join(ERROR_CODES)}')
    elif action == 'tap':
        if not argument or ' ' in argument:
            raise ValueError('tap takes one idTag')
        check_id_tag(argument)
    elif argument:
        raise ValueError(f'{action} takes no {argument}')
