"""One connector: its car, meter, transaction and reservation, and the resulting ChargePointStatus (OCPP 1.6 §4.9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.car import Car
from simulator.charging_profile import ChargingProfile

MIN_CURRENT_A = 6.0  # IEC 61851: below this a car must not charge

ERROR_CODES = (
    'ConnectorLockFailure',
    'EVCommunicationError',
    'GroundFailure',
    'HighTemperature',
    'InternalError',
    'LocalListConflict',
    'NoError',
    'OtherError',
    'OverCurrentFailure',
    'OverVoltage',
    'PowerMeterFailure',
    'PowerSwitchFailure',
    'ReaderFailure',
    'ResetFailure',
    'UnderVoltage',
    'WeakSignal',
)


@dataclass(slots=True)
class Transaction:
    """A running transaction; `transaction_id` is None until the central system has answered StartTransaction."""

    id_tag: str
    started_at: datetime
    sampled_at: datetime
    meter_start_wh: float = 0.0
    transaction_id: int | None = None
    resume_asked: bool = False  # a profile has allowed a current, yet the transaction is still paused


@dataclass(frozen=True, slots=True)
class Authorization:
    """Permission to start a transaction with an idTag until `expires_at`.

    `profile` is the charging profile of the RemoteStartTransaction that gave it, None without one.
    """

    id_tag: str
    expires_at: datetime
    profile: ChargingProfile | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    reservation_id: int
    id_tag: str
    expires_at: datetime
    parent: str | None = None

    def is_for(self, id_tag: str, parent: str | None) -> bool:
        """True for the reserved card, and for those of its group (§3.10)."""
        return id_tag == self.id_tag or (parent is not None and parent == self.parent)


class Connector:
    """A connector's state and meter, in A per phase and Wh.

    Connector 0 stands for the charge point itself: it takes no car, and is only Available, Unavailable or Faulted.
    """

    def __init__(self, connector_id: int, phases: int, max_current_a: float, needs_unplug: bool = False) -> None:
        self.connector_id = connector_id
        self.phases = phases
        self.phases_used = phases  # fewer while a charger has switched to one phase
        self.max_current_a = max_current_a
        self.needs_unplug = needs_unplug  # no second transaction until the car was unplugged
        self.energy_wh = 0.0
        self.readings = 0
        self.offered_a = 0.0
        self._offer_changes_at: datetime | None = None
        self._switches_at: datetime | None = None
        self.car: Car | None = None
        self.transaction: Transaction | None = None
        self.authorization: Authorization | None = None
        self.reservation: Reservation | None = None
        self.error_code = 'NoError'
        self.operative = True
        self.becomes_operative: bool | None = None  # a ChangeAvailability that waits for the transaction to end
        self.finished = False  # a transaction has ended and its car is still plugged in
        self.stuck = False  # the transaction ended in a way that requires unplugging
        self.reported: tuple[str, str] | None = None  # (status, errorCode) of the last StatusNotification

    @property
    def status(self) -> str:
        if self.error_code != 'NoError':
            return 'Faulted'
        if self.transaction and self.car:
            return self._status_of_transaction(self.car)
        if not self.operative:
            return 'Unavailable'
        if self.authorization or (self.car and not self.finished):
            return 'Preparing'
        if self.car:
            return 'Finishing'
        return 'Reserved' if self.reservation else 'Available'

    @property
    def current_a(self) -> float:
        return self.car.current_a if self.car else 0.0

    def step(self, now: datetime, offered_a: float) -> None:
        """Meter the energy until `now`, then offer the car `offered_a` per phase (0 without a transaction)."""
        self.offered_a = offered_a
        if self.car:
            self.energy_wh += self.car.step(now, offered_a, self.phases_used)

    def delayed_offer_a(self, now: datetime, offer_a: float, after_s: float) -> float:
        """The current to offer now, in A per phase.

        Within a transaction, a change to `offer_a` takes effect after `after_s` seconds only.
        """
        if not self.transaction or not after_s or offer_a == self.offered_a:
            self._offer_changes_at = None
            return offer_a
        self._offer_changes_at = self._offer_changes_at or now + timedelta(seconds=after_s)
        return offer_a if now >= self._offer_changes_at else self.offered_a

    def is_switching(self, now: datetime, phases: int, after_s: float) -> bool:
        """True while the contactors are open to charge on `phases`, for `after_s` seconds where the car draws."""
        if phases == self.phases_used or not (self._switches_at or self.current_a):
            self._switches_at = None
            return False
        self._switches_at = self._switches_at or now + timedelta(seconds=after_s)
        return now < self._switches_at

    def cut_power(self, now: datetime) -> None:
        """Open the contactor at once: the meter keeps its reading, the authorization is lost."""
        self.step(now, 0.0)
        self.authorization = None
        if self.car:
            self.car.unplug()

    def expire(self, now: datetime) -> None:
        if self.authorization and now >= self.authorization.expires_at:
            self.authorization = None
        if self.reservation and now >= self.reservation.expires_at:
            self.reservation = None

    def is_reserved_for_another(self, id_tag: str, parent: str | None = None) -> bool:
        return self.reservation is not None and not self.reservation.is_for(id_tag, parent)

    @property
    def is_used_up(self) -> bool:
        """True where this make (the persona) starts no transaction until the car was unplugged."""
        return self.finished and (self.needs_unplug or self.stuck)

    def can_start(self, id_tag: str, parent: str | None = None) -> bool:
        """True where this card, of the group `parent`, may begin a transaction here."""
        is_free = self.status in ('Available', 'Preparing', 'Finishing', 'Reserved') and not self.is_used_up
        return self.connector_id > 0 and is_free and not self.is_reserved_for_another(id_tag, parent)

    def _status_of_transaction(self, car: Car) -> str:
        if self.offered_a < MIN_CURRENT_A:
            return 'SuspendedEVSE'
        return 'SuspendedEV' if car.full or self.offered_a < car.min_current_a else 'Charging'
