"""`/docs`, also without internet."""

from __future__ import annotations

import re

import httpx

ROUTES = {
    ('/api/chargepoint', 'get'),
    ('/api/chargepoint/{connector}/chargeLimit', 'put'),
    ('/api/chargepoint/learned', 'delete'),
    ('/api/chargepoint/commands/{action}', 'post'),
    ('/api/transactions', 'get'),
    ('/api/transactions/{transaction_id}', 'get'),
    ('/api/transactions/{transaction_id}/meterValues', 'get'),
    ('/api/transactions.csv', 'get'),
    ('/api/statement', 'get'),
    ('/api/statement/seal', 'get'),
    ('/api/idtags', 'get'),
    ('/api/idtags/{id_tag}', 'get'),
    ('/api/idtags/{id_tag}', 'put'),
    ('/api/idtags/{id_tag}', 'delete'),
    ('/api/reservations', 'get'),
    ('/api/messages', 'get'),
    ('/api/connections', 'get'),
    ('/api/ceilings', 'get'),
    ('/api/chargers', 'get'),
    ('/api/root-certificate', 'get'),
    ('/api/chargers/{charge_box_id}', 'put'),
    ('/api/chargers/{charge_box_id}', 'delete'),
    ('/api/settings', 'get'),
    ('/api/settings', 'put'),
    ('/api/settings/file', 'get'),
    ('/api/settings/file', 'put'),
    ('/api/ceilings/{name}', 'put'),
    ('/api/ceilings/{name}', 'delete'),
    ('/api/prices', 'get'),
    ('/api/chargepoint/{connector}/goal', 'get'),
    ('/api/chargepoint/{connector}/goal', 'put'),
    ('/api/chargepoint/{connector}/goal', 'delete'),
    ('/api/forecast', 'get'),
    ('/api/forecast', 'put'),
    ('/api/prices', 'put'),
    ('/api/history', 'get'),
    ('/api/events', 'get'),
    ('/api/backup', 'get'),
    ('/api/solar', 'get'),
    ('/api/solar', 'put'),
    ('/api/solar/decisions', 'get'),
    ('/api/solar/replay', 'get'),
    ('/api/health', 'get'),
    ('/api/session', 'get'),
    ('/api/session', 'post'),
    ('/api/session', 'put'),
    ('/api/session', 'delete'),
    ('/api/people', 'get'),
    ('/api/people/{name}', 'put'),
    ('/api/people/{name}', 'delete'),
    ('/api/tokens', 'get'),
    ('/api/chargepoint/operations', 'get'),
    ('/api/chargepoint/configuration', 'get'),
    ('/api/chargepoint/configuration', 'post'),
    ('/api/chargepoint/configuration/{key}', 'put'),
    ('/api/files', 'get'),
    ('/api/files', 'post'),
    ('/api/files/{number}', 'delete'),
    ('/files/{name}', 'get'),
    ('/files/{name}', 'put'),
    ('/files/{name}', 'post'),
    ('/api/tokens', 'post'),
    ('/api/tokens/{name}', 'delete'),
}


async def test_the_page_loads_nothing_from_elsewhere(rest: httpx.AsyncClient) -> None:
    page = (await rest.get('/docs')).text
    assert re.findall('https?://', page) == []
    files = re.findall('(?:src|href)="([^"]+)"', page)
    assert len(files) == 3
    for path in files:
        assert (await rest.get(path)).status_code == 200, path


async def test_every_route_is_documented_with_an_example_of_each_body(rest: httpx.AsyncClient) -> None:
    paths = (await rest.get('/openapi.json')).json()['paths']
    assert {(path, method) for path, methods in paths.items() for method in methods} == ROUTES
    for methods in paths.values():
        for operation in methods.values():
            done = operation['responses'].pop('200')['content']
            assert [bool(each.get('example')) for each in done.values()] == [True], operation['summary']
            for response in operation['responses'].values():
                assert response['content']['application/json']['example']
            if 'requestBody' in operation:
                assert operation['requestBody']['content']['application/json']['examples']


async def test_no_error_is_documented_that_is_never_answered(rest: httpx.AsyncClient) -> None:
    text = (await rest.get('/openapi.json')).text
    assert 'HTTPValidationError' not in text
