"""Numbers as programs write them into a message (pure)."""

from __future__ import annotations

import math
import re

NUMBER = re.compile(r'[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?', re.ASCII)


def number_of(text: str) -> float | None:
    """The number in a message, None where there is none, as for `nan`, `unavailable` or digits of other scripts."""
    number = float(text) if NUMBER.fullmatch(text) else math.nan
    return number if math.isfinite(number) else None
