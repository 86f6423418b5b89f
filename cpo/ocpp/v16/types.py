"""Types of OCPP 1.6 (§7): those that several messages use, and those the rest of the program speaks of."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from cpo.ocpp.payloads import AtLeastOne, Deciamount, Many, Maybe, OcppEnum, Payload, Timestamp

CiString20 = Annotated[str, StringConstraints(max_length=20)]
CiString25 = Annotated[str, StringConstraints(max_length=25)]
CiString50 = Annotated[str, StringConstraints(max_length=50)]
CiString255 = Annotated[str, StringConstraints(max_length=255)]
CiString500 = Annotated[str, StringConstraints(max_length=500)]

IdToken = CiString20
"""An idTag: compared without regard to case."""


class AuthorizationStatus(OcppEnum):
    """What the central system says of an idTag."""

    ACCEPTED = 'Accepted'
    BLOCKED = 'Blocked'
    EXPIRED = 'Expired'
    INVALID = 'Invalid'
    CONCURRENT_TX = 'ConcurrentTx'


class IdTagInfo(Payload):
    """Status of an idTag; `parent_id_tag` is its group."""

    status: AuthorizationStatus
    expiry_date: Maybe[Timestamp] = None
    parent_id_tag: Maybe[IdToken] = None


class AcceptedOrRejected(OcppEnum):
    """The answer to requests that are done or refused, nothing between: RemoteStartStopStatus, ResetStatus, …"""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'


class RegistrationStatus(OcppEnum):
    """Whether the charge point may send more than BootNotification."""

    ACCEPTED = 'Accepted'
    PENDING = 'Pending'
    REJECTED = 'Rejected'


class ChargePointErrorCode(OcppEnum):
    """What is wrong with a connector."""

    CONNECTOR_LOCK_FAILURE = 'ConnectorLockFailure'
    EV_COMMUNICATION_ERROR = 'EVCommunicationError'
    GROUND_FAILURE = 'GroundFailure'
    HIGH_TEMPERATURE = 'HighTemperature'
    INTERNAL_ERROR = 'InternalError'
    LOCAL_LIST_CONFLICT = 'LocalListConflict'
    NO_ERROR = 'NoError'
    OTHER_ERROR = 'OtherError'
    OVER_CURRENT_FAILURE = 'OverCurrentFailure'
    POWER_METER_FAILURE = 'PowerMeterFailure'
    POWER_SWITCH_FAILURE = 'PowerSwitchFailure'
    READER_FAILURE = 'ReaderFailure'
    RESET_FAILURE = 'ResetFailure'
    UNDER_VOLTAGE = 'UnderVoltage'
    OVER_VOLTAGE = 'OverVoltage'
    WEAK_SIGNAL = 'WeakSignal'


class ChargePointStatus(OcppEnum):
    """State of a connector; connector 0 knows only Available, Unavailable and Faulted."""

    AVAILABLE = 'Available'
    PREPARING = 'Preparing'
    CHARGING = 'Charging'
    SUSPENDED_EVSE = 'SuspendedEVSE'
    SUSPENDED_EV = 'SuspendedEV'
    FINISHING = 'Finishing'
    RESERVED = 'Reserved'
    UNAVAILABLE = 'Unavailable'
    FAULTED = 'Faulted'


class Reason(OcppEnum):
    """Why a transaction stopped; absent means Local."""

    EMERGENCY_STOP = 'EmergencyStop'
    EV_DISCONNECTED = 'EVDisconnected'
    HARD_RESET = 'HardReset'
    LOCAL = 'Local'
    OTHER = 'Other'
    POWER_LOSS = 'PowerLoss'
    REBOOT = 'Reboot'
    REMOTE = 'Remote'
    SOFT_RESET = 'SoftReset'
    UNLOCK_COMMAND = 'UnlockCommand'
    DE_AUTHORIZED = 'DeAuthorized'


class DataTransferStatus(OcppEnum):
    """Why a DataTransfer was not understood."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'
    UNKNOWN_MESSAGE_ID = 'UnknownMessageId'
    UNKNOWN_VENDOR_ID = 'UnknownVendorId'


class ReadingContext(OcppEnum):
    """Why a sample was taken; absent means Sample.Periodic."""

    INTERRUPTION_BEGIN = 'Interruption.Begin'
    INTERRUPTION_END = 'Interruption.End'
    SAMPLE_CLOCK = 'Sample.Clock'
    SAMPLE_PERIODIC = 'Sample.Periodic'
    TRANSACTION_BEGIN = 'Transaction.Begin'
    TRANSACTION_END = 'Transaction.End'
    TRIGGER = 'Trigger'
    OTHER = 'Other'


class ValueFormat(OcppEnum):
    """How a sample's value is to be read; absent means Raw."""

    RAW = 'Raw'
    SIGNED_DATA = 'SignedData'


class Measurand(OcppEnum):
    """What was measured; absent means Energy.Active.Import.Register."""

    ENERGY_ACTIVE_EXPORT_REGISTER = 'Energy.Active.Export.Register'
    ENERGY_ACTIVE_IMPORT_REGISTER = 'Energy.Active.Import.Register'
    ENERGY_REACTIVE_EXPORT_REGISTER = 'Energy.Reactive.Export.Register'
    ENERGY_REACTIVE_IMPORT_REGISTER = 'Energy.Reactive.Import.Register'
    ENERGY_ACTIVE_EXPORT_INTERVAL = 'Energy.Active.Export.Interval'
    ENERGY_ACTIVE_IMPORT_INTERVAL = 'Energy.Active.Import.Interval'
    ENERGY_REACTIVE_EXPORT_INTERVAL = 'Energy.Reactive.Export.Interval'
    ENERGY_REACTIVE_IMPORT_INTERVAL = 'Energy.Reactive.Import.Interval'
    POWER_ACTIVE_EXPORT = 'Power.Active.Export'
    POWER_ACTIVE_IMPORT = 'Power.Active.Import'
    POWER_OFFERED = 'Power.Offered'
    POWER_REACTIVE_EXPORT = 'Power.Reactive.Export'
    POWER_REACTIVE_IMPORT = 'Power.Reactive.Import'
    POWER_FACTOR = 'Power.Factor'
    CURRENT_IMPORT = 'Current.Import'
    CURRENT_EXPORT = 'Current.Export'
    CURRENT_OFFERED = 'Current.Offered'
    VOLTAGE = 'Voltage'
    FREQUENCY = 'Frequency'
    TEMPERATURE = 'Temperature'
    SOC = 'SoC'
    RPM = 'RPM'


class Phase(OcppEnum):
    """Where it was measured; absent means over all phases."""

    L1 = 'L1'
    L2 = 'L2'
    L3 = 'L3'
    N = 'N'
    L1_N = 'L1-N'
    L2_N = 'L2-N'
    L3_N = 'L3-N'
    L1_L2 = 'L1-L2'
    L2_L3 = 'L2-L3'
    L3_L1 = 'L3-L1'


class Location(OcppEnum):
    """Where it was measured; absent means Outlet."""

    CABLE = 'Cable'
    EV = 'EV'
    INLET = 'Inlet'
    OUTLET = 'Outlet'
    BODY = 'Body'


class UnitOfMeasure(OcppEnum):
    """Unit of a sample; absent means Wh for energy. The misspelt Celcius is a word of the specification."""

    WH = 'Wh'
    KWH = 'kWh'
    VARH = 'varh'
    KVARH = 'kvarh'
    W = 'W'
    KW = 'kW'
    VA = 'VA'
    KVA = 'kVA'
    VAR = 'var'
    KVAR = 'kvar'
    A = 'A'
    V = 'V'
    K = 'K'
    CELCIUS = 'Celcius'
    CELSIUS = 'Celsius'
    FAHRENHEIT = 'Fahrenheit'
    PERCENT = 'Percent'
    HERTZ = 'Hertz'


class SampledValue(Payload):
    """One sample; `value` is text: a decimal number, or signed data."""

    value: str
    context: Maybe[ReadingContext] = None
    format: Maybe[ValueFormat] = None
    measurand: Maybe[Measurand] = None
    phase: Maybe[Phase] = None
    location: Maybe[Location] = None
    unit: Maybe[UnitOfMeasure] = None


class MeterValue(Payload):
    """Samples taken at one moment."""

    timestamp: Timestamp
    sampled_value: AtLeastOne[SampledValue]


class TransactionData(MeterValue):
    """The MeterValue of a StopTransaction: its JSON schema lets the list be empty, and its end must not be refused."""

    sampled_value: Many[SampledValue]


class ChargingRateUnit(OcppEnum):
    """Unit of the limits of a ChargingSchedule: A for each phase, or W over all phases."""

    A = 'A'
    W = 'W'


class ChargingProfilePurpose(OcppEnum):
    """What a ChargingProfile limits."""

    CHARGE_POINT_MAX_PROFILE = 'ChargePointMaxProfile'
    TX_DEFAULT_PROFILE = 'TxDefaultProfile'
    TX_PROFILE = 'TxProfile'


class ChargingProfileKind(OcppEnum):
    """What the periods of a ChargingSchedule count from."""

    ABSOLUTE = 'Absolute'
    RECURRING = 'Recurring'
    RELATIVE = 'Relative'


class RecurrencyKind(OcppEnum):
    """When a Recurring profile starts again."""

    DAILY = 'Daily'
    WEEKLY = 'Weekly'


class ChargingSchedulePeriod(Payload):
    """`limit` holds from `start_period` s after the start of the schedule until the next period."""

    start_period: int
    limit: Deciamount
    number_phases: Maybe[int] = None


class ChargingSchedule(Payload):
    """Limits over time; `duration` in s."""

    charging_rate_unit: ChargingRateUnit
    charging_schedule_period: Many[ChargingSchedulePeriod]
    duration: Maybe[int] = None
    start_schedule: Maybe[Timestamp] = None
    min_charging_rate: Maybe[Deciamount] = None


class ChargingProfile(Payload):
    """A ChargingSchedule, for what it is, and its rank: the highest `stack_level` wins within a purpose (§3.13)."""

    charging_profile_id: int
    stack_level: int
    charging_profile_purpose: ChargingProfilePurpose
    charging_profile_kind: ChargingProfileKind
    charging_schedule: ChargingSchedule
    transaction_id: Maybe[int] = None
    recurrency_kind: Maybe[RecurrencyKind] = None
    valid_from: Maybe[Timestamp] = None
    valid_to: Maybe[Timestamp] = None
