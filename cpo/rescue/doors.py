"""What is served while the journal is damaged: one page in place of all, its two choices, health, and chargers."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable, Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from cpo.access import CALLER, Gate, PathPrefix, SignInCheck, StandalonePage
from cpo.addresses import names_of_this_machine
from cpo.journal import DamagedJournal, JournalDamaged
from cpo.ocpp import Dialect
from cpo.rescue.waiting_chargers import WaitingChargers
from cpo.rescue.words import choices, damage_sentence
from cpo.rest_api.body_check import BodyCheck
from cpo.rest_api.errors import error_response, install_error_handlers
from cpo.rest_api.json_response import json_response
from cpo.serving import believe_proxies, local_rule
from cpo.settings import Settings
from cpo.version import VERSION

PAGE = StandalonePage(Path(__file__).with_name('page.html'))
PAGES_SOCKET = '/_nicegui_ws/'


class Doors:
    """The application `app`; the first choice that succeeds replaces the journal, and ends what is served."""

    def __init__(self, damaged: DamagedJournal, settings: Settings, dialects: Sequence[Dialect]) -> None:
        """Chargers may speak the `dialects`, the preferred one first."""
        self._damaged = damaged
        self._chargers = WaitingChargers(dialects, settings.heartbeat_interval)
        self._one_at_a_time = asyncio.Lock()
        self._listener: Callable[[], None] = lambda: None
        self.is_replaced = False
        self.app = app = FastAPI(openapi_url=None)
        app.add_api_route('/api/health', self._health)
        app.add_api_route('/api/journal', self._journal)
        app.add_api_route('/api/journal/restore', self._restore, methods=['POST'])
        app.add_api_route('/api/journal/start-empty', self._start_empty, methods=['POST'])
        for path in ('/api', '/api/{rest:path}'):
            app.add_route(path, self._not_now, methods=['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
        app.add_api_route('/', self._page)
        app.add_api_route('/{name}', self._page)
        app.add_api_websocket_route('/{path:path}', self._on_websocket)
        install_error_handlers(app)
        app.add_middleware(BodyCheck)
        app.add_middleware(SignInCheck, None, local_rule(lambda: settings))  # who has a password stands in the journal
        believe_proxies(app, settings.trusted_proxies)
        app.add_middleware(Gate, lambda: settings, names_of_this_machine(), lambda *_: None)
        app.add_middleware(PathPrefix, settings.trusted_proxies)

    def on_replaced(self, listener: Callable[[], None]) -> None:
        """Call `listener` once the journal is replaced."""
        self._listener = listener

    async def _health(self, request: Request) -> Response:
        is_let_in = request.scope.get(CALLER) is not None
        detail = damage_sentence(self._damaged.damage) if is_let_in else 'The journal is damaged.'
        return json_response({'status': 'damaged', 'detail': detail, 'version': VERSION}, 503)

    async def _journal(self) -> Response:
        damage, backup = self._damaged.damage, self._damaged.backup
        return json_response(
            {
                'damage': damage.kind,
                'detail': damage_sentence(damage),
                'file': str(damage.path),
                'backup': None if backup is None else {'file': str(backup.path), 'at': backup.at},
            }
        )

    async def _restore(self) -> Response:
        if (backup := self._damaged.backup) is None:
            return error_response(404, 'UnknownBackup', 'There is no sound backup beside the journal.')
        return await self._replace(lambda: self._damaged.restore(backup.path))

    async def _start_empty(self) -> Response:
        return await self._replace(self._damaged.start_empty)

    async def _replace(self, replace: Callable[[], None]) -> Response:
        """Raises JournalError, and then all stays as it was."""
        async with self._one_at_a_time:
            if not self.is_replaced:
                try:
                    await asyncio.to_thread(replace)
                except JournalDamaged as error:
                    return error_response(503, JournalDamaged.__name__, damage_sentence(error.damage))
                self.is_replaced = True
                self._listener()
        return json_response({'status': 'starting'})

    async def _not_now(self, _request: object) -> Response:
        return error_response(503, JournalDamaged.__name__, damage_sentence(self._damaged.damage))

    async def _page(self) -> Response:
        what, buttons = damage_sentence(self._damaged.damage), choices(self._damaged)
        shown = [
            f'<button class="cpo-button" type="button" data-path="{choice.path}">{html.escape(choice.button)}</button>'
            f'<p class="cpo-secondary">{html.escape(choice.meaning)}</p>'
            for choice in buttons
        ]
        return PAGE.response(what=html.escape(what), choices=''.join(shown))

    async def _on_websocket(self, websocket: WebSocket) -> None:
        if websocket.url.path.startswith(PAGES_SOCKET):  # a page that was opened before
            await websocket.close()
        else:
            await self._chargers.serve(websocket)
