"""A simulated charger and car that speak OCPP 1.6-J, for demos and for tests of a central system.

It imports nothing from the central system it talks to: it is a second, independent reading of the specification.

    async with Charger('ws://localhost:8080/ocpp/SIM1') as charger:
        charger.plug_in(1, Car(soc=40))
        await charger.wait_for(1, 'Charging')      # somebody sends RemoteStartTransaction, or: charger.tap('Tag1', 1)
        charger.unplug(1)
        await charger.wait_for(1, 'Available')

`python -m simulator --help` does the same from a terminal.
"""

from simulator.car import Car
from simulator.charger import Charger
from simulator.uplink import Identity

__all__ = ['Car', 'Charger', 'Identity']
