"""The newest state of the charger, and who follows its changes: the journal, and listeners.

A charger may send meter values faster than anybody looks. So these wait, and are folded into the state when somebody
reads it, or when the listeners hear of them: at once after a quiet time, then five times a second at most. Of a flood,
one reading for each second of the charger's clock is used, and whoever is shown the state then is shown that of which
the listeners heard. Everything else is applied at once, and the listeners hear of it at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from cpo.clock import whole_ms
from cpo.frozen import replace
from cpo.journal import Journal
from cpo.state import (
    ChargePointState,
    Entry,
    Event,
    Heard,
    MeterRead,
    ValuesThinned,
    events_of,
    first_number,
    next_number,
    outlasts_demo,
    thinned,
)

logger = logging.getLogger(__name__)

LIVE_EVERY_S = 0.2
FLOOD = 20
"""More meter values than these in 0.2 s are a flood."""
SAY_EVERY_S = 60.0
MAX_EVENTS = 1000


class LiveState:
    """Entries in, state out. All methods belong to the event loop's thread."""

    def __init__(self, journal: Journal, phases: int, now: Callable[[], datetime]) -> None:
        """Restores the state from the journal; `phases` is from the settings, `now` the program's time."""
        self._journal = journal
        self._now = now
        self._loop = asyncio.get_running_loop()
        self._state = journal.restored_state(phases)
        self._without_demo: ChargePointState | None = None
        self._waiting: list[MeterRead] = []
        self._taken_in = 0
        self._is_flooded = False
        self._left_out = 0
        self._said_at = float('-inf')
        self._listeners: list[Callable[[], None]] = []
        self._notified_at = float('-inf')
        self._is_urgent = False
        self._timer: asyncio.TimerHandle | None = None
        self._next: asyncio.Handle | None = None
        self._newest_event = journal.newest_event
        self._applied: list[_Applied] = []
        self._events: deque[Event] = deque(maxlen=MAX_EVENTS)
        self.next_number = journal.next_number(first_number(now()))
        journal.on_problem(self.notify)

    @property
    def newest(self) -> ChargePointState:
        """The newest state, frozen; read it again after a change."""
        if self._waiting:
            self.fold()
        return self._state

    @property
    def before_waiting(self) -> ChargePointState:
        """The newest state but for meter values that wait."""
        return self._state

    @property
    def shown(self) -> ChargePointState:
        """The newest state; in a flood of meter values it may be as of the last notification, at most 0.2 s ago."""
        return self._state if self._is_flooded or self._taken_in > FLOOD else self.newest

    @property
    def events(self) -> deque[Event]:
        """The newest events since the start of the program, the demo charger's too, oldest first."""
        self.record_events()
        return self._events

    @property
    def known_charger(self) -> str | None:
        """The charge box id of the last real charger, None before one was ever connected."""
        return (self._without_demo or self._state).charge_box_id

    def begin_demo(self) -> None:
        """From now on, as the demo charger connects, only entries that outlast it are written to the journal."""
        self._without_demo = self._without_demo or self.newest

    def end_demo(self) -> None:
        """Restore the state from before the demo charger connected, if it did."""
        if self._without_demo is not None:
            self._waiting.clear()
            self._state, self._without_demo = self._without_demo, None
            self.notify()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after changes, as `notify_soon` says; the returned function unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def take_in(self, *entries: Entry) -> None:
        """Apply entries to the state and queue them to the journal, in order; the caller notifies the listeners."""
        for entry in entries:
            if isinstance(entry, MeterRead):
                self._waiting.append(entry)
                self._taken_in += 1
            else:
                self.fold()
                self._apply(entry)
                self._is_urgent = self._is_urgent or not isinstance(entry, Heard)

    def notify(self) -> None:
        """Notify the listeners now; meter values that wait are applied before."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._next is not None:
            self._next.cancel()
            self._next = None
        self._is_urgent = False
        self._notified_at = self._loop.time()
        self.fold()
        self.record_events()
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:
                logger.exception('A listener failed')

    def notify_next(self) -> None:
        """Notify the listeners after what the event loop has to do already, as sending a Call."""
        if self._next is None:
            self._next = asyncio.get_running_loop().call_soon(self.notify)

    def notify_soon(self) -> None:
        """Notify the listeners at once, or where only live values are new, not before 0.2 s after the last time."""
        due = self._notified_at + LIVE_EVERY_S
        if self._is_urgent:
            self.notify()
        elif self._timer is None and self._loop.time() >= due:
            self._on_time()
        elif self._timer is None:
            self._timer = self._loop.call_at(due, self._on_time)

    def _on_time(self) -> None:
        """Notify the listeners of live values; whether these are a flood shows in what came since the last time."""
        self._is_flooded, self._taken_in = self._taken_in > FLOOD, 0
        self.notify()

    def fold(self) -> None:
        """Apply the meter values that wait."""
        if not self._waiting and not self._left_out:
            return
        waiting, self._waiting = self._waiting, []
        used = thinned(waiting)
        for entry in used:
            self._apply(entry)
        self._left_out += len(waiting) - len(used)
        if self._left_out:
            self._say_what_was_left_out()

    def _say_what_was_left_out(self) -> None:
        """At most once a minute."""
        time = self._loop.time()
        if time - self._said_at >= SAY_EVERY_S:
            self._apply(ValuesThinned(self._left_out, self._now()))
            self._left_out, self._said_at = 0, time

    def _apply(self, entry: Entry) -> None:
        before, self._state = self._state, entry.apply(self._state)
        is_persisted = self._without_demo is None or outlasts_demo(entry)
        if not isinstance(entry, (MeterRead, Heard)):
            self._applied.append(_Applied(entry, before, self._state, self._now(), is_persisted))
        if self._without_demo is None:
            self._journal.record(entry, before, self._state)
        elif is_persisted:
            before, self._without_demo = self._without_demo, entry.apply(self._without_demo)
            self._journal.record(entry, before, self._without_demo)
        self.next_number = next_number(self.next_number, self._state)

    def record_events(self) -> None:
        """Number and record the events in what was applied; those of the demo charger stay in memory.

        It is done with the notification, or before somebody reads them, so that no Call to the charger waits for it.
        """
        applied, self._applied = self._applied, []
        for each in applied:
            happened = events_of(each.entry, each.before, each.after, whole_ms(each.at))
            events = [replace(event, number=number) for number, event in enumerate(happened, self._newest_event + 1)]
            self._newest_event += len(events)
            self._events.extend(events)
            if events and each.is_persisted:
                self._journal.record_events(events)


class _Applied(NamedTuple):
    """An entry that was applied `at` this time, of which the events are not recorded yet."""

    entry: Entry
    before: ChargePointState
    after: ChargePointState
    at: datetime
    is_persisted: bool
