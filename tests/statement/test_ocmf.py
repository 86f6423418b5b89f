"""Signed meter values: read, and checked like another implementation (`pyocmf`) does."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from pyocmf import OCMF

from cpo.statement import KeySource, Verdict, checked_session, meter_keys
from cpo.statement.ocmf import checked

CURVES: dict[str, ec.EllipticCurve] = {
    'secp256r1': ec.SECP256R1(),
    'secp256k1': ec.SECP256K1(),
    'secp384r1': ec.SECP384R1(),
    'secp521r1': ec.SECP521R1(),
    'secp192r1': ec.SECP192R1(),
    'brainpoolP256r1': ec.BrainpoolP256R1(),
    'brainpool256r1': ec.BrainpoolP256R1(),
    'brainpool384r1': ec.BrainpoolP384R1(),
}
KEYS = {name: ec.generate_private_key(curve) for name, curve in CURVES.items()}
SPECIFICATION = 'secp256r1'


def public_der(name: str) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return KEYS[name].public_key().public_bytes(serialization.Encoding.DER, form)


def record(kwh: str, reason: str, curve: str = SPECIFICATION, **more: Any) -> str:
    """An OCMF record of one reading, signed."""
    reading = {
        'TM': '2026-01-07T18:22:04,000+0100 S',
        'TX': reason,
        'RV': 0,
        'RI': '1-b:1.8.0',
        'RU': 'kWh',
        'RT': 'AC',
        'EF': '',
        'ST': 'G',
    }
    head = {'FV': '1.0', 'GI': 'home', 'GS': '1', 'GV': '1', 'PG': 'T12345', 'MV': 'Phoenix', 'MM': 'EEM', 'MF': '1.0'}
    said = {**head, 'MS': '21070006', 'IS': True, 'IT': 'NONE', 'ID': '', 'CT': 'EVSEID', 'CI': '1'}
    text = json.dumps({**said, 'RD': [reading], **more}).replace('"RV": 0', f'"RV": {kwh}')
    proof = KEYS[curve].sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    return f'OCMF|{text}|' + json.dumps({'SA': f'ECDSA-{curve}-SHA256', 'SD': proof.hex()})


@pytest.mark.parametrize('curve', CURVES)
def test_a_signature_is_judged_as_by_another_implementation(curve: str) -> None:
    key = public_der(curve).hex()
    good = record('2935.600', 'B', curve)
    changed = good.replace('2935.600', '1935.600')
    for text in (good, changed):
        verdict = checked(text, {key: KeySource.OWNER}).verdict
        assert verdict is (Verdict.GOOD if text is good else Verdict.BAD)
        if curve not in ('brainpool256r1', 'brainpool384r1'):  # for theirs the key's curve has a name with a P
            assert OCMF.from_string(text).verify_signature(key) is (text is good)


@given(st.data())
def test_no_changed_character_of_the_payload_passes(data: st.DataObject) -> None:
    text = record('2935.600', 'B')
    place = data.draw(st.integers(len('OCMF|'), text.rindex('|') - 1))
    other = data.draw(st.characters(codec='ascii').filter(lambda c: c != text[place]))
    changed = text[:place] + other + text[place + 1 :]
    assert checked(changed, {public_der(SPECIFICATION).hex(): KeySource.OWNER}).verdict is not Verdict.GOOD


@given(st.text() | st.text('OCMF|{}[]":,RDSV0 ').map('OCMF|'.__add__))
def test_what_is_no_record_is_unreadable_and_raises_nothing(text: str) -> None:
    assert checked(text).verdict in (Verdict.UNREADABLE, Verdict.NO_KEY)


@pytest.mark.parametrize(
    'rest', ['{}|{}', '[]|{"SD":"00"}', '{"RD":[{"RV":"x","RU":"Wh"}]}|{"SD":"00"}', '{"RD":[1]}|{"SD":"00"}', '{}|1']
)
def test_a_record_of_another_shape_is_unreadable(rest: str) -> None:
    assert checked(f'OCMF|{rest}').verdict is Verdict.UNREADABLE


def test_a_value_is_read_in_whatever_it_is_wrapped() -> None:
    text, der = record('2935.600', 'B'), public_der(SPECIFICATION)
    key = base64.b64encode(b'oca:base16:asn1:' + der.hex().encode()).decode()
    outer = {'signedMeterData': base64.b64encode(text.encode()).decode(), 'encodingMethod': 'OCMF', 'publicKey': key}
    assert checked(json.dumps(outer)).key_source is KeySource.VALUE
    assert checked(f'{text}|{der.hex()}').key_source is KeySource.VALUE
    for wrapped in (text, json.dumps(outer), text.encode().hex(), base64.b64encode(text.encode()).decode()):
        found = checked(wrapped, {der.hex(): KeySource.CHARGER})
        assert (found.verdict, found.key_source) == (Verdict.GOOD, KeySource.CHARGER)
        assert (found.meter_serial, found.readings[0].wh) == ('21070006', Decimal('2935600'))


@pytest.mark.parametrize('form', ['hex', 'base64', 'pem', 'oca'])
def test_a_key_may_be_written_in_several_ways(form: str) -> None:
    der = public_der(SPECIFICATION)
    key = {
        'hex': der.hex(' ').upper(),
        'base64': base64.b64encode(der).decode(),
        'pem': f'-----BEGIN PUBLIC KEY-----\n{base64.encodebytes(der).decode()}-----END PUBLIC KEY-----\n',
        'oca': f'oca:base16:asn1:{der.hex()}',
    }[form]
    assert checked(record('1', 'B'), {key: KeySource.OWNER}).verdict is Verdict.GOOD


def test_without_a_key_or_with_an_unknown_curve_nothing_is_claimed() -> None:
    assert checked(record('1', 'B')).verdict is Verdict.NO_KEY
    assert checked(record('1', 'B'), {'no key': KeySource.OWNER}).verdict is Verdict.NO_KEY
    unknown = record('1', 'B').replace('ECDSA-secp256r1', 'ECDSA-secp192k1')
    assert checked(unknown, {public_der(SPECIFICATION).hex(): KeySource.OWNER}).verdict is Verdict.UNSUPPORTED
    other = record('1', 'B', 'secp384r1').replace('ECDSA-secp384r1', 'ECDSA-secp256r1')
    assert checked(other, {public_der('secp384r1').hex(): KeySource.OWNER}).verdict is Verdict.BAD


def test_the_owners_key_comes_before_the_chargers_and_that_before_the_values() -> None:
    configuration = {'MeterPublicKey[1]': 'bb', 'MeterValueSampleInterval': '10', 'PublicKeyWithSignedMeterValue': None}
    assert meter_keys('aa', configuration) == {'aa': KeySource.OWNER}
    assert meter_keys(None, configuration) == {'bb': KeySource.CHARGER}
    assert meter_keys(None, {}) == {}
    with_own_key = f'{record("1", "B")}|{public_der(SPECIFICATION).hex()}'
    assert checked(with_own_key, {public_der('secp256k1').hex(): KeySource.OWNER}).verdict is Verdict.BAD


def test_the_energy_of_a_session_is_proven_by_its_two_ends() -> None:
    keys = {public_der(SPECIFICATION).hex(): KeySource.CHARGER}
    begin, end = record('2935.600', 'B'), record('2943.080', 'E')
    session = checked_session([begin, record('2940', 'C'), end], keys)
    assert session is not None
    assert (session.verdict, session.count, session.energy_wh) == (Verdict.GOOD, 3, Decimal('7480'))
    for texts in ([begin], [end], [begin, record('2900', 'E')], [begin, record('2943.080', 'E', MS='another')]):
        found = checked_session(texts, keys)
        assert found is not None
        assert found.energy_wh is None
    spoiled = checked_session([begin, end.replace('2943', '2944')], keys)
    assert spoiled is not None
    assert (spoiled.verdict, spoiled.energy_wh) == (Verdict.BAD, None)
    assert checked_session([], keys) is None
