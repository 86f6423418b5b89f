"""Words about chargers that knocked and that nobody has let in yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.dashboard.words.times import charger_text, marker, strong
from cpo.sentences import shortened
from cpo.state import ChargePointState, KnownCharger

KNOCKS_FOR = timedelta(days=1)
MAX_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A charger that knocked: what is said of it, and whether it `is_let_in` by now; the text has time markers.

    `charge_box_id` is None for several in one line.
    """

    charge_box_id: str | None
    text: str
    is_let_in: bool


def newcomers(
    state: ChargePointState, now: datetime, just_let_in: frozenset[str], in_one_line: bool = False
) -> tuple[Newcomer, ...]:
    """The chargers that knocked within a day and are not let in, the newest first, and those of `just_let_in`.

    `in_one_line` says no more of several than how many there are.
    """
    known = sorted(state.chargers.values(), key=lambda each: each.charge_box_id)
    waiting = sorted(
        (each for each in known if not each.adopted and each.knocked_at and now - each.knocked_at <= KNOCKS_FOR),
        key=lambda each: each.knocked_at or now,
        reverse=True,
    )
    let_in = (each for each in known if each.adopted and each.charge_box_id in just_let_in)
    of_waiting = [_waiting(each) for each in waiting[:MAX_SHOWN]]
    if in_one_line and len(waiting) > 1:
        of_waiting = [Newcomer(None, f'{len(waiting)} chargers knock, and are new here.', False)]
    return (*of_waiting, *(_let_in(each, state) for each in let_in))


def _waiting(charger: KnownCharger) -> Newcomer:
    since = f', {marker("age", charger.knocked_at)}' if charger.knocked_at else ''
    text = f'{_name(charger)} knocks{since}, and is new here. It called from {charger_text(charger.address)}.'
    return Newcomer(charger.charge_box_id, text, False)


def _let_in(charger: KnownCharger, state: ChargePointState) -> Newcomer:
    other = state.charge_box_id if state.connected and not state.demo else None
    if other == charger.charge_box_id:
        then = 'It is connected.'
    elif other is None:
        then = 'Most wallboxes try again within a minute or two.'
    else:
        then = f'There is room for one: it connects once {charger_text(shortened(other))} is switched off.'
    return Newcomer(charger.charge_box_id, f'{_name(charger)} is let in from now on. {then}', True)


def _name(charger: KnownCharger) -> str:
    return strong(charger_text(shortened(charger.name or charger.charge_box_id)))
