"""The answers to DataTransfer (§4.3), whose content only its maker defines; what is known of it stands here.

One more is a function like the one below, with `@answers(vendorId, messageId)`: it gets the `data` as the charger sent
it, and returns the status, the data of the answer (None: none) and the entries that it causes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cpo.ocpp.dialect import Context
from cpo.ocpp.v16 import core
from cpo.ocpp.v16.types import DataTransferStatus
from cpo.state import Entry


class VendorResult(NamedTuple):
    """The answer to a maker's message, and the entries (facts for the state) it causes."""

    status: DataTransferStatus = DataTransferStatus.ACCEPTED
    data: str | None = None
    entries: tuple[Entry, ...] = ()


VendorHandler = Callable[[str, Context], VendorResult]
HANDLERS: dict[tuple[str, str], VendorHandler] = {}
"""By vendorId and messageId, in lower case; '' for a message without one."""


def answers(vendor_id: str, message_id: str = '') -> Callable[[VendorHandler], VendorHandler]:
    """Registers the function below it for a maker's message; upper and lower case are the same."""

    def register(handler: VendorHandler) -> VendorHandler:
        HANDLERS[vendor_id.casefold(), message_id.casefold()] = handler
        return handler

    return register


@answers('EV-BOX', 'evbStatusNotification')
def on_evb_status_notification(data: str, context: Context) -> VendorResult:
    """EVBox sends it beside each StatusNotification, which says all of it that counts here (evcc#8116)."""
    return VendorResult()


def on_data_transfer(
    request: core.DataTransfer, context: Context
) -> tuple[core.DataTransferResponse, tuple[Entry, ...]]:
    """§4.3: UnknownVendorId, or UnknownMessageId of a maker of which another message is known."""
    vendor_id = request.vendor_id.casefold()
    handler = HANDLERS.get((vendor_id, (request.message_id or '').casefold()))
    if handler is None:
        is_known = any(vendor == vendor_id for vendor, _ in HANDLERS)
        status = DataTransferStatus.UNKNOWN_MESSAGE_ID if is_known else DataTransferStatus.UNKNOWN_VENDOR_ID
        return core.DataTransferResponse(status=status), ()
    result = handler(request.data or '', context)
    if result.data is None:
        return core.DataTransferResponse(status=result.status), result.entries
    return core.DataTransferResponse(status=result.status, data=result.data), result.entries
