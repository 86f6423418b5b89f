"""Statuses as a charger reports them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cpo.ocpp import Call, Context
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.state import ChargePointState, StatusChange, StatusNotified


def status_change(status: str, at: datetime, error_code: str = 'NoError') -> StatusChange:
    """What the 1.6 dialect makes of a StatusNotification with this status, measured `at`."""
    call = Call('1', 'StatusNotification', {'connectorId': 1, 'status': status, 'errorCode': error_code})
    (entry,) = Ocpp16Dialect().handle(call, Context(ChargePointState(), at, 60, 'Tag1', 1)).entries
    assert isinstance(entry, StatusNotified)
    return replace(entry.change, at=at)
