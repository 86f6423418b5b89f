"""Faults, ends of transactions, id tags and reservations, independent of the OCPP version."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """A fault of the charger that a person can do something about. The values are stored in the journal."""

    GROUND = 'ground_fault'
    TOO_MUCH_CURRENT = 'too_much_current'
    HIGH_VOLTAGE = 'high_voltage'
    LOW_VOLTAGE = 'low_voltage'
    TOO_HOT = 'too_hot'
    PLUG_LOCK = 'plug_lock'
    CAR_COMMUNICATION = 'car_communication'
    METER = 'meter'
    SWITCH = 'switch'
    CARD_READER = 'card_reader'


class Ending(StrEnum):
    """Why a transaction ended. The values are stored in the journal.

    FROM_HERE: this program asked for it; AT_CHARGER: a person or card at the charger; OTHER: another reason, or its end
    was never reported.
    """

    FROM_HERE = 'from_here'
    AT_CHARGER = 'at_charger'
    UNPLUGGED = 'unplugged'
    UNLOCKED = 'unlocked'
    CARD_REFUSED = 'card_refused'
    EMERGENCY_STOP = 'emergency_stop'
    POWER_CUT = 'power_cut'
    RESTART = 'restart'
    OTHER = 'other'


class TagStatus(StrEnum):
    """Whether an id tag may charge; CONCURRENT: it charges elsewhere. The words are those of all OCPP versions."""

    ACCEPTED = 'Accepted'
    BLOCKED = 'Blocked'
    EXPIRED = 'Expired'
    INVALID = 'Invalid'
    CONCURRENT = 'ConcurrentTx'


class ReservationStatus(StrEnum):
    """The state of a reservation that the charger accepted; USED: its card, or one of its group, began a session."""

    ACCEPTED = 'Accepted'
    CANCELLED = 'Cancelled'
    EXPIRED = 'Expired'
    USED = 'Used'
