"""Words for statements: how an energy was obtained, what is missing, what the check of a signature or a seal found."""

from __future__ import annotations

from collections.abc import Iterable

from cpo.statement.ocmf import KeySource, SignedSession, Verdict
from cpo.statement.row import Missing, Obtained
from cpo.statement.seal import Finding, Verification, fingerprint

VERDICTS = {
    Verdict.GOOD: 'The meter signed this',
    Verdict.BAD: 'The signature does not fit: somebody changed the values, or the key is another meter’s',
    Verdict.NO_KEY: 'The meter signed its values, but its public key is not known: set CPO_METER_PUBLIC_KEY',
    Verdict.UNSUPPORTED: 'The meter signed its values in a way that this program cannot check',
    Verdict.UNREADABLE: 'The signed values are in no format that this program reads (OCMF)',
}
KEY_SOURCES = {
    KeySource.OWNER: 'checked with the key in the settings',
    KeySource.CHARGER: 'checked with the key in the charger’s configuration',
    KeySource.VALUE: 'checked with the key that came with the values',
}
OBTAINED = {Obtained.SIGNED: 'signed', Obtained.REGISTER: 'meter', Obtained.ESTIMATE: 'estimate'}
OBTAINED_MEANS = {
    Obtained.SIGNED: 'signed: between two readings that the meter signed, and whose signatures were checked.',
    Obtained.REGISTER: 'meter: between the readings of the meter at start and stop.',
    Obtained.ESTIMATE: 'estimate: from what the charger reported meanwhile, as the readings at its ends do not fit.',
}
MISSING = {
    Missing.START: 'its start was never reported',
    Missing.END: 'its end was never reported',
    Missing.METER_START: 'no reading at start',
    Missing.METER_STOP: 'no reading at stop',
    Missing.METER_SERIAL: 'serial number of the meter unknown',
    Missing.ENERGY: 'how much it charged is unknown, and counts as 0',
    Missing.WHO: 'nobody known',
    Missing.PRICE: 'no price',
    Missing.PRICE_PARTLY: 'no price for a part of it: the fixed one was used',
    Missing.CLOCK: 'the clock was wrong: its times were put right later',
    Missing.SIGNATURE: 'the signed values do not prove it',
}


def signed_sentence(signed: SignedSession) -> str:
    """What the check of the signed values of a session found, as a sentence."""
    words = VERDICTS[signed.verdict]
    by = KEY_SOURCES[signed.key_source] if signed.key_source and signed.verdict is Verdict.GOOD else ''
    ends = '' if signed.verdict is not Verdict.GOOD or signed.energy_wh is not None else ', but not both ends of it'
    return f'{words}{ends}{", " if by else ""}{by}.'


def missing_words(missing: Iterable[Missing]) -> str:
    """What is missing, in a few words; empty where nothing is."""
    return ', '.join(MISSING[each] for each in missing)


def verification_sentence(found: Verification) -> str:
    """What was found of a file, as a sentence."""
    ranges = ', '.join(f'{first} to {last}' for first, last in found.ranges)
    match found.finding:
        case Finding.WHOLE:
            return (
                f'This statement is whole: nothing was changed since the key {fingerprint(found.key or b"")} sealed it.'
            )
        case Finding.CHANGED:
            return f'This statement was changed: bytes {ranges} are not what was sealed.'
        case Finding.SEAL_CHANGED:
            return f'The seal of this statement was changed (bytes {ranges}), so nothing in it is proven.'
        case Finding.NO_SEAL:
            return 'This file has no seal: it is no statement of this program, or its seal was cut off.'
