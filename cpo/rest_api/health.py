"""`/api/health`: whether the program can do its work, for a watchdog."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import FastAPI
from starlette.responses import Response

from cpo.rest_api.documentation import answers
from cpo.rest_api.json_response import json_response

HealthCheck = Callable[[], str | None]
"""Returns a sentence about what is wrong, or None."""

OK = {'status': 'ok', 'detail': 'The program runs.'}


class HealthResource:
    """Asks every check; that this answers at all says that the event loop does."""

    def __init__(self, checks: Sequence[HealthCheck]) -> None:
        """The checks are asked at each request and must not block."""
        self._checks = checks

    def install(self, app: FastAPI) -> None:
        """Put the route on the application."""
        app.add_api_route('/api/health', self.get, tags=['Health'], responses=answers(OK), summary='Is it well')

    async def get(self) -> Response:
        """200 where all is well, 503 with what is wrong where it is not."""
        problems = [problem for check in self._checks if (problem := check())]
        if problems:
            return json_response({'status': 'failing', 'detail': ' '.join(problems)}, 503)
        return json_response(OK)
