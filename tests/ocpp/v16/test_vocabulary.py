"""What the words of OCPP 1.6 mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cpo.ocpp.v16.types import Reason
from cpo.ocpp.v16.vocabulary import ENDINGS
from cpo.state import Activity, Fault
from tests.statuses import status_change

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ('status', 'activity'),
    [
        ('Available', Activity.IDLE),
        ('Preparing', Activity.PLUGGED_IN),
        ('Charging', Activity.CHARGING),
        ('SuspendedEV', Activity.PAUSED_BY_CAR),
        ('SuspendedEVSE', Activity.PAUSED_BY_CHARGER),
        ('Finishing', Activity.FINISHING),
        ('Reserved', Activity.RESERVED),
        ('Unavailable', Activity.UNAVAILABLE),
        ('Faulted', Activity.FAULTED),
        ('Occupied', Activity.UNKNOWN),
    ],
)
def test_a_status_keeps_its_word_and_gets_its_activity(status: str, activity: Activity) -> None:
    change = status_change(status, NOON)
    assert (change.status, change.activity) == (status, activity)


@pytest.mark.parametrize(
    ('error_code', 'shown', 'fault'),
    [
        ('NoError', '', None),
        ('GroundFailure', 'GroundFailure', Fault.GROUND),
        ('WeakSignal', 'WeakSignal', None),
        ('E17', 'E17', None),
    ],
)
def test_an_error_code_keeps_its_word_and_says_which_fault_it_is(
    error_code: str, shown: str, fault: Fault | None
) -> None:
    change = status_change('Faulted', NOON, error_code)
    assert (change.error_code, change.fault) == (shown, fault)


def test_every_reason_is_an_ending() -> None:
    assert set(ENDINGS) == set(Reason)
