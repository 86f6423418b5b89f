"""What must not be lost: facts in, state out, in one SQLite file."""

from cpo.journal.journal import Journal
from cpo.journal.retention import keep_small

__all__ = ['Journal', 'keep_small']
