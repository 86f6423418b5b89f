"""What would flip the decision to switch: the surplus that makes another mode the best if it stays for a while (pure).

At any time ahead, by how much a threshold is exceeded is a straight line of the surplus between its kinks: where a mode
reaches its least or most power, and at the fast mean of the surplus. So the surplus is solved for exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cpo.controllers.surplus_switching import Ahead, Case, Flip, Line, Memory, Plant, ahead_by, lines_of

HORIZONS_S = (300.0, 900.0)
"""For how long a surplus is imagined to last, where it cannot flip the decision by the next reading."""
LOOKS = 6

_Kinks = list[tuple[float, float]]
"""Surpluses, rising, with the advantage of a mode at each."""


def nearest_flip(
    memory: Memory, plant: Plant, case_after: Callable[[float], Case], surplus_kw: float, every_s: float
) -> Flip | None:
    """The smallest change of the surplus that makes another mode the best, by the next reading or later if it stays.

    `case_after` says what may be chosen in so many seconds. None where no surplus does, or where it cannot be said
    exactly, as a smaller change would flip the decision earlier.
    """
    case, lines = None, []
    for seconds in (every_s, *(horizon_s for horizon_s in HORIZONS_S if horizon_s > every_s)):
        if (case_then := case_after(seconds)) != case:
            case, lines = case_then, [(line, _kinks(line, plant)) for line in lines_of(memory, case_then)]
        try:
            flips = _flips(lines, seconds)
        except _AtAnySurplusError:
            return None
        if flips:
            flip = min(flips, key=lambda flip: abs(flip.surplus_kw - surplus_kw))
            return None if _flips_earlier(flip, [line for line, _ in lines], plant, every_s) else flip
    return None


class _AtAnySurplusError(Exception):
    """The decision flips whatever the surplus is."""


def _flips(lines: Sequence[tuple[Line, _Kinks]], seconds: float) -> list[Flip]:
    """The first flip of a rising surplus and the first of a falling one, where there is one after so many seconds."""
    above, below = None, None
    for line, kinks in lines:
        kw = _crossing(line, kinks, ahead_by(seconds))
        if kw is None:
            continue
        if line.phases > line.present and (above is None or kw < above.surplus_kw):
            above = Flip(line.phases, True, kw, seconds)
        if line.phases < line.present and (below is None or kw > below.surplus_kw):
            below = Flip(line.phases, False, kw, seconds)
    return [flip for flip in (above, below) if flip is not None]


def _flips_earlier(flip: Flip, lines: Sequence[Line], plant: Plant, every_s: float) -> bool:
    """True where the surplus of the flip, or one a little on the other side of it, is enough at an earlier reading."""
    readings, surplus_kw = round(flip.for_s / every_s), flip.surplus_kw
    earlier = {max(readings * look // LOOKS, 1) * every_s for look in range(1, min(LOOKS, readings))}
    return any(
        line.excess_kw(line.advantage_kw(plant, surplus_kw), surplus_kw, ahead_by(earlier_s)) > 0
        for line in lines
        for earlier_s in earlier
    )


def _crossing(line: Line, kinks: _Kinks, ahead: Ahead) -> float | None:
    """The surplus with which the threshold is reached at that time; None where none does."""
    left_kw, advantage_kw = kinks[0]
    left = line.excess_kw(advantage_kw, left_kw, ahead)
    if (left > 0) == (line.excess_kw(kinks[-1][1], kinks[-1][0], ahead) > 0):
        if left > 0:
            raise _AtAnySurplusError
        return None
    for right_kw, advantage_kw in kinks[1:]:
        right = line.excess_kw(advantage_kw, right_kw, ahead)
        if (left > 0) != (right > 0):
            return left_kw - (right_kw - left_kw) * left / (right - left)
        left, left_kw = right, right_kw
    return None


def _kinks(line: Line, plant: Plant) -> _Kinks:
    least_kw, most_kw, fast_kw = plant.least_kw, plant.most_kw, line.sky.surplus_fast_kw
    kinks_kw = {0.0, *(kw * phases for phases in (line.present, line.phases) if phases for kw in (least_kw, most_kw))}
    if 0.0 < fast_kw < max(kinks_kw):
        kinks_kw.add(fast_kw)
    return [(kw, line.advantage_kw(plant, kw)) for kw in sorted(kinks_kw)]
