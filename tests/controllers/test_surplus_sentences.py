"""The sentences of a decision, and their words on Home."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cpo.controllers import (
    INPUTS,
    Beyond,
    Counterfactual,
    DecisionRecord,
    Reason,
    counterfactual_sentence,
    decision_sentence,
    import_price_words,
    input_text,
)
from cpo.controllers.surplus_sentences import REASONS
from cpo.controllers.surplus_values import BatteryRules, Input, Reading, Readings, SurplusRules, SurplusState
from cpo.dashboard.words.decision import to_spare, what_would_change
from cpo.dashboard.words.sentence import sentence
from cpo.dashboard.words.situation import Situation
from cpo.state import Activity, Mode

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)


def record(
    change: Counterfactual | None,
    surplus_w: float = 1100,
    limit_a: float = 0,
    reason: Reason = Reason.TOO_LITTLE,
    kept_w: float = 0.0,
) -> DecisionRecord:
    """A decision with so much left over, which `change` would flip."""

    class Stated(DecisionRecord):
        counterfactual = change

    rules = SurplusRules(battery=BatteryRules(80, kept_w))
    readings = Readings(battery_w=Reading(0.0, NOW))
    return Stated(NOW, readings, rules, reason, SurplusState(limit_a=limit_a, surplus_w=surplus_w))


def change(beyond: Beyond, value: float, for_s: float = 0, phases: int = 1) -> Counterfactual:
    """What would flip the decision."""
    return Counterfactual(Input.SURPLUS_W, beyond, value, for_s, phases)


@pytest.mark.parametrize(
    ('decided', 'expected'),
    [
        (record(change(Beyond.ABOVE, 1400)), 'Charges when 1.4 kW are left over; now 1.1 kW.'),
        (record(change(Beyond.ABOVE, 1132, 30)), 'Charges when 1.13 kW are left over for 30 s; now 1.10 kW.'),
        (
            record(change(Beyond.BELOW, 700, 40, 0), 1600, 8),
            'Would stop with less than 0.7 kW left over for 40 s; now 1.6 kW.',
        ),
        (
            record(change(Beyond.BELOW, -20, 300, 0), 40, 6),
            'Would stop with more than 0.02 kW lacking for 5 min; now 0.04 kW.',
        ),
        (
            record(change(Beyond.BELOW, 20, 900, 0), 1600, 6),
            'Would stop with nothing left over for 15 min; now 1.6 kW.',
        ),
        (
            record(change(Beyond.BELOW, -400, 900, 0), -200, 6),
            'Would stop with more than 0.4 kW lacking for 15 min; now −0.2 kW.',
        ),
        (
            record(change(Beyond.ABOVE, 4300, 300, 3), 3700, 16),
            'Would charge on 3 phases when 4.3 kW are left over for 5 min; now 3.7 kW.',
        ),
        (
            record(change(Beyond.BELOW, 4000, 30, 1), 4200, 6),
            'Would charge on 1 phase with less than 4.0 kW left over for 30 s; now 4.2 kW.',
        ),
        (record(None), ''),
    ],
)
def test_what_would_change_a_decision_is_said(decided: DecisionRecord, expected: str) -> None:
    assert counterfactual_sentence(decided) == expected
    assert decision_sentence(decided).startswith('Too little is left over to charge.')


def test_home_says_what_is_left_over_and_what_is_needed() -> None:
    assert to_spare(record(change(Beyond.ABOVE, 1400))) == '1.1\u00a0kW to spare, 1.4\u00a0kW needed.'
    long = record(change(Beyond.ABOVE, 1200, 300))
    assert to_spare(long) == '1.1\u00a0kW to spare, 1.2\u00a0kW needed for 5\u00a0min.'
    enough = record(change(Beyond.ABOVE, 1050, 10))
    assert to_spare(enough) == '1.1\u00a0kW to spare, 1.1\u00a0kW needed for 10\u00a0s.'
    night = record(change(Beyond.ABOVE, 1400), -400)
    assert to_spare(night) == 'Nothing to spare (−0.4\u00a0kW), 1.4\u00a0kW needed.'
    silent = record(None, reason=Reason.STALE_GRID_READING)
    assert to_spare(silent) == 'The house meter is silent: what is left over is not known.'
    stops = record(change(Beyond.BELOW, 700, 40, 0), 1600, 8)
    assert what_would_change(stops) == 'Would stop with less than 0.7\u00a0kW left over for 40\u00a0s; now 1.6\u00a0kW.'


@pytest.mark.parametrize(
    ('reason', 'pill', 'headline'),
    [
        (Reason.TOO_LITTLE, 'Waiting for sun', 'Plugged in, waiting for sun'),
        (Reason.NO_GRID_READING, 'No reading', 'Plugged in, no reading of the meter'),
        (Reason.STALE_GRID_READING, 'Meter is silent', 'Plugged in, the meter is silent'),
        (Reason.STALE_BATTERY_READING, 'Battery is silent', 'Plugged in, the battery is silent'),
    ],
)
def test_a_car_waits_for_the_meter_where_that_is_silent(reason: Reason, pill: str, headline: str) -> None:
    decided = record(None, reason=reason)
    words = sentence(Situation(activity=Activity.PLUGGED_IN, mode=Mode.SOLAR, sun_w=900, decided=decided))
    assert (words.pill, words.headline, words.sentence) == (pill, headline, REASONS[reason])


def test_what_an_imported_kwh_counts_is_said() -> None:
    assert import_price_words(1) == 'an imported kWh counts as one of the sun'
    assert import_price_words(2.5) == 'an imported kWh counts as 2.5 of the sun'


def test_what_the_battery_keeps_is_said() -> None:
    kept = record(None, 0.0, kept_w=2500)
    assert decision_sentence(kept).endswith('The house battery comes first and keeps 2.5 kW.')


def test_every_reason_and_every_input_has_words() -> None:
    assert set(REASONS) == set(Reason)
    assert set(INPUTS) == set(Input)


@pytest.mark.parametrize(
    ('name', 'value', 'expected'),
    [
        (Input.GRID_W, -812.4, '-812 W'),
        (Input.BATTERY_SOC, 64.0, '64 %'),
        (Input.CHARGER_A, 9.84, '9.8 A'),
        (Input.VOLTAGE_V, 231.2, '231 V'),
        (Input.PV_W, None, 'unknown'),
    ],
)
def test_an_input_has_its_unit(name: Input, value: float | None, expected: str) -> None:
    assert input_text(name, value) == expected
