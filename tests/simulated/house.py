"""The real ChargePoint and the real simulator, connected in memory, in simulated time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cpo.charge_point import ChargePoint
from cpo.controllers import Decision
from cpo.dashboard.words.observation import situation_of
from cpo.dashboard.words.sentence import sentence
from cpo.errors import ConnectionClosed, CpoError
from cpo.journal import Journal
from cpo.limits import read_back_sentence
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.settings import Settings
from cpo.state import YOU, Source
from simulator import Car, Charger, Persona
from simulator.connection import Socket
from tests.simulated.event_loop import simulated_loop
from tests.simulated.link import Link
from tests.simulated.recorder import Recorder
from tests.simulated.witness import Fault, SentCall, What, Witness, form_of

CHARGE_BOX_ID = 'SIM1'


@dataclass(frozen=True, slots=True)
class Wished:
    """The outcome of a wish: `sentence` is its detail, or the text of the error whose class name is `error`."""

    limit_a: float
    applied_a: float | None
    sentence: str
    error: str | None = None


class SimulatedHouse:
    """Program and charger, for use inside `run_simulated`: `async with SimulatedHouse('go-e') as house:`.

    The block begins once the charger is connected. At its end, AssertionError lists the Witness's complaints and what
    the program logged at ERROR.
    """

    def __init__(
        self,
        persona: str | Persona | None = None,
        *,
        max_current: float = 16,
        latency_s: float = 0.05,
        meter_interval_s: int = 10,
        folder: Path | None = None,
        make_charge_point: Callable[..., ChargePoint] = ChargePoint,
        **settings: Any,
    ) -> None:
        """`make_charge_point` replaces the class ChargePoint, `folder` is the journal's; `settings` as in Settings."""
        self._loop = simulated_loop()
        chosen = Settings(**{'max_current': max_current, 'phases': 1, **settings})
        self.max_current_a = max_current
        self._folder = folder
        self.journal = _AwaitedJournal(folder)
        self.charge_point = make_charge_point(chosen, (Ocpp16Dialect(),), self.journal, self._loop.now)
        self.persona = Persona.load(persona) if isinstance(persona, str) else persona or Persona()
        self.charger_events: list[str] = []  # the simulator's events as lines of text with their time
        self.charger = Charger(
            'ws://in-memory/ocpp/CP1',
            persona=self.persona,
            meter_interval_s=meter_interval_s,
            seed=0,
            on_event=lambda line: self.charger_events.append(f'{self.time_s:.1f} s  {line}'),
            wall_clock=self._loop.now,
            connect=self._connect,
        )
        self.recorder = Recorder(self._loop, self.charge_point, self.charger, max_current)
        self._outcomes: dict[int, Wished] = {}
        self._wished = 0
        self._latency_s = latency_s
        self._witness = Witness(self._loop.time, chosen.call_timeout, latency_s)
        self._link: Link | None = None
        self._cable_is_cut = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._errors = _Errors(self.complaints)

    async def __aenter__(self) -> Self:
        logging.getLogger('cpo').addHandler(self._errors)
        self.in_background(self.charger.run())
        await self.charger.wait_until_online()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.recorder.end()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.journal.close()
        logging.getLogger('cpo').removeHandler(self._errors)
        if error is None and self.complaints:
            raise AssertionError('\n'.join(self.complaints))

    # ---- people

    async def wish(self, connector_id: int, limit_a: float, by: Source = YOU) -> Wished:
        """Set a charging limit and return its outcome; a CpoError becomes part of the outcome."""
        number = self._wished = self._wished + 1
        if limit_a == 0:
            self._witness.stop_wished()
        try:
            outcome = await self.charge_point.set_charging_limit(connector_id, limit_a, by)
        except CpoError as error:
            wished = Wished(limit_a, None, str(error), type(error).__name__)
        else:
            wished = Wished(limit_a, outcome.applied_a, outcome.detail)
        self._outcomes[number] = wished
        return wished

    def wish_soon(self, connector_id: int, limit_a: float, by: Source = YOU) -> None:
        """Set a charging limit in the background; its outcome is in `newest`."""
        self.in_background(self.wish(connector_id, limit_a, by))

    # ---- time

    @property
    def time_s(self) -> float:
        """Simulated seconds since the event loop began."""
        return self._loop.time()

    async def settle(self, seconds: float) -> None:
        """Let this much simulated time pass."""
        await asyncio.sleep(seconds)

    async def seconds_until(self, condition: Callable[[], bool], within_s: float, for_s: float = 0) -> float | None:
        """Seconds until the condition was true for `for_s` seconds on end, checked every second.

        None when that has not begun within `within_s`.
        """
        began_s = since_s = self.time_s
        holds = condition()
        while not (holds and self.time_s - since_s >= for_s):
            if self.time_s - began_s >= within_s + for_s:
                return None
            await asyncio.sleep(1)
            holds = condition()
            since_s = since_s if holds else self.time_s
        return since_s - began_s

    def in_background(self, work: Any) -> None:
        """Run an awaitable as a task, cancelled at the end of the house."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- faults

    def next_call(self, what: What, *actions: str, delay_s: float = 0, status: str = 'Rejected') -> None:
        """Let a fault happen to the program's next Call, or to the next one with one of these Actions."""
        self._witness.faults.append(Fault(what, actions, delay_s, status))

    def hang_up_on(self, matches: Callable[[str, dict[str, Any]], bool]) -> None:
        """From now on the charger hangs up whenever a Call of the program matches, by its Action and payload."""
        self._witness.hangs_up_on = matches

    def cut_link(self) -> None:
        """Break the connection; every new one fails until `mend_link`."""
        self._cable_is_cut = True
        if self._link is not None:
            self._link.cut()

    def mend_link(self) -> None:
        """Let the charger's next attempt to connect succeed."""
        self._cable_is_cut = False

    def forget_faults(self) -> None:
        """Remove the faults that have not happened yet."""
        self._witness.faults.clear()

    async def reboot(self, without_power_s: float = 5) -> None:
        """Cut the charger's power for so long."""
        self.charger.cut_power()
        await asyncio.sleep(without_power_s)
        self.charger.restore_power()

    @contextlib.contextmanager
    def stalled_line(self) -> Iterator[None]:
        """While inside, the charger's frames are held back; they arrive together at the end."""
        link = self._link
        assert link is not None
        link.hold()
        try:
            yield
        finally:
            link.release()

    async def restart_program(self) -> None:
        """End the program without closing the connection, and start it again with its journal and charger."""
        self.cut_link()
        await self.settle(1)
        self.journal.close()
        self.journal = _AwaitedJournal(self._folder)
        self.charge_point = ChargePoint(self.charge_point.settings, (Ocpp16Dialect(),), self.journal, self._loop.now)
        self.mend_link()
        await self.settle(20)

    # ---- observations

    @property
    def car_current_a(self) -> float:
        """The current the car at connector 1 draws now, per phase."""
        return self.charger.station.connectors[1].current_a

    @property
    def max_seen_a(self) -> float:
        """The highest current the car drew in any second in which the program controlled it; see Recorder."""
        return self.recorder.max_seen_a

    @property
    def messages_sent(self) -> list[SentCall]:
        """All Calls of the program, oldest first."""
        return self._witness.calls

    @property
    def outstanding_max(self) -> int:
        """The highest number of the program's Calls that were unanswered at once."""
        return self._witness.outstanding_max

    @property
    def complaints(self) -> list[str]:
        """Violations in the frames the program sent, and what it logged at ERROR."""
        return self._witness.complaints

    @property
    def forms_tried(self) -> list[str]:
        """The distinct forms of charging profiles the program sent, in order of their first use."""
        forms = (form_of(call) for call in self.messages_sent)
        return list(dict.fromkeys(form for form in forms if form is not None))

    @property
    def newest(self) -> Wished | None:
        """The outcome of the newest wish, None while it is pending."""
        return self._outcomes.get(self._wished)

    @property
    def sentence(self) -> str:
        """All text shown about connector 1: the newest wish's outcome, the read-back, and the page's sentence."""
        told = [] if self.newest is None else [self.newest.sentence]
        read_back = self.charge_point.state.connector(1).read_back
        return ' '.join([*told, *([] if read_back is None else [read_back_sentence(read_back)]), self.home])

    @property
    def home(self) -> str:
        """Headline and sentence of the page Home about connector 1."""
        house = self.charge_point
        words = sentence(situation_of(house.state, 1, Decision(), house.settings, house.quirks, self._loop.now()))
        return f'{words.headline}. {words.sentence}'

    # ---- inside

    @contextlib.asynccontextmanager
    async def _connect(self, _url: str) -> AsyncIterator[Socket]:
        """The charger's end of a new connection; raises OSError while the link is cut."""
        if self._cable_is_cut:
            raise OSError('the cable is cut')
        link = self._link = Link(self._latency_s)
        self._witness.connected()
        link.charger_end.on_frame = lambda text: self._witness.to_program(link, text)
        self.in_background(self._serve(link))
        try:
            yield link.charger_end
        finally:
            link.cut()

    async def _serve(self, link: Link) -> None:
        """Pass frames between link and ChargePoint, as WebSocketEndpoint does."""

        async def send_text(text: str) -> None:
            if link.has_ended:
                await asyncio.sleep(0)
                raise ConnectionClosed(was_sent=False)
            self._witness.to_charger(link, text)

        async def close(code: int, reason: str) -> None:
            link.close(code, reason)

        connection = self.charge_point.connections.connect(CHARGE_BOX_ID, 'ws://in-memory/ocpp/CP1', send_text, close)
        try:
            while (text := await link.receive()) is not None:
                self._witness.arrived_at_program(text)
                with contextlib.suppress(ConnectionClosed):
                    await self.charge_point.handle_ocpp_message(connection, text)
        finally:
            self.charge_point.connections.disconnect(connection)


class _Errors(logging.Handler):
    """Adds every record at ERROR to the complaints."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._complaints = complaints

    def emit(self, record: logging.LogRecord) -> None:
        reason = record.exc_info and record.exc_info[1]
        self._complaints.append(f'{record.name}: {record.getMessage()}' + (f': {reason!r}' if reason else ''))


class _AwaitedJournal(Journal):
    """The journal, with no simulated time passing while its thread is awaited."""

    async def flushed(self) -> None:
        with simulated_loop().waiting_for_thread():
            await super().flushed()


def car_for(persona: Persona, max_current_a: float = 32) -> Car:
    """A car that can draw more than the house allows, on all phases the charger has."""
    return Car(soc=20, max_current_a=max_current_a, phases=persona.phases, battery_kwh=100)
