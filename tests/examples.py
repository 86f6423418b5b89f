"""How many examples a property-based test draws."""

from __future__ import annotations

import os

JUDGED = bool(os.environ.get('CI'))
"""Whether a change is judged here: all examples, and every time the same ones."""


def examples(most: int) -> int:
    """`max_examples` of a test: `most` where a change is judged, a fifth of them (new ones each time) at a desk."""
    return most if JUDGED else most // 5
