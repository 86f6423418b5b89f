"""From a wish to what this charger obeys: the request it takes now, and whether it does as it accepted.

`decision` says how it works; begin to read there.
"""

from cpo.limits.read_back import drawn, offered, supply_of
from cpo.limits.reconciler import LimitReconciler
from cpo.limits.sentences import read_back_sentence
from cpo.limits.wish import LimitOutcome, checked_limit

__all__ = [
    'LimitOutcome',
    'LimitReconciler',
    'checked_limit',
    'drawn',
    'offered',
    'read_back_sentence',
    'supply_of',
]
