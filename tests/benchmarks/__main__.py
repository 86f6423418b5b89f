"""`python -m tests.benchmarks`: how long the program takes, beside bare servers in the same run (`speed`).

`python -m tests.benchmarks journal` measures the journal alone and needs nothing else, `pages` what open pages cost the
program and the browser; `solar` judges the rule for charging with the sun, `plan` the planner for cheap hours.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from tests.benchmarks import journal, pages, plan, solar, speed


async def main() -> int:
    """Run the benchmark that is named, and print its table."""
    parser = argparse.ArgumentParser(prog='python -m tests.benchmarks', description=__doc__)
    whats = ('speed', 'journal', 'pages', 'solar', 'plan')
    parser.add_argument('what', nargs='?', choices=whats, default='speed', help='what to measure')
    parser.add_argument('--speed', type=Path, default=speed.SPEED, help='the folder with ocpp_load and peers/')
    parser.add_argument('--rounds', type=int, default=5, help='interleaved rounds; more of them, less noise')
    options = parser.parse_args()
    if options.what == 'journal':
        return await journal.main()
    if options.what == 'pages':
        return await pages.main(options.speed)
    if options.what == 'solar':
        return solar.main()
    if options.what == 'plan':
        return plan.main()
    return await speed.main(options.speed, options.rounds)


if __name__ == '__main__':
    sys.exit(asyncio.run(main()))
