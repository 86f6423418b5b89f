"""Brings a charger to the limit somebody wants: the request it needs now, and whether it follows what it accepted.

Begin to read in `decision`, which says how it works, and defines the words wish, ceiling and form.
"""

from cpo.limits.cap import is_held_lower
from cpo.limits.ceiling_keeper import CeilingKeeper
from cpo.limits.ceilings import (
    ceilings_a,
    check_ceilings,
    least_ceiling,
    lowered,
    phases_below_ceilings,
    phases_of_foreign_limits,
)
from cpo.limits.pacing import held_until
from cpo.limits.past_commands import check_past, send_past
from cpo.limits.phase_switching import SWITCHES_WITHIN, phases_to_say, switches_phases
from cpo.limits.read_back import drawn, offered, supply_of
from cpo.limits.reconciler import LimitReconciler
from cpo.limits.sentences import read_back_sentence
from cpo.limits.wish import LimitOutcome, checked_limit, new_wish

__all__ = [
    'SWITCHES_WITHIN',
    'CeilingKeeper',
    'LimitOutcome',
    'LimitReconciler',
    'ceilings_a',
    'check_ceilings',
    'check_past',
    'checked_limit',
    'drawn',
    'held_until',
    'is_held_lower',
    'least_ceiling',
    'lowered',
    'new_wish',
    'offered',
    'phases_below_ceilings',
    'phases_of_foreign_limits',
    'phases_to_say',
    'read_back_sentence',
    'send_past',
    'supply_of',
    'switches_phases',
]
