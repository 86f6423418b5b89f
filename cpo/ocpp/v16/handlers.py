"""The answers to the ten Calls of a charger: one pure function per Action, `(request, context) → (response, entries)`.

Section numbers are those of OCPP 1.6 edition 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from cpo.clock import whole_ms
from cpo.masking import masked
from cpo.ocpp.dialect import Context
from cpo.ocpp.payloads import Request, Response
from cpo.ocpp.v16 import core, firmware_management
from cpo.ocpp.v16.cards import authorization, charges_elsewhere, held, id_tag_info, reservation_used
from cpo.ocpp.v16.limits import as_integer
from cpo.ocpp.v16.meter_values import of_now, samples_of
from cpo.ocpp.v16.sessions import ended_by, found_running, is_over, resumed, session_meant
from cpo.ocpp.v16.types import (
    AuthorizationStatus,
    ChargePointErrorCode,
    MeterValue,
    Reason,
    RegistrationStatus,
)
from cpo.ocpp.v16.vendors import on_data_transfer
from cpo.ocpp.v16.vocabulary import ACTIVITIES, ENDINGS, FAULTS
from cpo.state import (
    Activity,
    Booted,
    BootInformation,
    DiagnosticsStatusNotified,
    Entry,
    FirmwareStatusNotified,
    MeterRead,
    SessionEnergy,
    StatusChange,
    StatusNotified,
    Transaction,
    TransactionNote,
    TransactionRepeated,
    TransactionStarted,
    TransactionStopped,
)

Result = tuple[Response, tuple[Entry, ...]]


def on_boot_notification(request: core.BootNotification, context: Context) -> Result:
    """§4.2: Accepted, with the Heartbeat interval of the settings; Pending or Rejected where it has to wait."""
    information = BootInformation(
        request.charge_point_vendor,
        request.charge_point_model,
        request.firmware_version,
        request.charge_point_serial_number or request.charge_box_serial_number,
        request.meter_type,
        context.now,
        request.meter_serial_number,
    )
    status = RegistrationStatus[context.registration.name]
    response = core.BootNotificationResponse(
        current_time=context.now, interval=context.heartbeat_interval, status=status
    )
    return response, (Booted(information),)


def on_heartbeat(request: core.Heartbeat, context: Context) -> Result:
    """§4.6: answered with the program's time."""
    return core.HeartbeatResponse(current_time=context.now), ()


def on_status_notification(request: core.StatusNotification, context: Context) -> Result:
    """§4.9: the status of a connector, or of the charger with connector 0."""
    change = StatusChange(
        str(request.status),
        ACTIVITIES.get(request.status, Activity.UNKNOWN),
        request.timestamp or context.now,
        '' if request.error_code == ChargePointErrorCode.NO_ERROR else str(request.error_code),
        masked(request.info) if request.info else None,
        masked(request.vendor_error_code) if request.vendor_error_code else None,
        FAULTS.get(request.error_code),
    )
    return core.StatusNotificationResponse(), (StatusNotified(request.connector_id, change, context.now),)


def on_authorize(request: core.Authorize, context: Context) -> Result:
    """§4.1: answered by this program's list of id tags."""
    info = id_tag_info(request.id_tag, context)
    return core.AuthorizeResponse(id_tag_info=info), held(request.id_tag, info.status, context)


def on_start_transaction(request: core.StartTransaction, context: Context) -> Result:
    """§4.8: every transaction gets an id, also where its idTag is not accepted; a repeated request gets the same id."""
    status = authorization(request.id_tag, context)
    began_at = request.timestamp or context.now
    remote = _is_asked_for(request, began_at, context)
    known = _same_start(request, context)
    if known is not None:
        status = AuthorizationStatus(known.id_tag_status)
    elif status is AuthorizationStatus.ACCEPTED and not remote and charges_elsewhere(request, context):
        status = AuthorizationStatus.CONCURRENT_TX
    given = None if known is None else as_integer(known.transaction_id)
    transaction_id = context.next_number if given is None else given
    info = id_tag_info(request.id_tag, context, status)
    response = core.StartTransactionResponse(transaction_id=transaction_id, id_tag_info=info)
    if known is not None:
        return response, (TransactionRepeated(known),)
    transaction = Transaction(
        str(transaction_id),
        context.state.charge_box_id or '',
        request.connector_id,
        request.id_tag,
        str(status),
        remote=remote,
        number=context.next_number,
        meter_start_wh=request.meter_start,
        start_timestamp=whole_ms(began_at),
        energy=SessionEnergy.started(request.meter_start, began_at),
    )
    cards = held(request.id_tag, status, context, by_person=not remote)
    used = reservation_used(request, transaction_id, context)
    return response, (TransactionStarted(transaction, context.now), *used, *cards)


def on_stop_transaction(request: core.StopTransaction, context: Context) -> Result:
    """§4.10: never refused. The end of an unknown transaction is recorded, a repeated one counts once."""
    known, at = session_meant(request.transaction_id, context.state), whole_ms(request.timestamp or context.now)
    info = id_tag_info(request.id_tag, context) if request.id_tag else None
    response = core.StopTransactionResponse() if info is None else core.StopTransactionResponse(id_tag_info=info)
    if (ended := _ended_before(request, known, at, context)) is not None:
        return response, (TransactionRepeated(ended),)
    connector_id = known.connector_id if known is not None else None
    meter_values = [of_now((value,))[0] for value in request.transaction_data or ()]
    session_id = known.transaction_id if known is not None else str(request.transaction_id)
    reads = [
        _meter_read(connector_id or 0, session_id, value, context) for value in meter_values if value.sampled_value
    ]
    reason = request.reason or Reason.LOCAL  # §6.49
    stopped = TransactionStopped(
        session_id,
        request.meter_stop,
        at,
        str(reason),
        context.now,
        context.next_number,
        request.id_tag or None,
        ENDINGS.get(reason),
    )
    # samples of an unknown transaction change nothing, so it has to be in the state first
    if connector_id is None:
        return response, (stopped, *reads)
    return response, (*resumed(known, at, context), *reads, stopped)


def on_meter_values(request: core.MeterValues, context: Context) -> Result:
    """§4.7: values of an unknown transaction start it, where the connector reported that it charges.

    Values of transaction 0 or -1 count for the one that runs on the connector.
    """
    given = request.transaction_id
    belongs_to = str(given) if given is not None and given > 0 else None
    entries: list[Entry] = list(found_running(request, context))
    entries += [
        _meter_read(request.connector_id, belongs_to, value, context)
        for value in of_now(request.meter_value)
        if value.sampled_value
    ]
    return core.MeterValuesResponse(), tuple(entries)


def on_firmware_status_notification(
    request: firmware_management.FirmwareStatusNotification, context: Context
) -> Result:
    """§4.5: the progress of a firmware update becomes known."""
    response = firmware_management.FirmwareStatusNotificationResponse()
    return response, (FirmwareStatusNotified(str(request.status), context.now),)


def on_diagnostics_status_notification(
    request: firmware_management.DiagnosticsStatusNotification, context: Context
) -> Result:
    """§4.4: the progress of a diagnostics upload becomes known."""
    response = firmware_management.DiagnosticsStatusNotificationResponse()
    return response, (DiagnosticsStatusNotified(str(request.status), context.now),)


Handler = Callable[[Any, Context], Result]
"""Each handler takes the request type of its Action; `HANDLERS` pairs them."""

HANDLERS: Mapping[type[Request[Any]], Handler] = {
    core.Authorize: on_authorize,
    core.BootNotification: on_boot_notification,
    core.DataTransfer: on_data_transfer,
    core.Heartbeat: on_heartbeat,
    core.MeterValues: on_meter_values,
    core.StartTransaction: on_start_transaction,
    core.StatusNotification: on_status_notification,
    core.StopTransaction: on_stop_transaction,
    firmware_management.DiagnosticsStatusNotification: on_diagnostics_status_notification,
    firmware_management.FirmwareStatusNotification: on_firmware_status_notification,
}


def _meter_read(connector_id: int, transaction_id: str | None, value: MeterValue, context: Context) -> MeterRead:
    return MeterRead(connector_id, transaction_id, value.timestamp or context.now, samples_of(value), context.now)


def _is_asked_for(request: core.StartTransaction, began_at: datetime, context: Context) -> bool:
    """True where this program asked for this start."""
    connector = context.state.connector(request.connector_id)
    asked = connector.awaited_start(min(began_at, context.now)) is not None
    return asked and request.id_tag.casefold() == context.remote_start_tag.casefold()


def _ended_before(
    request: core.StopTransaction, meant: Transaction | None, at: datetime, context: Context
) -> Transaction | None:
    """The transaction that this StopTransaction, sent before, has ended; None for a new one."""
    if meant is not None and is_over(meant, request, at, context.state):
        return meant
    if (ended := ended_by(request, at, context.state)) is not None:
        return ended
    return _same_unknown_stop(request, context) if meant is None or not meant.running else None


def _same_unknown_stop(request: core.StopTransaction, context: Context) -> Transaction | None:
    """Transactions that began offline may all have the id -1, so the content decides what is the same."""
    content = (str(request.transaction_id), _register(request.meter_stop), context.state.charge_box_id)
    for known in context.state.transactions:
        is_same = (known.transaction_id, known.meter_stop_wh, known.charge_box_id) == content
        same_time = request.timestamp is None or known.stop_timestamp == whole_ms(request.timestamp)
        if known.note == TransactionNote.NEVER_STARTED and is_same and same_time:
            return known
    return None


def _same_start(request: core.StartTransaction, context: Context) -> Transaction | None:
    """The content decides what is the same: connector, idTag, timestamp, meterStart (MicroOcpp#50, EVerest PR298).

    One without a timestamp is the same while the transaction runs.
    """
    content = (request.connector_id, request.id_tag, _register(request.meter_start), context.state.charge_box_id)
    for known in context.state.transactions:
        same_time = known.running if request.timestamp is None else known.start_timestamp == whole_ms(request.timestamp)
        if same_time and (known.connector_id, known.id_tag, known.meter_start_wh, known.charge_box_id) == content:
            return known
    return None


def _register(wh: int | None) -> float | None:
    return None if wh is None else float(wh)
