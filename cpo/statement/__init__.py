"""What sessions used and cost, as a paper that others believe: statements, their seals, signed meter values."""

from cpo.statement.closed_month import month_in, not_following
from cpo.statement.export import MEDIA_TYPES, exported, exported_month
from cpo.statement.ledger import Ledger
from cpo.statement.ocmf import KeySource, SignedSession, Verdict, checked_session, meter_keys
from cpo.statement.paper_html import PRINT_SCRIPT
from cpo.statement.seal import Finding, Form, verified
from cpo.statement.starter import starter_name
from cpo.statement.words import signed_sentence, verification_sentence

__all__ = [
    'MEDIA_TYPES',
    'PRINT_SCRIPT',
    'Finding',
    'Form',
    'KeySource',
    'Ledger',
    'SignedSession',
    'Verdict',
    'checked_session',
    'exported',
    'exported_month',
    'meter_keys',
    'month_in',
    'not_following',
    'signed_sentence',
    'starter_name',
    'verification_sentence',
    'verified',
]
