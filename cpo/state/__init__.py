"""All that is known of the charger, as frozen values, and the entries that change it. No clock, no I/O.

`ChargePointState` is what pages, REST and controllers read. An entry is one fact, such as a StatusNotification that
arrived; its `apply` returns the state after that fact, and nothing else changes a state.
"""

from cpo.state import cards
from cpo.state.account_entries import AccountChange, AccountChanged
from cpo.state.activity import RUNNING, STILL, Activity
from cpo.state.arrival import Arrival
from cpo.state.attempt import AttemptVerdict, ConnectionAttempt
from cpo.state.availability import Availability
from cpo.state.availability_entries import AvailabilityAccepted
from cpo.state.bounds import FINITE, MOST_HOUSE_W, Bounds, bounds_of, can_be, can_be_read, of_house
from cpo.state.ceiling import FUSE, GRID_OPERATOR, MAXIMUM, PEAK, THE_GUARD, Ceiling, Load, MonthPeak, month_of
from cpo.state.ceiling_entries import CeilingExpired, CeilingLifted, CeilingReceipt, CeilingSet, PeakMeasured
from cpo.state.certificate_request import CertificateOutcome, CertificateRequest
from cpo.state.clock_entries import ClockJudged, ClockSet
from cpo.state.connector import Connector, Limit, Mode, ProfileWrites, StatusChange, WattPhases, WishEnd
from cpo.state.cost_entries import SessionPriced
from cpo.state.demo import outlasts_demo
from cpo.state.entries import (
    Booted,
    ConfigurationRead,
    Connected,
    ConnectionAttempted,
    DiagnosticsStatusNotified,
    Disconnected,
    Entry,
    FirmwareStatusNotified,
    Heard,
    TagRefused,
)
from cpo.state.event import QUIET, Event, EventKind
from cpo.state.events import events_of
from cpo.state.fault_entries import FaultDismissed
from cpo.state.fault_trace import FaultTrace
from cpo.state.flow import current_a, currents_a, newest_arrivals, power_arrival, power_w, silent_since
from cpo.state.history import point_of
from cpo.state.id_tag import IdTag, SeenTag
from cpo.state.known_charger import KnownCharger, SecurityProfile, known_charger
from cpo.state.known_charger_entries import ChargerKnown
from cpo.state.limit_entries import (
    Learned,
    LimitAccepted,
    LimitForgotten,
    LimitReadBack,
    LimitWished,
    OverriddenByCommand,
    ProfileWritten,
    RemoteStartGivenUp,
    RemoteStartSent,
    RemoteStopAccepted,
    RemoteStopGivenUp,
    ScheduleRead,
    WattPhasesCounted,
    WishEnded,
)
from cpo.state.measuring import Unmeasured, unmeasured
from cpo.state.meter import CURRENT, ENERGY, OFFERED, POWER, VOLTAGE, Meter, MeterSample, MeterValue, SampleColumns
from cpo.state.meter_entries import MeterRead, ValuesThinned, thinned
from cpo.state.missed_start import missed_start
from cpo.state.modes import (
    PLUGGED,
    STEERED_MODES,
    ModeChosen,
    PresetChosen,
    left_its_mode,
    may_wish,
    overridden_mode,
    preset_in_force,
)
from cpo.state.page_setting import PageSetting
from cpo.state.phantoms import adds_nothing, later_starts
from cpo.state.preset import Preset
from cpo.state.read_back import Figures, Finding, Reaction, ReadBack, Verdict
from cpo.state.record_entries import (
    CommandSent,
    IdTagChanged,
    IdTagDeleted,
    ReservationCancelled,
    ReservationMade,
    ReservationUsed,
    TagSeen,
)
from cpo.state.register import Reading, Register, is_register
from cpo.state.report_entries import CertificateAnswered, CertificateRequested, LogStatusNotified, SecurityEventNotified
from cpo.state.reservation import Reservation
from cpo.state.session_cost import CostPart, SessionCost
from cpo.state.session_energy import SessionEnergy
from cpo.state.session_goal import SessionGoal
from cpo.state.setting_entries import SettingsChanged
from cpo.state.share_of_sun import share_of_sun
from cpo.state.solar_read import SolarRead
from cpo.state.solar_reading import OF_THE_GRID, READINGS, Currents, ReadingName, SolarReading
from cpo.state.source import FULL_SPEED, HOME_ASSISTANT, REST, THE_CARD, THE_MAXIMUM, THE_SUN, YOU, Source, SourceKind
from cpo.state.state import (
    MAX_ATTEMPTS,
    MAX_STATUS_CHANGES,
    MAX_TRANSACTIONS,
    BootInformation,
    ChargePointState,
    HistoryPoint,
    RefusedTag,
    Transaction,
    TransactionNote,
)
from cpo.state.surplus_decided import SurplusDecided
from cpo.state.transaction_entries import (
    StatusNotified,
    TransactionRepeated,
    TransactionResumed,
    TransactionStarted,
    TransactionStopped,
)
from cpo.state.transaction_numbers import first_number, next_number
from cpo.state.transactions import changed_transactions, with_contact
from cpo.state.vocabulary import Ending, Fault, ReservationStatus, TagStatus

__all__ = [
    'CURRENT',
    'ENERGY',
    'FINITE',
    'FULL_SPEED',
    'FUSE',
    'GRID_OPERATOR',
    'HOME_ASSISTANT',
    'MAXIMUM',
    'MAX_ATTEMPTS',
    'MAX_STATUS_CHANGES',
    'MAX_TRANSACTIONS',
    'MOST_HOUSE_W',
    'OFFERED',
    'OF_THE_GRID',
    'PEAK',
    'PLUGGED',
    'POWER',
    'QUIET',
    'READINGS',
    'REST',
    'RUNNING',
    'STEERED_MODES',
    'STILL',
    'THE_CARD',
    'THE_GUARD',
    'THE_MAXIMUM',
    'THE_SUN',
    'VOLTAGE',
    'YOU',
    'AccountChange',
    'AccountChanged',
    'Activity',
    'Arrival',
    'AttemptVerdict',
    'Availability',
    'AvailabilityAccepted',
    'BootInformation',
    'Booted',
    'Bounds',
    'Ceiling',
    'CeilingExpired',
    'CeilingLifted',
    'CeilingReceipt',
    'CeilingSet',
    'CertificateAnswered',
    'CertificateOutcome',
    'CertificateRequest',
    'CertificateRequested',
    'ChargePointState',
    'ChargerKnown',
    'ClockJudged',
    'ClockSet',
    'CommandSent',
    'ConfigurationRead',
    'Connected',
    'ConnectionAttempt',
    'ConnectionAttempted',
    'Connector',
    'CostPart',
    'Currents',
    'DiagnosticsStatusNotified',
    'Disconnected',
    'Ending',
    'Entry',
    'Event',
    'EventKind',
    'Fault',
    'FaultDismissed',
    'FaultTrace',
    'Figures',
    'Finding',
    'FirmwareStatusNotified',
    'Heard',
    'HistoryPoint',
    'IdTag',
    'IdTagChanged',
    'IdTagDeleted',
    'KnownCharger',
    'Learned',
    'Limit',
    'LimitAccepted',
    'LimitForgotten',
    'LimitReadBack',
    'LimitWished',
    'Load',
    'LogStatusNotified',
    'Meter',
    'MeterRead',
    'MeterSample',
    'MeterValue',
    'Mode',
    'ModeChosen',
    'MonthPeak',
    'OverriddenByCommand',
    'PageSetting',
    'PeakMeasured',
    'Preset',
    'PresetChosen',
    'ProfileWrites',
    'ProfileWritten',
    'Reaction',
    'ReadBack',
    'Reading',
    'ReadingName',
    'RefusedTag',
    'Register',
    'RemoteStartGivenUp',
    'RemoteStartSent',
    'RemoteStopAccepted',
    'RemoteStopGivenUp',
    'Reservation',
    'ReservationCancelled',
    'ReservationMade',
    'ReservationStatus',
    'ReservationUsed',
    'SampleColumns',
    'ScheduleRead',
    'SecurityEventNotified',
    'SecurityProfile',
    'SeenTag',
    'SessionCost',
    'SessionEnergy',
    'SessionGoal',
    'SessionPriced',
    'SettingsChanged',
    'SolarRead',
    'SolarReading',
    'Source',
    'SourceKind',
    'StatusChange',
    'StatusNotified',
    'SurplusDecided',
    'TagRefused',
    'TagSeen',
    'TagStatus',
    'Transaction',
    'TransactionNote',
    'TransactionRepeated',
    'TransactionResumed',
    'TransactionStarted',
    'TransactionStopped',
    'Unmeasured',
    'ValuesThinned',
    'Verdict',
    'WattPhases',
    'WattPhasesCounted',
    'WishEnd',
    'WishEnded',
    'adds_nothing',
    'bounds_of',
    'can_be',
    'can_be_read',
    'cards',
    'changed_transactions',
    'current_a',
    'currents_a',
    'events_of',
    'first_number',
    'is_register',
    'known_charger',
    'later_starts',
    'left_its_mode',
    'may_wish',
    'missed_start',
    'month_of',
    'newest_arrivals',
    'next_number',
    'of_house',
    'outlasts_demo',
    'overridden_mode',
    'point_of',
    'power_arrival',
    'power_w',
    'preset_in_force',
    'share_of_sun',
    'silent_since',
    'thinned',
    'unmeasured',
    'with_contact',
]
