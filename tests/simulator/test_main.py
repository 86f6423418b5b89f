"""`python -m simulator` as a person runs it."""

import asyncio
import signal
import sys

from tests.simulator.central_system import CentralSystem


async def test_ctrl_c_unplugs_and_ends_with_0(central_system: CentralSystem) -> None:
    url = central_system.url.removesuffix('/SIM1')
    options = ['--url', url, '--id', 'SIM1', '--tap', '--tag', 'Tag2', '--speed', '20', '--meter-interval', '5']
    process = await asyncio.create_subprocess_exec(
        sys.executable, '-m', 'simulator', *options, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        await central_system.wait_for('StartTransaction', idTag='Tag2')
        await central_system.wait_for('MeterValues')
        process.send_signal(signal.SIGINT)
        output, errors = await asyncio.wait_for(process.communicate(), 10)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    assert errors == b''
    assert b'connector 1: Charging' in output
    assert central_system.seen('StopTransaction', reason='EVDisconnected')
