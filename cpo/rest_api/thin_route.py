"""Routes before FastAPI's handling of parameters, errors and answers, which takes half of a short request's time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cpo.errors import CpoError
from cpo.rest_api.errors import answer_to

Endpoint = Callable[[Request], Awaitable[Response]]


def add_thin_route(app: FastAPI, method: str, path: str, endpoint: Endpoint, **documentation: Any) -> None:
    """Serve a path by a middleware; of its routes in `app`, one tells its methods, the other is its documentation.

    A middleware that is added later sees the request before.
    """
    route = Route(path, endpoint, methods=[method])
    app.add_middleware(ThinRoute, route, endpoint)
    app.router.routes.append(route)
    app.add_api_route(path, endpoint, methods=[method], **documentation)


class ThinRoute:
    """ASGI middleware that answers the requests of one route, and passes on all others."""

    def __init__(self, app: ASGIApp, route: Route, endpoint: Endpoint) -> None:
        self._app = app
        self._methods, self._path, self._endpoint = route.methods or (), route.path_regex, endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of the route, also where its endpoint raises a CpoError."""
        is_asked = scope['type'] == 'http' and scope['method'] in self._methods
        found = self._path.match(scope['path']) if is_asked else None
        if found is None:
            await self._app(scope, receive, send)
            return
        try:
            response = await self._endpoint(Request({**scope, 'path_params': found.groupdict()}, receive))
        except CpoError as error:
            response = answer_to(error)
        await response(scope, receive, send)
