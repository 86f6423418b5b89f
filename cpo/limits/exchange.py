"""Sends requests about limits one at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from cpo.chargers import Subject
from cpo.errors import CallErrorReceived, ConnectionClosed
from cpo.limits.limited_charger import LimitedCharger
from cpo.ocpp import Request
from cpo.state import Entry

Wanted = Callable[[], bool]
"""Asked before each message: whether it is still to be sent."""


class Superseded(Exception):
    """A request was not sent, as it was no longer wanted when its turn came."""


@dataclass(frozen=True, slots=True)
class ChargerAnswer:
    """What a charger answered to a request: a CALLRESULT with its status, or a CALLERROR with its code.

    `word` is the status or the code, '' without one; `payload` is None for a CALLERROR.
    """

    action: str
    accepted: bool
    word: str
    error: CallErrorReceived | None = None
    payload: Any = None

    def __str__(self) -> str:
        """The request and the answer, in the words of OCPP."""
        word = f'CallError {self.word}' if self.error is not None else self.word or 'an answer without a status'
        return f'{self.action}: {word}'


class Exchange:
    """Sends one request after the other; HarmWatch sees what follows each."""

    def __init__(self, charger: LimitedCharger) -> None:
        self._charger = charger

    async def send(
        self,
        request: Request,
        wanted: Wanted,
        subject: Subject | None = None,
        first: Entry | None = None,
        is_repeat: bool = False,
        is_urgent: bool = False,
    ) -> ChargerAnswer:
        """Send a request when its turn comes, and return the answer.

        `subject`, `is_repeat` and `is_urgent` are as HarmWatch takes them; `first` is taken in before the request is
        sent. Raises Superseded, CallTimeout and ConnectionClosed.
        """
        if (sender := self._charger.sender) is None:
            raise ConnectionClosed(was_sent=False)
        async with sender.turn:
            if not wanted():
                raise Superseded
            if first is not None:
                self._charger.take_in(first)
            harm = self._charger.harm
            watched = harm.sending(subject, is_repeat, is_urgent) if subject is not None else nullcontext()
            try:
                with watched:
                    reply = await sender.exchange(request.action, request.payload)
            except CallErrorReceived as error:
                return ChargerAnswer(request.action, False, error.code, error)
        answer = self._charger.read_answer(request, reply)
        return ChargerAnswer(request.action, answer.accepted, answer.status or '', payload=reply.payload)
