"""Watches what follows each message of the program, and learns which ones make a charger hang up or restart."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from cpo.chargers import RESTART_TAKES, ChargerKnowledge, Found, Outcome, Sending, Subject, Suspicion, question_words
from cpo.errors import ConnectionClosed
from cpo.state import ChargePointState, Entry, Learned

logger = logging.getLogger(__name__)


class WatchedCharger(Protocol):
    """The part of ChargePoint that HarmWatch uses."""

    @property
    def state(self) -> ChargePointState:
        """The newest state."""
        ...

    def record(self, *entries: Entry) -> None:
        """Apply entries to the state, queue them to the journal and notify the listeners."""
        ...


class HarmWatch:
    """Blames the messages after which a charger hangs up or restarts, and records that as knowledge about its make.

    Lives as long as the ChargePoint, as the harm a message does shows over several connections.
    """

    def __init__(self, charger: WatchedCharger, now: Callable[[], datetime]) -> None:
        self._charger = charger
        self._now = now
        self._suspicion = Suspicion()
        self._outstanding: Sending | None = None
        self._lost_at: datetime | None = None
        self.was_gone_shortly = False
        """True while the charger's last connection ended so short a time ago that it did not restart meanwhile."""

    @contextmanager
    def sending(self, subject: Subject, is_repeat: bool = False, is_urgent: bool = False) -> Iterator[None]:
        """Watch one message, which is sent and answered inside; `is_repeat` and `is_urgent` are as in `Sending`."""
        kind = self._charger.state.charger_kind
        sending = self._outstanding = Sending(kind, subject, self._now(), is_repeat, is_urgent)
        self._take(self._suspicion.sent(sending))
        try:
            yield
        except ConnectionClosed as error:
            if not error.was_sent:
                self._suspicion = self._suspicion.not_sent(sending)
            raise
        finally:
            if self._outstanding is sending:
                self._outstanding = None

    def on_answer(self) -> None:
        """The charger answered the outstanding message."""
        if self._outstanding is not None:
            self._take(self._suspicion.answered(self._outstanding, self._now()))
            self._outstanding = None

    def on_call(self, at: datetime) -> None:
        """The charger sent a Call, which arrived `at`."""
        if not self._suspicion.is_clear:
            self._take(self._suspicion.called(at))

    def on_session_end(self) -> None:
        """The charger ended a session."""
        self._take(self._suspicion.session_ended(self._now()))

    def on_boot(self) -> None:
        """The charger sent a BootNotification of its own accord."""
        self._take(self._suspicion.booted(self._charger.state.charger_kind, self._now()))

    def on_disconnect(self, at: datetime | None = None) -> None:
        """The charger's connection ended now, or `at` where that showed only as the charger connected again."""
        self._lost_at = at or self._now()
        self._take(self._suspicion.disconnected(self._lost_at))
        known = self._charger.state.known
        hang_ups = known.hang_ups.after_weak_line() if self._suspicion.line_is_weak else known.hang_ups
        if hang_ups is not known.hang_ups:
            self._charger.record(Learned(self._charger.state.charger_kind, replace(known, hang_ups=hang_ups)))

    def on_connect(self) -> None:
        """The charger connected."""
        now, lost_at = self._now(), self._lost_at
        self.was_gone_shortly = lost_at is not None and timedelta(0) <= now - lost_at < RESTART_TAKES
        self._take(self._suspicion.connected(now))

    def forgive(self) -> None:
        """What happens next is no fault of a message: the program ends the connection, or another charger connects."""
        self._suspicion, self._outstanding, self._lost_at = Suspicion(), None, None

    @contextmanager
    def forgiving(self) -> Iterator[None]:
        """What happens inside, and next, is no fault of a message: a person sends a command."""
        self.forgive()
        try:
            yield
        finally:
            self.forgive()

    def _take(self, found: Found) -> None:
        self._suspicion, findings = found
        for sending, outcome in findings:
            known = self._charger.state.knowledge.get(sending.kind, ChargerKnowledge())
            is_chance = sending.is_repeat and not known.hang_ups.in_a_row
            is_chance = is_chance or (sending.is_urgent and known.hang_ups.is_last_try)
            if outcome is Outcome.LOSS and is_chance:
                continue
            learned = known.after(sending.subject, outcome)
            for question in (each for each in learned.unasked if each not in known.unasked):
                logger.warning(
                    '%s hangs up or restarts after “%s”; it is never sent that again',
                    ' '.join(sending.kind),
                    question_words(question),
                )
            if learned is not known:
                self._charger.record(Learned(sending.kind, learned))
