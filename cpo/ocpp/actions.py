"""`Action`: what a Call asks for, and which side may send it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cpo.ocpp.payloads import Request, Response


@dataclass(frozen=True, slots=True)
class Action:
    """One Action of an OCPP version, with the sides that may send it: one or, as for DataTransfer, both."""

    request: type[Request[Any]]
    by_charge_point: bool = False
    by_central_system: bool = False

    @property
    def name(self) -> str:
        """The Action's name on the wire, such as `BootNotification`."""
        return self.request.action()

    @property
    def response(self) -> type[Response]:
        """The payload model of the answer."""
        response: type[Response] = self.request.response_type()
        return response
