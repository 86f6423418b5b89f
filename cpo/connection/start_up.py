"""The questions a charger is asked after it connected; one that makes it reboot is never asked again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from cpo.chargers import ChargerKind, ChargerQuirks, quirks_for
from cpo.connection.connection import Connection
from cpo.errors import CallErrorReceived, CallTimeout, ConnectionClosed
from cpo.ocpp import Answer, Dialect, Request
from cpo.state import ChargePointState, ConfigurationRead, Entry, Learned
from cpo.websocket_sender import Reply, WebSocketSender

logger = logging.getLogger(__name__)

INTRODUCTION_WAIT_S = 5.0
RECONNECTED_WAIT_S = 3.0
SUSPECT_FOR = timedelta(minutes=5)
ALL_KEYS = ''

Ask = Callable[[str, Request], Awaitable[Answer | None]]
"""Ask a question by its name; None where no answer came in time."""


class StartUpOwner(Protocol):
    """The part of ChargePoint that StartUp uses."""

    @property
    def state(self) -> ChargePointState:
        """The newest state."""
        ...

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change; the returned function unsubscribes it."""
        ...

    def record(self, *entries: Entry) -> None:
        """Apply entries to the state, queue them to the journal and notify the listeners."""
        ...

    def read_answer(self, request: Request, reply: Reply) -> Answer:
        """The meaning of the charger's answer to a request of ours; the caller records the entries in it."""
        ...


class StartUp:
    """Asks a connected charger what the program needs, and learns which questions make it reboot.

    Until a charger may be asked, the gate of its sender holds back other Calls. Lives as long as the ChargePoint, as a
    reboot loop shows over several connections. Requests go out one at a time; a refusal stops nothing. The
    configuration is read once for each boot of the charger. A question has a name: a configuration key (for reading and
    for changing it), '' for all keys at once, or the Action and its payload.
    """

    def __init__(
        self,
        charger: StartUpOwner,
        now: Callable[[], datetime],
        introduction_wait_s: float = INTRODUCTION_WAIT_S,
        reconnected_wait_s: float = RECONNECTED_WAIT_S,
        quirks_of: Callable[[ChargerKind], ChargerQuirks] = quirks_for,
    ) -> None:
        """The waiting times are how long a charger may take to send its BootNotification.

        `introduction_wait_s` is that of a new charger, `reconnected_wait_s` that of one seen before.
        """
        self._charger = charger
        self._now = now
        self._introduction_wait_s = introduction_wait_s
        self._reconnected_wait_s = reconnected_wait_s
        self._quirks_of = quirks_of
        self._suspicion = Suspicion()
        self._kind_asked = ChargerKind()
        self._configured: tuple[str | None, ChargerKind] | None = self._charger_now
        # None once a charger was asked; until then the keys of the last one, from the journal
        self._restored_keys: frozenset[str] | None = frozenset(charger.state.configuration)
        self._is_introducing = False
        self._booted = asyncio.Event()
        self._boot, self._since = charger.state.boot, charger.state.since
        charger.subscribe(self._on_change)

    async def run(self, connection: Connection, may_ask: bool) -> None:
        """Wait until the charger has introduced itself, release the Calls that wait for that, then ask.

        It asks where `may_ask`, after each boot again, and returns when the connection ends. A charger seen before
        often only lost its connection and sends no BootNotification: after 3 s it is asked for one, a new one after 5
        s. Between the charger's boot and the first question there is a pause, as some reboot when asked too early.
        """
        sender, dialect = connection.sender, connection.dialect
        booted = self._booted = asyncio.Event()
        known = self._charger.state.boot is not None
        introduced = await sender.wait_for_gate(self._reconnected_wait_s if known else self._introduction_wait_s)
        sender.open_gate()
        if not may_ask:
            return
        ask = partial(self._ask, sender, booted)
        with suppress(ConnectionClosed):
            if not introduced:
                await asyncio.sleep(0)  # a person's command that waited for the gate goes first
                await self._introduce(sender, dialect, booted)
            while True:
                booted.clear()
                await asyncio.sleep(self._quirks.settle_s)
                with suppress(_Rebooted):
                    await self._ask_all(dialect, ask)
                await booted.wait()

    def _on_change(self) -> None:
        """Notice a boot; another BootInformation because another charger connected or left is none."""
        state = self._charger.state
        if state.boot is self._boot and state.since is self._since:
            return
        is_boot = state.boot is not None and state.boot is not self._boot and state.since is self._since
        self._boot, self._since = state.boot, state.since
        if is_boot:
            self._on_boot()

    def _on_boot(self) -> None:
        self._booted.set()
        if self._is_introducing:
            return  # it was asked for, and is no boot
        self._configured = None
        kind = self._charger.state.charger_kind
        if kind != self._kind_asked:  # another charger, or new firmware
            self._suspicion = Suspicion()
        self._suspicion, guilty = self._suspicion.booted(self._now())
        if guilty is not None:
            known = self._charger.state.known
            logger.warning('%s starts anew when it is asked “%s”; it is never asked that again', ' '.join(kind), guilty)
            self._charger.record(Learned(kind, replace(known, unasked=(*known.unasked, guilty))))

    def commanded(self) -> None:
        """A person or program sends a command: no question is blamed for a boot that follows."""
        self._suspicion = self._suspicion.dropped()

    def handed_over(self) -> None:
        """Another device took the connection: its boot is not blamed on a question to the one before."""
        self._suspicion = self._suspicion.dropped()

    @property
    def _charger_now(self) -> tuple[str | None, ChargerKind]:
        return self._charger.state.charge_box_id, self._charger.state.charger_kind

    @property
    def _quirks(self) -> ChargerQuirks:
        return self._quirks_of(self._charger.state.charger_kind)

    def _may_ask(self, question: str) -> bool:
        return question not in self._quirks.unasked and question not in self._charger.state.known.unasked

    async def _introduce(self, sender: WebSocketSender, dialect: Dialect, booted: asyncio.Event) -> None:
        """Ask for a BootNotification, as the make decides what may be asked."""
        request = dialect.introduction_request()
        if not self._may_ask(_name(request)):
            return
        self._is_introducing = True
        try:
            booted.clear()
            async with sender.turn():
                answer = await self._answer(sender, request)
            if answer is not None and answer.accepted:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._introduction_wait_s):
                        await booted.wait()
        finally:
            self._is_introducing = False

    async def _ask_all(self, dialect: Dialect, ask: Ask) -> None:
        charger = self._charger_now
        self._kind_asked = charger[1]
        restored = self._restored_keys
        is_known = restored is None or restored.issuperset(dialect.configuration_keys)
        if self._configured != charger or not is_known:
            await self._change_settings(dialect, ask, await self._read_configuration(dialect, ask))
            self._configured, self._restored_keys = charger, None
        for request in dialect.startup_requests(self._charger.state):
            if self._may_ask(_name(request)):
                await ask(_name(request), request)

    async def _read_configuration(self, dialect: Dialect, ask: Ask) -> ConfigurationRead:
        """All keys at once; where that fails, those the program uses one by one, until one gets no answer at all."""
        read = ConfigurationRead({}, self._now())
        if self._may_ask(ALL_KEYS):
            read = _added(await ask(ALL_KEYS, dialect.configuration_request()), read)
        if read.keys:
            return read
        tag_key = self._quirks.id_tag_key
        for key in (*dialect.configuration_keys, *((tag_key,) if tag_key else ())):
            if not self._may_ask(key):
                continue
            answer = await ask(key, dialect.configuration_request(key))
            if answer is None:
                break
            read = _added(answer, read)
        return read

    async def _change_settings(self, dialect: Dialect, ask: Ask, read: ConfigurationRead) -> None:
        """Change the keys that differ from what is wanted."""
        for key, values in dialect.wanted_settings(read.keys, self._quirks.min_sample_interval_s):
            if key in read.read_only or not self._may_ask(key):
                continue
            for value in values:
                answer = await ask(key, dialect.setting_request(key, value))
                if answer is None or not (answer.refused or answer.status is None):
                    break

    async def _ask(
        self, sender: WebSocketSender, booted: asyncio.Event, question: str, request: Request
    ) -> Answer | None:
        """Ask, when it is the question's turn. Raises ConnectionClosed, and _Rebooted once there was a boot."""
        async with sender.turn():
            if booted.is_set():
                raise _Rebooted
            asked_at = self._now()
            self._suspicion = self._suspicion.asked(question, asked_at)
            answer = await self._answer(sender, request)
            if answer is not None and not booted.is_set():
                self._suspicion = self._suspicion.answered(question, asked_at)
            return answer

    async def _answer(self, sender: WebSocketSender, request: Request) -> Answer | None:
        """The answer, one without a status for a CALLERROR, None where none came in time."""
        try:
            reply = await sender.exchange(request.action, request.payload)
        except (CallErrorReceived, CallTimeout) as error:
            logger.info('%s at start-up: %s', request.action, error)
            return Answer(None) if isinstance(error, CallErrorReceived) else None
        answer = self._charger.read_answer(request, reply)
        self._charger.record(*answer.entries)
        return answer


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Finds the question that makes a charger reboot: frozen, each method returns the next value.

    `question` is the newest one, but never one after a question without an answer: a charger that boots hears nothing.
    `blamed` are those after which it rebooted once.
    """

    question: str | None = None
    asked_at: datetime | None = None
    silent: bool = False
    blamed: frozenset[str] = frozenset()

    def asked(self, question: str, now: datetime) -> Suspicion:
        """The suspicion after a question was sent."""
        return self if self.silent else replace(self, question=question, asked_at=now, silent=True)

    def answered(self, question: str, asked_at: datetime) -> Suspicion:
        """The suspicion after an answer: the questions before this one did no harm."""
        if self.question is None:  # dropped meanwhile
            return replace(self, silent=False)
        return replace(self, question=question, asked_at=asked_at, silent=False)

    def dropped(self) -> Suspicion:
        """The suspicion without a suspect, as something else is the reason of a boot that follows."""
        return replace(self, question=None, silent=False)

    def booted(self, now: datetime) -> tuple[Suspicion, str | None]:
        """The suspicion after a boot, and the question that caused a boot for the second time, None without one."""
        if self.question is None or self.asked_at is None:
            return self, None
        if now - self.asked_at > SUSPECT_FOR:
            return Suspicion(), None  # it survived all questions
        guilty = self.question if self.question in self.blamed else None
        return Suspicion(blamed=self.blamed ^ {self.question}), guilty


class _Rebooted(Exception):
    """The charger booted, so questions wait for a new pause."""


def _name(request: Request) -> str:
    return ' '.join((request.action, *map(str, request.payload.values())))


def _added(answer: Answer | None, before: ConfigurationRead) -> ConfigurationRead:
    for entry in answer.entries if answer is not None else ():
        if isinstance(entry, ConfigurationRead):
            before = ConfigurationRead({**before.keys, **entry.keys}, entry.at, before.read_only | entry.read_only)
    return before
