"""A websocket's place, in memory: two ends with a latency between them, and a cable that can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from websockets.exceptions import ConnectionClosedError
from websockets.frames import Close

ABNORMAL = 1006
FRAME_S = 0.001  # so far apart two frames arrive at least


class Link:
    """One connection. The charger has `charger_end`, the program `send_to_charger`, `receive` and `close`.

    Frames arrive in the order they were sent, `latency_s` later; one that is sent with a delay of its own is overtaken.
    """

    def __init__(self, latency_s: float) -> None:
        """A connection that has just come about."""
        self.charger_end = ChargerEnd(self)
        self._to_charger = _Pipe(latency_s)
        self._to_program = _Pipe(latency_s)
        self._held: list[str] | None = None

    # The program's end

    async def receive(self) -> str | None:
        """The next frame of the charger, None once the connection has ended."""
        return await self._to_program.receive()

    def send_to_charger(self, text: str) -> None:
        """Nobody gets it when the connection has ended; the program finds that out later."""
        self._to_charger.send(text)

    def send_to_program(self, text: str, delay_s: float = 0) -> None:
        """As if the charger had sent it."""
        if self._held is None:
            self._to_program.send(text, delay_s)
        else:
            self._held.append(text)

    def close(self, code: int, reason: str) -> None:
        """The program says goodbye."""
        self._to_charger.end(code, reason)
        self._to_program.end(code, reason)

    @property
    def has_ended(self) -> bool:
        """Frames no longer arrive."""
        return self._to_program.has_ended

    # The cable

    def hold(self) -> None:
        """What the charger says gets stuck until `release`."""
        self._held = []

    def release(self) -> None:
        """It goes on, in order."""
        held, self._held = self._held or [], None
        for text in held:
            self._to_program.send(text, 0)

    def cut(self) -> None:
        """What is on its way is lost, both ends are told that the connection has ended; never twice."""
        for pipe in (self._to_charger, self._to_program):
            if not pipe.has_ended:
                pipe.drop()
                pipe.end(ABNORMAL, '')

    # The charger's end, see ChargerEnd

    async def receive_at_charger(self) -> str | None:
        """The next frame of the program, None once the connection has ended."""
        return await self._to_charger.receive()

    @property
    def close_code(self) -> int | None:
        """Why the connection has ended."""
        return self._to_charger.close_code

    @property
    def close_reason(self) -> str | None:
        """The same in words."""
        return self._to_charger.close_reason


class ChargerEnd:
    """What the simulated charger uses as its websocket (`simulator.connection.Socket`)."""

    def __init__(self, link: Link) -> None:
        """`on_frame` takes what the charger sends."""
        self._link = link
        self.on_frame: Callable[[str], None] = link.send_to_program

    @property
    def transport(self) -> ChargerEnd:
        """Itself: it can be aborted."""
        return self

    def abort(self) -> None:
        """The charger's network is gone."""
        self._link.cut()

    def is_closing(self) -> bool:
        """Nothing can be sent any more."""
        return self._link.has_ended

    @property
    def close_code(self) -> int | None:
        """Why the connection has ended."""
        return self._link.close_code

    @property
    def close_reason(self) -> str | None:
        """The same in words."""
        return self._link.close_reason

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        while (text := await self._link.receive_at_charger()) is not None:
            yield text
        if self.close_code == ABNORMAL:
            raise ConnectionClosedError(Close(ABNORMAL, ''), None)

    async def send(self, message: str) -> None:
        """Raises ConnectionClosedError."""
        if self.is_closing():
            raise ConnectionClosedError(None, None)
        self.on_frame(message)

    async def close(self) -> None:
        """The charger says goodbye."""
        self._link.close(1000, '')


class _Pipe:
    """One direction."""

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
        """No two at the same time: the event loop does not keep the order of such timers."""
        at = self._loop.time() + self._latency_s + delay_s
        if not delay_s:
            at = self._last_at = max(at, self._last_at + FRAME_S)

        def arrive() -> None:
            self._on_its_way.discard(handle)
            self._arrived.put_nowait(text)

        handle = self._loop.call_at(at, arrive)
        self._on_its_way.add(handle)
