"""What is known about makes of chargers (same vendor, model and firmware), and the forms of charging profiles.

`quirks.toml` has what others reported, `ChargerKnowledge` what this program learned from connected chargers.
"""

from cpo.chargers.capabilities import ProfileCapabilities
from cpo.chargers.charging_profiles import (
    ChargingProfile,
    FailSafe,
    Kind,
    Period,
    ProfileForm,
    Purpose,
    Supply,
    Unit,
    charging_profile,
    in_amperes,
    profile_id,
)
from cpo.chargers.hang_ups import ALL_KEYS, HangUps, Outcome, Question, Sent, Subject
from cpo.chargers.knowledge import ChargerKind, ChargerKnowledge, RemoteStart, form_words, question_words
from cpo.chargers.numbers import Numbers, coarser, coarsest, expressed, nearest
from cpo.chargers.quirks import ChargerQuirks, quirks_for
from cpo.chargers.suspicion import RESTART_TAKES, Found, Sending, Suspicion

__all__ = [
    'ALL_KEYS',
    'RESTART_TAKES',
    'ChargerKind',
    'ChargerKnowledge',
    'ChargerQuirks',
    'ChargingProfile',
    'FailSafe',
    'Found',
    'HangUps',
    'Kind',
    'Numbers',
    'Outcome',
    'Period',
    'ProfileCapabilities',
    'ProfileForm',
    'Purpose',
    'Question',
    'RemoteStart',
    'Sending',
    'Sent',
    'Subject',
    'Supply',
    'Suspicion',
    'Unit',
    'charging_profile',
    'coarser',
    'coarsest',
    'expressed',
    'form_words',
    'in_amperes',
    'nearest',
    'profile_id',
    'question_words',
    'quirks_for',
]
