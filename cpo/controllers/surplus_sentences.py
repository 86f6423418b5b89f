"""Sentences about a decision of the surplus rule: why the limit is what it is, and what would change it (pure).

The record holds values only; these words are made when somebody reads it.
"""

from __future__ import annotations

from collections.abc import Mapping

from cpo.controllers.surplus_record import DecisionRecord
from cpo.controllers.surplus_values import Beyond, Counterfactual, Input, Part, Reason

INPUTS: Mapping[Input, str] = {
    Input.GRID_W: 'grid',
    Input.PV_W: 'sun',
    Input.BATTERY_W: 'battery',
    Input.BATTERY_SOC: 'battery charge',
    Input.CHARGER_W: 'car',
    Input.CHARGER_A: 'car, per phase',
    Input.VOLTAGE_V: 'voltage',
    Input.SURPLUS_W: 'left over',
}
MINUS = '−'
UNITS: Mapping[str, str] = {'w': 'W', 'a': 'A', 'v': 'V', 'soc': '%'}
"""The unit of an input by the end of its name."""
REASONS: Mapping[Reason, str] = {
    Reason.FAST: 'As fast as the charger and the car can.',
    Reason.UNPLUGGED: 'No car is plugged in.',
    Reason.NO_GRID_READING: 'No reading of the house meter has come: what is left over is not known.',
    Reason.STALE_GRID_READING: 'The house meter is silent: what is left over is not known.',
    Reason.STALE_BATTERY_READING: 'The house battery is silent: what is left over is not known.',
    Reason.CAR_FULL: 'The car has paused by itself: it is full, or waits for a time of its own.',
    Reason.CAR_ASLEEP: 'The car does not take what it is offered, and waking it did not help.',
    Reason.WAKING: 'The car does not take what it is offered: a short pause is to wake it.',
    Reason.TOO_LITTLE: 'Too little is left over to charge.',
    Reason.STARTED: 'Enough is left over: the car may start.',
    Reason.WITHDRAWN: 'Too little is left over, before the car had begun: the start is withdrawn.',
    Reason.FOLLOWS: 'The car gets what is left over.',
    Reason.AT_MAXIMUM: 'Enough is left over for the maximum current.',
    Reason.RIDES_OUT: 'Less is left over than the car needs at least; a short gap costs less than a new start.',
    Reason.STOPPED: 'Too little was left over: the car pauses.',
    Reason.MINIMUM: 'Less is left over than the car needs at least; it gets that all the same.',
    Reason.HELD_BACK: 'More is left over for the car than a ceiling lets it have.',
    Reason.PAUSED_BY_CEILING: 'The car would charge, but a ceiling leaves it too little.',
    Reason.MORE_PHASES: 'Enough is left over for more phases.',
    Reason.FEWER_PHASES: 'Too little is left over for so many phases.',
    Reason.CHANGING_PHASES: 'The charger is to charge on fewer phases; until it does, the car gets the least.',
}


def reason_words(reason: str) -> str:
    """Why, in a sentence, by the value of a Reason; '' for one of another version."""
    return REASONS.get(Reason(reason), '') if reason in set(Reason) else ''


def reason_sentence(record: DecisionRecord) -> str:
    """Why the limit is what it is, with what the battery keeps where that comes first."""
    kept_w = record.parts.get(Part.BATTERY_FIRST_W)
    battery = f' The house battery comes first and keeps {kilowatts(kept_w)}.' if kept_w else ''
    return REASONS[record.reason] + battery


def counterfactual_sentence(record: DecisionRecord) -> str:
    """What would change the decision: `Charges when 1.4 kW are left over; now 1.1 kW.`; '' where it cannot be said."""
    change = record.counterfactual
    if change is None:
        return ''
    now_w = record.parts.get(Part.SURPLUS_W)
    wanted, now = _different(change, now_w)
    lasting = f' for {seconds(change.for_s)}' if change.for_s > 0 else ''
    if change.beyond is Beyond.ABOVE:
        result = f'Would charge on {change.phases} phases' if _charges(record) else 'Charges'
        return f'{result} when {wanted} are left over{lasting}; now {now}.'
    result = f'Would charge on {change.phases} phase{"s" if change.phases > 1 else ""}'
    return f'{result if change.phases else "Would stop"} with {_less_than(wanted)}{lasting}; now {now}.'


def decision_sentence(record: DecisionRecord) -> str:
    """Reason and counterfactual together."""
    return f'{reason_sentence(record)} {counterfactual_sentence(record)}'.rstrip()


def input_text(name: Input, value: float | None) -> str:
    """The value of an input with its unit: `-812 W`, `64 %`, `9.8 A`; `unknown` without a value."""
    if value is None:
        return 'unknown'
    unit = UNITS[name.rpartition('_')[2]]
    return f'{value:.1f} {unit}' if unit == 'A' else f'{value:.0f} {unit}'


def kilowatts(power_w: float | None, decimals: int = 1) -> str:
    """A power as `1.4 kW`."""
    if power_w is None:
        return 'unknown'
    return f'{round(power_w / 1000, decimals) + 0.0:.{decimals}f} kW'.replace('-', MINUS)


def import_price_words(import_price: float) -> str:
    """λ in words: `an imported kWh counts as one of the sun`."""
    return f'an imported kWh counts as {"one" if import_price == 1 else f"{import_price:g}"} of the sun'


def seconds(duration_s: float) -> str:
    """A duration as `40 s` or `5 min`."""
    return f'{duration_s:.0f} s' if duration_s < 120 else f'{duration_s / 60:.0f} min'


def _charges(record: DecisionRecord) -> bool:
    return record.limit_a > 0


def _less_than(wanted: str) -> str:
    """`less than 0.7 kW left over`, for a power as text; below 0 it is what is lacking."""
    if wanted.startswith(MINUS):
        return f'more than {wanted.removeprefix(MINUS)} lacking'
    return f'less than {wanted} left over' if any(digit in wanted for digit in '123456789') else 'nothing left over'


def _different(change: Counterfactual, now_w: float | None) -> tuple[str, str]:
    """Both powers with as many decimals as they need to differ, two at most."""
    wanted, now = kilowatts(change.value), kilowatts(now_w)
    return (wanted, now) if wanted != now else (kilowatts(change.value, 2), kilowatts(now_w, 2))
