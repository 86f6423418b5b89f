"""`python -m tests.benchmarks solar`: how much of the sun the rule takes, beside evcc's, openWB's and the demo's rule.

The judge (house, charger and car simulated at 1 s, and the best plan under perfect foresight) is not part of the
project: it is looked for in the folder `shared` beside the checkout with its days. It needs numpy, which the project
does not. It runs on its own days, and on days that the project generates itself (`solar_days`). Before that, it
prints what a step of the rule costs (`solar_cost`).
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.solar_cost import microseconds, steps_at_noon
from tests.benchmarks.solar_days import SKIES, write
from tests.program import CHECKOUT

SHARED = CHECKOUT.parent / 'shared'
ADAPTER = f'{CHECKOUT / "tests" / "benchmarks" / "solar_adapter.py"}:make'
OTHERS = ('evcc_default', 'evcc_tuned', 'openwb2', 'demo_surplus', 'demo_pv')
SEED = 1


def main(shared: Path = SHARED) -> int:
    """Print what a step costs, judge and print the tables; the exit status is 0 also where there is no judge."""
    for phases in ((1,), (1, 3)):
        print(
            f'With {" and ".join(map(str, phases))} phases a step takes {microseconds(steps_at_noon(phases)):.0f} µs.'
        )
    if not (shared / 'solar_score' / 'score.py').is_file():
        print('There is no judge of solar controllers beside this checkout, so nothing was judged.')
        return 0
    if importlib.util.find_spec('numpy') is None:
        print('The judge needs numpy, which is not installed, so nothing was judged: pip install numpy.')
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for sky in SKIES:
            write(sky, SEED, Path(folder))
        for title, days in (("The judge's days", shared / 'solar'), ('Days of the project', Path(folder))):
            print(f'\n{title}', flush=True)
            _judge(shared, days)
    return 0


def _judge(shared: Path, days: Path) -> None:
    command = [sys.executable, '-m', 'solar_score.score', '--data', str(days), '--by', 'profile']
    for controller in (ADAPTER, *OTHERS):
        command += ['--controller', controller]
    paths = os.pathsep.join([str(shared), str(CHECKOUT)])
    subprocess.run(command, cwd=shared, env={**os.environ, 'PYTHONPATH': paths}, check=True)
