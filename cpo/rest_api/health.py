"""`/api/health`: whether the program can do its work, for a watchdog such as Docker's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import FastAPI, Request
from starlette.responses import Response

from cpo.access import CALLER
from cpo.rest_api.documentation import answers
from cpo.rest_api.json_response import json_response
from cpo.version import VERSION

HealthCheck = Callable[[], str | None]
"""Returns a sentence about a problem, or None; must not block."""

OK = {'status': 'ok', 'detail': 'The program runs.', 'version': VERSION}


class HealthResource:
    """Runs the checks it was given at each request; that it answers at all shows that the event loop runs."""

    def __init__(self, checks: Sequence[HealthCheck], remarks: Sequence[HealthCheck] = ()) -> None:
        """`remarks` are problems that a restart does not solve: they are said, and the answer stays 200."""
        self._checks, self._remarks = checks, remarks

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        app.add_api_route('/api/health', self.get, tags=['Health'], responses=answers(OK), summary='Is it well')

    async def get(self, request: Request) -> Response:
        """Status 200 where every check passes, 503 with what is wrong where one does not.

        Who is not let in otherwise learns no more than that.
        """
        problems = [problem for check in self._checks if (problem := check())]
        if request.scope.get(CALLER) is None:
            failing = {'status': 'failing', 'detail': 'The program cannot do its work; its log says more.'}
            known = {'status': OK['status'], 'detail': OK['detail']}
            return json_response(failing if problems else known, 503 if problems else 200)
        if problems:
            return json_response({'status': 'failing', 'detail': ' '.join(problems), 'version': VERSION}, 503)
        remarks = [remark for check in self._remarks if (remark := check())]
        return json_response(OK | {'detail': ' '.join((OK['detail'], *remarks))})
