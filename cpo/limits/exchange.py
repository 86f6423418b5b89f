"""Sends requests about limits one at a time, and notes what the charger hangs up on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cpo.chargers import HangUps, Subject
from cpo.errors import CallErrorReceived, ConnectionClosed
from cpo.limits.limited_charger import LimitedCharger
from cpo.ocpp import Request
from cpo.state import Entry, Learned

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
    """Sends one request after the other, and records what the charger hangs up on as knowledge about its make."""

    def __init__(self, charger: LimitedCharger) -> None:
        self._charger = charger

    @property
    def hang_ups(self) -> HangUps:
        """What the charger hung up on."""
        return self._charger.state.known.hang_ups

    async def send(
        self, request: Request, wanted: Wanted, subject: Subject | None = None, first: Entry | None = None
    ) -> ChargerAnswer:
        """Send a request when its turn comes, and return the answer.

        `subject` is what the charger may hang up on; `first` is recorded before the request is sent. Raises Superseded,
        CallTimeout and ConnectionClosed.
        """
        if (sender := self._charger.sender) is None:
            raise ConnectionClosed(was_sent=False)
        async with sender.turn():
            if not wanted():
                raise Superseded
            if first is not None:
                self._charger.record(first)
            try:
                reply = await sender.exchange(request.action, request.payload)
            except CallErrorReceived as error:
                self._answered(subject)
                return ChargerAnswer(request.action, False, error.code, error)
            except ConnectionClosed as error:
                if error.was_sent and subject is not None:
                    self._learn(self.hang_ups.after_hang_up(subject))
                raise
        self._answered(subject)
        answer = self._charger.read_answer(request, reply)
        return ChargerAnswer(request.action, answer.accepted, answer.status or '', payload=reply.payload)

    def _answered(self, subject: Subject | None) -> None:
        if subject is not None:
            self._learn(self.hang_ups.after_answer(subject))

    def _learn(self, hang_ups: HangUps) -> None:
        state = self._charger.state
        if hang_ups != state.known.hang_ups:
            self._charger.record(Learned(state.charger_kind, replace(state.known, hang_ups=hang_ups)))
