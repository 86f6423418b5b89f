"""How many examples a property-based test draws, and how long nothing may happen."""

from __future__ import annotations

import os

JUDGED = bool(os.environ.get('CI'))
"""Whether a change is judged here: all examples, and every time the same ones."""


def examples(most: int) -> int:
    """`max_examples` of a test: `most` where a change is judged, a tenth of them (new ones each time) at a desk."""
    return most if JUDGED else most // 10


def quiet_s(most_s: float) -> float:
    """For how many simulated seconds nothing may happen: all where a change is judged, a quarter of them at a desk."""
    return most_s if JUDGED else most_s / 4
