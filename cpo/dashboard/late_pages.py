"""The dashboard as an ASGI application that is imported and built at the first request for one of its pages."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from contextlib import AsyncExitStack
from contextvars import Context
from importlib import import_module
from typing import Protocol

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send


class Pages(Protocol):
    """The dashboard, or what stands for it in tests."""

    def install(self, app: FastAPI) -> None:
        """Add the pages to `app`."""


class LatePages:
    """ASGI application of the pages: a charger does not wait for NiceGUI, and a house without a browser has none of it.

    NiceGUI is a quarter of the start and of the memory. Its import runs in a thread, so that chargers are served
    meanwhile. All requests that arrive before it is done wait for the same import.
    """

    def __init__(self, module: str, build: Callable[[], Pages]) -> None:
        """`module` is what takes long to import; it is imported before `build` is called."""
        self._module = module
        self._build = build
        self._loading: asyncio.Task[ASGIApp] | None = None
        self._lifespan = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; the first one builds the pages."""
        if self._loading is None:  # its tasks live longer than this request, whose context they must not keep
            self._loading = asyncio.get_running_loop().create_task(self._load(), context=Context())
        app = await asyncio.shield(self._loading)
        await app(scope, receive, send)

    async def _load(self) -> ASGIApp:
        gc.disable()  # as in main: all of this stays
        try:
            await asyncio.to_thread(import_module, self._module)
            app = FastAPI(openapi_url=None)
            self._build().install(app)
            await self._lifespan.enter_async_context(app.router.lifespan_context(app))
        finally:
            gc.freeze()
            gc.enable()
        return app

    async def close(self) -> None:
        """End the pages, if there were any; to be called once nothing is served."""
        await self._lifespan.aclose()
