"""The journal: everything that must not be lost, in one SQLite file. Facts are written, the state is restored."""

from cpo.journal import records
from cpo.journal.backup import copied
from cpo.journal.id_tags import IdTags
from cpo.journal.journal import Journal
from cpo.journal.retention import keep_small

__all__ = [
    'IdTags',
    'Journal',
    'copied',
    'keep_small',
    'records',
]
