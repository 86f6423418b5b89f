"""Who asked for a limit, or who sent a solar reading."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    """The kind of person or part of the program that asked for a limit or sent a solar reading.

    The values are stored in the journal; `cpo.sentences` has their words.
    """

    PERSON = 'person'
    """Somebody on the dashboard, by name where signed in; a solar reading of a person is simulated."""
    SUN = 'sun'
    """The solar controller."""
    FAST = 'fast'
    """Mode FAST, which asks for the maximum."""
    PLAN = 'plan'
    """The plan for a goal with a departure."""
    GOAL = 'goal'
    """A goal that is reached: charging stops."""
    PROGRAM = 'program'
    """Another program, by its name."""
    PLUG_AND_CHARGE = 'plug_and_charge'
    """A car was plugged in, and everybody may charge."""
    CARD = 'card'
    """What the household has set for the card that began the session."""
    MAXIMUM = 'maximum'
    """The configured maximum, where nobody asks for less."""
    GUARD = 'guard'
    """What this program derives from readings of the house: the ceilings of the fuse and of the month's peak."""
    PROGRAM_END = 'program_end'
    """This program ends; what holds from then on is the fallback current."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who asked for a limit or sent a solar reading; `name` is that of a program, or of a person who is signed in."""

    kind: SourceKind
    name: str = ''


YOU = Source(SourceKind.PERSON)
THE_CARD = Source(SourceKind.CARD)
THE_SUN = Source(SourceKind.SUN)
FULL_SPEED = Source(SourceKind.FAST)
THE_MAXIMUM = Source(SourceKind.MAXIMUM)
REST = Source(SourceKind.PROGRAM, 'REST')
HOME_ASSISTANT = Source(SourceKind.PROGRAM, 'Home Assistant')
