"""Signed meter values in the Open Charge Metering Format (OCMF 1.0 to 1.4): read, and checked against a public key.

A record is `OCMF|{payload}|{signature}`: ECDSA over the bytes of the payload. In OCPP 1.6 it comes as it is, in hex, in
base64, or in the JSON object of the OCA's application note on signed meter values, which may bring the public key. A
key that comes with the value proves only that nobody changed the value alone; one of the owner or of the charger's
configuration comes before it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

UNITS = {'kWh': Decimal(1000), 'Wh': Decimal(1)}
BEGIN, ENDS = ('B',), ('E', 'L', 'R', 'A', 'P')
"""How a reading says which end of a transaction it is of (`TX`): its begin; its end, by whatever (OCMF, table 7)."""
DEFAULT_ALGORITHM = 'ECDSA-secp256r1-SHA256'
CURVES = {
    'secp192r1': 'secp192r1',
    'secp256k1': 'secp256k1',
    'secp256r1': 'secp256r1',
    'secp384r1': 'secp384r1',
    'secp521r1': 'secp521r1',
    'brainpool256r1': 'brainpoolP256r1',
    'brainpoolp256r1': 'brainpoolP256r1',
    'brainpool384r1': 'brainpoolP384r1',
    'brainpoolp384r1': 'brainpoolP384r1',
}
"""The names of the curves in OCMF, in lower case, and those of the library; it has no secp192k1."""
HASHES = ('SHA256', 'SHA384', 'SHA512')
MOST_BYTES = 20_000


class Verdict(StrEnum):
    """What the check of a signature found."""

    GOOD = 'good'
    BAD = 'bad'
    NO_KEY = 'no_key'
    UNSUPPORTED = 'unsupported'
    UNREADABLE = 'unreadable'


SERIOUSNESS = (Verdict.BAD, Verdict.UNREADABLE, Verdict.UNSUPPORTED, Verdict.NO_KEY, Verdict.GOOD)


class KeySource(StrEnum):
    """Where the public key of a check came from, the most credible one first."""

    OWNER = 'owner'
    CHARGER = 'charger'
    VALUE = 'value'


@dataclass(frozen=True, slots=True)
class SignedReading:
    """One energy register in a record: `reason` is its `TX`, `register` its OBIS code, the value in Wh."""

    reason: str
    register: str
    wh: Decimal


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A record and what its check found; `key_source` is None where no key was found."""

    verdict: Verdict
    key_source: KeySource | None = None
    meter_serial: str | None = None
    readings: tuple[SignedReading, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedSession:
    """All signed values of a session together; `verdict` is the most serious one of its `count` values.

    `begin_wh` and `end_wh` are the signed registers of its begin and end, None unless all is good and both are there.
    """

    verdict: Verdict
    count: int
    key_source: KeySource | None
    meter_serial: str | None
    begin_wh: Decimal | None = None
    end_wh: Decimal | None = None

    @property
    def energy_wh(self) -> Decimal | None:
        """The energy between begin and end as the meter signed it; None where it is not proven."""
        return None if self.begin_wh is None or self.end_wh is None else self.end_wh - self.begin_wh


def meter_keys(owner: str | None, configuration: Mapping[str, str | None]) -> dict[str, KeySource]:
    """The public keys known for a meter: the owner's alone where there is one, else those the charger's keys name."""
    if owner:
        return {owner: KeySource.OWNER}
    named = {name.casefold().replace('.', '').replace('_', ''): value for name, value in configuration.items()}
    return {value: KeySource.CHARGER for name, value in named.items() if 'publickey' in name and value}


def checked_session(texts: Sequence[str], keys: Mapping[str, KeySource]) -> SignedSession | None:
    """The signed values of one session, oldest first, checked; None where there are none."""
    if not texts:
        return None
    records = [checked(text, keys) for text in texts]
    verdict = min((record.verdict for record in records), key=SERIOUSNESS.index)
    sources = [record.key_source for record in records if record.key_source]
    serials = {record.meter_serial for record in records}
    is_one_meter = len(serials) == 1
    source = max(sources, key=list(KeySource).index, default=None)
    begin_wh, end_wh = _ends(records) if verdict is Verdict.GOOD and is_one_meter else (None, None)
    return SignedSession(verdict, len(records), source, serials.pop() if is_one_meter else None, begin_wh, end_wh)


def _ends(records: Iterable[SignedRecord]) -> tuple[Decimal | None, Decimal | None]:
    """The first register of a begin, and the last one of an end of the same register that is not below it."""
    readings = [reading for record in records for reading in record.readings]
    begin = next((reading for reading in readings if reading.reason in BEGIN), None)
    if begin is None:
        return None, None
    ends = [r.wh for r in readings if r.reason in ENDS and r.register == begin.register and r.wh >= begin.wh]
    return (begin.wh, ends[-1]) if ends else (None, None)


def checked(text: str, keys: Mapping[str, KeySource] | None = None) -> SignedRecord:
    """What a signed value says, and whether it is the meter's; one that cannot be read raises nothing."""
    record, own_key = _unwrapped(text)
    try:
        header, payload, signature, *more = record.split('|', 3)
        said, proof = json.loads(payload, parse_float=Decimal), json.loads(signature)
        readings = tuple(_readings(said.get('RD') or []))
        serial, data = str(said.get('MS') or '') or None, _signature(proof)
    except (ValueError, TypeError, AttributeError, KeyError, InvalidOperation, RecursionError):
        return SignedRecord(Verdict.UNREADABLE)
    if header != 'OCMF':
        return SignedRecord(Verdict.UNREADABLE)
    own_key = own_key or ''.join(''.join(more).split()) or None
    known = keys or ({own_key: KeySource.VALUE} if own_key else {})
    verdict, source = _judged(payload.encode(), str(proof.get('SA') or DEFAULT_ALGORITHM), data, known)
    return SignedRecord(verdict, source, serial, readings)


def _unwrapped(text: str) -> tuple[str, str | None]:
    """The record as `OCMF|…` without what it is wrapped in, and the public key that came with it."""
    text, key = text.strip(), None
    if text.startswith('{'):
        try:
            outer = json.loads(text)
            text = str(outer.get('signedMeterData') or outer.get('value') or '')
            key = str(outer.get('publicKey') or '') or None
        except (ValueError, AttributeError, RecursionError):
            return '', None
    if not text.startswith('OCMF|') and (data := _decoded(text)) is not None:
        text = data.decode(errors='replace').strip()
    return text, key


def _readings(rows: Sequence[Mapping[str, Any]]) -> Iterable[SignedReading]:
    """The energy registers; what a reading leaves out is as in the one before (OCMF, section RD)."""
    before: dict[str, Any] = {}
    for row in rows:
        before = {**before, **row}
        unit = UNITS.get(str(before.get('RU', '')))
        if unit is not None and before.get('RV') is not None:
            wh = Decimal(str(before['RV'])) * unit
            if not wh.is_finite():
                raise ValueError('no register')
            yield SignedReading(str(before.get('TX') or ''), str(before.get('RI') or ''), wh)


def _signature(proof: Mapping[str, Any]) -> bytes:
    text = str(proof['SD'])
    return base64.b64decode(text, validate=True) if proof.get('SE') == 'base64' else bytes.fromhex(text)


def _judged(
    payload: bytes, algorithm: str, signature: bytes, keys: Mapping[str, KeySource]
) -> tuple[Verdict, KeySource | None]:
    """The verdict and whose key gave it: good where one of the keys fits."""
    kind, _, rest = algorithm.partition('-')
    curve, _, hashed = rest.rpartition('-')
    name = CURVES.get(curve.casefold())
    if kind != 'ECDSA' or name is None or hashed not in HASHES:
        return Verdict.UNSUPPORTED, None
    from cpo.statement import signatures  # noqa: PLC0415 (it takes a while)

    found: tuple[Verdict, KeySource | None] = (Verdict.NO_KEY, None)
    for key, source in keys.items():
        fits = signatures.is_ecdsa(payload, signature, key_bytes(key) or b'', name, hashed)
        if fits:
            return Verdict.GOOD, source
        if fits is not None:
            found = Verdict.BAD, source
    return found


def key_bytes(text: str) -> bytes | None:
    """A public key (DER) as chargers and owners write it: hex, base64, PEM, or `oca:base16:asn1:…`, also in base64."""
    text = ''.join(line for line in text.strip().splitlines() if not line.startswith('-----'))
    data = _decoded(''.join(text.split()))
    if data is not None and data.startswith(b'oca:'):
        text = data.decode(errors='replace')
    if text.startswith('oca:'):
        _, encoding, _, rest = (*text.split(':', 3), '', '', '')[:4]
        data = _decoded(rest) if encoding in ('base16', 'base64') else None
    return data


def _decoded(text: str) -> bytes | None:
    """The bytes of a text in hex, else in base64; None where it is neither."""
    if not 0 < len(text) <= MOST_BYTES:
        return None
    try:
        return bytes.fromhex(text)
    except ValueError:
        pass
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
