"""The answers to a charger that has to wait: nothing it reports is confirmed, and nothing is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cpo.ocpp import Call, CallError, Context, Dialect, Malformed, OcppJsonMessage, Problem, Registration
from cpo.state import ChargePointState


@dataclass(frozen=True, slots=True)
class WaitingCharger:
    """Answers a BootNotification with `registration` (OCPP 1.6 §4.2), and a Heartbeat with the time.

    Everything else gets a CallError with the code of `problem` and the sentence `why`: a charger sends the messages of
    a transaction again (§3.7.1). It is asked to introduce itself again after `interval_s`.
    """

    dialect: Dialect
    registration: Registration
    problem: Problem
    why: str
    interval_s: int

    def answer(self, text: str, now: datetime) -> str | None:
        """The answer to a frame that arrived at `now`; None for one that gets no answer."""
        call = OcppJsonMessage.from_json_array(text, self.dialect.large_actions)
        if isinstance(call, Malformed) and call.is_call:
            return CallError(call.message_id, self.dialect.error_code(Problem.MALFORMED), call.reason).to_json_array()
        if not isinstance(call, Call):
            return None
        context = Context(ChargePointState(), now, self.interval_s, '', 0, registration=self.registration)
        handled = self.dialect.handle(call, context)
        says_nothing = not handled.entries and handled.status is None  # a Heartbeat
        if handled.introduces or says_nothing:
            return handled.answer.to_json_array()
        return CallError(call.message_id, self.dialect.error_code(self.problem), self.why).to_json_array()
