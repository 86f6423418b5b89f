"""The attacks that are tried, each with the test that tries it; those on paths and headers stand here."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
import pytest

from cpo.access import Role
from tests.access.people import with_tokens
from tests.conftest import House

TESTS = Path(__file__).parent.parent
ATTACKS = {
    'guessing a password': (
        'rest_api/test_sign_in.py',
        'test_the_fifth_wrong_password_is_429_at_once_and_nobody_else_',
    ),
    'guessing it by many at once': ('rest_api/test_sign_in.py', 'test_guesses_at_once_are_no_way_around'),
    'guessing it with an account of one’s own': ('access/test_tries.py', 'test_a_password_of_ones_own_is_no_way_to_'),
    'telling names by the time it takes': (
        'access/test_people.py',
        'test_an_unknown_name_takes_the_same_work_as_a_known',
    ),
    'a role or token that may less': ('access/test_roles.py', 'test_each_route_lets_in_the_roles_it_should_and_no_'),
    'a route that nobody made a rule for': ('access/test_roles.py', 'test_a_new_route_and_a_new_websocket_without_a_'),
    'messages of an owner’s page by another socket': (
        'browser/test_people.py',
        'test_each_role_has_its_own_controls_and',
    ),
    'a name that is bound to this server again': ('access/test_gate.py', 'test_a_rebound_name_gets_nothing'),
    'a form or fetch of another site': (
        'rest_api/test_sign_in.py',
        'test_a_form_or_page_of_another_site_changes_nothing',
    ),
    'a websocket of another site': ('access/test_gate.py', 'test_a_foreign_page_gets_no_websocket'),
    'other spellings of Host and Origin': ('access/test_gate.py', 'test_no_spelling_of_a_request_gets_around_it'),
    'pretending to be Home Assistant': ('access/test_supervisor.py', 'test_only_the_supervisor_says_who_an_owner_is'),
    'a cookie that the attacker chose': ('rest_api/test_sign_in.py', 'test_a_cookie_that_somebody_else_chose_is_not'),
    'headers without end': ('serving/test_http_protocol.py', 'test_a_header_without_end_is_not_collected'),
    'requests without end': ('serving/test_http_protocol.py', 'test_a_request_that_does_not_come_to_an_end_is_cut'),
    'paths in ids': ('access/test_attacks.py', 'test_a_path_in_an_id_leads_nowhere'),
    'headers in ids': ('access/test_attacks.py', 'test_a_line_feed_in_an_id_makes_no_header'),
    'formulas in the CSV file': ('rest_api/test_transactions_csv.py', 'test_a_text_is_never_a_formula'),
    'HTML and script in all texts': ('browser/test_hostile_texts.py', 'test_it_is_text_everywhere'),
    'a script that got into a page': (
        'browser/test_content_policy.py',
        'test_all_pages_satisfy_their_policy_and_run_no',
    ),
    'secrets in files, answers and the log': ('test_secrets.py', 'test_a_secret_is_nowhere_but_with_the_charger'),
    'a charger’s name without its password': (
        'connection/test_basic_authentication.py',
        'test_the_password_lets_in_and',
    ),
    'guessing the password of a charger': ('connection/test_basic_authentication.py', 'test_guesses_from_one_address'),
    'a lower profile by OCPP': (
        'connection/test_basic_authentication.py',
        'test_a_profile_is_never_lowered_by_a_message',
    ),
    'a charger’s certificate of a stranger': (
        'connection/test_tls.py',
        'test_a_certificate_of_a_stranger_is_refused_in_',
    ),
    'an expired certificate': ('connection/test_tls.py', 'test_an_expired_certificate_is_refused_in_words'),
    'old TLS': ('connection/test_tls.py', 'test_tls_1_3_is_spoken_and_1_1_refused_in_words'),
    'a damaged row of the only owner': (
        'commands/test_password.py',
        'test_a_damaged_row_of_the_only_owner_does_not_open',
    ),
}
TRICKS = (
    '/simulator/..%2Fpersonas.toml',
    '/simulator/%2e%2e/personas.toml',
    '/static-offline-docs/..%2F__init__.py',
    '/static-offline-docs/%2e%2e%2f%2e%2e%2fcore.py',
    '/static-offline-docs//etc/passwd',
    '/api/transactions/..%2F..%2Fpeople',
    '/api/idtags/..%2F..%2Fsettings',
    '/api/ceilings/..%2Fsettings',
    '/api/..%2Fapi%2Fpeople',
    '/%2e%2e/api/people',
    '//api/people',
    '/api//people',
    '/api/people/',
    '/api/people%00',
    '/api/%70eople',
)
"""Paths by which somebody who may look only would like to read files, or what is for owners."""
LINE_FEEDS = ('%0d%0aSet-Cookie:%20a=b', 'x%0aX-Evil:%201', 'x%00y', '%0d%0a%0d%0a<html>')
"""What a header would be made of, were an id written into one as it is."""


@pytest.mark.parametrize('attack', ATTACKS)
def test_it_is_tried(attack: str) -> None:
    file, name = ATTACKS[attack]
    assert re.search(rf'^(async )?def {name}', (TESTS / file).read_text('utf-8'), re.MULTILINE), attack


async def raw(port: int, path: str, headers: dict[str, str]) -> bytes:
    """The answer to a GET of exactly this path; clients make others of it."""
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    lines = [f'GET {path} HTTP/1.1', 'Host: localhost', 'Connection: close', *(f'{n}: {v}' for n, v in headers.items())]
    writer.write('\r\n'.join((*lines, '', '')).encode())
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize('path', TRICKS)
async def test_a_path_in_an_id_leads_nowhere(house: House, path: str) -> None:
    viewer = (await with_tokens(house))[Role.VIEWER]
    for headers in ({}, viewer):
        answer = await raw(house.port, path, headers)
        status = int(answer.split()[1])
        assert status in (307, 401, 403, 404, 400, 405), answer[:300]
        assert b'root:' not in answer
        assert b'password_hash' not in answer
        assert b'"Anna"' not in answer


@pytest.mark.parametrize('text', LINE_FEEDS)
async def test_a_line_feed_in_an_id_makes_no_header(house: House, rest: httpx.AsyncClient, text: str) -> None:
    json = {'Content-Type': 'application/json'}
    for method, path in (
        ('PUT', f'/api/people/{text}'),
        ('PUT', f'/api/idtags/{text}'),
        ('PUT', f'/api/chargers/{text}'),
        ('DELETE', f'/api/tokens/{text}'),
        ('GET', f'/api/transactions/{text}'),
        ('GET', f'/ocpp/{text}'),
        ('GET', f'/{text}'),
    ):
        answer = await rest.request(method, path, content=b'{}' if method == 'PUT' else None, headers=json)
        assert answer.status_code >= 400, (method, path)
        assert not {'x-evil', 'set-cookie'} & set(answer.headers), (method, path)
        assert not answer.text.startswith('<html>')
