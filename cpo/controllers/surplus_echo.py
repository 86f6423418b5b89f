"""When and how strongly the grid's readings show a change of the limit: learned from both (pure).

A charger may obey late, a car may follow late, a meter may report late; and a car may charge on more phases than anyone
said. What is left over is right only with all of that, so that nothing is corrected twice. Each change of the limit is
therefore looked for in the changes of the grid, at each of several delays: where they match best, the delay is, and by
how many watts for an ampere they match there, so many phases the car has. What house and sun do by themselves matches
no delay for long, as it is as often against a change of the limit as with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

from cpo.amperes import MAX_PHASES

DELAYS_S: Final = tuple(5.0 * n for n in range(13))
FOLLOWS_IN_S = 5.0
"""How long a car takes to follow a change that has reached it."""
COMPARED, LONGEST_GAP_S = 2, 60.0
"""A reading is compared with so many before it, none older than that."""
KEEPS = 0.95
"""What each comparison leaves of the older ones at its delay."""
LEAST_MATCH_A2, LEAST_PART, TIMES_BETTER = 10.0, 0.25, 1.3
"""Another delay than the present one has to match so much more in A², so much of all changes, and so many times."""
PHASES_SHOW_AFTER_A2 = 60.0
"""Changes of the limit have to be so large together to show the number of phases: a car that swings does so soon."""
ROUNDS_UP_FROM = 0.4
"""Some of a change is seen at other delays, so a part of one phase more counts as a whole one."""


class Offer(NamedTuple):
    """A limit in A that came into force at `since` (None: before all others)."""

    limit_a: float = 0.0
    since: datetime | None = None


class Match(NamedTuple):
    """How the changes fit at one delay: the sums of limit times grid, and of the limit squared."""

    w_a: float = 0.0
    a2: float = 0.0


class Echo(NamedTuple):
    """What was learned: the delay in s, one of `DELAYS_S`, and the number of phases where the grid has shown it.

    `matches` has one for each of `DELAYS_S`; `rests_w` are the last readings of what house and car take together.
    """

    delay_s: float = 0.0
    phases: int | None = None
    matches: tuple[Match, ...] = (Match(),) * len(DELAYS_S)
    rests_w: tuple[tuple[datetime, float], ...] = ()


NOTHING_HEARD: Final = Echo()


def heard(echo: Echo, offers: Sequence[Offer], at: datetime, rest_w: float, volts: float, phases: int) -> Echo:
    """The echo after a reading while the car draws a current, on so many phases as is assumed.

    `rest_w` is what house and car take together: the power from grid, sun and battery.
    """
    older = [each for each in echo.rests_w[-COMPARED:] if 0 < (at - each[0]).total_seconds() <= LONGEST_GAP_S]
    echo = Echo(echo.delay_s, echo.phases, echo.matches, (*older, (at, rest_w)))
    ages = [
        ((at - new.since).total_seconds() - FOLLOWS_IN_S, new.limit_a - old.limit_a)
        for old, new in pairwise(offers)
        if old.limit_a and new.limit_a and new.since is not None
    ]
    if not ages:
        return echo
    matches = list(echo.matches)
    for then, then_w in older:
        for index, change_a in _changes_a(ages, (at - then).total_seconds()).items():
            w_a, a2 = matches[index]
            matches[index] = Match(w_a * KEEPS + change_a * (rest_w - then_w), a2 * KEEPS + change_a * change_a)
    delay = _best(matches, DELAYS_S.index(echo.delay_s), volts * phases)
    return Echo(DELAYS_S[delay], _phases(matches[delay], volts) or echo.phases, tuple(matches), echo.rests_w)


def _changes_a(ages: Sequence[tuple[float, float]], seconds: float) -> dict[int, float]:
    """By how much the limit changed in the last seconds, by the index of each delay at which it did.

    `ages` are the changes, and how many seconds ago a car without a delay has followed each.
    """
    changes_a: dict[int, float] = {}
    for age_s, change_a in ages:
        for index in range(bisect_right(DELAYS_S, age_s - seconds), bisect_right(DELAYS_S, age_s)):
            changes_a[index] = changes_a.get(index, 0.0) + change_a
    return changes_a


def _best(matches: Sequence[Match], present: int, w_per_a: float) -> int:
    """The index of the delay that matches best, where it does so clearly better than the present one."""
    best = max(range(len(matches)), key=lambda index: matches[index].w_a)
    best_a2, present_a2 = matches[best].w_a / w_per_a, matches[present].w_a / w_per_a
    is_clear = (
        best_a2 > LEAST_PART * matches[best].a2 and best_a2 > TIMES_BETTER * max(present_a2, 0.0) + LEAST_MATCH_A2
    )
    return best if is_clear else present


def _phases(match: Match, volts: float) -> int | None:
    """The phases that the watts for an ampere show, None where they do not."""
    if match.a2 < PHASES_SHOW_AFTER_A2:
        return None
    return min(max(int(match.w_a / match.a2 / volts + 1 - ROUNDS_UP_FROM), 1), MAX_PHASES)
