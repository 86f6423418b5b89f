"""Security profile 1: a charger proves who it is by HTTP Basic authentication (whitepaper A00.FR.2xx, A01)."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from cpo.access import basic_of, one_form
from cpo.connection import ChargerChange
from cpo.state import AttemptVerdict, KnownCharger, SecurityProfile
from tests.conftest import House, MakeHouse
from tests.scripted_charger import ScriptedCharger

PASSWORD = 'as typed into it'
KEY = '0001020304FFfffefdfc0a0b0c0d0e0f10111213'


def basic(password: str | bytes, user: str = 'CP1') -> dict[str, str]:
    """The header of a charger."""
    secret = password.encode() if isinstance(password, str) else password
    return {'Authorization': f'Basic {base64.b64encode(user.encode() + b":" + secret).decode()}'}


async def answer(house: House, headers: dict[str, str] | None = None, box: str = 'CP1') -> int:
    """The status of a handshake with these headers."""
    try:
        async with connect(house.ocpp(box), subprotocols=['ocpp1.6'], additional_headers=headers):  # type: ignore[list-item]
            return 101
    except InvalidStatus as error:
        return error.response.status_code


async def with_password(house: House, password: str = PASSWORD) -> None:
    await house.charge_point.connections.change_known('CP1', ChargerChange(adopted=True, password=password))


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def newest(house: House) -> AttemptVerdict:
    return house.charge_point.state.attempts[0].verdict


def known(house: House) -> KnownCharger:
    return house.charge_point.state.chargers['CP1']


async def test_the_password_lets_in_and_nothing_else_does(house: House) -> None:
    await with_password(house)
    with pytest.raises(InvalidStatus) as refused:
        await connect(house.ocpp())
    assert refused.value.response.status_code == 401
    assert refused.value.response.headers['WWW-Authenticate'].startswith('Basic realm=')
    assert newest(house) is AttemptVerdict.NO_PASSWORD
    assert await answer(house, basic('another one')) == 401
    assert newest(house) is AttemptVerdict.WRONG_PASSWORD
    assert await answer(house, basic(PASSWORD, user='CP2')) == 401
    assert newest(house) is AttemptVerdict.WRONG_USER
    assert await answer(house, {'Authorization': f'Bearer {PASSWORD}'}) == 401
    assert await answer(house, basic(PASSWORD)) == 101


@pytest.mark.parametrize('sent', [KEY, KEY.lower(), KEY.upper(), bytes.fromhex(KEY)], ids=['as', 'a', 'A', 'bytes'])
async def test_a_key_is_the_same_as_digits_and_as_bytes(house: House, sent: str | bytes) -> None:
    await with_password(house, KEY)
    assert await answer(house, basic(sent)) == 101


@pytest.mark.parametrize(
    'header', [None, '', 'Basic', 'Basic ', 'Basic !!!', 'Basic Q1A=', 'Basic Q1A6eA', 'Bearer x', 'Basic \xff']
)
def test_a_header_without_name_and_password_is_none(header: str | None) -> None:
    assert basic_of(header) is None


def test_name_and_password_may_have_any_bytes_but_a_colon_in_the_name() -> None:
    header = 'bAsIc ' + base64.b64encode(b'CP\xff:a:b\x00').decode()
    assert basic_of(header) == ('CP\ufffd', b'a:b\x00')
    assert one_form(b'ab') == '6162'
    assert one_form(b'A' * 32) == 'a' * 32
    assert one_form(b'A' * 33) == '41' * 33


async def test_setting_a_password_ends_a_connection_that_was_let_in_without(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await with_password(house)
        with pytest.raises(ConnectionClosed):
            await charger.websocket.recv()
    assert known(house).security_profile is SecurityProfile.PASSWORD


async def test_guesses_from_one_address_have_to_wait_and_the_charger_at_another_does_not(house: House) -> None:
    await with_password(house)
    stranger, charger = {'X-Forwarded-For': '192.168.1.66'}, {'X-Forwarded-For': '192.168.1.7'}
    answers = [await answer(house, basic(f'guess {number}') | stranger) for number in range(6)]
    assert answers == [401, 401, 401, 401, 429, 429]
    assert newest(house) is AttemptVerdict.TOO_MANY_PASSWORDS
    assert await answer(house, basic(PASSWORD) | stranger) == 429
    assert await answer(house, basic(PASSWORD) | charger) == 101
    more = [await answer(house, basic('x') | stranger) for _ in range(60)]
    assert set(more) == {429}
    counts = [a.count for a in house.charge_point.state.attempts if a.verdict is AttemptVerdict.TOO_MANY_PASSWORDS]
    assert counts == [56]  # of 60 a minute, 4 were wrong ones; the rest is not recorded


async def test_a_known_password_and_no_profile_yet_is_taken_for_the_profile_once_it_was_used(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await change_key(house, charger, 'Accepted')
    assert known(house).security_profile is SecurityProfile.NONE
    assert await answer(house) == 101
    assert await answer(house, basic(KEY)) == 101
    assert known(house).security_profile is SecurityProfile.PASSWORD
    assert await answer(house) == 401


async def change_key(house: House, charger: ScriptedCharger, status: str | None, key: str = KEY) -> None:
    """The central system gives the charger another password; None: the charger hangs up in place of an answer."""
    sending = asyncio.create_task(
        house.charge_point.command('ChangeConfiguration', {'key': 'AuthorizationKey', 'value': key})
    )
    message_id, payload = await charger.receive_call('ChangeConfiguration')
    assert payload['value'] == key
    if status is None:
        await charger.websocket.close()
    elif status == 'CallError':
        await charger.send([4, message_id, 'InternalError', '', {}])
    else:
        await charger.send([3, message_id, {'status': status}])
    await asyncio.gather(sending, return_exceptions=True)


async def with_charger_and_new_key(house: House, status: str | None) -> None:
    await with_password(house)
    async with connect(house.ocpp(), subprotocols=['ocpp1.6'], additional_headers=basic(PASSWORD)) as websocket:  # type: ignore[list-item]
        charger = ScriptedCharger(house.ocpp())
        charger.websocket = websocket
        await charger.boot()
        await change_key(house, charger, status)


async def test_from_accepted_on_the_new_password_is_let_in_and_the_old_one_refused(house: House) -> None:
    await with_charger_and_new_key(house, 'Accepted')
    assert await answer(house, basic(PASSWORD)) == 401
    assert await answer(house, basic(bytes.fromhex(KEY))) == 101


@pytest.mark.parametrize('status', ['Rejected', 'NotSupported', 'CallError'])
async def test_where_the_charger_refuses_the_new_password_the_old_one_stays(house: House, status: str) -> None:
    await with_charger_and_new_key(house, status)
    assert await answer(house, basic(KEY)) == 401
    assert await answer(house, basic(PASSWORD)) == 101


@pytest.mark.parametrize('status', [None, 'RebootRequired'])
async def test_without_a_clear_answer_both_are_let_in_until_the_new_one_was_used(
    house: House, status: str | None
) -> None:
    await with_charger_and_new_key(house, status)
    assert await answer(house, basic(PASSWORD)) == 101
    assert await answer(house, basic(KEY)) == 101
    assert await answer(house, basic(PASSWORD)) == 401
    assert await answer(house, basic(KEY)) == 101


async def test_a_profile_is_never_lowered_by_a_message(house: House) -> None:
    await with_password(house)
    async with connect(house.ocpp(), subprotocols=['ocpp1.6'], additional_headers=basic(PASSWORD)) as websocket:  # type: ignore[list-item]
        charger = ScriptedCharger(house.ocpp())
        charger.websocket = websocket
        await charger.boot()
        lowering = {'key': 'SecurityProfile', 'value': '0'}
        sending = asyncio.create_task(house.charge_point.command('ChangeConfiguration', lowering))
        message_id, _ = await charger.receive_call('ChangeConfiguration')
        await charger.send([3, message_id, {'status': 'Accepted'}])
        await sending
    assert await answer(house) == 401
    assert await answer(house, basic(PASSWORD)) == 101
    assert known(house).security_profile is SecurityProfile.PASSWORD


async def test_rest_sets_and_forgets_the_password_and_never_shows_it(
    make_house: MakeHouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = await make_house(folder=tmp_path)
    secret = 'geheim-and-long-enough'
    async with httpx.AsyncClient(verify=False, base_url=house.http) as rest:
        path = '/api/chargers/CP1'
        assert (await rest.put(path, json={'security_profile': 1})).json()['error'] == 'InvalidCharger'
        assert (await rest.put(path, json={'security_profile': 0, 'password': secret})).status_code == 400
        for password in ('short', 'x' * 101, 7, True):
            assert (await rest.put(path, json={'password': password})).status_code == 400
        for profile in (4, -1, True, '1', 1.5):
            assert (await rest.put(path, json={'security_profile': profile})).status_code == 400
        shown = (await rest.put(path, json={'adopted': True, 'password': secret})).json()
        assert (shown['security_profile'], shown['has_password']) == (1, True)
        assert await answer(house, basic(secret)) == 101
        assert await answer(house, basic('geheim-and-wrong')) == 401
        texts = [shown, (await rest.get('/api/chargers')).text, (await rest.get('/api/history')).text, caplog.text]
        assert 'geheim' not in str(texts)
        forgotten = (await rest.put(path, json={'security_profile': 0})).json()
        assert (forgotten['security_profile'], forgotten['has_password']) == (0, False)
        assert await answer(house) == 101
        await house.charge_point.flushed()
        files = contents(tmp_path)
        assert [name for name, content in files.items() if b'geheim' in content] == []
        assert b'$argon2id$' in files['journal.db-wal']
