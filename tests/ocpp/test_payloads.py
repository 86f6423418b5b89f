"""Building payloads, writing them, and checking a person's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from cpo.errors import InvalidPayload
from cpo.ocpp.payloads import Payload, Request, Response, check, to_rfc3339, to_wire
from cpo.ocpp.v16.core import (
    BootNotification,
    BootNotificationResponse,
    ChangeConfiguration,
    GetConfiguration,
    Heartbeat,
    HeartbeatResponse,
    MeterValues,
    RemoteStartTransaction,
    Reset,
    StartTransaction,
)
from cpo.ocpp.v16.smart_charging import GetCompositeSchedule, SetChargingProfile
from cpo.ocpp.v16.types import ChargingSchedulePeriod, RegistrationStatus

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)


def test_a_request_knows_its_action_and_its_response() -> None:
    assert Heartbeat.action() == 'Heartbeat'
    assert Heartbeat.response_type() is HeartbeatResponse


def test_a_request_without_a_response_is_refused() -> None:
    class Loose(Request):  # type: ignore[type-arg]  # the mistake under test
        pass

    with pytest.raises(TypeError, match='Loose'):
        Loose.response_type()


def test_a_payload_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match='frozen'):
        HeartbeatResponse(current_time=NOON).current_time = NOON  # type: ignore[misc]  # the mistake under test


def test_absent_members_are_not_written() -> None:
    assert to_wire(RemoteStartTransaction(id_tag='Tag1')) == {'idTag': 'Tag1'}


def test_enums_and_times_are_written_as_json() -> None:
    answer = BootNotificationResponse(status=RegistrationStatus.ACCEPTED, current_time=NOON, interval=60)
    written = to_wire(answer)
    assert written == {'status': 'Accepted', 'currentTime': '2030-01-31T12:00:00Z', 'interval': 60}
    assert type(written['status']) is str


@pytest.mark.parametrize(
    ('moment', 'text'),
    [
        (NOON, '2030-01-31T12:00:00Z'),
        (NOON.replace(microsecond=123_999), '2030-01-31T12:00:00.123Z'),
        (NOON.replace(microsecond=999), '2030-01-31T12:00:00Z'),
        (NOON.astimezone(timezone(timedelta(hours=-5))), '2030-01-31T12:00:00Z'),
    ],
)
def test_times_are_written_in_utc_with_z_and_at_most_milliseconds(moment: datetime, text: str) -> None:
    assert to_rfc3339(moment) == text
    assert to_wire(HeartbeatResponse(current_time=moment)) == {'currentTime': text}


@pytest.mark.parametrize('text', ['2030-01-31T13:00:00+01:00', '2030-01-31t12:00:00.0000000z', '2030-01-31T12:00:00Z'])
def test_any_time_of_rfc_3339_is_read_as_utc(text: str) -> None:
    current_time = check(HeartbeatResponse, {'currentTime': text}).current_time
    assert (current_time, current_time.tzinfo) == (NOON, UTC)


def test_a_time_without_zone_cannot_be_built() -> None:
    with pytest.raises(ValidationError):
        HeartbeatResponse(current_time=NOON.replace(tzinfo=None))


def test_a_limit_is_written_with_one_decimal() -> None:
    assert to_wire(ChargingSchedulePeriod(start_period=0, limit=0.1 + 0.2)) == {'startPeriod': 0, 'limit': 0.3}


def test_null_is_never_a_value() -> None:
    class Answer(Response):
        data: str

    with pytest.raises(ValidationError):
        Answer(data=None)  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(ValidationError):
        RemoteStartTransaction(id_tag='Tag1', connector_id=None)


PERIOD = {'startPeriod': 0, 'limit': 16}
PROFILE = {
    'chargingProfileId': 1,
    'stackLevel': 0,
    'chargingProfilePurpose': 'TxProfile',
    'chargingProfileKind': 'Relative',
    'chargingSchedule': {'chargingRateUnit': 'A', 'chargingSchedulePeriod': [PERIOD]},
}
BOOT = {'chargePointVendor': 'V', 'chargePointModel': 'M'}


def with_limit(limit: Any) -> dict[str, Any]:
    schedule = {'chargingRateUnit': 'A', 'chargingSchedulePeriod': [PERIOD, PERIOD | {'limit': limit}]}
    return {'connectorId': 1, 'csChargingProfiles': PROFILE | {'chargingSchedule': schedule}}


LIMIT = '“csChargingProfiles.chargingSchedule.chargingSchedulePeriod[1].limit”'

WRONG: list[tuple[type[Payload], Any, str]] = [
    (Reset, None, 'The payload is null; the specification wants an object.'),
    (Reset, [], 'The payload is a list; the specification wants an object.'),
    (Reset, {}, '“type” is missing.'),
    (Reset, {'type': 'hard'}, "“type” is the text \"hard\"; the specification wants 'Hard' or 'Soft'."),
    (Reset, {'type': 1}, "“type” is a number; the specification wants 'Hard' or 'Soft'."),
    (Reset, {'type': 'Hard', 'now': 1}, '“now” is unknown to the specification.'),
    (ChangeConfiguration, {'key': 'K', 'value': 1}, '“value” is a number; the specification wants text.'),
    (ChangeConfiguration, {'key': 'K', 'value': ''}, ''),
    (ChangeConfiguration, {'key': 'K' * 51, 'value': ''}, '“key” has 51 characters; the specification allows 50.'),
    (GetConfiguration, {'key': None}, '“key” is null; the specification wants a list.'),
    (GetConfiguration, {'key': 'K'}, '“key” is the text "K"; the specification wants a list.'),
    (GetConfiguration, {'key': [{}]}, '“key[0]” is an object; the specification wants text.'),
    (
        GetCompositeSchedule,
        {'connectorId': True, 'duration': 1},
        '“connectorId” is true; the specification wants an integer.',
    ),
    (
        GetCompositeSchedule,
        {'connectorId': 1, 'duration': 1.0},
        '“duration” is 1.0; the specification wants an integer.',
    ),
    (BootNotification, BOOT | {'charge_box_serial_number': 'x'}, '“charge_box_serial_number” is unknown'),
    (
        MeterValues,
        {'connectorId': 1, 'meterValue': []},
        '“meterValue” has 0 items; the specification wants at least 1.',
    ),
    (HeartbeatResponse, {'currentTime': 5}, '“currentTime” is a number; the specification wants a time as text.'),
    (HeartbeatResponse, {'currentTime': '2030-02-30T00:00:00Z'}, '“currentTime” is the text "2030-02-30T00:00:00Z"'),
    (HeartbeatResponse, {'currentTime': '0001-01-01T00:00:00+01:00'}, '“currentTime” is the text "0001-'),
    (HeartbeatResponse, {'currentTime': '2030-01-31 12:00:00Z'}, '“currentTime” is the text "2030-01-31 12'),
    (SetChargingProfile, with_limit('16'), f'{LIMIT} is the text "16"; the specification wants a number.'),
    (SetChargingProfile, with_limit(16.05), f'{LIMIT} is 16.05; the specification wants a multiple of 0.1.'),
    (SetChargingProfile, with_limit(float('nan')), f'{LIMIT} is a number; the specification wants a finite number.'),
    (SetChargingProfile, with_limit(16.1), ''),
]


@pytest.mark.parametrize(('model', 'payload', 'sentence'), [row for row in WRONG if row[2]])
def test_a_persons_mistake_is_named(model: type[Payload], payload: Any, sentence: str) -> None:
    with pytest.raises(InvalidPayload) as refusal:
        check(model, payload)
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(('model', 'payload'), [row[:2] for row in WRONG if not row[2]])
def test_what_is_right_is_taken(model: type[Payload], payload: Any) -> None:
    assert to_wire(check(model, payload)) == payload


def test_transaction_ids_of_64_bits_are_read() -> None:
    meter = {'connectorId': 1, 'idTag': 'T', 'meterStart': 2**63 - 1, 'timestamp': '2030-01-31T12:00:00Z'}
    assert check(StartTransaction, meter).meter_start == 2**63 - 1
