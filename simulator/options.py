"""The command line options of `python -m simulator`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from simulator import script
from simulator.address import DEFAULT_ID, EXAMPLE, check_url, full_url
from simulator.car import Car
from simulator.clock import MAX_DRIFT_S
from simulator.persona import Persona, persona_names
from simulator.reader import check_id_tag
from simulator.text_file import read_text

T = TypeVar('T')

DEFAULT_CAR = 'battery=60,soc=40,max=16'
EPILOG = f"""\
--speed above 1 is a time lapse: simulated time begins 24 hours in the past, so that no timestamp lies in the future and
energy fits the time it took; when it has caught up with the present, it goes on at its usual pace. Times the server
sends are moved likewise. Answers of the server take as long as they take.

--seed N repeats the message ids in the order of the messages, the ~ of a script, and the pauses before a reconnect.
Timestamps and meter readings follow the clock, so two runs differ by as much as they took longer. A server that knows
a message it has seen by its id may take the second run's for repetitions of the first's.

--script FILE:
{script.__doc__}
personas: {', '.join(persona_names())}
"""


def read_options(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the simulator's options (default: sys.argv); a wrong option ends the program with status 2."""
    parser = argparse.ArgumentParser(
        prog='python -m simulator',
        description='A charger that boots, gets a car plugged in and does what the central system says.',
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_charger(parser)
    _add_play(parser)
    options = parser.parse_args(arguments)
    for name in ('script', 'record'):
        if getattr(options, name) and options.replay:
            parser.error(f'--{name} and --replay do not go together')
    if options.script:
        try:
            options.script.check_connectors(options.connectors or (options.persona or Persona()).connectors)
        except script.ScriptError as error:
            parser.error(str(error))
    if options.switches_phases:
        options.persona = (options.persona or Persona()).that_switches_phases()
    options.url = full_url(options.url, options.id)
    return options


def _add_charger(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group('the charger').add_argument
    add('--url', type=_url, default=EXAMPLE, help='of the central system, with or without the charge box id')
    add('--id', help=f'charge box id; default: what --url ends with, otherwise {DEFAULT_ID}')
    add('--persona', type=_persona, help='a charger with its peculiarities, see below')
    add('--connectors', type=_number(int, 1, 100))
    add('--phases', type=int, choices=(1, 3))
    add(
        '--switches-phases',
        action='store_true',
        help='it has three phases, and charges on one or on all as the numberPhases of a profile says',
    )
    add('--max-current', type=_number(float, 6, 1000), help='in A per phase')
    add('--meter-interval', type=_number(int, 0, 86400), default=10, help='seconds between MeterValues')
    add(
        '--clock-drift',
        type=_number(float, -MAX_DRIFT_S, MAX_DRIFT_S),
        help='seconds its clock is ahead until the server tells the time',
    )
    add('--retry-ids', choices=('same', 'new'), help='of messages that were not answered')


def _add_play(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group('what happens').add_argument
    add('--car', type=_car, default=DEFAULT_CAR, help=f'default: {DEFAULT_CAR}; also phases=3')
    add(
        '--plug-after', type=_number(float, 0, 1e6), default=3, help='seconds from the boot until the car is plugged in'
    )
    add('--tag', type=_id_tag, default='Tag1', help='idTag of the card that --tap uses')
    add('--tap', action='store_true', help='hold the card to the reader once the car is plugged in')
    add('--script', type=_script, metavar='FILE', help='what happens when, instead of the car after --plug-after')
    add('--speed', type=_number(float, 0.01, 1000), default=1, help='simulated seconds per second')
    add('--seed', type=int, help='makes what is random repeatable, see below')
    add('--record', type=Path, metavar='FILE', help='write every frame to it, as JSON lines')
    add('--replay', type=Path, metavar='FILE', help='send what was recorded, in place of a simulation')
    add('--verbose', action='store_true', help='show every OCPP-J message')


def _url(text: str) -> str:
    return _checked(lambda: check_url(text))


def _id_tag(text: str) -> str:
    return _checked(lambda: check_id_tag(text))


def _persona(name: str) -> Persona:
    return _checked(lambda: Persona.load(name))


def _car(text: str) -> str:
    _checked(lambda: Car.read(text))
    return text


def _script(path: str) -> script.Script:
    return _checked(lambda: script.Script.read(read_text(Path(path)), path))


def _number(kind: Callable[[str], float], low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        number = _checked(lambda: kind(text))
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f'{text} is not between {low:g} and {high:g}')
        return number

    return read


def _checked(read: Callable[[], T]) -> T:
    """Call `read`, turning ValueError and OSError into the argparse error whose text is shown to the person."""
    try:
        return read()
    except (ValueError, OSError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error
