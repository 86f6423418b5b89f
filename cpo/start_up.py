"""What a charger that has just come is asked."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from cpo.errors import CpoError
from cpo.ocpp.dialect import Dialect, Request
from cpo.state import ChargePointState
from cpo.websocket_sender import WebSocketSender

logger = logging.getLogger(__name__)

INTRODUCTION_WAIT_S = 5.0
RECONNECTED_WAIT_S = 3.0
SETTLING_S = 1.0


class Charger(Protocol):
    """What this module needs of the ChargePoint."""

    @property
    def state(self) -> ChargePointState:
        """What is known now."""
        ...

    async def send(self, request: Request) -> object:
        """Send a request, take in the answer."""
        ...


async def start_up(charger: Charger, dialect: Dialect, sender: WebSocketSender, may_ask: bool) -> None:
    """Open the gate for a charger that came and says nothing; then ask what the program needs, if it may.

    A charger that is known often only lost its connection and sends no BootNotification: after 3 s it is asked for
    one, a new one after 5 s. Requests go out
    one at a time, a refusal is no reason to stop. Between the charger's boot and the first question there is a pause:
    some start anew when they are asked too early.
    """
    wait_s = INTRODUCTION_WAIT_S if charger.state.boot is None else RECONNECTED_WAIT_S
    introduced = await sender.wait_for_gate(wait_s)
    sender.open_gate()
    if not may_ask:
        return
    if not introduced:
        await asyncio.sleep(0)  # a person's command that waited for the gate goes first
        await _ask(charger, dialect.introduction_request())
    await asyncio.sleep(SETTLING_S)
    await _ask(charger, dialect.configuration_request())
    for request in dialect.startup_requests(charger.state):
        await _ask(charger, request)


async def _ask(charger: Charger, request: Request) -> None:
    try:
        await charger.send(request)
    except CpoError as error:
        logger.info('%s at start-up: %s', request.action, error)
