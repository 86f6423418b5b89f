"""Words on Home for a decision of the surplus rule: what is left over, what is needed, what would change it."""

from __future__ import annotations

import re
from datetime import timedelta

from cpo.controllers import Beyond, DecisionRecord, Part, Reason, counterfactual_sentence, reason_sentence
from cpo.dashboard.words.numbers import UNIT_SPACE, duration, power

LONG_S = 15.0
"""A need that lasts for one or two readings is said without its time, unless nothing but time is missing."""
SILENT = {
    Reason.NO_GRID_READING: ('No reading', 'no reading of the meter'),
    Reason.STALE_GRID_READING: ('Meter is silent', 'the meter is silent'),
    Reason.STALE_BATTERY_READING: ('Battery is silent', 'the battery is silent'),
}
"""Pill and headline where what is left over is not known, so that it is not the sun that lacks."""
BUYS = (Reason.RIDES_OUT, Reason.MINIMUM)
"""The reasons to charge with more than what is left over."""
UNIT = re.compile(r'(?<=\d) (?=[kW%AV]|s\b|min)')


def to_spare(record: DecisionRecord) -> str:
    """`1.1 kW to spare, 1.4 kW needed.`, or why it waits where that does not depend on what is left over."""
    change, surplus_w = record.counterfactual, record.parts.get(Part.SURPLUS_W)
    if change is None or surplus_w is None or change.beyond is not Beyond.ABOVE:
        return with_unit_spaces(reason_sentence(record))
    lasts = change.for_s > LONG_S or change.value <= surplus_w
    lasting = f' for {duration(timedelta(seconds=change.for_s))}' if lasts else ''
    spare = f'{power(surplus_w)} to spare' if surplus_w >= 0 else f'Nothing to spare ({power(surplus_w)})'
    return f'{spare}, {power(change.value)} needed{lasting}.'


def why_it_charges(record: DecisionRecord) -> tuple[str, str]:
    """Headline and sentence of a car that the house meter leads: a reading of the production is not needed for that."""
    reason = with_unit_spaces(reason_sentence(record))
    if record.reason in SILENT:
        return f'Charging, {SILENT[record.reason][1]}', reason
    return 'Charging, little is left over' if record.reason in BUYS else 'Charging with what is left over', reason


def what_would_change(record: DecisionRecord) -> str:
    """`Would stop with less than 0.7 kW left over for 40 s; now 1.6 kW.`; '' where nothing can be said."""
    return with_unit_spaces(counterfactual_sentence(record))


def with_unit_spaces(text: str) -> str:
    """The sentence with units after a no-break space, as everywhere on the pages."""
    return UNIT.sub(UNIT_SPACE, text)
