"""Routes without FastAPI's handling of parameters and answers, which adds half again to a short request's time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def add_thin_route(
    app: FastAPI, method: str, path: str, endpoint: Callable[[Request], Awaitable[Response]], **documentation: Any
) -> None:
    """Serve a path by Starlette directly; FastAPI's route of the same path is there for the documentation only."""
    app.router.routes.append(Route(path, endpoint, methods=[method]))
    app.add_api_route(path, endpoint, methods=[method], **documentation)
