"""A page of somebody else cannot use this server through a browser of the house, by whatever name it asks."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from cpo.access import Gate
from cpo.sentences import attempt_sentence
from cpo.settings import Settings
from cpo.state import AttemptVerdict
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of

FOREIGN = [
    'null',
    'file://',
    '',
    'http://evil.example',
    'https://evil.example:8080',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://garage.local.evil.example',
    'http://evil.example/127.0.0.1',
    'http://[::1',
    'chrome-extension://garage.local',
    'http://garage.local http://evil.example',
    'nonsense',
]
OWN = [
    'http://localhost',
    'http://localhost:3000',
    'https://127.0.0.1:8443',
    'http://[::1]:8080',
    'http://garage.local:8123',
    'http://GARAGE.local',
]
HOST = 'garage.local:8080'
REBOUND = {'Host': 'evil.example:8080'}
JSON = {'Content-Type': 'application/json'}
SOCKETS = ['/ocpp/garage', '/_nicegui_ws/socket.io/?EIO=4&transport=websocket', '/nothing']


def connect_by(house: House, url: str, origin: Origin | None = None) -> connect:
    """Ask this house for a websocket, whatever the URL calls it."""
    return connect(url, origin=origin, subprotocols=[Subprotocol('ocpp1.6')], host='127.0.0.1', port=house.port)


async def refused(house: House, path: str, origin: str, host: str = 'localhost') -> str:
    """Ask for a websocket in vain; the error in the body of the 403."""
    with pytest.raises(InvalidStatus) as refusal:
        await connect_by(house, f'ws://{host}{path}', Origin(origin))
    response = refusal.value.response
    assert (response.status_code, response.headers['content-type']) == (403, 'application/json')
    return str(json.loads(response.body or b'')['error'])


async def status_of_raw(house: House, request: bytes) -> int:
    """The status of a request as these bytes."""
    reader, writer = await asyncio.open_connection('127.0.0.1', house.port)
    writer.write(request)
    async with asyncio.timeout(5):
        status = int((await reader.readline()).split()[1])
    writer.close()
    return status


# ---- the Origin


async def test_a_foreign_page_may_not_change_anything(rest: httpx.AsyncClient) -> None:
    for origin in FOREIGN:
        headers = {'Origin': origin, 'Host': HOST}
        for answer in (
            await rest.put('/api/solar', json={'pv_w': 5000}, headers=headers),
            await rest.put('/api/chargepoint/1/chargeLimit', content='10', headers=headers),
            await rest.delete('/api/idtags/Tag1', headers=headers),
            await rest.post('/api/chargepoint/commands/Reset', headers=headers),
            await rest.post('/', headers=headers),
        ):
            assert (answer.status_code, answer.json()['error']) == (403, 'ForeignOrigin'), origin
            assert origin in answer.json()['detail']
    assert (await rest.get('/api/solar')).json()['pv_w'] is None


async def test_the_houses_own_pages_may(rest: httpx.AsyncClient) -> None:
    for pv_w, origin in enumerate(OWN):
        answer = await rest.put('/api/solar', json={'pv_w': pv_w}, headers={'Origin': origin, 'Host': HOST})
        assert (answer.status_code, answer.json().get('pv_w')) == (200, pv_w), origin


async def test_reading_is_not_a_change(rest: httpx.AsyncClient) -> None:
    answer = await rest.get('/api/chargepoint', headers={'Origin': 'http://evil.example'})
    assert answer.status_code == 200
    assert 'access-control-allow-origin' not in answer.headers


@pytest.mark.parametrize('path', SOCKETS)
async def test_a_foreign_page_gets_no_websocket(house: House, path: str) -> None:
    for origin in ('http://evil.example', 'null', 'file://'):
        assert await refused(house, path, origin) == 'ForeignOrigin'
    assert not house.charge_point.state.connected


async def test_nor_the_pages_socket_by_polling(rest: httpx.AsyncClient) -> None:
    path = '/_nicegui_ws/socket.io/?EIO=4&transport=polling'
    for method in ('GET', 'POST', 'OPTIONS'):
        answer = await rest.request(method, path, headers={'Origin': 'http://evil.example'})
        assert (answer.status_code, answer.json()['error']) == (403, 'ForeignOrigin')


async def test_a_second_origin_does_not_help(rest: httpx.AsyncClient) -> None:
    headers = [('Host', HOST), ('Origin', 'http://garage.local'), ('Origin', 'http://evil.example')]
    answer = await rest.put('/api/solar', json={'pv_w': 1}, headers=headers)
    assert (answer.status_code, answer.json()['error']) == (403, 'ForeignOrigin')


async def test_a_charger_that_was_taken_for_a_page_is_seen_by_its_owner(house: House) -> None:
    await refused(house, '/ocpp/garage', 'http://evil.example')
    attempt = house.charge_point.state.attempts[0]
    assert (attempt.path, attempt.verdict, attempt.accepted) == ('/ocpp/garage', AttemptVerdict.FOREIGN_PAGE, False)
    assert 'CPO_ALLOWED_ORIGINS=http://evil.example' in attempt_sentence(attempt)
    await refused(house, '/ocpp/garage', 'http://evil.example', 'evil.example:8080')
    attempt = house.charge_point.state.attempts[0]
    assert attempt.verdict == AttemptVerdict.FOREIGN_HOST
    assert 'CPO_ALLOWED_HOSTS=evil.example' in attempt_sentence(attempt)


async def test_chargers_and_own_pages_get_their_websocket(house: House) -> None:
    for origin in (None, 'http://localhost:3000', 'http://127.0.0.1:80'):
        headers = {} if origin is None else {'Origin': origin}
        subprotocols = [Subprotocol('ocpp1.6')]
        async with connect(house.ocpp(), additional_headers=headers, subprotocols=subprotocols) as websocket:
            assert websocket.subprotocol == 'ocpp1.6', origin


async def test_pages_from_files_are_chargers_where_that_is_allowed_and_nothing_else(make_house: MakeHouse) -> None:
    house = await make_house(allow_file_pages=True)
    for origin in ('null', 'file://'):
        async with connect(house.ocpp(), origin=Origin(origin), subprotocols=[Subprotocol('ocpp1.6')]) as websocket:
            assert websocket.subprotocol == 'ocpp1.6'
        for path in SOCKETS[1:]:
            assert await refused(house, path, origin) == 'ForeignOrigin'
        async with client_of(house) as rest:
            answer = await rest.put('/api/solar', json={'pv_w': 1}, headers={'Origin': origin})
            assert answer.status_code == 403


async def test_without_that_the_refusal_names_the_setting(rest: httpx.AsyncClient) -> None:
    answer = await rest.post('/', headers={'Origin': 'null'})
    assert 'CPO_ALLOW_FILE_PAGES=true' in answer.json()['detail']


async def test_added_origins_may_use_and_frame_this_server_and_no_others(make_house: MakeHouse) -> None:
    house = await make_house(allowed_origins='https://home.example:8123', public_url='https://cpo.example/x')
    async with client_of(house) as rest:
        for origin, status in (
            ('https://home.example:8123', 200),
            ('https://cpo.example', 200),
            ('http://home.example:8123', 403),
            ('https://home.example', 403),
            ('https://sub.home.example:8123', 403),
        ):
            answer = await rest.put('/api/solar', json={'pv_w': 1}, headers={'Origin': origin})
            assert answer.status_code == status, origin
        policy = (await rest.get('/docs')).headers['content-security-policy']
    assert policy.endswith(", frame-ancestors 'self' https://home.example:8123 https://cpo.example")


async def test_every_answer_says_what_a_browser_must_not_do_with_it(rest: httpx.AsyncClient) -> None:
    foreign = {'Host': 'example.com'}
    for path, headers in (
        ('/docs', {}),
        ('/ocpp/x', {}),
        ('/api/chargepoint', {}),
        ('/api/nothing', {}),
        ('/', foreign),
    ):
        answer = (await rest.get(path, headers=headers)).headers
        assert answer['content-security-policy'].endswith("frame-ancestors 'self'"), path
        source = 'self' if path == '/docs' else 'none'
        assert answer['content-security-policy'].startswith(f"default-src '{source}';")
        assert answer['x-content-type-options'] == 'nosniff'
        assert answer['referrer-policy'] == 'same-origin'
        assert 'camera=()' in answer['permissions-policy']
        assert 'strict-transport-security' not in answer


# ---- the Host


async def test_a_rebound_name_gets_nothing(rest: httpx.AsyncClient, house: House) -> None:
    for method, path in (
        ('GET', '/api/backup'),
        ('GET', '/api/chargepoint'),
        ('GET', '/api/messages'),
        ('PUT', '/api/chargepoint/1/chargeLimit'),
        ('POST', '/api/chargepoint/commands/Reset'),
        ('OPTIONS', '/api/solar'),
        ('GET', '/_nicegui_ws/socket.io/?EIO=4&transport=polling'),
    ):
        for more in ({}, {'Origin': 'http://evil.example:8080'}):  # the browser takes it for the page's own
            answer = await rest.request(method, path, headers=REBOUND | JSON | more)
            assert (answer.status_code, answer.json()['error']) == (403, 'ForeignHost'), path
            assert 'CPO_ALLOWED_HOSTS=evil.example' in answer.json()['detail']
    for path in SOCKETS:
        assert await refused(house, path, 'http://evil.example:8080', 'evil.example:8080') == 'ForeignHost'


async def test_people_are_told_on_a_page_what_to_set(make_house: MakeHouse) -> None:
    house = await make_house(allowed_hosts='cpo.example.net')
    async with client_of(house) as rest:
        for path in ('/', '/docs', '/simulator/x.html'):
            answer = await rest.get(path, headers={'Host': 'cpo.example.org'})
            assert (answer.status_code, answer.headers['content-type']) == (403, 'text/html; charset=utf-8')
            assert '<code>CPO_ALLOWED_HOSTS=cpo.example.net,cpo.example.org</code>' in answer.text


async def test_names_that_were_set_are_let_in(make_house: MakeHouse) -> None:
    house = await make_house(allowed_hosts='CPO.example.org,*.example.net', public_url='https://charge.example:8443')
    async with client_of(house) as rest:
        for host in ('cpo.example.org', 'a.example.net:8080', 'charge.example', 'CHARGE.example:8443'):
            assert (await rest.get('/api/chargepoint', headers={'Host': host})).status_code == 200, host
            own = {'Host': host, 'Origin': f'https://{host}'}
            assert (await rest.put('/api/solar', json={'pv_w': 1}, headers=own)).status_code == 200, host
        assert (await rest.get('/api/chargepoint', headers={'Host': 'example.net'})).status_code == 403


async def test_chargers_and_watchdogs_may_use_any_name(house: House, rest: httpx.AsyncClient) -> None:
    assert (await rest.get('/api/health', headers=REBOUND)).status_code == 200
    async with connect_by(house, 'ws://evil.example:8080/ocpp/garage') as websocket:
        assert websocket.subprotocol == 'ocpp1.6'


@pytest.mark.parametrize(
    ('request_line', 'hosts', 'status'),
    [
        ('GET /api/chargepoint HTTP/1.1', ['localhost'], 200),
        ('GET /api/chargepoint HTTP/1.1', [], 403),
        ('GET /api/chargepoint HTTP/1.0', [], 403),
        ('GET /api/chargepoint HTTP/1.1', [''], 403),
        ('GET /api/chargepoint HTTP/1.1', ['localhost', 'localhost'], 403),
        ('GET /api/chargepoint HTTP/1.1', ['localhost', 'evil.example'], 403),
        ('GET http://evil.example/api/chargepoint HTTP/1.1', ['localhost'], 403),
        ('GET http://localhost:8080/api/chargepoint?x=1 HTTP/1.1', ['evil.example'], 200),
        ('GET http://localhost@evil.example/api/chargepoint HTTP/1.1', ['localhost'], 403),
        ('GET /ocpp/../api/chargepoint HTTP/1.1', ['evil.example'], 426),  # what explains the chargers' door
        ('GET //api/chargepoint HTTP/1.1', ['evil.example'], 403),
        ('GET /api/health/../chargepoint HTTP/1.1', ['evil.example'], 403),
        ('GET /api/health%2f HTTP/1.1', ['evil.example'], 403),
        ('CONNECT evil.example:443 HTTP/1.1', ['localhost'], 400),
    ],
)
async def test_no_spelling_of_a_request_gets_around_it(
    house: House, request_line: str, hosts: list[str], status: int
) -> None:
    headers = ''.join(f'Host: {host}\r\n' for host in hosts)
    assert await status_of_raw(house, f'{request_line}\r\n{headers}\r\n'.encode()) == status


async def test_a_refusal_is_logged_once(rest: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        await rest.get('/api/chargepoint', headers=REBOUND)
        await rest.post('/', headers={'Origin': 'http://evil.example'})
    assert [record.levelno for record in caplog.records if 'Refused' in record.message] == [logging.WARNING] * 2


# ---- proxies


async def test_the_supervisor_of_home_assistant_has_judged_its_requests_itself() -> None:
    settings = Settings()
    gate = Gate(answer_200, lambda: settings, frozenset(), lambda *_: None)
    ingress = {'Host': 'ha.example', 'Origin': 'https://ha.example:8123', 'X-Ingress-Path': '/api/hassio_ingress/x'}
    for address, headers, status in (
        ('172.30.32.2', ingress, 200),
        ('::ffff:172.30.32.2', ingress, 200),
        ('172.30.32.3', ingress, 403),
        ('172.30.32.2', {'Host': 'ha.example'}, 403),
    ):
        transport = httpx.ASGITransport(gate, client=(address, 1234))
        async with httpx.AsyncClient(transport=transport, base_url='http://here') as rest:
            assert (await rest.post('/', headers=headers)).status_code == status, (address, headers)


async def test_a_page_cannot_pretend_to_be_the_supervisor(rest: httpx.AsyncClient) -> None:
    headers = REBOUND | {'X-Forwarded-For': '172.30.32.2', 'X-Ingress-Path': '/x'}
    assert (await rest.get('/api/chargepoint', headers=headers)).status_code == 403


async def test_names_that_a_proxy_forwards_are_not_believed(rest: httpx.AsyncClient) -> None:
    headers = REBOUND | {'X-Forwarded-Host': 'localhost', 'Forwarded': 'host=localhost'}
    assert (await rest.get('/api/chargepoint', headers=headers)).status_code == 403


async def test_addresses_that_this_machine_or_a_trusted_proxy_forwards_are(house: House) -> None:
    headers = {'X-Forwarded-For': '192.168.1.30'}
    async with connect(house.ocpp(), additional_headers=headers, subprotocols=[Subprotocol('ocpp1.6')]):
        assert house.charge_point.state.address == '192.168.1.30'


async def answer_200(_scope: object, _receive: object, send: object) -> None:
    """An application behind the gate."""
    assert callable(send)
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': b''})
