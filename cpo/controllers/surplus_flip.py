"""What would flip the decision to switch: the surplus that makes another mode the best if it stays for a while (pure).

At any time ahead, by how much a threshold is exceeded is a straight line of the surplus between its kinks: where a mode
reaches its least or most power, and at the fast mean of the surplus. So the surplus is solved for exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from cpo.controllers.surplus_switching import (
    Ahead,
    Case,
    Excess,
    Flip,
    Line,
    Memory,
    Plant,
    ahead_by,
    best_of,
    lines_of,
)

LITTLE_KW = 0.02
"""So far beyond the surplus of a flip the mode it names is the best; where another one is there already, none is named.
"""


def nearest_flip(
    memory: Memory, plant: Plant, case_after: Callable[[float], Case], surplus_kw: float, horizons_s: Sequence[float]
) -> Flip | None:
    """The smallest change of the surplus that makes another mode the best within the first horizon in which one does.

    `horizons_s` begins with the time until the next reading; `case_after` says what may be chosen in so many seconds.
    None where no surplus does, or where it cannot be said exactly, as a smaller change would flip it earlier.
    """
    case, bounds = None, list[_Bounds]()
    for seconds in horizons_s:
        if (case_then := case_after(seconds)) != case:
            case, bounds = case_then, [_bounds(line, plant) for line in lines_of(memory, case_then)]
        try:
            flips = _flips(bounds, plant, seconds)
        except _AtAnySurplusError:
            return None
        if flips:
            flip = min(flips, key=lambda flip: abs(flip.surplus_kw - surplus_kw))
            is_clear = _is_clear(flip, bounds, plant) and not _flips_earlier(flip, bounds, plant, horizons_s[0])
            return flip if is_clear else None
    return None


class _Bounds(NamedTuple):
    """Another mode, and its excesses with no surplus and with the most that either mode can use."""

    line: Line
    without: Sequence[Excess]
    with_most: Sequence[Excess]
    most_kw: float


class _AtAnySurplusError(Exception):
    """The decision flips whatever the surplus is."""


def _flips(bounds: Sequence[_Bounds], plant: Plant, seconds: float) -> list[Flip]:
    """The first flip of a rising surplus and the first of a falling one, where there is one after so many seconds."""
    above, below = None, None
    for each in bounds:
        line, kw = each.line, _crossing(each, plant, ahead_by(seconds))
        if kw is None:
            continue
        if line.phases > line.present and (above is None or kw < above.surplus_kw):
            above = Flip(line.phases, True, kw, seconds)
        if line.phases < line.present and (below is None or kw > below.surplus_kw):
            below = Flip(line.phases, False, kw, seconds)
    return [flip for flip in (above, below) if flip is not None]


def _is_clear(flip: Flip, bounds: Sequence[_Bounds], plant: Plant) -> bool:
    """True where a little beyond it the mode of the flip is the best."""
    beyond_kw = flip.surplus_kw + (LITTLE_KW if flip.above else -LITTLE_KW)
    lines = [each.line for each in bounds]
    return best_of(lines, plant, beyond_kw, ahead_by(flip.for_s), lines[0].present) == flip.phases


def _flips_earlier(flip: Flip, bounds: Sequence[_Bounds], plant: Plant, every_s: float) -> bool:
    """True where this surplus, or one on the other side of it, may be enough at an earlier reading.

    At any time the excesses are straight lines of the surplus between their kinks, so these are looked at.
    """
    for line, _, _, most_kw in bounds if flip.for_s > every_s else ():
        surpluses_kw = [flip.surplus_kw]
        if (line.phases > line.present) is flip.above:
            kinks_kw = (0.0, *_kinks_kw(line, plant, most_kw))
            surpluses_kw += [kw for kw in kinks_kw if (kw < flip.surplus_kw) is flip.above]
        if any(_may_be_exceeded(line.excesses(plant, kw), every_s, flip.for_s - every_s) for kw in surpluses_kw):
            return True
    return False


def _may_be_exceeded(excesses: Sequence[Excess], first_s: float, last_s: float) -> bool:
    """True where each excess is above 0 at some time: the first, the last, or when it turns."""
    return all(
        any(excess.after(ahead_by(each_s)) > 0 for each_s in _extreme_s(excess, first_s, last_s)) for excess in excesses
    )


def _extreme_s(excess: Excess, first_s: float, last_s: float) -> Sequence[float]:
    turns_s = excess.turns_after_s()
    return (first_s, last_s, first_s if turns_s is None else min(max(turns_s, first_s), last_s))


def _bounds(line: Line, plant: Plant) -> _Bounds:
    most_kw = plant.most_kw * max(line.phases, line.present)
    return _Bounds(line, line.excesses(plant, 0.0), line.excesses(plant, most_kw), most_kw)


def _crossing(bounds: _Bounds, plant: Plant, ahead: Ahead) -> float | None:
    """The surplus with which the threshold is reached at that time; None where none does."""
    line, left_kw, lefts = bounds.line, 0.0, _after(bounds.without, ahead)
    is_due = min(lefts) > 0
    if is_due == (min(_after(bounds.with_most, ahead)) > 0):
        if is_due:
            raise _AtAnySurplusError
        return None
    for right_kw in _kinks_kw(line, plant, bounds.most_kw):
        rights = _after(line.excesses(plant, right_kw), ahead)
        if is_due != (min(rights) > 0):
            zeros_kw = [
                left_kw - (right_kw - left_kw) * left / (right - left)
                for left, right in zip(lefts, rights, strict=True)
                if (left > 0) != (right > 0)
            ]
            return min(zeros_kw) if is_due else max(zeros_kw)
        lefts, left_kw = rights, right_kw
    return None


def _after(excesses: Sequence[Excess], ahead: Ahead) -> list[float]:
    return [excess.after(ahead) for excess in excesses]


def _kinks_kw(line: Line, plant: Plant, last_kw: float) -> Sequence[float]:
    """Where an excess bends above 0, rising."""
    modes = {line.present, line.phases, *(back.phases for back in line.backs)}
    modes_kw = {kw * phases for phases in modes for kw in (plant.least_kw, plant.most_kw)}
    return sorted(kw for kw in (*modes_kw, line.sky.surplus_fast_kw) if 0.0 < kw <= last_kw)
