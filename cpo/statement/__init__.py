"""What a session cost and used, as a paper that others believe: signed meter values."""

from cpo.statement.ocmf import KeySource, SignedSession, Verdict, checked_session, meter_keys
from cpo.statement.words import signed_sentence

__all__ = ['KeySource', 'SignedSession', 'Verdict', 'checked_session', 'meter_keys', 'signed_sentence']
