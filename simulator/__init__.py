"""A simulated charger and car that speak OCPP 1.6-J, for demos and for tests of a central system.

It imports nothing from the central system it talks to: it is a second, independent reading of the specification.

    async with Charger('ws://localhost:8080/ocpp/SIM1') as charger:
        charger.plug_in(1, Car(soc=40))
        charger.tap('Tag1', 1)  # or somebody sends RemoteStartTransaction
        await charger.wait_for(1, 'Charging')
        charger.unplug(1)

The block is entered once the central system has accepted the BootNotification, and left once it has answered every
message of the charger. No wait is endless: a TimeoutError names the charger's state and the last thing that happened.

A charger of some make, a time lapse, a recording, and a script of what happens when (see simulator/script.py):

    script = Script.read('0s plug in soc=20\\n5s tap Tag1\\n10m go offline for 10m\\n1h unplug')
    async with Charger(url, persona=Persona.load('go-e'), speed=60, record=Path('day.jsonl')) as charger:
        await script.play(charger)

`python -m simulator --help` does the same from a terminal.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.car import Car
    from simulator.charger import Charger
    from simulator.persona import Persona, persona_names
    from simulator.recording import RecordingError
    from simulator.script import Script, ScriptError
    from simulator.uplink import Identity

__all__ = ['Car', 'Charger', 'Identity', 'Persona', 'RecordingError', 'Script', 'ScriptError', 'persona_names']

MODULES = {
    'Car': 'car',
    'Charger': 'charger',
    'Identity': 'uplink',
    'Persona': 'persona',
    'RecordingError': 'recording',
    'Script': 'script',
    'ScriptError': 'script',
    'persona_names': 'persona',
}


def __getattr__(name: str) -> object:
    """Import an export when it is first used: a server that only shows the pages needs no simulated charger."""
    if name not in MODULES:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(import_module(f'simulator.{MODULES[name]}'), name)
