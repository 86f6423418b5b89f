"""What would flip the decision to switch: the surplus that makes another mode the best if it stays for a while (pure).

At any time ahead, by how much a threshold is exceeded is a straight line of the surplus between its kinks: where a mode
reaches its least or most power, and at the fast mean of the surplus. So the surplus is solved for exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from cpo.controllers.surplus_switching import Ahead, Case, Excess, Flip, Line, Memory, Plant, ahead_by, lines_of


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
            return None if _flips_earlier(flip, bounds, plant, horizons_s[0]) else flip
    return None


class _Bounds(NamedTuple):
    """Another mode, and the excess with no surplus and with the most that either mode can use."""

    line: Line
    without: Excess
    with_most: Excess
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


def _flips_earlier(flip: Flip, bounds: Sequence[_Bounds], plant: Plant, every_s: float) -> bool:
    """True where this surplus, or one on the other side of it, is enough at an earlier reading.

    At any time the excess is a straight line of the surplus between its kinks, so these are looked at.
    """
    for line, _, _, most_kw in bounds if flip.for_s > every_s else ():
        surpluses_kw = [flip.surplus_kw]
        if (line.phases > line.present) is flip.above:
            kinks_kw = (0.0, *_kinks_kw(line, plant, most_kw))
            surpluses_kw += [kw for kw in kinks_kw if (kw < flip.surplus_kw) is flip.above]
        if any(_is_exceeded(line.excess(plant, kw), every_s, flip.for_s - every_s) for kw in surpluses_kw):
            return True
    return False


def _is_exceeded(excess: Excess, first_s: float, last_s: float) -> bool:
    """True where the threshold is exceeded at the first time, or where the excess turns before the last."""
    turns_s = excess.turns_after_s()
    times_s = (first_s,) if turns_s is None else (first_s, min(max(turns_s, first_s), last_s))
    return any(excess.after(ahead_by(each_s)) > 0 for each_s in times_s)


def _bounds(line: Line, plant: Plant) -> _Bounds:
    most_kw = plant.most_kw * max(line.phases, line.present)
    return _Bounds(line, line.excess(plant, 0.0), line.excess(plant, most_kw), most_kw)


def _crossing(bounds: _Bounds, plant: Plant, ahead: Ahead) -> float | None:
    """The surplus with which the threshold is reached at that time; None where none does."""
    line, left_kw, left = bounds.line, 0.0, bounds.without.after(ahead)
    if (left > 0) == (bounds.with_most.after(ahead) > 0):
        if left > 0:
            raise _AtAnySurplusError
        return None
    for right_kw in _kinks_kw(line, plant, bounds.most_kw):
        right = line.excess(plant, right_kw).after(ahead)
        if (left > 0) != (right > 0):
            return left_kw - (right_kw - left_kw) * left / (right - left)
        left, left_kw = right, right_kw
    return None


def _kinks_kw(line: Line, plant: Plant, last_kw: float) -> Sequence[float]:
    """Where the excess bends above 0, rising."""
    modes_kw = (kw * phases for phases in (line.present, line.phases) for kw in (plant.least_kw, plant.most_kw))
    return sorted(kw for kw in (*modes_kw, line.sky.surplus_fast_kw) if 0.0 < kw <= last_kw)
