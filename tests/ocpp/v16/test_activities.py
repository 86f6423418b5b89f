"""Which activity each status of OCPP 1.6 is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cpo.state import Activity
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
