"""A stored day, decided again by the demo's rule, which follows the production alone (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from cpo.controllers import surplus_house
from cpo.controllers.solar_rule import NO_READING, Decision, Rules, step, without_reading
from cpo.controllers.surplus_log import Replayed, replayed
from cpo.controllers.surplus_replay import DemoRecord, Moment, Replay, figures_of, imagined, replay, rules_like
from cpo.controllers.surplus_sentences import REASONS
from cpo.controllers.surplus_values import PRESETS, Reason
from cpo.state import Preset, SurplusDecided

RULES: Final = (*(str(preset) for preset in PRESETS), str(Preset.DEMO))
"""The rules that a day can be decided by."""
NO_LAMBDA = 'the demo follows the production, whatever an imported kWh costs.'


def replay_by(rule: str | None, import_price: float | None, entries: Iterable[SurplusDecided]) -> Replay:
    """Decide the stored decisions of one connector again, oldest first, by one of `RULES`, and compare.

    None stays as it was then. The demo's rule knows no `import_price`.
    """
    if rule == Preset.DEMO:
        return replay_by_demo(entries)
    return replay(entries, rules_like(rule, import_price))


def replay_by_demo(entries: Iterable[SurplusDecided]) -> Replay:
    """Decide again as the demo would have; a raise that is due between two stored decisions is one more moment."""
    again = list(replayed(entries))
    decided = list(_decided(again))
    then = [Moment(r.then.at, r.measured, r.then.limit_a, r.then.phases) for r in again]
    now = [moment for moment, _ in decided]
    limits = {moment.at: moment.limit_a for moment in now}
    differing = sum(limits[r.then.at] != r.then.limit_a for r in again)
    before = [None, *(moment.limit_a for moment in now)]
    news = [record for (moment, record), old_a in zip(decided, before, strict=False) if moment.limit_a != old_a]
    return Replay(figures_of(then), figures_of(now), len(again), differing, tuple(news))


def _decided(again: Sequence[Replayed]) -> Iterator[tuple[Moment, DemoRecord]]:
    """What the demo decides at each stored time, and when a raise is due."""
    limit_a, rising_since = again[0].given.state.limit_a if again else 0.0, None
    for each, following in zip(again, [*again[1:], None], strict=False):
        rules, phases, at = each.given.rules, each.given.rules.phases[0], each.then.at
        while True:
            readings = imagined(each.measured, limit_a, phases, rules)
            decision, rising_since = _step(each, limit_a, rising_since, at)
            limit_a = decision.limit_a or 0.0
            record = DemoRecord(at, readings.pv_w, limit_a, phases, decision.reason, decision.next_at)
            yield Moment(at, readings, limit_a, phases), record
            if decision.next_at is None or following is None or decision.next_at >= following.then.at:
                break
            at = decision.next_at


def _step(
    given: Replayed, current_a: float, rising_since: datetime | None, now: datetime
) -> tuple[Decision, datetime | None]:
    pv = given.measured.pv_w
    if not given.measured.plugged_in:
        return Decision(0.0, REASONS[Reason.UNPLUGGED], now), None
    if pv is None:
        return Decision(current_a, NO_READING, now), None
    if surplus_house.is_stale(pv, now):
        return without_reading(current_a, now), None
    return step(Rules(given.given.rules.car.max_current_a), current_a, pv.value, rising_since, now)
