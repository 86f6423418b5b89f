"""The `Dialect` of OCPP 1.6."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from cpo.chargers import ChargingProfile, ProfileCapabilities, Unit
from cpo.errors import InvalidPayload, UnknownAction, UnknownTransaction
from cpo.ocpp.dialect import CONFIGURED, Answer, Context, Handled
from cpo.ocpp.messages import Call, CallError, CallResult
from cpo.ocpp.payloads import UnreadablePayload, check, read, to_rfc3339, to_wire
from cpo.ocpp.problems import Problem
from cpo.ocpp.request import Request
from cpo.ocpp.v16 import (
    card_list,
    configuration,
    core,
    file_requests,
    key_meanings,
    limits,
    operations,
    remote_trigger,
    security,
    smart_charging,
)
from cpo.ocpp.v16.actions import ACTIONS, in_any_case
from cpo.ocpp.v16.configuration import profile_capabilities
from cpo.ocpp.v16.foreign_profiles import check_profile, lasting_limit_a
from cpo.ocpp.v16.learned import learned, possible
from cpo.ocpp.v16.meter_values import unreadable
from cpo.ocpp.v16.ranges import within_range
from cpo.ocpp.v16.repeated_frames import RepeatedFrames, id_of_heartbeat
from cpo.ocpp.v16.security_handlers import HANDLERS
from cpo.ocpp.v16.sense import check_sense
from cpo.ocpp.v16.types import MAX_ID_TAG_LENGTH, ChargingRateUnit
from cpo.state import (
    RUNNING,
    ChargePointState,
    Entry,
    MeterRead,
)

ERROR_CODES: Mapping[Problem, str] = MappingProxyType(
    {
        Problem.MALFORMED: 'FormationViolation',
        Problem.UNKNOWN_ACTION: 'NotImplemented',
        Problem.UNSUPPORTED_ACTION: 'NotSupported',
        Problem.MISSING_MEMBER: 'ProtocolError',
        Problem.WRONG_COUNT: 'OccurenceConstraintViolation',
        Problem.WRONG_TYPE: 'TypeConstraintViolation',
        Problem.WRONG_VALUE: 'PropertyConstraintViolation',
        Problem.OWN_FAULT: 'InternalError',
        Problem.NOT_LET_IN: 'SecurityError',
    }
)
"""OCPP-J 1.6 §4.2.3, with its spelling."""

HEARTBEAT = core.Heartbeat.action()
METER_VALUES = core.MeterValues.action()
SENT_AFTER_BOOT = frozenset({core.Heartbeat, core.StatusNotification, core.MeterValues})
"""What a charger that has restarted sends only once its BootNotification was accepted (OCPP 1.6 §4.2)."""


class Ocpp16Dialect:
    """OCPP 1.6 over JSON, as the rest of the program uses it: reads leniently, writes strictly."""

    subprotocol = 'ocpp1.6'
    max_id_tag_length = MAX_ID_TAG_LENGTH
    large_actions = frozenset({'StopTransaction'})  # its transactionData may be that of a long session
    live_actions = frozenset({'Heartbeat', 'MeterValues'})
    configuration_keys = configuration.KEYS
    optional_keys = configuration.OPTIONAL_KEYS
    new_password = staticmethod(security.new_password)
    keeps_password = staticmethod(security.keeps_password)
    security_profile = staticmethod(security.security_profile)
    signed_certificate = staticmethod(security.signed_certificate)
    check_sense = staticmethod(check_sense)
    possible = staticmethod(possible)
    card_list = card_list
    files = file_requests
    keys = key_meanings
    operations = staticmethod(operations.operations)

    def __init__(self) -> None:
        self._repeated = RepeatedFrames()

    def handle(self, call: Call, context: Context) -> Handled:
        """Answer a Call; the error codes are those of OCPP-J 1.6 §4.2.3 (with its spelling)."""
        action = ACTIONS.get(call.action) or in_any_case(call.action)
        if action is None:
            unknown = f'{call.action[:80]} is no Action of OCPP 1.6.'
            return self._error(call, call.action, Problem.UNKNOWN_ACTION, unknown)
        if not action.by_charge_point:
            return self._error(
                call, action.name, Problem.UNSUPPORTED_ACTION, f'{action.name} is for the central system to send.'
            )
        try:
            request, violations = read(action.request, call.payload)
            request, out_of_range = within_range(request)
        except UnreadablePayload as error:
            return self._error(call, action.name, error.problem, error.description)
        violations += out_of_range
        if call.action != action.name:
            violations = (f'The action is written “{call.action}”; it was read as “{action.name}”.', *violations)
        response, entries = HANDLERS[action.request](request, context)
        violations += unreadable(entry for entry in entries if isinstance(entry, MeterRead))
        answer = CallResult(call.message_id, to_wire(response))
        return Handled(
            answer,
            action.name,
            entries,
            violations,
            status=_status(response),
            introduces=action.request is core.BootNotification,
            continues=action.request in SENT_AFTER_BOOT and context.state.boot is not None,
            durable=action.request in (core.StartTransaction, core.StopTransaction),
        )

    def handle_repeated(self, text: str, state: ChargePointState, now: datetime) -> Handled | None:
        """The answer to a Heartbeat, or to MeterValues: a charger sends hardly anything else."""
        if (message_id := id_of_heartbeat(text)) is not None:
            return _live(CallResult(message_id, {'currentTime': to_rfc3339(now)}), HEARTBEAT, (), state)
        repeated = self._repeated.answer(text, state, now)
        return None if repeated is None else _live(repeated[0], METER_VALUES, repeated[1:], state)

    def _error(self, call: Call, action: str, problem: Problem, description: str) -> Handled:
        answer = CallError(call.message_id, self.error_code(problem), description)
        return Handled(answer, action, violations=(description,), status=answer.status)

    def error_code(self, problem: Problem) -> str:
        return ERROR_CODES[problem]

    def read_answer(self, request: Request, payload: Any, now: datetime) -> Answer:
        """The meaning of an answer; one that cannot be read counts as one without a status."""
        action = ACTIONS[request.action]
        try:
            response, violations = read(action.response, payload)
        except UnreadablePayload as error:
            return Answer(None, (), (error.description,))
        status = getattr(response, 'status', None)
        entries = tuple(learned(request, response, status, now))
        return Answer(
            None if status is None else str(status),
            entries,
            violations,
            accepted=status == 'Accepted',
            refused=status == 'Rejected',
        )

    def check_request(self, request: Request, max_current_a: float, phases: int, maximum: str = CONFIGURED) -> None:
        action = ACTIONS.get(request.action)
        if action is None or not action.by_central_system:
            raise UnknownAction(f'{request.action} is no Action the central system sends in OCPP 1.6.')
        checked = check(action.request, request.payload)
        _check_ranges(checked)
        for profile in limits.profiles_in(checked):
            check_profile(profile, max_current_a, phases, maximum)

    def lasting_limit_a(self, request: Request, phases: int) -> float | None:
        return lasting_limit_a(request, phases)

    def with_reservation_id(self, request: Request, reservation_id: int) -> Request:
        if request.action != 'ReserveNow' or 'reservationId' in request.payload:
            return request
        return Request(request.action, {**request.payload, 'reservationId': reservation_id})

    def remote_start(self, connector_id: int, id_tag: str, profile: ChargingProfile | None) -> Request:
        inside = {} if profile is None else {'chargingProfile': limits.charging_profile(profile)}
        return Request('RemoteStartTransaction', {'idTag': id_tag, 'connectorId': connector_id, **inside})

    def set_limit(self, connector_id: int, profile: ChargingProfile) -> Request:
        at = 0 if profile.form.for_charge_point else connector_id
        payload = {'connectorId': at, 'csChargingProfiles': limits.charging_profile(profile)}
        return Request('SetChargingProfile', payload)

    def takes_no_profile(self, word: str) -> bool:
        """True for the answers of a charger without smart charging.

        They are a status of §7.13, and error codes of OCPP-J 1.6 §4.2.3.
        """
        return word in ('NotSupported', 'NotImplemented')

    def clear_profile(self, profile_id: int) -> Request:
        return _request(smart_charging.ClearChargingProfile(id=profile_id))

    def clear_all_profiles(self) -> Request:
        return _request(smart_charging.ClearChargingProfile())

    def restart(self) -> Request:
        return _request(core.Reset(type=core.ResetType.SOFT))

    def unlock(self, connector_id: int) -> Request:
        return _request(core.UnlockConnector(connector_id=connector_id))

    def meter_values(self, connector_id: int) -> Request:
        return _trigger(remote_trigger.MessageTrigger.METER_VALUES, connector_id=connector_id)

    def composite_schedule(self, connector_id: int, unit: Unit) -> Request:
        """A GetCompositeSchedule for the next minute (§5.7)."""
        wanted = ChargingRateUnit(unit)
        return _request(
            smart_charging.GetCompositeSchedule(connector_id=connector_id, duration=60, charging_rate_unit=wanted)
        )

    def limit_of_schedule(self, payload: Any) -> tuple[float, Unit] | None:
        return limits.limit_of_schedule(payload)

    def steered_connector(self, request: Request, state: ChargePointState) -> int | None:
        payload = request.payload
        if request.action == 'RemoteStopTransaction':
            transaction = state.transaction(str(payload['transactionId']))
            return None if transaction is None else transaction.connector_id
        if request.action in ('RemoteStartTransaction', 'SetChargingProfile', 'ClearChargingProfile'):
            return int(payload.get('connectorId', 0))
        return None

    def remote_stop(self, transaction_id: str) -> Request:
        number = limits.as_integer(transaction_id)
        if number is None:
            raise UnknownTransaction(f'OCPP 1.6 has no transaction {transaction_id[:40]}.')
        return Request('RemoteStopTransaction', {'transactionId': number})

    def introduction_request(self) -> Request:
        return _trigger(remote_trigger.MessageTrigger.BOOT_NOTIFICATION)

    def profile_capabilities(self, configuration: Mapping[str, str | None]) -> ProfileCapabilities:
        return profile_capabilities(configuration)

    def configuration_request(self, key: str | None = None) -> Request:
        return _request(core.GetConfiguration() if key is None else core.GetConfiguration(key=(key,)))

    def wanted_settings(
        self, known: Mapping[str, str | None], min_sample_interval_s: int
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The sample interval and the measurands of MeterValues, where the charger's configuration has other values."""
        return configuration.wanted_settings(known, min_sample_interval_s)

    def setting_request(self, key: str, value: str) -> Request:
        return Request('ChangeConfiguration', {'key': key, 'value': value})

    def startup_requests(self, state: ChargePointState) -> tuple[Request, ...]:
        """TriggerMessages (§5.17) for the statuses, unless one came on this connection, and for meter values."""
        requests = []
        heard = (c.status_heard_at for c in state.connectors.values())
        if not any(at is not None and state.since is not None and at >= state.since for at in heard):
            requests.append(_trigger(remote_trigger.MessageTrigger.STATUS_NOTIFICATION))
        if any(c.transaction_id is not None or c.activity in RUNNING for c in state.charging_connectors):
            requests.append(_trigger(remote_trigger.MessageTrigger.METER_VALUES))
        return tuple(requests)


def _live(answer: CallResult, action: str, entries: tuple[Entry, ...], state: ChargePointState) -> Handled:
    """The answer to a Call without deviations that brings live values at most."""
    return Handled(answer, action, entries, continues=state.boot is not None)


def _check_ranges(request: Any) -> None:
    try:
        _, violations = within_range(request)
    except UnreadablePayload as error:
        raise InvalidPayload(error.description) from None
    if violations:
        raise InvalidPayload(violations[0].partition('. ')[0] + '.')


def _status(response: Any) -> str | None:
    """The response's own status, else that of the idTag it answers about."""
    members = vars(response)  # not getattr: on a model, a missing attribute costs a microsecond
    about = members.get('id_tag_info')
    status = members.get('status') if about is None else about.status
    return None if status is None else str(status)


def _request(payload: Any) -> Request:
    return Request(type(payload).__name__, to_wire(payload))


def _trigger(message: remote_trigger.MessageTrigger, **members: int) -> Request:
    return _request(remote_trigger.TriggerMessage(requested_message=message, **members))
