"""Attempts to connect that never become a websocket: TLS, SOAP, plain HTTP, no HTTP, no request; on real sockets."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from cpo.sentences import attempt_sentence
from cpo.serving.first_bytes import foreign_protocol
from cpo.serving.unserved import UnservedAttempts
from cpo.state import AttemptVerdict, ConnectionAttempt
from tests.conftest import House, MakeHouse

CLIENT_HELLO = b'\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03'
WHOLE_REQUEST = b'GET /api/health HTTP/1.1\r\nHost: localhost\r\n'
HANDSHAKE = (
    b'GET /ocpp/garage HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
    b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
)
SOAP = {'Content-Type': 'application/soap+xml; charset=utf-8; action="urn://Ocpp/Cs/2012/06/BootNotification"'}


async def attempt_of(house: House, verdict: AttemptVerdict) -> ConnectionAttempt:
    """The newest attempt, once it has this verdict."""
    await house.until(lambda: [a.verdict for a in house.charge_point.state.attempts[:1]] == [verdict])
    return newest(house)


def newest(house: House) -> ConnectionAttempt:
    return house.charge_point.state.attempts[0]


async def answer_to(house: House, sent: bytes) -> bytes:
    """All that comes back on a connection that sends these bytes, until the server ends it."""
    reader, writer = await asyncio.open_connection('127.0.0.1', house.port)
    writer.write(sent)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize(
    ('first', 'verdict'),
    [
        (CLIENT_HELLO, AttemptVerdict.TLS),
        (CLIENT_HELLO[:1], AttemptVerdict.TLS),
        (b'\x16\x03\x03\x00\xf0\x01', AttemptVerdict.TLS),
        (b'\x15\x03\x03\x00\x02\x02\x28', AttemptVerdict.TLS),
        (b'\x80\x2e\x01\x03\x01\x00\x15', AttemptVerdict.TLS),
        (b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', AttemptVerdict.HTTP2),
        (b'GET /ocpp/garage HTTP/1.1\r\n', None),
        (b'G', None),
        (b'\x16\x04', None),
    ],
)
def test_what_is_not_http_is_known_by_its_first_bytes(first: bytes, verdict: AttemptVerdict | None) -> None:
    assert foreign_protocol(first) is verdict


@pytest.mark.parametrize(
    ('sent', 'verdict'),
    [
        (CLIENT_HELLO, AttemptVerdict.TLS),
        (b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00', AttemptVerdict.HTTP2),
        (b'[2,"1","Heartbeat",{}]', AttemptVerdict.NO_HTTP),
        (b'GET /ocpp/my garage HTTP/1.1\r\n\r\n', AttemptVerdict.NO_HTTP),
        (b'\x00' * 20, AttemptVerdict.NO_HTTP),
        (HANDSHAKE + b'\r\n', AttemptVerdict.BROKEN_HANDSHAKE),
        (HANDSHAKE + b'Sec-WebSocket-Version: 8\r\n\r\n', AttemptVerdict.BROKEN_HANDSHAKE),
        (HANDSHAKE.replace(b': Upgrade', b': close') + b'\r\n', AttemptVerdict.BROKEN_HANDSHAKE),
    ],
)  # fmt: skip
async def test_it_is_recorded_and_answered_at_once(house: House, sent: bytes, verdict: AttemptVerdict) -> None:
    await answer_to(house, sent)
    attempt = await attempt_of(house, verdict)
    assert (attempt.address, attempt.accepted) == ('127.0.0.1', False)
    if verdict is AttemptVerdict.BROKEN_HANDSHAKE:
        assert attempt.path == '/ocpp/garage'


async def test_somebody_who_tries_wss_gets_an_alert_of_tls_and_a_sentence(house: House) -> None:
    with pytest.raises(ssl.SSLError, match=r'(?i)handshake.failure'):
        await connect(house.ocpp().replace('ws:', 'wss:'), ssl=ssl._create_unverified_context())
    attempt = await attempt_of(house, AttemptVerdict.TLS)
    assert attempt_sentence(attempt) == 'Somebody at 127.0.0.1 tries wss://. Write ws:// instead.'


# ---- no request


@pytest.mark.parametrize('begun', [b'', b'GET /ocpp/gar'])
async def test_a_connection_that_ends_without_a_request_is_recorded(house: House, begun: bytes) -> None:
    _, writer = await asyncio.open_connection('127.0.0.1', house.port)
    writer.write(begun)
    await writer.drain()
    writer.close()
    attempt = await attempt_of(house, AttemptVerdict.NO_REQUEST)
    assert attempt_sentence(attempt) == 'It opened a connection and hung up without a request. Browsers do that too.'


async def test_a_connection_that_was_served_may_end_as_it_likes(house: House) -> None:
    reader, writer = await asyncio.open_connection('127.0.0.1', house.port)
    writer.write(WHOLE_REQUEST + b'\r\n')
    await reader.readline()
    writer.write(b'GET /ag')
    writer.close()
    await answer_to(house, CLIENT_HELLO)
    await attempt_of(house, AttemptVerdict.TLS)
    assert len(house.charge_point.state.attempts) == 1


def test_an_attempt_a_second_is_recorded_of_each_address_and_kind() -> None:
    times = iter((100.0, 100.0, 100.9, 100.9, 101.0, 101.0, 101.0))
    recorded: list[str] = []
    unserved = UnservedAttempts(lambda address, _, verdict, __: recorded.append(f'{address} {verdict}'), times.__next__)
    for address in ('192.168.1.7', '192.168.1.8') * 3:
        unserved.add(address, AttemptVerdict.NO_REQUEST)
    unserved.add('192.168.1.8', AttemptVerdict.TLS)
    assert recorded == [*['192.168.1.7 no_request', '192.168.1.8 no_request'] * 2, '192.168.1.8 tls']


# ---- plain HTTP


@pytest.mark.parametrize(
    ('method', 'path', 'headers', 'verdict', 'fact'),
    [
        ('POST', '/ocpp/garage', SOAP, AttemptVerdict.SOAP, ''),
        ('POST', '/', SOAP, AttemptVerdict.SOAP, ''),
        ('POST', '/steve/services/CentralSystemService', {'SOAPAction': '""'}, AttemptVerdict.SOAP, ''),
        ('POST', '/ocpp', {'Content-Type': 'text/xml'}, AttemptVerdict.SOAP, ''),
        ('GET', '/ocpp/garage', {}, AttemptVerdict.NO_WEBSOCKET, 'GET'),
        ('GET', '//ocpp/garage', {}, AttemptVerdict.NO_WEBSOCKET, 'GET'),
        ('POST', '/ocpp/', {'Content-Type': 'application/json'}, AttemptVerdict.NO_WEBSOCKET, 'POST'),
        ('GET', '/ocpp/garage', {'Sec-WebSocket-Key': 'abc'}, AttemptVerdict.BROKEN_HANDSHAKE, ''),
    ],
)
async def test_who_asks_by_http_where_chargers_connect_is_recorded_and_gets_the_address(
    house: House, method: str, path: str, headers: Mapping[str, str], verdict: AttemptVerdict, fact: str
) -> None:
    async with httpx.AsyncClient(verify=False) as client:
        response = await client.request(method, house.http + path, headers=dict(headers), content=b'<x/>')
    assert response.status_code == 426
    assert f'ws://127.0.0.1:{house.port}/ocpp/' in response.text
    attempt = newest(house)
    assert (attempt.verdict, attempt.path, attempt.fact) == (verdict, path, fact)


async def test_a_person_who_opens_the_address_in_a_browser_is_no_charger(house: House) -> None:
    async with httpx.AsyncClient(verify=False, headers={'Accept': 'text/html,application/xhtml+xml'}) as browser:
        assert (await browser.get(house.http + '/ocpp/garage')).status_code == 426
    assert house.charge_point.state.attempts == ()


async def test_xml_that_a_program_sends_to_rest_is_the_business_of_rest(house: House) -> None:
    async with httpx.AsyncClient(verify=False) as client:
        for_rest: Any = {'content': '10', 'headers': {'Content-Type': 'text/xml'}}
        response = await client.put(house.http + '/api/chargepoint/1/chargeLimit', **for_rest)
    assert response.json()['error'] == 'NotConnected'
    assert house.charge_point.state.attempts == ()


async def test_where_one_name_is_let_in_the_address_has_it(make_house: MakeHouse) -> None:
    house = await make_house(charge_box_id='garage')
    async with httpx.AsyncClient(verify=False) as client:
        response = await client.get(house.http + '/ocpp/other')
    assert f'ws://127.0.0.1:{house.port}/ocpp/garage<' in response.text
