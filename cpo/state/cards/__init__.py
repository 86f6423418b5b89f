"""The household's cards: whose session it is, what a card may do now, and how much it has charged in a month (pure)."""

from cpo.state.cards.entries import AllowanceUsed, CardListChanged
from cpo.state.cards.owners import (
    card_name,
    card_of,
    charged_since_plugged_in,
    month_bounds,
    month_energies_wh,
    month_energy_wh,
    unknown_tags,
    with_owner,
)
from cpo.state.cards.rules import (
    CardRefusal,
    answered_status,
    card_refusal,
    first_mode,
    is_used_up,
    may_be_steered,
    must_end,
    refusal_of,
)
from cpo.state.hours import Hours
from cpo.state.id_tag import AfterAllowance

__all__ = [
    'AfterAllowance',
    'AllowanceUsed',
    'CardListChanged',
    'CardRefusal',
    'Hours',
    'answered_status',
    'card_name',
    'card_of',
    'card_refusal',
    'charged_since_plugged_in',
    'first_mode',
    'is_used_up',
    'may_be_steered',
    'month_bounds',
    'month_energies_wh',
    'month_energy_wh',
    'must_end',
    'refusal_of',
    'unknown_tags',
    'with_owner',
]
