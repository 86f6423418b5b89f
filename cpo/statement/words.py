"""Words for statements: what the check of a signature found."""

from __future__ import annotations

from cpo.statement.ocmf import KeySource, SignedSession, Verdict

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


def signed_sentence(signed: SignedSession) -> str:
    """What the check of the signed values of a session found, as a sentence."""
    words = VERDICTS[signed.verdict]
    by = KEY_SOURCES[signed.key_source] if signed.key_source and signed.verdict is Verdict.GOOD else ''
    ends = '' if signed.verdict is not Verdict.GOOD or signed.energy_wh is not None else ', but not both ends of it'
    return f'{words}{ends}{", " if by else ""}{by}.'
