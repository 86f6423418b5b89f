"""What the security whitepaper adds to a charger: security events, and keys and certificates once they are used."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from simulator.reports import Reports

if TYPE_CHECKING:
    from simulator.certificates import CertificateStore

MAX_EVENTS = 100


class Security:
    def __init__(self, reports: Reports) -> None:
        self.name = 'simulator'  # the common name of the certificate it asks for
        self.events: list[str] = []
        self._reports = reports

    @cached_property
    def certificates(self) -> 'CertificateStore':
        from simulator.certificates import CertificateStore  # noqa: PLC0415 (few need it, and it takes a while)

        return CertificateStore()

    def report(self, event: str, now: datetime) -> None:
        """Send a security event (security whitepaper, edition 2, §8), and remember it for the security log."""
        self.events = [*self.events[-MAX_EVENTS:], f'{now.isoformat()} {event}']
        self._reports.security_event(event, now)
