"""Below `/api` every error has the same shape."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest
from fastapi import FastAPI

from cpo.access import LocalRule, SignInCheck
from cpo.rest_api import RestApi, create_app
from cpo.rest_api.health import HealthCheck
from cpo.version import VERSION
from tests.conftest import House

JSON = {'Content-Type': 'application/json'}


def app_with(house: House, check: HealthCheck) -> FastAPI:
    """An application with the REST interface and one health check."""
    app = create_app()
    RestApi(house.charge_point, *house.parts, lambda _: ('', ''), [check]).install(app)
    app.add_middleware(SignInCheck, house.people, LocalRule())
    return app


@pytest.mark.parametrize(
    'path', ['/api', '/api/', '/api/nothing', '/api/chargepoint/', '/api/chargepoint/1', '/api/idtags/a%0Ab']
)
async def test_an_unknown_path_is_404_whatever_the_method(rest: httpx.AsyncClient, path: str) -> None:
    for method in ('GET', 'PUT', 'POST', 'DELETE', 'PROPFIND'):
        answer = await rest.request(method, path, headers=JSON)
        assert (answer.status_code, answer.json().keys()) == (404, {'error', 'detail'})
        assert answer.json()['error'] == 'UnknownPath'


async def test_a_wrong_method_is_405_and_says_which_are_right(rest: httpx.AsyncClient) -> None:
    for method, path, allowed in (
        ('DELETE', '/api/chargepoint', 'GET, HEAD'),
        ('GET', '/api/chargepoint/1/chargeLimit', 'PUT'),
        ('POST', '/api/chargepoint/1/chargeLimit', 'PUT'),
        ('GET', '/api/chargepoint/commands/Reset', 'POST'),
        ('POST', '/api/solar', 'GET, PUT'),
        ('POST', '/api/idtags/Tag1', 'DELETE, GET, PUT'),
        ('PUT', '/api/transactions.csv', 'GET'),
        ('PROPFIND', '/api/health', 'GET'),
    ):
        answer = await rest.request(method, path, headers=JSON)
        assert (answer.status_code, answer.json()['error']) == (405, 'MethodNotAllowed'), path
        assert answer.headers['allow'] == allowed


async def test_every_route_refuses_a_query_parameter_that_it_does_not_have(rest: httpx.AsyncClient) -> None:
    paths = (await rest.get('/openapi.json')).json()['paths']
    found = {path for path, methods in paths.items() if path.startswith('/api/') and 'get' in methods}
    for path in found - {'/api/chargepoint'}:  # it is polled often, and not filtered
        answer = await rest.get(path.replace('{', '').replace('}', ''), params={'crad': 'Tag1', 'limit': 'x'})
        assert (answer.status_code, answer.json()['error']) == (400, 'InvalidQuery'), path
        assert answer.json()['detail'].startswith("'crad'"), path
    detail = (await rest.get('/api/statement?crad=Tag1')).json()['detail']
    assert detail == "'crad' is not known here; there are from, to, person, card, format, separator."


@pytest.mark.parametrize(
    ('query', 'detail'),
    [
        ('statement?format=xls', "format: this must be 'json', 'csv', 'pdf' or 'html'."),
        ('statement?separator=x', "separator: this must be ',' or ';'."),
        ('statement/seal', 'month: this is needed.'),
        ('messages?limit=x', 'limit: this must be a valid integer.'),
        ('messages?limit=0', 'limit: this must be greater than or equal to 1.'),
    ],
)
async def test_a_wrong_query_parameter_is_answered_with_what_it_must_be(
    rest: httpx.AsyncClient, query: str, detail: str
) -> None:
    answer = await rest.get(f'/api/{query}')
    assert (answer.status_code, answer.json()) == (400, {'error': 'InvalidQuery', 'detail': detail})


async def test_a_body_above_1_mib_is_413_and_the_next_request_works(rest: httpx.AsyncClient) -> None:
    for method, path in (
        ('PUT', '/api/chargepoint/1/chargeLimit'),
        ('POST', '/api/chargepoint/commands/Reset'),
        ('PUT', '/api/solar'),
        ('PUT', '/api/idtags/Tag1'),
    ):
        answer = await rest.request(method, path, content=b' ' * (1024 * 1024 + 1))
        assert (answer.status_code, answer.json()['error']) == (413, 'PayloadTooLarge'), path
        assert (await rest.get('/api/health')).status_code == 200


async def test_a_caller_that_hangs_up_in_its_body_leaves_no_trace_of_a_bug(
    house: House, rest: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection('127.0.0.1', house.port)
    head = (
        b'PUT /api/solar HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n'
        b'Content-Length: 100\r\nExpect: 100-continue\r\n\r\n'
    )
    writer.write(head)
    assert await reader.readline() == b'HTTP/1.1 100 Continue\r\n'  # the body is waited for now
    writer.write(b'{"pv_w":')
    writer.close()
    await writer.wait_closed()
    assert (await rest.get('/api/health')).status_code == 200
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_all_is_well_while_the_loop_answers(rest: httpx.AsyncClient) -> None:
    answer = await rest.get('/api/health')
    assert (answer.status_code, answer.json().keys()) == (200, {'status', 'detail', 'version'})
    assert (answer.json()['status'], answer.json()['version']) == ('ok', VERSION)


async def test_a_failed_health_check_is_503_with_its_sentence(house: House) -> None:
    transport = httpx.ASGITransport(app_with(house, lambda: 'The disk is full.'))
    async with httpx.AsyncClient(transport=transport, base_url='http://here') as rest:
        answer = await rest.get('/api/health')
    expected = {'status': 'failing', 'detail': 'The disk is full.', 'version': VERSION}
    assert (answer.status_code, answer.json()) == (503, expected)


async def test_a_bug_is_500_in_the_same_shape_and_reaches_the_server_that_logs_it(house: House) -> None:
    def check() -> str | None:
        raise ZeroDivisionError('a bug')

    app = app_with(house, check)
    quiet = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=quiet, base_url='http://here') as rest:
        answer = await rest.get('/api/health')
    assert (answer.status_code, answer.json()['error']) == (500, 'InternalError')
    assert 'a bug' not in answer.text
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://here') as rest:
        with pytest.raises(ZeroDivisionError):
            await rest.get('/api/health')
