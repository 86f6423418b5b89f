"""Signs the certificates that a charger asks for (security whitepaper, edition 2, A02 and A03)."""

from __future__ import annotations

import asyncio
import logging

from cpo.certificates import Certificates
from cpo.charge_point import ChargePoint
from cpo.errors import ChargerError, NotConnected
from cpo.state import CertificateAnswered, CertificateOutcome, CertificateRequest, ChargePointState

logger = logging.getLogger(__name__)


class CertificateSigner:
    """Sends a charger the certificate that it was promised, once; one that fails is not tried again (A02, §7).

    The certificate names the charger's serial number (A00.FR.511), or its charge box id where it reported none.
    """

    def __init__(self, charge_point: ChargePoint, certificates: Certificates) -> None:
        """Follows the ChargePoint for its whole life."""
        self._charge_point, self._certificates = charge_point, certificates
        self._request: CertificateRequest | None = None
        self._task: asyncio.Task[None] | None = None
        charge_point.subscribe(self._on_change)

    def _on_change(self) -> None:
        request = self._charge_point.state.certificate_request
        if request is not self._request:
            self._request = request
            if request is not None:
                self._task = asyncio.get_running_loop().create_task(self._answer(request))

    async def _answer(self, request: CertificateRequest) -> None:
        """Sign and send; the answer to the request itself went out before, as signing takes a turn of the loop."""
        charge_point, name = self._charge_point, name_of(self._charge_point.state)
        try:
            chain = await asyncio.to_thread(self._certificates.sign_charger, request.csr.encode(), name)
        except ValueError as error:
            logger.warning('The certificate that %s asked for cannot be made: %s', name, error)
            charge_point.record(CertificateAnswered(CertificateOutcome.UNSIGNABLE))
            return
        current = charge_point.state.certificate_request
        if current is not request:  # it hung up, or asked again
            if current is None:
                charge_point.record(CertificateAnswered(CertificateOutcome.UNANSWERED))
            return
        try:
            sent = await charge_point.send(charge_point.dialect.signed_certificate(chain.decode()))
        except (ChargerError, NotConnected):
            outcome = CertificateOutcome.UNANSWERED
        else:
            outcome = CertificateOutcome.TAKEN if sent.accepted else CertificateOutcome.REFUSED
        charge_point.record(CertificateAnswered(outcome))


def name_of(state: ChargePointState) -> str:
    """The common name of the charger's certificate: its serial number, unless that is the id of another charger."""
    box, serial = state.charge_box_id or '', state.boot and state.boot.serial_number
    return serial if serial and serial not in state.chargers else box
