"""The journal: everything that must not be lost, in one SQLite file. Facts are written, the state is restored."""

from cpo.journal import records, statement_rows
from cpo.journal.accounts import AccountsBeside, AccountTables
from cpo.journal.backup import copied, copy_to
from cpo.journal.chores import do_chores
from cpo.journal.damage import Damage, DamageKind, JournalDamaged
from cpo.journal.damaged_journal import DamagedJournal
from cpo.journal.files import FILE_NAME
from cpo.journal.goal_tables import GoalTables
from cpo.journal.id_tags import IdTags
from cpo.journal.identity import has_lost
from cpo.journal.journal import Journal
from cpo.journal.key_tables import KeyChange, KeyTables
from cpo.journal.persisting import Records, persist, settle
from cpo.journal.quarter_tables import Quarter, QuarterTables
from cpo.journal.read_only import read_only
from cpo.journal.slot_tables import SlotTables
from cpo.journal.statement_rows import ClosedMonth, StatedSession

__all__ = [
    'FILE_NAME',
    'AccountTables',
    'AccountsBeside',
    'ClosedMonth',
    'Damage',
    'DamageKind',
    'DamagedJournal',
    'GoalTables',
    'IdTags',
    'Journal',
    'JournalDamaged',
    'KeyChange',
    'KeyTables',
    'Quarter',
    'QuarterTables',
    'Records',
    'SlotTables',
    'StatedSession',
    'copied',
    'copy_to',
    'do_chores',
    'has_lost',
    'persist',
    'read_only',
    'records',
    'settle',
    'statement_rows',
]
