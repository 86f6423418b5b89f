"""Judges every frame that the server sends by the JSON schemas of the PyPI package `ocpp`, in tests with a house."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from jsonschema import ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cpo.charger_websocket import AT_ONCE, AtOnce
from cpo.ocpp.message_log import MAX_FRAME_LENGTH
from cpo.ocpp.v16.actions import in_any_case
from cpo.ocpp.v16.dialect import ERROR_CODES
from tests.scripted_charger import CALL, CALL_ERROR, CALL_RESULT, schema

CALL_OF_CHARGER = re.compile(r'\s*\[\s*2\s*,\s*("(?:[^"\\]|\\.)*"|[^,"]+?)\s*,\s*"(\w+)"')
TIME = re.compile(r'"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z"')
JUDGED: set[tuple[str, str]] = set()
"""What was found right, with its times left out: most frames repeat others."""


class Judge:
    """Follows connections in both directions, as an answer is judged by what it answers; `faults` are sentences."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._actions: dict[Any, str] = {}

    def on_received(self, text: str) -> None:
        """A frame of the charger."""
        if match := CALL_OF_CHARGER.match(text):
            self._actions[_id_of(match[1])] = match[2]

    def on_sent(self, text: str) -> None:
        """A frame of the server."""
        kind, message_id, *rest = json.loads(text)
        action = rest[0] if kind == CALL else self._actions.get(json.dumps(message_id), '')
        key = (action, TIME.sub('', text.partition(json.dumps(message_id))[2]))
        if key in JUDGED:
            return
        JUDGED.add(key)
        try:
            fault = _fault(action, json.loads(text, parse_float=Decimal))
        except (ValidationError, OSError) as error:
            fault = str(error)
        if fault:
            JUDGED.discard(key)
            self.faults.append(f'{text[:300]}: {fault}')


def faults_of_log(messages: Iterable[Mapping[str, Any]]) -> list[str]:
    """The faults in what a program sent, by the items of `GET /api/messages`, without frames that are cut there."""
    judge = Judge()
    for message in messages:
        is_received, answer = message['direction'] == 'in', message['answer'] or ''
        if is_received:
            judge.on_received(message['frame'])
        sent = answer if is_received else message['frame']
        if sent and len(sent) < MAX_FRAME_LENGTH:
            judge.on_sent(sent)
    return judge.faults


def _fault(action: str, frame: list[Any]) -> str:
    """What is wrong with a frame about this Action; raises ValidationError and OSError (there is no such schema)."""
    kind, _, *rest = frame
    if kind == CALL_ERROR:
        is_right = len(rest) == 3 and rest[0] in ERROR_CODES.values() and isinstance(rest[2], dict)
        return '' if is_right and len(rest[1]) <= 255 else 'no CallError of OCPP-J 1.6 §4.2.3'
    if kind == CALL:
        schema(action).validate(rest[1])
    elif kind == CALL_RESULT:
        schema(f'{_spelled(action)}Response').validate(rest[0])
    return '' if kind in (CALL, CALL_RESULT) else 'no message type of OCPP-J 1.6 §4.1.3'


def _spelled(action: str) -> str:
    """The Action as the specification spells it: a charger that writes it otherwise is understood."""
    known = in_any_case(action)
    return action if known is None else known.name


def _id_of(text: str) -> str:
    try:
        return json.dumps(json.loads(text))
    except ValueError:
        return text


class Judged:
    """An application whose websockets for chargers a Judge follows."""

    def __init__(self, app: ASGIApp, judge: Judge) -> None:
        self._app, self._judge = app, judge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through."""
        if scope['type'] != 'websocket' or not scope['path'].startswith('/ocpp'):
            await self._app(scope, receive, send)
            return

        async def received() -> Message:
            message = await receive()
            self._judge.on_received(message.get('text') or (message.get('bytes') or b'').decode(errors='replace'))
            return message

        async def sent(message: Message) -> None:
            if message['type'] == 'websocket.send':
                self._judge.on_sent(message['text'])
            await send(message)

        extensions = scope['extensions']
        if AT_ONCE in extensions:
            extensions[AT_ONCE] = {'follow': partial(self._follow, extensions[AT_ONCE]['follow'])}
        await self._app(scope, received, sent)

    def _follow(self, follow: Callable[[AtOnce], None], at_once: AtOnce) -> None:
        """Follow what the server answers before the application receives it."""

        def answer(text: str) -> str | None:
            self._judge.on_received(text)
            answered = at_once.answer(text)
            if answered:
                self._judge.on_sent(answered)
            return answered

        follow(at_once._replace(answer=answer))
