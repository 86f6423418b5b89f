"""The witness between program and charger: validates every frame the program sends, and injects faults."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from jsonschema import ValidationError

from tests.scripted_charger import CALL, CALL_ERROR, CALL_RESULT, schema
from tests.simulated.link import Link

MAX_STOP_WAIT_S = 2.0


@dataclass(frozen=True, slots=True)
class SentCall:
    """A Call of the program; `status` is the answer's ('' if it has none, or 'CallError …'), None while unanswered."""

    at_s: float
    message_id: str
    action: str
    payload: dict[str, Any]
    status: str | None = None


class What(Enum):
    """The kinds of faults that can happen to a Call of the program."""

    LOST = 'it never arrives'
    UNANSWERED = 'it arrives, the answer does not'
    LATE = 'the answer comes later than everything else'
    REFUSED = 'it is answered with a status, and nothing is done'
    FAILS = 'it is answered with a CallError'


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault for the program's next Call with one of these Actions; without Actions for its next Call."""

    what: What
    actions: tuple[str, ...] = ()
    delay_s: float = 0
    status: str = 'Rejected'


class Witness:
    """Passes the frames of both sides on, over all connections, and records the program's Calls in `calls`.

    `complaints` lists the program's frames that the JSON schemas of the package `ocpp` refuse, and Calls sent before
    the previous one was answered or timed out (OCPP-J 1.6 §4.1.1: after a time that the sender chooses; here the
    setting, and 2 s once somebody wishes a stop). `faults` are those that have not happened yet.
    """

    def __init__(self, time_s: Callable[[], float], call_timeout_s: float, latency_s: float) -> None:
        self.calls: list[SentCall] = []
        self.complaints: list[str] = []
        self.outstanding_max = 0
        self.faults: deque[Fault] = deque()
        self.hangs_up_on: Callable[[str, dict[str, Any]], bool] = lambda action, payload: False
        self._time_s = time_s
        self._call_timeout_s = call_timeout_s
        self._latency_s = latency_s
        self._outstanding: dict[str, float] = {}  # until when each may be answered
        self._answers: dict[str, Fault] = {}
        self._actions_of_charger: dict[str, str] = {}

    def connected(self) -> None:
        """Start a new connection, on which no Call is outstanding."""
        self._outstanding.clear()
        self._answers.clear()
        self._actions_of_charger.clear()

    def stop_wished(self) -> None:
        """Let the outstanding Call time out 2 s from now, as a stop waits for its end."""
        by_s = self._time_s() + MAX_STOP_WAIT_S
        self._outstanding = {key: min(until_s, by_s) for key, until_s in self._outstanding.items()}

    def to_charger(self, link: Link, text: str) -> None:
        """Validate and record a frame of the program, then send it on or apply its fault."""
        message = json.loads(text, parse_float=Decimal)
        if message[0] == CALL:
            self._validate(message[2], message[3])
            self._record_call(*json.loads(text)[1:])
            if self.hangs_up_on(message[2], message[3]):
                link.cut()
                return
            if (fault := self._fault_for(message[2])) is not None:
                self._apply_fault(link, text, message[1], fault)
                return
        elif message[0] == CALL_RESULT:
            self._validate(f'{self._actions_of_charger[message[1]]}Response', message[2])
        link.send_to_charger(text)

    def to_program(self, link: Link, text: str) -> None:
        """Send a frame of the charger on, unless a fault drops or delays it."""
        message = json.loads(text)
        if message[0] == CALL:
            self._actions_of_charger[message[1]] = message[2]
        fault = None if message[0] == CALL else self._answers.pop(message[1], None)
        if fault is None:
            link.send_to_program(text)
        elif fault.what is What.LATE:
            link.send_to_program(text, fault.delay_s)

    def arrived_at_program(self, text: str) -> None:
        """Record the answer in a frame of the charger that has arrived at the program."""
        message = json.loads(text)
        if message[0] == CALL:
            return
        if self._outstanding.pop(message[1], None) is None:
            return  # an answer after the timeout
        status = str(message[2].get('status', '')) if message[0] == CALL_RESULT else f'CallError {message[2]}'
        for index in reversed(range(len(self.calls))):
            if self.calls[index].message_id == message[1]:
                self.calls[index] = replace(self.calls[index], status=status)
                return

    def _validate(self, name: str, payload: Any) -> None:
        if payload == {} and _may_be_empty(name):
            return
        try:
            schema(name).validate(payload)
        except ValidationError as error:
            self.complaints.append(f'{name} at {self._time_s():.1f} s: {error.message} in {payload}')

    def _record_call(self, message_id: str, action: str, payload: dict[str, Any]) -> None:
        now_s = self._time_s()
        self._outstanding = {key: until_s for key, until_s in self._outstanding.items() if until_s > now_s + 1e-6}
        self._outstanding[message_id] = now_s + self._call_timeout_s
        self.outstanding_max = max(self.outstanding_max, len(self._outstanding))
        if len(self._outstanding) > 1:
            self.complaints.append(f'{action} at {now_s:.1f} s went out before the answer to another Call')
        self.calls.append(SentCall(now_s, message_id, action, payload))

    def _fault_for(self, action: str) -> Fault | None:
        for fault in self.faults:
            if not fault.actions or action in fault.actions:
                self.faults.remove(fault)
                return fault
        return None

    def _apply_fault(self, link: Link, text: str, message_id: str, fault: Fault) -> None:
        match fault.what:
            case What.LOST:
                pass
            case What.REFUSED:
                link.send_to_program(json.dumps([CALL_RESULT, message_id, {'status': fault.status}]), self._latency_s)
            case What.FAILS:
                error = [CALL_ERROR, message_id, 'InternalError', 'a fault of the test', {}]
                link.send_to_program(json.dumps(error), self._latency_s)
            case What.UNANSWERED | What.LATE:
                self._answers[message_id] = fault
                link.send_to_charger(text)


def form_of(call: SentCall) -> str | None:
    """A charging profile's form, e.g. `TxProfile Absolute A 8 phases`, without its limit; None for other Calls."""
    profile = call.payload.get('csChargingProfiles') or call.payload.get('chargingProfile')
    if profile is None:
        return None
    schedule = profile['chargingSchedule']
    special = {
        'phases': 'numberPhases' in schedule['chargingSchedulePeriod'][0],
        'minimum': 'minChargingRate' in schedule,
        'expires': 'duration' in schedule or 'validTo' in profile,
        'at 0': call.payload.get('connectorId') == 0,
        'in RemoteStart': call.action == 'RemoteStartTransaction',
    }
    purpose, kind = profile['chargingProfilePurpose'], profile['chargingProfileKind']
    words = [purpose, kind, schedule['chargingRateUnit'], str(profile['stackLevel'])]
    return ' '.join(words + [word for word, applies in special.items() if applies])


@cache
def _may_be_empty(name: str) -> bool:
    """Whether the schema allows a payload without members, as most answers to a charger are."""
    return schema(name).is_valid({})
