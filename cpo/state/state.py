"""`ChargePointState` and the values in it: all that is known of the charger. Only entries change it.

Times are aware and in UTC, energy is in Wh, power in W, current in A. None means unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from cpo.chargers import ChargerKind, ChargerKnowledge
from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state.attempt import ConnectionAttempt
from cpo.state.ceiling import Ceiling, MonthPeak
from cpo.state.certificate_request import CertificateRequest
from cpo.state.connector import Connector
from cpo.state.fault_trace import FaultTrace
from cpo.state.id_tag import IdTag, SeenTag
from cpo.state.known_charger import KnownCharger
from cpo.state.page_setting import PageSetting
from cpo.state.reservation import Reservation
from cpo.state.session_cost import SessionCost
from cpo.state.session_energy import SessionEnergy
from cpo.state.solar_reading import SolarReading
from cpo.state.source import Source
from cpo.state.vocabulary import Ending, TagStatus

MAX_CONNECTORS = 64
MAX_STATUS_CHANGES = 50
MAX_TRANSACTIONS = 1000
MAX_ATTEMPTS = 100
MAX_HISTORY_POINTS = 24 * 60 + 1
NOTHING_KNOWN = ChargerKnowledge()
UNKNOWN_KIND = ChargerKind()


@dataclass(frozen=True, slots=True)
class BootInformation:
    """The charger's make and serial number as in its last BootNotification (OCPP 1.6 §6.3), which arrived at `at`."""

    vendor: str
    model: str
    firmware_version: str | None = None
    serial_number: str | None = None
    meter_type: str | None = None
    at: datetime | None = None
    meter_serial: str | None = None


class TransactionNote(StrEnum):
    """What is unusual about a transaction. The values are stored in the journal; `cpo.sentences` has their words."""

    NEVER_STARTED = 'never_started'
    """Its StartTransaction was never reported."""
    NEVER_ENDED = 'never_ended'
    """Its StopTransaction was never reported: the connector became free without it."""
    ANOTHER_BEGAN = 'another_began'
    """Its StopTransaction was not reported before another one began on the connector."""
    CLOCK_SET = 'clock_set'
    """It began while the clock of the computer was wrong; its times were put right when the clock was."""
    PHANTOM = 'phantom'
    """It began while another one ran on the connector, and nothing followed: it is not listed as a session."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One charging session as the charger reported it; members the charger never reported are None.

    `number` is our own, unique and growing. `transaction_id` is the charger's, as opaque text: in OCPP 1.6 the integer
    it was given, which is our number, or one of its own. `id_tag_status` is the answer to its StartTransaction;
    `remote` says that a remote start of ours started it, for `started_by` (None in sessions of an older version).
    `sun_wh` is the part of the energy that the sun gave (None without a solar reading). `stop_reason` is the charger's
    own word for its end, `ending` the meaning (None: running, or an unknown word). `note` is what is unusual about it,
    None where nothing is. The timestamps are the charger's; `started_at` and `stopped_at` are the same by the program's
    clock, None in sessions of an older version. `no_contact_since` is when its charger was last heard, while it runs
    and that charger is not connected. `card` is the id tag that it counts for where that is not its own
    (`cpo.state.cards`), `person` whose card that was when it began, None where nobody's. `cost` is None in sessions of
    an older version, and where no energy is known.
    """

    transaction_id: str
    charge_box_id: str
    connector_id: int | None = None
    id_tag: str | None = None
    id_tag_status: str = TagStatus.ACCEPTED
    remote: bool = False
    number: int = 0
    meter_start_wh: float | None = None
    meter_stop_wh: float | None = None
    start_timestamp: datetime | None = None
    stop_timestamp: datetime | None = None
    stop_reason: str | None = None
    ending: Ending | None = None
    stop_id_tag: str | None = None
    energy: SessionEnergy | None = None
    sun_wh: float | None = None
    note: TransactionNote | None = None
    fault_trace: FaultTrace | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    started_by: Source | None = None
    card: str | None = None
    person: str | None = None
    no_contact_since: datetime | None = None
    cost: SessionCost | None = None

    @property
    def begun_at(self) -> datetime | None:
        """When it began, by the program's clock if known, else the charger's.

        None if its start was never reported.
        """
        return self.started_at or self.start_timestamp

    @property
    def ended_at(self) -> datetime | None:
        """When it ended, by the same clock as `begun_at`; None while it runs."""
        return self.stopped_at if self.started_at is not None and self.stopped_at else self.stop_timestamp

    @property
    def counts_for(self) -> str | None:
        """The id tag of the card that it counts for; None where there is none.

        The id tag of a remote start of ours is none: OCPP demands one, and it says nothing about whose session it is.
        """
        return self.card or (None if self.remote else self.id_tag)

    @property
    def demo(self) -> bool:
        """True for a session of the demo charger."""
        return self.charge_box_id == DEMO_CHARGE_BOX_ID

    @property
    def running(self) -> bool:
        """True until the transaction's end was reported, or concluded from a status or another start."""
        return self.stop_timestamp is None

    @property
    def energy_wh(self) -> float | None:
        """The energy charged, so far or in all; never negative, and 0 right after a StartTransaction.

        None where unknown.
        """
        if self.energy is None:
            return None
        begun = self.running and self.meter_start_wh is not None
        return 0.0 if begun and self.energy.energy_wh is None else self.energy.energy_wh

    @property
    def is_session(self) -> bool:
        """False for a phantom (see `cpo.state.phantoms`): a StartTransaction that nothing followed is not listed."""
        return self.note is not TransactionNote.PHANTOM

    @property
    def energy_estimated(self) -> bool:
        """True where the energy is not simply meterStop − meterStart."""
        return self.energy is not None and self.energy.estimated


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """The powers in W at the end of one minute, for the chart of the last day; None for one that was unknown then.

    `grid_w` is import positive, `house_w` what the house takes besides the cars. Unless a later point says otherwise, a
    power is unknown from its `…_until` on; None: it holds.
    """

    at: datetime
    sun_w: float | None
    car_w: float | None
    limit_w: float | None
    sun_until: datetime | None = None
    car_until: datetime | None = None
    grid_w: float | None = None
    house_w: float | None = None
    grid_until: datetime | None = None
    house_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefusedTag:
    """An id tag that was presented to the charger and may not charge; `status` is the answer it got."""

    id_tag: str
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChargePointState:
    """All that is known of the charger, of the house's readings, and of the id tags.

    `charge_box_id` is None before any charger was seen; connector 0 is the charger itself. `since` is when `connected`
    last changed. `transactions` are newest first. `phases` is the configured number of phases cars charge with, for
    where it is not measured. `id_tags` are by their id in lower case (`casefold`); so are `seen_tags`, those that were
    held to the charger, also unknown ones. `history` has a point for each minute before `changed_in`, the last minute
    in which something changed. `clock_off` is how far the charger's clock is ahead, by the times in its
    StatusNotifications on this connection. `knowledge` is what was learned about each make of charger. `clock_behind`
    is how far the computer's clock is behind the program's time (`cpo.clock`), None where it is not. `ceilings`, by
    name, hold whatever anybody wishes. `peak` is that of the newest month in which one was measured. `chargers` are all
    that ever knocked, by charge box id. `settings`, by name, are those that were changed in the page.
    `read_only_keys` are those of `configuration` that the charger called so since the program started.
    `security_events` are the newest by what they say, with when they were heard. `card_list_changed_at` is when
    somebody last changed the charger's own list of cards by a command, since the program started.
    """

    charge_box_id: str | None = None
    connected: bool = False
    since: datetime | None = None
    phases: int = 1
    address: str | None = None
    last_message_at: datetime | None = None
    boot: BootInformation | None = None
    connectors: Mapping[int, Connector] = field(default_factory=dict)
    transactions: tuple[Transaction, ...] = ()
    solar: SolarReading = field(default_factory=SolarReading)
    refused_tag: RefusedTag | None = None
    attempts: tuple[ConnectionAttempt, ...] = ()
    history: tuple[HistoryPoint, ...] = ()
    changed_in: datetime | None = None
    configuration: Mapping[str, str | None] = field(default_factory=dict)
    read_only_keys: frozenset[str] = frozenset()
    id_tags: Mapping[str, IdTag] = field(default_factory=dict)
    seen_tags: Mapping[str, SeenTag] = field(default_factory=dict)
    reservations: tuple[Reservation, ...] = ()
    firmware_status: str | None = None
    diagnostics_status: str | None = None
    log_status: str | None = None
    certificate_request: CertificateRequest | None = None
    security_events: Mapping[tuple[str, str | None], datetime] = field(default_factory=dict)
    card_list_changed_at: datetime | None = None
    clock_off: timedelta | None = None
    knowledge: Mapping[ChargerKind, ChargerKnowledge] = field(default_factory=dict)
    clock_behind: timedelta | None = None
    ceilings: Mapping[str, Ceiling] = field(default_factory=dict)
    peak: MonthPeak | None = None
    chargers: Mapping[str, KnownCharger] = field(default_factory=dict)
    settings: Mapping[str, PageSetting] = field(default_factory=dict)

    @property
    def demo(self) -> bool:
        """True while the demo charger is connected."""
        return self.charge_box_id == DEMO_CHARGE_BOX_ID

    @property
    def charger_kind(self) -> ChargerKind:
        """The make (vendor, model, firmware) of the charger last connected; blank before its BootNotification."""
        boot = self.boot
        return UNKNOWN_KIND if boot is None else _kind_of(boot.vendor, boot.model, boot.firmware_version)

    @property
    def known(self) -> ChargerKnowledge:
        """What was learned about this charger's make (vendor, model, firmware); all defaults where nothing was."""
        return self.knowledge.get(self.charger_kind, NOTHING_KNOWN)

    def connector(self, connector_id: int) -> Connector:
        """The connector with this id; one with default members where the charger never reported it."""
        return self.connectors.get(connector_id) or Connector(connector_id)

    @property
    def charging_connectors(self) -> tuple[Connector, ...]:
        """The connectors a car can be plugged into (all but 0), lowest id first; connector 1 is always among them."""
        return tuple(self.connector(i) for i in sorted({1, *self.connectors}) if i > 0)

    def transaction(self, transaction_id: str | None) -> Transaction | None:
        """The newest transaction with this id, None where there is none.

        One of the connected charger is preferred to one of an earlier charger.
        """
        other = None
        for transaction in self.transactions:
            if transaction.transaction_id == transaction_id:
                if transaction.charge_box_id == self.charge_box_id:
                    return transaction
                other = other or transaction
        return other

    def reservation(self, connector_id: int, now: datetime) -> Reservation | None:
        """The newest valid reservation of this connector, else of the whole charger (connector 0), None without one."""
        valid = [r for r in self.reservations if r.charge_box_id == self.charge_box_id and r.holds(connector_id, now)]
        return max(valid, key=lambda r: (r.connector_id == connector_id, r.reservation_id), default=None)

    def running_transaction(self, connector_id: int) -> Transaction | None:
        """The transaction that runs on this connector, None where none does."""
        transaction_id = self.connector(connector_id).transaction_id
        return None if transaction_id is None else self.transaction(transaction_id)


@lru_cache(maxsize=4)
def _kind_of(vendor: str, model: str, firmware: str | None) -> ChargerKind:
    """The make, put together once, as it is asked for at every step."""
    return ChargerKind(vendor, model, firmware or '')
