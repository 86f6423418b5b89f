"""DataTransfer of makers: what is known is answered, and one more is five lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cpo.ocpp.dialect import Context
from cpo.ocpp.v16 import core, vendors
from cpo.ocpp.v16.types import DataTransferStatus
from cpo.ocpp.v16.vendors import VendorResult, answers
from cpo.state import ChargePointState, FirmwareStatusNotified

CONTEXT = Context(ChargePointState(), datetime(2026, 6, 14, tzinfo=UTC), 60, 'Tag1', 1)
EVB = '1,Charging,NoError,No error.,1,Blue,1,{20,8016,10},{0,0},{C,11904,5772,12231},0,0,420'


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What a test registers is gone after it."""
    before = dict(vendors.HANDLERS)
    yield
    vendors.HANDLERS.clear()
    vendors.HANDLERS.update(before)


def test_one_more_maker_is_five_lines() -> None:
    @answers('com.example', 'firmware')
    def on_firmware(data: str, context: Context) -> VendorResult:
        return VendorResult(data=data.upper(), entries=(FirmwareStatusNotified(data, context.now),))

    request = core.DataTransfer(vendor_id='COM.Example', message_id='Firmware', data='idle')
    response, entries = vendors.on_data_transfer(request, CONTEXT)
    assert (response.status, response.data) == (DataTransferStatus.ACCEPTED, 'IDLE')
    assert entries == (FirmwareStatusNotified('idle', CONTEXT.now),)


@pytest.mark.parametrize(
    ('vendor', 'message', 'status'),
    [
        ('EV-BOX', 'evbStatusNotification', 'Accepted'),
        ('EV-BOX', 'evbSomething', 'UnknownMessageId'),
        ('com.example', 'evbStatusNotification', 'UnknownVendorId'),
    ],
)
def test_what_nobody_knows_is_answered_so(vendor: str, message: str, status: str) -> None:
    response, entries = vendors.on_data_transfer(
        core.DataTransfer(vendor_id=vendor, message_id=message, data=EVB), CONTEXT
    )
    assert (response.status, response.data, entries) == (status, None, ())


def test_a_message_without_an_id_is_one_of_its_maker() -> None:
    answers('com.example')(lambda data, context: VendorResult(DataTransferStatus.REJECTED))
    assert vendors.on_data_transfer(core.DataTransfer(vendor_id='com.example'), CONTEXT)[0].status == 'Rejected'
