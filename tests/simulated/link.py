"""A connection in memory in place of a websocket: two ends with a latency, and a cable that can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from websockets.exceptions import ConnectionClosedError
from websockets.frames import Close

ABNORMAL = 1006
FRAME_S = 0.001  # least time between the arrivals of two frames


class Link:
    """One connection: the charger uses `charger_end`, the program `send_to_charger`, `receive` and `close`.

    Frames arrive `latency_s` after they were sent, in order; only a frame with a delay of its own may be overtaken.
    """

    def __init__(self, latency_s: float) -> None:
        self.charger_end = ChargerEnd(self)
        self._to_charger = _Pipe(latency_s)
        self._to_program = _Pipe(latency_s)
        self._held: list[str] | None = None

    # The program's end

    async def receive(self) -> str | None:
        """The charger's next frame, None once the connection has ended."""
        return await self._to_program.receive()

    def send_to_charger(self, text: str) -> None:
        """Send a frame of the program; it is lost silently when the connection has ended."""
        self._to_charger.send(text)

    def send_to_program(self, text: str, delay_s: float = 0) -> None:
        """Send a frame to the program as if it came from the charger, `delay_s` later than usual."""
        if self._held is None:
            self._to_program.send(text, delay_s)
        else:
            self._held.append(text)

    def close(self, code: int, reason: str) -> None:
        """Close the connection from either end, with a websocket close code and reason."""
        self._to_charger.end(code, reason)
        self._to_program.end(code, reason)

    @property
    def has_ended(self) -> bool:
        """True once the connection was closed or cut."""
        return self._to_program.has_ended

    # The cable

    def hold(self) -> None:
        """Hold the charger's frames back until `release`."""
        self._held = []

    def release(self) -> None:
        """Deliver the frames held back, in order."""
        held, self._held = self._held or [], None
        for text in held:
            self._to_program.send(text, 0)

    def cut(self) -> None:
        """Drop frames in transit and end the connection at both ends with code 1006; a second call does nothing."""
        for pipe in (self._to_charger, self._to_program):
            if not pipe.has_ended:
                pipe.drop()
                pipe.end(ABNORMAL, '')

    # The charger's end, see ChargerEnd

    async def receive_at_charger(self) -> str | None:
        """The program's next frame, None once the connection has ended."""
        return await self._to_charger.receive()

    @property
    def close_code(self) -> int | None:
        """The websocket close code, None while the connection is open."""
        return self._to_charger.close_code

    @property
    def close_reason(self) -> str | None:
        """The websocket close reason, None while the connection is open."""
        return self._to_charger.close_reason


class ChargerEnd:
    """The charger's end of a Link, with the interface `simulator.connection.Socket`; `on_frame` takes its frames."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.on_frame: Callable[[str], None] = link.send_to_program

    @property
    def transport(self) -> ChargerEnd:
        """This object, which has `abort` and `is_closing`."""
        return self

    def abort(self) -> None:
        """Cut the link without a close frame."""
        self._link.cut()

    def is_closing(self) -> bool:
        """True once the connection has ended."""
        return self._link.has_ended

    @property
    def close_code(self) -> int | None:
        """The websocket close code, None while the connection is open."""
        return self._link.close_code

    @property
    def close_reason(self) -> str | None:
        """The websocket close reason, None while the connection is open."""
        return self._link.close_reason

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        while (text := await self._link.receive_at_charger()) is not None:
            yield text
        if self.close_code == ABNORMAL:
            raise ConnectionClosedError(Close(ABNORMAL, ''), None)

    async def send(self, message: str) -> None:
        """Send a frame; raises ConnectionClosedError once the connection has ended."""
        if self.is_closing():
            raise ConnectionClosedError(None, None)
        self.on_frame(message)

    async def close(self) -> None:
        """Close the connection with code 1000."""
        self._link.close(1000, '')


class _Pipe:
    """One direction of a link."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[str | None] = asyncio.Queue()
        self._on_its_way: set[asyncio.TimerHandle] = set()
        self._last_at = 0.0
        self.has_ended = False
        self.close_code: int | None = None
        self.close_reason: str | None = None

    async def receive(self) -> str | None:
        return await self._arrived.get()

    def send(self, text: str, delay_s: float = 0) -> None:
        if not self.has_ended:
            self._deliver(text, delay_s)

    def end(self, code: int, reason: str) -> None:
        if not self.has_ended:
            self.has_ended = True
            self.close_code, self.close_reason = code, reason
            self._deliver(None)

    def drop(self) -> None:
        for handle in self._on_its_way:
            handle.cancel()
        self._on_its_way.clear()

    def _deliver(self, text: str | None, delay_s: float = 0) -> None:
        """Schedule an arrival; no two share a time, as the event loop does not order equal timers."""
        at = self._loop.time() + self._latency_s + delay_s
        if not delay_s:
            at = self._last_at = max(at, self._last_at + FRAME_S)

        def arrive() -> None:
            self._on_its_way.discard(handle)
            self._arrived.put_nowait(text)

        handle = self._loop.call_at(at, arrive)
        self._on_its_way.add(handle)
