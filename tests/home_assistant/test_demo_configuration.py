"""A configuration written for the demo's interface works against this program as it is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from simulator.car import Car
from simulator.charger import Charger
from tests.home_assistant.conftest import releases
from tests.home_assistant.home import CONFIG, home
from tests.program import document_when, running

DEMO = Path(__file__).parent / 'demo_configuration.yaml'


async def test_the_demos_own_configuration_shows_and_steers_the_charger(tmp_path: Path) -> None:
    async with running() as program, program.client() as rest:
        text = DEMO.read_text(encoding='utf-8').replace('http://localhost:8080', program.http)
        (tmp_path / 'configuration.yaml').write_text(f'{text}\napi:\nconfig:\nauth:\n', encoding='utf-8')
        shutil.copytree(CONFIG / '.storage', tmp_path / '.storage')

        async def limit(wanted: Any) -> dict[str, Any]:
            document = await document_when(rest, lambda it: it['connectors']['1']['limit'] == wanted)
            found: dict[str, Any] = document['connectors']['1']
            return found

        async with (
            home(releases()[0], tmp_path) as it,
            Charger(program.ocpp('garage'), meter_interval_s=2, max_current_a=16) as charger,
        ):
            await charger.wait_until_online()
            charger.plug_in(1, Car(soc=40))
            await it.until('sensor.chargepoint', 'Available')
            await it.until('sensor.connector_1', 'Preparing')
            await it.act('input_number.set_value', 'input_number.new_charge_limit', value=10)
            await it.act('script.put_new_charging_limit')
            await limit(10)
            await it.until('sensor.connector_1', 'Charging')
            await it.until('sensor.connector_1_metervalue', lambda value: value.isdigit() and int(value) >= 2)
            document = await document_when(rest, lambda _: True)
            assert it.states['sensor.chargepoint']['attributes']['chargePointId'] == 'garage'
            attributes = it.states['sensor.connector_1']['attributes']
            for name in ('txId', 'idTag', 'meterStart', 'txStartTimestamp', 'txStopTimestamp'):
                assert attributes[name] == document['connectors']['1']['attributes'][name], name
            await it.act('input_number.set_value', 'input_number.solar_production', value=2400)
            await limit(10.2)
            await it.act('input_number.set_value', 'input_number.solar_production', value=1400)
            assert (await limit(0))['limitSetBy'] == 'Home Assistant'
            await it.until('sensor.connector_1', 'Finishing')
