"""The questions a charger is asked after it connected, but for those that made it hang up or restart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Protocol

from cpo.chargers import ALL_KEYS, ChargerKind, ChargerQuirks, Question, quirks_for
from cpo.connection.connection import Connection
from cpo.errors import CallErrorReceived, CallTimeout, ConnectionClosed
from cpo.harm_watch import HarmWatch
from cpo.ocpp import Answer, Dialect, Request
from cpo.state import ChargePointState, ConfigurationRead, Entry
from cpo.websocket_sender import Reply, WebSocketSender

logger = logging.getLogger(__name__)

INTRODUCTION_WAIT_S = 5.0
RECONNECTED_WAIT_S = 3.0
GONE_SHORTLY_WAIT_S = 1.5
WARY_WAIT_S = 10.0

Ask = Callable[[str, Request], Awaitable[Answer | None]]
"""Ask a question by its name; None where no answer came in time."""


class StartUpOwner(Protocol):
    """The part of ChargePoint that StartUp uses."""

    harm: HarmWatch

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
    """Asks a connected charger what the program needs, but for the questions that its make must not be asked.

    Until a charger may be asked, the gate of its sender holds back other Calls. Requests go out one at a time; a
    refusal stops nothing. The configuration is read once for each boot of the charger. A question has a name: a
    configuration key (for reading and for changing it), '' for all keys at once, or the Action and its payload.
    """

    def __init__(
        self,
        charger: StartUpOwner,
        now: Callable[[], datetime],
        introduction_wait_s: float = INTRODUCTION_WAIT_S,
        reconnected_wait_s: float = RECONNECTED_WAIT_S,
        quirks_of: Callable[[ChargerKind], ChargerQuirks] = quirks_for,
        wary_wait_s: float = WARY_WAIT_S,
    ) -> None:
        """The waiting times are how long a charger may take to send its BootNotification.

        `introduction_wait_s` is that of a new charger, `reconnected_wait_s` that of one seen before. `wary_wait_s` is
        the pause after each answer of a charger that a question made hang up or restart.
        """
        self._charger = charger
        self._now = now
        self._introduction_wait_s = introduction_wait_s
        self._reconnected_wait_s = reconnected_wait_s
        self._quirks_of = quirks_of
        self._wary_wait_s = wary_wait_s
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
        often only lost its connection and sends no BootNotification: after 3 s it is asked for one (after 1.5 s where
        it was gone too shortly for a restart), a new one after 5 s. Where it sends another Call first, it has not
        restarted: what waits is released at once. Between the charger's boot and the first question there is a pause,
        as some reboot when asked too early.
        """
        sender, dialect = connection.sender, connection.dialect
        booted = self._booted = asyncio.Event()
        wait_s = self._wait_for_boot_s
        has_called = await sender.wait_for_gate(wait_s)
        sender.open_gate()
        if not may_ask:
            return
        ask = partial(self._ask, sender, booted)
        with suppress(ConnectionClosed):
            if has_called:
                await _set_within(wait_s, booted)
            if not booted.is_set():
                await asyncio.sleep(0)  # a person's command that waited for the gate goes first
                await self._introduce(sender, dialect, booted)
            while True:
                booted.clear()
                await asyncio.sleep(self._quirks.settle_s)
                with suppress(_Rebooted):
                    await self._ask_all(dialect, ask)
                await booted.wait()

    @property
    def _wait_for_boot_s(self) -> float:
        """How long the charger that has just connected may take to send its BootNotification."""
        if self._charger.state.boot is None:
            return self._introduction_wait_s
        is_short = self._charger.harm.was_gone_shortly
        return min(self._reconnected_wait_s, GONE_SHORTLY_WAIT_S) if is_short else self._reconnected_wait_s

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
        if self._charger.harm.was_gone_shortly and self._charger.state.charger_kind == self._kind_asked:
            return  # it sends one whenever it connects
        self._configured = None
        self._charger.harm.on_boot()

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
            async with sender.turn:
                answer = await self._answer(sender, _name(request), request)
            if answer is not None and answer.accepted:
                await _set_within(self._introduction_wait_s, booted)
        finally:
            self._is_introducing = False

    async def _ask_all(self, dialect: Dialect, ask: Ask) -> None:
        charger = self._charger_now
        self._kind_asked = charger[1]
        restored = self._restored_keys
        is_known = restored is None or restored.issuperset({*dialect.configuration_keys} - dialect.optional_keys)
        if self._configured != charger or not is_known:
            await self._change_settings(dialect, ask, await self._read_configuration(dialect, ask))
            self._configured, self._restored_keys = charger, None
        for request in dialect.startup_requests(self._charger.state):
            if self._may_ask(_name(request)):
                await ask(_name(request), request)

    async def _read_configuration(self, dialect: Dialect, ask: Ask) -> ConfigurationRead:
        """All keys at once; where that fails, those the program uses one by one, until one gets no answer at all."""
        read = ConfigurationRead({}, self._now())
        if not self._may_ask(Question.CONFIGURATION):
            return read
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
        async with sender.turn:
            if booted.is_set():
                raise _Rebooted
            answer = await self._answer(sender, question, request)
        if answer is not None and self._charger.state.known.hang_ups.is_wary:
            await asyncio.sleep(self._wary_wait_s)
        return answer

    async def _answer(self, sender: WebSocketSender, question: str, request: Request) -> Answer | None:
        """The answer, one without a status for a CALLERROR, None where none came in time."""
        try:
            with self._charger.harm.sending(question):
                reply = await sender.exchange(request.action, request.payload)
        except (CallErrorReceived, CallTimeout) as error:
            logger.info('%s at start-up: %s', request.action, error)
            return Answer(None) if isinstance(error, CallErrorReceived) else None
        answer = self._charger.read_answer(request, reply)
        self._charger.record(*answer.entries)
        return answer


class _Rebooted(Exception):
    """The charger booted, so questions wait for a new pause."""


async def _set_within(seconds: float, event: asyncio.Event) -> None:
    """Wait for the event, but no longer than this."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _name(request: Request) -> str:
    return ' '.join((request.action, *map(str, request.payload.values())))


def _added(answer: Answer | None, before: ConfigurationRead) -> ConfigurationRead:
    for entry in answer.entries if answer is not None else ():
        if isinstance(entry, ConfigurationRead):
            before = ConfigurationRead({**before.keys, **entry.keys}, entry.at, before.read_only | entry.read_only)
    return before
