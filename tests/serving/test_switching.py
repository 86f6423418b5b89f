"""The event loop has Python soon, also while another thread computes."""

from __future__ import annotations

import sys
import threading
from time import perf_counter, sleep

from cpo.serving import let_the_event_loop_in


def test_a_thread_that_computes_gives_way_to_the_event_loop_soon() -> None:
    before, ends = sys.getswitchinterval(), threading.Event()
    computing = threading.Thread(target=_compute, args=[ends])
    computing.start()
    try:
        by_default_s = min(_late_s(0.001) for _ in range(20))
        let_the_event_loop_in()
        least_s = min(_late_s(0.001) for _ in range(20))
    finally:
        ends.set()
        computing.join()
        sys.setswitchinterval(before)
    assert least_s < by_default_s / 2


def _compute(ends: threading.Event) -> None:
    while not ends.is_set():
        sum(range(100))


def _late_s(pause_s: float) -> float:
    """How much later than asked for this thread continues."""
    began = perf_counter()
    sleep(pause_s)
    return perf_counter() - began - pause_s
