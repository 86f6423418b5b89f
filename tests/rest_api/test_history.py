"""`/api/history` and `/api/events`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from cpo.rest_api.event_words import event_sentence
from cpo.state import REST, AttemptVerdict, Event, EventKind, Mode
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.scripted_charger import ScriptedCharger

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)


class Frame(NamedTuple):
    """One server-sent event."""

    event: str
    data: Any
    id: int | None


@asynccontextmanager
async def stream(rest: httpx.AsyncClient, last: int | None = None) -> AsyncIterator[AsyncIterator[Frame]]:
    """The frames of `/api/events`, as a browser would read them."""
    headers = {} if last is None else {'Last-Event-ID': str(last)}
    async with asyncio.timeout(20), rest.stream('GET', '/api/events', headers=headers) as answer:
        assert answer.headers['content-type'].startswith('text/event-stream')
        yield _frames(answer)


async def _frames(answer: httpx.Response) -> AsyncIterator[Frame]:
    members: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(': ')
            members[name] = value
        elif 'data' in members:
            yield Frame(members['event'], json.loads(members['data']), int(members['id']) if 'id' in members else None)
            members = {}


async def next_of(frames: AsyncIterator[Frame], kind: str) -> Frame:
    """The next event of the stream with this name, or the next history event of this kind."""
    async for frame in frames:
        if frame.event == kind or (frame.event == 'history' and frame.data['kind'] == kind):
            return frame
    raise AssertionError(f'the stream ended before {kind}')


async def history(rest: httpx.AsyncClient, query: str = '') -> list[dict[str, Any]]:
    """The items of a page of the history, newest first."""
    items: list[dict[str, Any]] = (await rest.get(f'/api/history{query}')).json()['items']
    return items


async def a_session(house: House) -> None:
    """A car charges, and a fault ends it."""
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start(meter_start=1000)
        house.charge_point.set_mode(1, Mode.SOLAR)
        await charger.call('StatusNotification', {'connectorId': 1, 'status': 'Faulted', 'errorCode': 'GroundFailure'})
        await charger.stop(transaction_id, 3500)
    await house.until(lambda: not house.charge_point.state.connected)


async def test_the_history_tells_a_session_from_plug_to_fault(house: House, rest: httpx.AsyncClient) -> None:
    await a_session(house)
    told = [(item['kind'], item['connector'], item['what']) for item in reversed(await history(rest))]
    assert [kind for kind, _, _ in told if kind != 'status'] == [
        'adopted',
        'connected',
        'boot',
        'session_begun',
        'mode',
        'fault',
        'session_ended',
        'disconnected',
    ]
    words = {kind: what for kind, _, what in told}
    assert words['session_begun'].endswith('began with Tag1.')
    assert words['session_ended'].endswith('ended with 2.50 kWh: it was ended at the charger.')
    assert words['fault'] == 'The charger reports a fault (GroundFailure).'
    assert [connector for kind, connector, _ in told if kind == 'fault'] == [1]


async def test_the_history_is_filtered_by_kind_and_time_and_paged(house: House, rest: httpx.AsyncClient) -> None:
    await a_session(house)
    assert [e['kind'] for e in await history(rest, '?kind=fault,mode')] == ['fault', 'mode']
    assert await history(rest, '?from=2100-01-01T00:00:00Z') == []
    everything, path, pages = await history(rest), '/api/history?limit=3&from=2020-01-01T00:00:00%2B02:00', []
    while path:
        page = (await rest.get(path)).json()
        pages += page['items']
        path = page['next']
    assert pages == everything


@pytest.mark.parametrize('query', ['kind=nonsense', 'from=yesterday', 'from=0001-01-01', 'limit=0', 'before=x'])
async def test_a_query_of_the_history_that_cannot_be_is_refused(rest: httpx.AsyncClient, query: str) -> None:
    answer = await rest.get(f'/api/history?{query}')
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidQuery')


async def test_the_history_continues_after_a_restart(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    await a_session(house)
    async with client_of(house) as rest:
        before = await history(rest)
    await house.charge_point.flushed()
    house.charge_point.journal.close()
    again = await make_house(folder=tmp_path)
    async with client_of(again) as rest:
        assert await history(rest) == before
        again.charge_point.set_mode(1, Mode.OFF)
        newest = (await history(rest))[0]
    assert (newest['kind'], newest['id']) == ('mode', before[0]['id'] + 1)


async def test_the_stream_begins_with_the_state_and_follows_changes(house: House, rest: httpx.AsyncClient) -> None:
    async with stream(rest) as frames:
        first = await next_of(frames, 'state')
        assert first.data == (await rest.get('/api/chargepoint')).json()
        assert first.id is None
        house.charge_point.set_mode(1, Mode.SOLAR)
        told = await next_of(frames, 'mode')
        assert told.data == (await history(rest))[0]
        assert told.id == told.data['id']
        assert (await next_of(frames, 'state')).data['connectors']['1']['mode'] == 'solar'


async def test_the_state_comes_five_times_a_second_at_most(house: House, rest: httpx.AsyncClient) -> None:
    async with stream(rest) as frames:
        await next_of(frames, 'state')
        began = asyncio.get_running_loop().time()
        states = 0
        changing = asyncio.create_task(_readings(house))
        while (await next_of(frames, 'state')).data['connectors']['1']['mode'] != 'off':
            states += 1
        await changing
        took_s = asyncio.get_running_loop().time() - began
    assert 2 <= states <= took_s / 0.2 + 1


async def _readings(house: House) -> None:
    for power_w in range(60):
        house.charge_point.record_reading(pv_w=power_w, by=REST)
        await asyncio.sleep(0.02)
    house.charge_point.set_mode(1, Mode.OFF)


async def test_who_comes_back_is_told_what_was_missed(house: House, rest: httpx.AsyncClient) -> None:
    for mode in (Mode.OFF, Mode.SOLAR, Mode.MANUAL):
        house.charge_point.set_mode(1, mode)
    first = (await history(rest))[-1]['id']
    async with stream(rest, last=first) as frames:
        assert [(await next_of(frames, 'mode')).data['details'] for _ in range(2)] == [
            {'mode': 'solar'},
            {'mode': 'manual'},
        ]
        assert (await next_of(frames, 'state')).event == 'state'


async def test_what_was_missed_before_a_restart_is_told_too(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    house.charge_point.set_mode(1, Mode.OFF)
    house.charge_point.set_mode(1, Mode.SOLAR)
    await house.charge_point.flushed()
    house.charge_point.journal.close()
    again = await make_house(folder=tmp_path)
    again.charge_point.set_mode(1, Mode.MANUAL)
    async with client_of(again) as rest, stream(rest, last=1) as frames:
        modes = [(await next_of(frames, 'mode')).data['details']['mode'] for _ in range(2)]
    assert modes == ['solar', 'manual']


@pytest.mark.parametrize('kind', [*EventKind, *AttemptVerdict])
def test_an_event_of_an_older_version_is_told_in_its_own_words(kind: str) -> None:
    assert 'CP1' in event_sentence(Event(NOW, kind, None, {'text': 'CP1'}))


async def test_what_the_charger_reports_about_its_security_is_listed_where_it_is_asked_for(
    house: House, rest: httpx.AsyncClient
) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, stream(rest) as frames:
        await next_of(frames, 'state')
        clock = {'type': 'SettingSystemTime', 'timestamp': '2026-06-14T12:00:00+02:00', 'techInfo': 'key=abc'}
        assert await charger.call('SecurityEventNotification', clock) == {}
        await charger.call('FirmwareStatusNotification', {'status': 'Idle'})
        assert (await next_of(frames, 'history')).data['kind'] == 'firmware_status'
    listed = await history(rest, '?kind=security_event')
    assert 'security_event' not in {item['kind'] for item in await history(rest)}
    assert [item['what'] for item in listed] == ['The charger reports a security event: SettingSystemTime (key=***).']
    assert listed[0]['details']['timestamp'] == '2026-06-14T10:00:00.000Z'
