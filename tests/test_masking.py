"""Secrets in texts become `***`, and nothing else changes."""

from __future__ import annotations

import json
from time import perf_counter

import pytest

from cpo.masking import masked, masked_json, masked_value, without_secrets

SECRET = 'geheim-4711'
MASKED = [
    ('[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"S"}]', '"value":"***"}]'),
    ('[2,"1","ChangeConfiguration",{"value" : "S", "key" : "AuthorizationKey"}]', '{"value" : "***", "key"'),
    ('[3,"1",{"configurationKey":[{"key":"WifiPassword","readonly":false,"value":"S"}]}]', '"value":"***"}'),
    (
        '{"key":"a","value":"b"},{"key":"HTTP_PASSWORD","value":"S"}',
        '"value":"b"},{"key":"HTTP_PASSWORD","value":"***"}',
    ),
    ('{"key":"\\u0041uthorization\\u004bey","value":"S"}', '"value":"***"'),
    ('{"key":"AuthorizationKey","value":"S', '"value":"***"'),
    ('{"key":"AuthorizationKey","value":"S\\', '"value":"***"'),
    ('{"value":"S","key":"AuthorizationKey"', '{"value":"***",'),
    ('{"AuthorizationKey":"S","other":"x"}', '{"AuthorizationKey":"***","other":"x"}'),
    ('{"data":"{\\"password\\":\\"S\\"}"}', '{"data":"{\\"password\\":\\"***\\"}"}'),
    ('{"apiKey":{"value":"x"},"masterPassword":"S"}', '{"apiKey":{"value":"x"},"masterPassword":"***"}'),
    ("{'key': 'AuthorizationKey', 'value': 'S'}", "'value': ***"),
    ('The password: S was refused', 'The password: *** was refused'),
    ('AuthorizationKey=S is too short', 'AuthorizationKey=*** is too short'),
    ('{"key":"PublicKeyPassword","value":"S"}', '"value":"***"'),
    ('{"key":"X-wifi-psk","value":"S"}', '"value":"***"'),
    ('{"wifi":{"Passphrase":"S"}}', '{"Passphrase":"***"}'),
    ('get https://nas.lan/fw.bin?access_token=S', 'get https://nas.lan/fw.bin?access_token=***'),
    ('{"key":"ClientSecret","value":"S"}', '"value":"***"'),
    ('{"location":"ftp://joe:S@nas.lan/logs"}', '{"location":"ftp://***@nas.lan/logs"}'),
    ('{"location":"ftp:\\/\\/joe:S@nas.lan\\/logs"}', '{"location":"ftp:\\/\\/***@nas.lan\\/logs"}'),
    ('ftp://joe:S/@a@nas.lan/logs', 'ftp://***@nas.lan/logs'),
    ('https://S@nas.lan', 'https://***@nas.lan'),
    ('get https://nas.lan/fw.bin?a=1&apikey=S&b=2', 'get https://nas.lan/fw.bin?a=1&apikey=***&b=2'),
    ('get https://nas.lan/fw.bin?key=S', 'get https://nas.lan/fw.bin?key=***'),
    ('Authorization: Basic S==', 'Authorization: ***'),
    ('{"Authorization":"Bearer S","x":1}', '{"Authorization":"***","x":1}'),
    ("'authorization': 'S'", "'authorization': '***'"),
    ('http://cpo/files/geheim-4711_bBcCdDeEfFgGhHiIjJkK/v2.bin', 'http://cpo/files/***/v2.bin'),
]
UNCHANGED = [
    '{"certificateHashData":{"issuerKeyHash":"b2b2"}}',  # by this a certificate is deleted
    '[2,"1","GetConfiguration",{"key":["AuthorizationKey","Password"]}]',
    '[3,"1",{"configurationKey":[],"unknownKey":["AuthorizationKey"]}]',
    '{"key":"MeterValueSampleInterval","readonly":false,"value":"10"}',
    '{"key":"AuthorizationKey","readonly":false}',
    '{"key":"GetConfigurationMaxKeys","readonly":true,"value":"40"}',
    '{"key":"MeterPublicKey[1]","readonly":true,"value":"3056301006072A8648CE3D0201"}',
    '{"signedMeterData":"T0NNRg==","publicKey":"3056301006072A8648CE3D0201"}',
    '{"key":"AuthorizationKey","value":null}',
    '{"key":"AuthorizationKey","value":""}',
    '[2,"1","StartTransaction",{"connectorId":1,"idTag":"Key 1","meterStart":0}]',
    'wss://monkey.lan:9000/ocpp/turkey and https://example.org/@joe?mail=a@b.example',
    'Authorization is up to the list; a key is missing.',
    'http://nas.lan:8080/x@y',
]


@pytest.mark.parametrize(('text', 'shown'), MASKED)
def test_a_secret_is_masked_and_the_rest_stays(text: str, shown: str) -> None:
    text = (
        text.replace('S', SECRET)
        if text.count('S') == 1
        else text.replace('"S', f'"{SECRET}').replace('=S', f'={SECRET}')
    )
    assert SECRET in text
    assert SECRET not in masked(text)
    assert shown in masked(text)
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize('text', UNCHANGED)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert masked(text) == text


def test_a_secret_that_is_a_number_leaves_json_behind() -> None:
    assert json.loads(masked('{"key":"AuthorizationKey","value":12345678}'))['value'] == '***'


def test_texts_about_a_message_lose_its_secrets_too() -> None:
    frame = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"' + SECRET + '"}]'
    assert without_secrets(frame).secrets == {SECRET}
    assert masked(f'“{SECRET}” is too short', without_secrets(frame).secrets) == '“***” is too short'
    long = '+' * 100
    quoted = f'It was read as "{long[:78]}…".'
    assert masked(quoted, without_secrets(frame.replace(SECRET, long)).secrets) == 'It was read as "***".'


def test_values_and_json_are_masked_by_the_same_rule() -> None:
    assert masked_value('AuthorizationKey', SECRET) == '***'
    assert masked_value('AuthorizationKey', None) is None
    assert masked_value('DiagnosticsLocation', f'ftp://joe:{SECRET}@nas.lan') == 'ftp://***@nas.lan'
    assert masked_json({'key': 'AuthorizationKey', 'value': SECRET}) == {'key': 'AuthorizationKey', 'value': '***'}


@pytest.mark.turns(3)
@pytest.mark.parametrize('piece', ['"', '{"key":', '\\', 'key=', '://', '@', 'a:b:', '"\\', ':// @', 'key:"'])
def test_no_text_takes_long(piece: str) -> None:
    started = perf_counter()
    masked((piece + 'key@') * 4_000)
    masked(piece * 20_000 + 'key@')
    assert perf_counter() - started < 5
