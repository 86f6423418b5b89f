"""Of several things wrong with a request, the one of the outermost door is answered."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

COMMAND = '/api/chargepoint/commands/'
FOREIGN_HOST = {'Host': 'evil.example'}
FOREIGN_ORIGIN = {'Origin': 'http://evil.example'}
LARGE = {'content': b' ' * (1024 * 1024 + 1)}
TEXT = {'Content-Type': 'text/plain'}
JSON = {'Content-Type': 'application/json'}


@pytest.mark.parametrize(
    ('headers', 'body', 'path', 'error'),
    [
        (FOREIGN_HOST | FOREIGN_ORIGIN | TEXT, LARGE, 'Explode', (403, 'ForeignHost')),
        (FOREIGN_ORIGIN | TEXT, LARGE, 'Explode', (403, 'ForeignOrigin')),
        (TEXT, LARGE, 'Explode', (413, 'PayloadTooLarge')),
        (TEXT, {}, 'Explode', (415, 'UnsupportedMediaType')),
        (TEXT, {}, 'no/such/path', (415, 'UnsupportedMediaType')),
        (JSON, {}, 'Explode', (404, 'UnknownAction')),
        (JSON, {'content': b'{"type": 1}'}, 'Reset', (422, 'InvalidPayload')),
        (JSON, {'content': b'{"type": "Soft"}'}, 'Reset', (503, 'NotConnected')),
    ],
)
async def test_refusals_come_in_the_order_of_the_doors(
    rest: httpx.AsyncClient, headers: dict[str, str], body: dict[str, Any], path: str, error: tuple[int, str]
) -> None:
    answer = await rest.post(COMMAND + path, headers=headers, **body)
    assert (answer.status_code, answer.json()['error']) == error


@pytest.mark.parametrize(
    'content_type', ['', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonx']
)
@pytest.mark.parametrize('content', [b'', b'{}'])
async def test_what_changes_something_is_json_an_empty_body_too(
    rest: httpx.AsyncClient, content_type: str, content: bytes
) -> None:
    headers = {'Content-Type': content_type} if content_type else {}
    for method, path in (
        ('POST', COMMAND + 'ClearCache'),
        ('PUT', '/api/solar'),
        ('PUT', '/api/idtags/Tag1'),
        ('POST', '/api/nothing'),
        ('PATCH', '/api/solar'),
    ):
        answer = await rest.request(method, path, content=content, headers=headers)
        assert (answer.status_code, answer.json()['error']) == (415, 'UnsupportedMediaType'), path


@pytest.mark.parametrize('content_type', ['application/json', 'application/json; charset=utf-8', 'Application/JSON'])
async def test_json_may_name_its_charset(rest: httpx.AsyncClient, content_type: str) -> None:
    answer = await rest.put('/api/solar', content=b'{"pv_w": 1}', headers={'Content-Type': content_type})
    assert answer.status_code == 200


async def test_the_limit_may_be_of_any_type_and_a_delete_has_none(rest: httpx.AsyncClient) -> None:
    for headers in ({}, TEXT, {'Content-Type': 'application/x-www-form-urlencoded'}):
        answer = await rest.put('/api/chargepoint/1/chargeLimit', content=b'10', headers=headers)
        assert answer.status_code == 503
    assert (await rest.delete('/api/idtags/Tag1')).status_code in (200, 204)


async def test_no_path_takes_a_body_that_says_it_is_too_large(rest: httpx.AsyncClient) -> None:
    for path in ('/', '/_nicegui_ws/socket.io/?EIO=4&transport=polling', '/api/nothing'):
        assert (await rest.post(path, content=LARGE['content'])).status_code == 413
