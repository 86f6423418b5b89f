"""The program on a slow disk, seen from outside."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

import httpx

SHIM = Path(__file__).with_name('slow_fsync.c')


def slow_disk(folder: Path, delay_s: float) -> Mapping[str, str] | None:
    """The environment in which every fsync takes `delay_s` longer; None where there is no C compiler."""
    compiler = shutil.which('cc') or shutil.which('gcc')
    if compiler is None:
        return None
    library = folder / 'slow_fsync.so'
    subprocess.run([compiler, '-shared', '-fPIC', '-o', library, SHIM, '-ldl'], check=True)
    return {'LD_PRELOAD': str(library), 'SLOW_FSYNC_MS': f'{delay_s * 1000:.0f}'}


async def pauses_s(rest: httpx.AsyncClient, until: asyncio.Event) -> list[float]:
    """How long each of many requests took that need nothing but the event loop."""
    took = []
    while not until.is_set():
        began = perf_counter()
        assert (await rest.get('/api/health')).status_code == 200
        took.append(perf_counter() - began)
    return took
