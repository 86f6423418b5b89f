"""Types of OCPP 1.6 (§7) that several messages share."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from cpo.ocpp.members import IfAbsent
from cpo.ocpp.payloads import AtLeastOne, Deciamount, Many, Maybe, NotNull, OcppEnum, OwedTimestamp, Payload, Timestamp

MAX_ID_TAG_LENGTH = 20

CiString20 = Annotated[str, StringConstraints(max_length=20)]
CiString25 = Annotated[str, StringConstraints(max_length=25)]
CiString50 = Annotated[str, StringConstraints(max_length=50)]
CiString255 = Annotated[str, StringConstraints(max_length=255)]
CiString500 = Annotated[str, StringConstraints(max_length=500)]

IdToken = Annotated[str, StringConstraints(max_length=MAX_ID_TAG_LENGTH)]
"""An idTag (§7.28), compared regardless of case."""


OwedRegister = Annotated[int | None, NotNull(), IfAbsent(None, stand_in=0)]
"""A required register in Wh; None where a charger left it out, or sent what its meter cannot show."""


class AuthorizationStatus(OcppEnum):
    """Status of an idTag at the central system (§7.2)."""

    ACCEPTED = 'Accepted'
    BLOCKED = 'Blocked'
    EXPIRED = 'Expired'
    INVALID = 'Invalid'
    CONCURRENT_TX = 'ConcurrentTx'


class IdTagInfo(Payload):
    """Status of an idTag, and until when it is valid; `parent_id_tag` is its group (§7.27)."""

    status: AuthorizationStatus
    expiry_date: Maybe[Timestamp] = None
    parent_id_tag: Maybe[IdToken] = None


class AcceptedOrRejected(OcppEnum):
    """Result of requests that are either done or refused: RemoteStartStopStatus, ResetStatus and others."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'


class RegistrationStatus(OcppEnum):
    """Whether the charge point may send anything but BootNotification (§7.38)."""

    ACCEPTED = 'Accepted'
    PENDING = 'Pending'
    REJECTED = 'Rejected'


class ChargePointErrorCode(OcppEnum):
    """Error of a connector, or of the charge point with connector 0 (§7.6)."""

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
    """Status of a connector; connector 0 has only Available, Unavailable and Faulted (§7.7)."""

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
    """Why a transaction stopped; absent means Local (§7.36)."""

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
    """Result of DataTransfer."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'
    UNKNOWN_MESSAGE_ID = 'UnknownMessageId'
    UNKNOWN_VENDOR_ID = 'UnknownVendorId'


class ReadingContext(OcppEnum):
    """Occasion of a sample; absent means Sample.Periodic."""

    INTERRUPTION_BEGIN = 'Interruption.Begin'
    INTERRUPTION_END = 'Interruption.End'
    SAMPLE_CLOCK = 'Sample.Clock'
    SAMPLE_PERIODIC = 'Sample.Periodic'
    TRANSACTION_BEGIN = 'Transaction.Begin'
    TRANSACTION_END = 'Transaction.End'
    TRIGGER = 'Trigger'
    OTHER = 'Other'


class ValueFormat(OcppEnum):
    """Format of a sample's value; absent means Raw, a decimal number."""

    RAW = 'Raw'
    SIGNED_DATA = 'SignedData'


class Measurand(OcppEnum):
    """Measured quantity; absent means Energy.Active.Import.Register (§7.31)."""

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
    """Phase of a sample; absent means all phases together."""

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
    """Place of a measurement; absent means Outlet."""

    CABLE = 'Cable'
    EV = 'EV'
    INLET = 'Inlet'
    OUTLET = 'Outlet'
    BODY = 'Body'


class UnitOfMeasure(OcppEnum):
    """Unit of a sample; absent means Wh for energy. The misspelt Celcius is in the specification, too."""

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
    """One sample; `value` is a decimal number as text, or signed data (§7.43)."""

    value: str
    context: Maybe[ReadingContext] = None
    format: Maybe[ValueFormat] = None
    measurand: Maybe[Measurand] = None
    phase: Maybe[Phase] = None
    location: Maybe[Location] = None
    unit: Maybe[UnitOfMeasure] = None


class MeterValue(Payload):
    """Samples taken at the same time (§7.33)."""

    timestamp: OwedTimestamp
    sampled_value: AtLeastOne[SampledValue]


class TransactionData(MeterValue):
    """A MeterValue inside StopTransaction, whose JSON schema also allows an empty list of samples."""

    sampled_value: Annotated[Many[SampledValue], IfAbsent(())]


class ChargingRateUnit(OcppEnum):
    """Unit of the limits of a ChargingSchedule: A per phase, or W over all phases."""

    A = 'A'
    W = 'W'


class ChargingProfilePurpose(OcppEnum):
    """What a ChargingProfile limits: the charge point, every transaction, or one (§3.13.1)."""

    CHARGE_POINT_MAX_PROFILE = 'ChargePointMaxProfile'
    TX_DEFAULT_PROFILE = 'TxDefaultProfile'
    TX_PROFILE = 'TxProfile'


class ChargingProfileKind(OcppEnum):
    """Whether a ChargingSchedule starts at a time, repeatedly, or when charging starts."""

    ABSOLUTE = 'Absolute'
    RECURRING = 'Recurring'
    RELATIVE = 'Relative'


class RecurrencyKind(OcppEnum):
    """Interval at which a Recurring profile starts again."""

    DAILY = 'Daily'
    WEEKLY = 'Weekly'


class ChargingSchedulePeriod(Payload):
    """A limit from `start_period` seconds after the start of the schedule until the next period."""

    start_period: int
    limit: Deciamount
    number_phases: Maybe[int] = None


class ChargingSchedule(Payload):
    """Limits over time; `duration` in s, None for no end (§7.13)."""

    charging_rate_unit: ChargingRateUnit
    charging_schedule_period: Many[ChargingSchedulePeriod]
    duration: Maybe[int] = None
    start_schedule: Maybe[Timestamp] = None
    min_charging_rate: Maybe[Deciamount] = None


class ChargingProfile(Payload):
    """A ChargingSchedule with its purpose; within a purpose the highest valid `stack_level` wins (§3.13)."""

    charging_profile_id: int
    stack_level: int
    charging_profile_purpose: ChargingProfilePurpose
    charging_profile_kind: ChargingProfileKind
    charging_schedule: ChargingSchedule
    transaction_id: Maybe[int] = None
    recurrency_kind: Maybe[RecurrencyKind] = None
    valid_from: Maybe[Timestamp] = None
    valid_to: Maybe[Timestamp] = None
