"""Entries about what a charger reports: security events, the upload of its log, a new key (see `cpo.state.entries`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.frozen import replace
from cpo.state.certificate_request import CertificateOutcome, CertificateRequest
from cpo.state.state import ChargePointState

REPEATED, ASKED_AGAIN = timedelta(hours=1), timedelta(minutes=5)
MAX_REMEMBERED = 30


@dataclass(frozen=True, slots=True)
class SecurityEventNotified:
    """The charger reported a security event of this `type`, in its own words; it happened at `at` by its clock.

    The same one again within an hour is none: some chargers report every setting of their clock.
    """

    type: str
    at: datetime
    tech_info: str | None
    heard_at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state that remembers it as the newest, unless it repeats another one."""
        return _remembering(state, (self.type, self.tech_info), self.heard_at, REPEATED)


@dataclass(frozen=True, slots=True)
class LogStatusNotified:
    """The charger reported the progress of the upload of a log, in its own word; `request_id` is that of the GetLog."""

    status: str
    at: datetime
    request_id: int | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, log_status=self.status)


@dataclass(frozen=True, slots=True)
class CertificateRequested:
    """The charger asked for a certificate for its new key, and the answer was that it gets one."""

    request: CertificateRequest

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, certificate_request=self.request)


@dataclass(frozen=True, slots=True)
class CertificateAnswered:
    """What became of the certificate that the charger asked for; `denied_at` is when the answer was that it gets none.

    The same denial within five minutes is no news: some chargers ask until they get one.
    """

    outcome: CertificateOutcome
    denied_at: datetime | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state without a request; a denial is remembered among the security events, unless it repeats one."""
        if self.denied_at is not None:
            return _remembering(state, (type(self).__name__, str(self.outcome)), self.denied_at, ASKED_AGAIN)
        return replace(state, certificate_request=None)


def _remembering(
    state: ChargePointState, what: tuple[str, str | None], heard_at: datetime, repeated: timedelta
) -> ChargePointState:
    """The state that remembers something as the newest; the same one where that was heard less than `repeated` ago."""
    last = state.security_events.get(what)
    if last is not None and last <= heard_at < last + repeated:
        return state
    others = [item for item in state.security_events.items() if item[0] != what]
    return replace(state, security_events=dict([*others[-MAX_REMEMBERED:], (what, heard_at)]))
