"""The charger of the PyPI package `ocpp`, played frame by frame as the scripted one; the package judges both sides."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from ocpp.charge_point import camel_to_snake_case, remove_nones, snake_to_camel_case
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import Action

from tests.scripted_charger import ScriptedCharger


class PypiPlayer(ScriptedCharger):
    """A ScriptedCharger whose frames the package makes, reads and validates."""

    async def __aenter__(self) -> Self:
        """Connect."""
        await super().__aenter__()
        self._charger = _Charger(self.websocket)
        self._reading = asyncio.create_task(self._charger.start())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Hang up."""
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await self._reading
        await super().__aexit__(kind, error, traceback)

    async def call(self, action: str, payload: Any, message_id: str | None = None) -> Any:
        """Send a Call and return the payload of its CallResult; raises for a CallError."""
        request = getattr(call, action)(**camel_to_snake_case(payload))
        return _to_wire(await self._charger.call(request, suppress=False))

    async def receive_call(self, action: str, timeout_s: float = 10) -> tuple[str, Any]:
        """The next Call of the server, which must be this one: its id and payload."""
        async with asyncio.timeout(timeout_s):
            message_id, name, payload = await self._charger.received.get()
        assert name == action, (name, payload)
        return message_id, payload

    async def answer(self, message_id: str, payload: Any) -> None:
        """Answer that Call, the oldest without an answer."""
        self._charger.answers.put_nowait(payload)


class _Charger(ChargePoint):  # type: ignore[misc]  # the package carries no types
    def __init__(self, websocket: Any) -> None:
        super().__init__('CP1', websocket, response_timeout=10)
        self.received: asyncio.Queue[tuple[str, str, Any]] = asyncio.Queue()
        self.answers: asyncio.Queue[Any] = asyncio.Queue()
        for action in Action:
            name = str(action.value)
            self.route_map.setdefault(name, {})['_on_action'] = self._handler(name)

    async def _handle_call(self, msg: Any) -> None:
        self.received.put_nowait((msg.unique_id, msg.action, msg.payload))
        await super()._handle_call(msg)

    def _handler(self, action: str) -> Any:
        async def answer(**_: Any) -> Any:
            return getattr(call_result, action)(**camel_to_snake_case(await self.answers.get()))

        return answer


def _to_wire(response: Any) -> Any:
    return snake_to_camel_case(remove_nones(asdict(response)))
