"""From one wanted limit to what this charger obeys: the request it takes now, and whether it does as it accepted."""

from cpo.limits.read_back import drawn, offered, supply_of
from cpo.limits.reconciler import LimitReconciler
from cpo.limits.step import LimitOutcome, checked_limit

__all__ = [
    'LimitOutcome',
    'LimitReconciler',
    'checked_limit',
    'drawn',
    'offered',
    'supply_of',
]
