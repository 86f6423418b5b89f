"""`python -m tests.benchmarks plan`: what the planner's stays cost, beside charging at once and evcc's two planners.

The judge (tariff, house, charger and car in slots, and the best plan under perfect foresight) is not part of the
project: it is looked for in the folder `shared` beside the checkout with its cases. It needs numpy, which the project
does not.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from tests.program import CHECKOUT

SHARED = CHECKOUT.parent / 'shared'
ADAPTER = f'{CHECKOUT / "tests" / "benchmarks" / "plan_adapter.py"}:make'
OTHERS = ('at_once', 'latest', 'evcc_slots', 'evcc_slots_pv', 'evcc_block')


def main(shared: Path = SHARED) -> int:
    """Judge and print the table; the exit status is 0 also where there is no judge."""
    if not (shared / 'plan_score' / 'score.py').is_file():
        print('There is no judge of planners beside this checkout, so nothing was judged.')
        return 0
    if importlib.util.find_spec('numpy') is None:
        print('The judge needs numpy, which is not installed, so nothing was judged: pip install numpy.')
        return 0
    command = [sys.executable, '-m', 'plan_score.score', '--data', str(shared / 'plan')]
    for planner in (ADAPTER, *OTHERS):
        command += ['--planner', planner]
    paths = os.pathsep.join([str(shared), str(CHECKOUT)])
    subprocess.run(command, cwd=shared, env={**os.environ, 'PYTHONPATH': paths}, check=True)
    return 0
