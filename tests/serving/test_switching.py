"""The event loop has Python soon, also while another thread computes."""

from __future__ import annotations

import sys

from cpo.serving import let_the_event_loop_in


def test_a_thread_that_computes_yields_to_the_event_loop_ten_times_as_soon() -> None:
    before = sys.getswitchinterval()
    try:
        let_the_event_loop_in()
        assert sys.getswitchinterval() <= before / 10 + 1e-6
    finally:
        sys.setswitchinterval(before)
