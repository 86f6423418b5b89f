"""A program that is killed while a car charges has the cost of the session to the cent when it is back."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest

from cpo.controllers.cost_keeper import EVERY
from tests.program import document_when, running
from tests.scripted_charger import ScriptedCharger

pytestmark = pytest.mark.program


async def test_a_killed_program_has_the_cost_to_the_cent(tmp_path: Path) -> None:
    environment = {'CPO_DATA_DIR': str(tmp_path), 'CPO_PRICE': '0.2987', 'CPO_STARTUP_REQUESTS': 'false'}

    def connector(document: Any) -> Any:
        return document['connectors']['1']

    async with running(environment=environment) as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        transaction_id = await charger.start(meter_start=0)
        await charger.meter(transaction_id, energy=4000)
        await asyncio.sleep(EVERY.total_seconds())  # so often the cost is renewed
        await charger.meter(transaction_id, energy=4000, power=0)
        async with program.client() as rest:
            document = await document_when(rest, lambda d: connector(d).get('cost') is not None)
        cost = connector(document)['cost']
        await asyncio.sleep(1.2)  # as old may meter values be when they reach the disk
        program.process.kill()
        assert await program.process.wait() == -signal.SIGKILL
    async with running(environment=environment) as program, program.client() as rest:
        found = (await rest.get(f'/api/transactions/{transaction_id}')).json()
        assert (found['cost'], found['currency'], found['energyWh']) == (cost, 'EUR', 4000)
        assert cost == 1.19
        assert sum(part['cost'] for part in found['prices']) == pytest.approx(1.1948, abs=0.001)
