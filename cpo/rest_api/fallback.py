"""Answers in the error shape for unknown paths and methods below `/api` and `/files`, else NiceGUI's page."""

from __future__ import annotations

import re

from fastapi import FastAPI
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from cpo.files import FILES
from cpo.rest_api.errors import MethodNotAllowed, UnknownPath


def install_fallback(app: FastAPI) -> None:
    """Answer paths below `/api` and `/files` that have no route with an error document; to be called last."""
    fallback = _Fallback(app)
    paths = ('/api', '/api/{rest:path}', f'{FILES}{{rest:path}}')
    for route in (Route(path, fallback) for path in paths):
        route.path_regex = re.compile(route.path_regex.pattern, re.DOTALL)  # a line feed may be in a path as well
        app.router.routes.append(route)


class _Fallback:
    """Raises MethodNotAllowed or UnknownPath; an ASGI application, as only such a route takes any method."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        routes = [r for r in self._app.routes if isinstance(r, Route) and r.matches(scope)[0] is Match.PARTIAL]
        if allowed := sorted({method for route in routes for method in route.methods or ()}):
            raise MethodNotAllowed(f'{scope["path"]} takes {" and ".join(allowed)}, not {scope["method"]}.', allowed)
        raise UnknownPath(f'There is nothing at {scope["path"]}; /docs lists what is there.')
