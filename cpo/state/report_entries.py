"""Entries about what a charger reports: security events, the upload of its log, a new key (see `cpo.state.entries`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.frozen import replace
from cpo.state.certificate_request import CertificateOutcome, CertificateRequest
from cpo.state.state import ChargePointState

REPEATED, MAX_REMEMBERED = timedelta(hours=1), 30


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
        what, before = (self.type, self.tech_info), state.security_events
        last = before.get(what)
        if last is not None and last <= self.heard_at < last + REPEATED:
            return state
        others = [item for item in before.items() if item[0] != what]
        return replace(state, security_events=dict([*others[-MAX_REMEMBERED:], (what, self.heard_at)]))


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
    """What became of the certificate that the charger asked for."""

    outcome: CertificateOutcome

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, certificate_request=None)
