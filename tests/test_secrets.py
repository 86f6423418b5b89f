"""A day with secrets in every message, and none of them in a file, a REST answer, the log or a page."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.program import Program, running
from tests.scripted_charger import CALL_ERROR, CALL_RESULT, ScriptedCharger

SECRET = b'geheim'
"""Part of every secret below, and of nothing else."""
KEYS = [
    {'key': 'AuthorizationKey', 'readonly': False, 'value': 'geheim-as-it-was'},
    {'key': 'WifiPassword', 'readonly': False, 'value': 'geheim-wifi' + 'x' * 600},
    {'key': 'DiagnosticsLocation', 'readonly': False, 'value': 'ftp://joe:geheim-url@nas.lan/'},
    {'key': 'MeterValueSampleInterval', 'readonly': False, 'value': '10'},
]
ACCEPTED = [CALL_RESULT, {'status': 'Accepted'}]
COMMANDS: list[tuple[str, dict[str, Any], list[Any]]] = [
    ('GetConfiguration', {}, [CALL_RESULT, {'configurationKey': KEYS}]),
    ('ChangeConfiguration', {'key': 'AuthorizationKey', 'value': 'geheim-new'}, ACCEPTED),
    (
        'ChangeConfiguration',
        {'value': 'geheim-refused', 'key': 'AdminPassword'},
        [CALL_ERROR, 'PropertyConstraintViolation', 'geheim-refused is too short', {'got': 'geheim-refused'}],
    ),
    ('ChangeConfiguration', {'key': 'AppKey', 'value': 'geheim-odd'}, [CALL_RESULT, {'status': 'geheim-odd'}]),
    ('GetDiagnostics', {'location': 'ftp://joe:geheim-ftp@nas.lan/logs'}, [CALL_RESULT, {'fileName': 'x.zip'}]),
    (
        'UpdateFirmware',
        {'location': 'https://geheim-user@nas.lan/fw.bin?key=geheim', 'retrieveDate': '2030-01-01T00:00:00Z'},
        [CALL_RESULT, {}],
    ),
    ('DataTransfer', {'vendorId': 'V', 'data': '{"apiKey":"geheim-data"}'}, ACCEPTED),
]
FRAMES = (
    '[2,"cut","StatusNotification",{"key":"AuthorizationKey","value":"geheim-cut',
    '[2,"data","DataTransfer",{"vendorId":"V","data":"{\\"password\\":\\"geheim-inside\\"}"}]',
    '[3,"late",{"configurationKey":[{"value":"geheim-late","key":"Password","readonly":false}]}]',
    '[2,"authorization","DataTransfer",{"vendorId":"V","data":"Authorization: Basic geheim=="}]',
)
ACCOUNTS = (
    ('PUT', 'people/Anna', {'password': 'geheim-of-anna', 'role': 'owner'}),
    ('POST', 'session', {'name': 'Anna', 'password': 'geheim-guessed'}),
    ('POST', 'session', {'name': 'Anna', 'password': 'geheim-of-anna'}),
    ('PUT', 'session', {'old_password': 'geheim-guessed', 'password': 'geheim-of-now'}),
    ('PUT', 'session', {'old_password': 'geheim-of-anna', 'password': 'geheim-of-now'}),
    ('PUT', 'people/Ben', {'password': 'geheim-of-ben', 'role': 'nobody'}),
    ('PUT', 'chargers/spare', {'adopted': True, 'password': 'geheim-of-the-charger'}),
    ('PUT', 'chargers/spare', {'password': ['geheim-of-the-charger']}),
)
JSON = {'Content-Type': 'application/json'}
WRONG_BODIES = (
    ('PUT', '1/chargeLimit', b'{"value": "geheim-body", "key": "AuthorizationKey"}'),
    (
        'POST',
        'commands/UpdateFirmware',
        b'{"location": "ftp://geheim@nas.lan", "retrieveDate": "ftp://geheim@nas.lan"}',
    ),
    ('POST', 'commands/ChangeConfiguration', b'{"key": "Password", "value": ["geheim"]}'),
)
PATHS = (
    *('/api/chargepoint', '/api/messages?limit=500', '/api/transactions', '/api/transactions.csv', '/api/idtags'),
    *('/api/reservations', '/api/solar', '/api/health', '/api/backup', '/', '/sessions', '/messages', '/connect'),
    *('/api/history?limit=1000', '/api/connections', '/api/people', '/api/tokens', '/api/chargers', '/api/settings'),
    *('/api/settings/file', '/api/session', '/openapi.json', '/why', '/tags', '/people', '/settings'),
    *('/charger', '/api/chargepoint/configuration', '/api/files'),
)


async def commanded(rest: httpx.AsyncClient, charger: ScriptedCharger) -> dict[str, bytes]:
    """The answers of REST to commands and wrong bodies; it is the charger who gets the secrets."""
    shown = {}
    for number, (action, payload, answer) in enumerate(COMMANDS):
        asked = asyncio.create_task(rest.post(f'/api/chargepoint/commands/{action}', json=payload))
        message_id, sent = await charger.receive_call(action)
        assert sent == payload
        await charger.send([answer[0], message_id, *answer[1:]])
        shown[f'{number} {action}'] = (await asked).content
    for method, path, body in WRONG_BODIES:
        answered = await rest.request(method, f'/api/chargepoint/{path}', content=body, headers=JSON)
        assert answered.status_code >= 400
        shown[path] = answered.content
    return shown


async def heard(program: Program, charger: ScriptedCharger) -> None:
    """What the charger says by itself, and one with a password that is not let in."""
    information = 'GET https://joe:geheim-info@nas.lan failed'
    fault = {'connectorId': 1, 'status': 'Faulted', 'errorCode': 'OtherError', 'info': information}
    await charger.call('StatusNotification', fault | {'vendorErrorCode': 'password=geheim'})
    for frame in FRAMES:
        await charger.send(frame)
        if frame.startswith('[2'):
            await charger.receive()
    for path in ('/elsewhere', '/ocpp/another'):
        url = f'ws://127.0.0.1:{program.port}{path}'
        with pytest.raises(InvalidStatus):
            await connect(url, additional_headers={'Authorization': 'Basic geheim=='}, proxy=None)
    with pytest.raises(InvalidStatus):
        await connect(program.ocpp('x'), origin=Origin('http://joe:geheim@far.example'))


def files_of(folder: Path, when: str) -> dict[str, bytes]:
    """The content of every file."""
    return {f'{path.name} {when}': path.read_bytes() for path in folder.rglob('*') if path.is_file()}


async def signed_in(rest: httpx.AsyncClient) -> dict[str, bytes]:
    """What REST says to an owner who sets passwords and makes a token, and to somebody who guesses; not the token."""
    shown = {}
    for number, (method, path, body) in enumerate(ACCOUNTS):
        shown[f'{number} {path}'] = (await rest.request(method, f'/api/{path}', json=body)).content
    token = (await rest.post('/api/tokens', json={'name': 'x', 'role': 'owner'})).json()['token']
    rest.headers['Authorization'] = f'Bearer {token}'
    return shown


async def read_everywhere(rest: httpx.AsyncClient) -> dict[str, bytes]:
    """What REST and the pages show, each message chosen once."""
    messages = (await rest.get('/api/messages?limit=500')).json()['items']
    chosen = [f'/messages?number={message["number"]}' for message in messages]
    html = {'Accept': 'text/html'}
    return {path: (await rest.get(path, headers=html)).content for path in (*PATHS, *chosen)}


@pytest.mark.program
async def test_a_secret_is_nowhere_but_with_the_charger(tmp_path: Path) -> None:
    environment = {'CPO_DATA_DIR': str(tmp_path), 'CPO_STARTUP_REQUESTS': 'false'}
    async with running(environment=environment) as program, program.client() as rest:
        async with ScriptedCharger(program.ocpp('garage')) as charger:
            await charger.boot()
            transaction_id = await charger.start()
            shown = await commanded(rest, charger)
            await heard(program, charger)
            await charger.stop(transaction_id)
            shown |= await signed_in(rest)
            tokens = [rest.headers['Authorization'].encode()[7:], rest.cookies['home_cpo'].encode()]
            shown |= await read_everywhere(rest)
            shown |= files_of(tmp_path, 'in use')
        ended = await program.stop()
    shown |= files_of(tmp_path, 'at the end')
    shown['log'] = (ended.output + ended.errors).encode()
    assert [where for where, content in shown.items() if SECRET in content.lower()] == []
    assert [where for where, content in shown.items() for token in tokens if token in content] == []
    assert b'AuthorizationKey' in shown['journal.db-wal in use']
    assert b'AuthorizationKey' in shown['journal.db at the end']
    assert b'***@nas.lan' in shown['/api/messages?limit=500']
    assert b'far.example' in shown['log']
