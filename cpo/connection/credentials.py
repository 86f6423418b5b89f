"""How a charger proves who it is: password, TLS, certificate (security whitepaper, edition 2, A00 and A01)."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cpo.access import Passwords, Tries, basic_of, one_form
from cpo.certificates import OWNER
from cpo.connection.connection import Connection
from cpo.errors import CallErrorReceived, NotConnected, TooManyTries
from cpo.frozen import replace
from cpo.journal import Records, persist
from cpo.ocpp import Dialect, Request, SentCommand
from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state import AttemptVerdict, ChargerKnown, KnownCharger, SecurityProfile, known_charger

Send = Callable[[Request], Awaitable[SentCommand]]
"""Sends a request and records the answer; raises as ChargePoint.send does."""


class Subject(NamedTuple):
    """Whose a certificate is, and until when it is valid."""

    organization: str
    common_name: str
    until: datetime | None = None


class Shown(NamedTuple):
    """What a charger shows in its handshake; `subject` is that of a certificate whose path was verified."""

    charge_box_id: str
    address: str
    authorization: str | None
    is_tls: bool
    subject: Subject | None = None


class Proof(NamedTuple):
    """The security profile as which a charger has connected, and the hash of the password it used.

    `certificate_until` is when its certificate ends.
    """

    profile: SecurityProfile
    password_hash: str | None = None
    certificate_until: datetime | None = None


class Unproven(Exception):
    """A charger has not proved who it is; `verdict` and `fact` say why (see AttemptVerdict)."""

    def __init__(self, verdict: AttemptVerdict, fact: str = '') -> None:
        super().__init__(verdict)
        self.verdict, self.fact = verdict, fact


class Credentials:
    """Judges what chargers show, and follows a password or profile that a charger was given by OCPP."""

    def __init__(self, charger: Records, passwords: Passwords) -> None:
        self._charger = charger
        self._passwords = passwords
        self._tries = Tries()

    async def prove(self, shown: Shown) -> Proof:
        """The security profile of this connection, at least the one that holds for the charger; raises Unproven.

        The passwords of an address that sent five wrong ones are not looked at for a while.
        """
        known = self._known(shown.charge_box_id)
        needed = known.security_profile
        if needed >= SecurityProfile.TLS and not shown.is_tls:
            raise Unproven(AttemptVerdict.NO_TLS)
        if self._is_own(shown):
            return Proof(SecurityProfile.CERTIFICATE, certificate_until=shown.subject and shown.subject.until)
        if needed is SecurityProfile.CERTIFICATE:
            if shown.subject is None:
                raise Unproven(AttemptVerdict.NO_CERTIFICATE)
            raise Unproven(AttemptVerdict.CERTIFICATE_OF_ANOTHER, ', '.join(shown.subject[:2]))
        try:
            hashed = await self._password_used(known, shown)
        except Unproven:
            if needed is not SecurityProfile.NONE:
                raise
            return Proof(SecurityProfile.NONE)
        return Proof(SecurityProfile.TLS if shown.is_tls else SecurityProfile.PASSWORD, hashed)

    def proved(self, charge_box_id: str, proof: Proof, dialect: Dialect) -> None:
        """A charger has connected with this proof: the profile that holds for it rises to the one it is set to.

        A new password that it used is the only one from now on.
        """
        known = self._known(charge_box_id)
        is_set = proof.profile is SecurityProfile.PASSWORD
        is_set = is_set or dialect.security_profile(self._charger.state.configuration) == proof.profile
        profile = max(known.security_profile, proof.profile) if is_set else known.security_profile
        new = replace(known, security_profile=profile)
        if proof.password_hash is not None and proof.password_hash == known.offered_hash:
            new = replace(new, password_hash=known.offered_hash, offered_hash=None)
        if proof.certificate_until is not None:
            new = replace(new, certificate_until=proof.certificate_until)
        if new != known:
            self._charger.record(ChargerKnown(new))

    async def send(self, connection: Connection | None, request: Request, send: Send) -> SentCommand:
        """Send a request; where it gives the charger a new password, that is the only one once it is accepted.

        Where the charger refuses it, the old one stays. Without an answer, both are let in until the new one was used
        (A01.FR.03, A01.FR.04). Raises as `send` does, and JournalError.
        """
        new = None if connection is None else connection.dialect.new_password(request)
        if connection is None or new is None or connection.charge_box_id == DEMO_CHARGE_BOX_ID:
            return await send(request)
        box, hashed = connection.charge_box_id, await self._passwords.hashed_secret(one_form(new.encode()))
        old = self._known(box)
        await persist(self._charger, ChargerKnown(replace(old, offered_hash=hashed)), ChargerKnown(old))
        try:
            sent = await send(request)
        except (CallErrorReceived, NotConnected):
            self._answered(box, hashed, accepted=False)
            raise
        if sent.accepted or connection.dialect.keeps_password(sent.response):
            self._answered(box, hashed, sent.accepted)
        return sent

    def _is_own(self, shown: Shown) -> bool:
        """The certificate is ours and this charger's: it names its serial number, or its id (A00.FR.404, FR.405)."""
        if shown.subject is None:
            return False
        state, names = self._charger.state, {shown.charge_box_id}
        if state.charge_box_id == shown.charge_box_id and state.boot is not None and state.boot.serial_number:
            names.add(state.boot.serial_number)
        return shown.subject.organization == OWNER and shown.subject.common_name in names

    def _answered(self, charge_box_id: str, hashed: str, accepted: bool) -> None:
        known = self._known(charge_box_id)
        if known.offered_hash == hashed:
            kept = hashed if accepted else known.password_hash
            self._charger.record(ChargerKnown(replace(known, password_hash=kept, offered_hash=None)))

    async def _password_used(self, known: KnownCharger, shown: Shown) -> str:
        """The hash of the password that the charger sent. Raises Unproven."""
        basic = basic_of(shown.authorization)
        if basic is None:
            raise Unproven(AttemptVerdict.NO_PASSWORD)
        user, password = basic
        if user != known.charge_box_id:
            raise Unproven(AttemptVerdict.WRONG_USER, user)
        try:
            return await self._fitting(known, one_form(password), shown.address)
        except TooManyTries:
            raise Unproven(AttemptVerdict.TOO_MANY_PASSWORDS) from None

    async def _fitting(self, known: KnownCharger, password: str, address: str) -> str:
        """The hash that fits the password. Raises Unproven and TooManyTries."""
        box = known.charge_box_id
        if known.password_hash is None and known.offered_hash is None:
            raise Unproven(AttemptVerdict.WRONG_PASSWORD)
        self._tries.begin(address, box)
        try:
            for hashed in filter(None, (known.password_hash, known.offered_hash)):
                if await self._passwords.fits(password, hashed) and hashed in self._hashes(box):
                    self._tries.right(address, box)
                    return hashed
        except BaseException:
            self._tries.cancel(address, box)
            raise
        self._tries.wrong(address, box)
        raise Unproven(AttemptVerdict.WRONG_PASSWORD)

    def _hashes(self, charge_box_id: str) -> tuple[str | None, ...]:
        """The hashes that count now: a password may have changed while it was looked at."""
        known = self._known(charge_box_id)
        return known.password_hash, known.offered_hash

    def _known(self, charge_box_id: str) -> KnownCharger:
        return known_charger(self._charger.state.chargers, charge_box_id)


def subject_of(certificate: Mapping[str, Any] | None) -> Subject | None:
    """Whose the certificate is that `ssl` has read; None without one."""
    if certificate is None:
        return None
    names = {name: value for part in certificate.get('subject', ()) for name, value in part}
    ends_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate['notAfter']), UTC)
    return Subject(names.get('organizationName', ''), names.get('commonName', ''), ends_at)


def security_of(known: KnownCharger) -> tuple[SecurityProfile, str | None]:
    """What a connection of this charger was let in by."""
    return known.security_profile, known.password_hash
