"""The charge point's behaviour without I/O: its connectors, transactions and offered currents, and its messages.

Every method takes `now`. Messages are put into the outbox in the order in which they are to be sent.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from simulator.car import VOLTAGE_V, Car
from simulator.charging_profile import ChargingProfile
from simulator.charging_profiles import ChargingProfiles
from simulator.clock import Clock
from simulator.configuration import Configuration
from simulator.connection import Payload
from simulator.connector import ERROR_CODES, MIN_CURRENT_A, Authorization, Connector, Transaction
from simulator.local_authorization import LocalAuthorization, status_of_tag
from simulator.mishaps import Mishaps
from simulator.outbox import Message
from simulator.persona import SWITCHES_PHASES, Persona
from simulator.reports import Reports
from simulator.security import Security
from simulator.transfers import Transfers

PHASE_SWITCH_S = 30.0  # how long the contactors are open


class Station:
    """The simulated charge point without its connection.

    `put` queues a message, `log_event` gets a readable line for each event, `on_change` is called after every change.
    """

    def __init__(
        self,
        connectors: dict[int, Connector],
        configuration: Configuration,
        put: Callable[[Message], None],
        log_event: Callable[[str], None],
        on_change: Callable[[], None],
        clock: Clock,
        persona: Persona,
    ) -> None:
        self.connectors = connectors  # by connectorId; 0 is the charge point itself
        self.configuration = configuration
        self.persona = persona
        self.profiles = ChargingProfiles(persona)
        self.local_authorization = LocalAuthorization(configuration)
        self.online = False
        self.power_cut_at: datetime | None = None
        # set by the owner of the connection:
        self.reset: Callable[[str], None] = lambda kind: None  # restart, 'Soft' or 'Hard'
        self.announce_boot: Callable[[], None] = lambda: None  # send BootNotification, for TriggerMessage
        self.hang_up: Callable[[], None] = lambda: None  # drop the connection without a close frame
        self.set_clock: Callable[[str], None] = (lambda _: None) if persona.ignores_time else clock.set
        self.log_event = log_event
        self.stamp = clock.stamp
        self.reports = Reports(configuration, put, log_event, clock.stamp, self.set_clock, persona)
        self.security, self.transfers = Security(self.reports), Transfers()
        self._mishaps = Mishaps(persona)
        self._on_change = on_change
        self._statuses = dict.fromkeys(connectors, 'Available')
        self._heartbeat_at: datetime | None = None

    # Actions of people; each raises ValueError when it is impossible in the present state

    def plug_in(self, connector_id: int, car: Car, now: datetime) -> None:
        connector = self.charging_connector(connector_id)
        if connector.car:
            raise ValueError(f'connector {connector_id} has a car already')
        connector.car = car
        self.log_event(f'connector {connector_id}: a car is plugged in at {car.soc:.0f} %')
        self.update(now)
        if connector.authorization and not self.power_cut_at:
            self._begin(connector, connector.authorization, now)

    def unplug(self, connector_id: int, now: datetime) -> None:
        connector = self.charging_connector(connector_id)
        if not connector.car:
            raise ValueError(f'connector {connector_id} has no car')
        if not self.power_cut_at:  # without power the transaction ends when the power is back
            self.stop(connector, 'EVDisconnected', now)
        connector.car.unplug()
        connector.car, connector.finished = None, False
        self.log_event(f'connector {connector_id}: the car is unplugged')
        self.update(now)

    def fault(self, connector_id: int, error_code: str, now: datetime) -> None:
        if error_code not in ERROR_CODES:
            raise ValueError(f'{error_code} is not a ChargePointErrorCode')
        connector = self.connector(connector_id)
        if error_code != 'NoError':
            self.stop(connector, 'Other', now)
        connector.error_code = error_code
        self.update(now)

    # Transactions

    def authorize(
        self, connector: Connector, id_tag: str, now: datetime, profile: ChargingProfile | None = None
    ) -> None:
        """Permit a transaction: it starts now, or when a car is plugged in within ConnectionTimeOut seconds."""
        expires_at = now + timedelta(seconds=self.configuration.number('ConnectionTimeOut'))
        connector.authorization = Authorization(id_tag, expires_at, profile)
        connector.finished = False
        self.update(now)  # reports Preparing, which comes before Charging
        if connector.car:
            self._begin(connector, connector.authorization, now)

    def stop(self, connector: Connector, reason: str, now: datetime, id_tag: str | None = None) -> None:
        """End the connector's transaction, if any, with this Reason (OCPP 1.6 §7.36); the car stays plugged in."""
        transaction = connector.transaction
        if not transaction:
            return
        connector.step(now, 0.0)
        connector.transaction, connector.finished, connector.stuck = None, True, False
        self.profiles.end_transaction(connector.connector_id)
        if connector.becomes_operative is not None:
            connector.operative, connector.becomes_operative = connector.becomes_operative, None
        self.reports.stop_transaction(connector, transaction, reason, now, id_tag)
        self.log_event(f'connector {connector.connector_id}: the transaction ends ({reason})')

    def _begin(self, connector: Connector, authorization: Authorization, now: datetime) -> None:
        connector.authorization = None
        connector.step(now, 0.0)
        if self.persona.register_per_session:
            connector.energy_wh = 0.0
        transaction = Transaction(
            authorization.id_tag, started_at=now, sampled_at=now, meter_start_wh=connector.energy_wh
        )
        self.reports.start_transaction(
            connector,
            authorization.id_tag,
            now,
            lambda response, answered_at: self._started(connector, transaction, response, answered_at),
        )
        connector.transaction = transaction
        if authorization.profile:
            self.profiles.add(authorization.profile)
        self.log_event(f'connector {connector.connector_id}: a transaction begins for {authorization.id_tag}')
        self.update(now)

    def _started(self, connector: Connector, transaction: Transaction, response: Payload, now: datetime) -> None:
        transaction_id = response.get('transactionId')
        transaction.transaction_id = transaction_id if isinstance(transaction_id, int) else None
        self.log_event(f'connector {connector.connector_id}: it is transaction {transaction_id}')
        self.local_authorization.remember(transaction.id_tag, response)
        refused = status_of_tag(response) != 'Accepted' and self.configuration.boolean('StopTransactionOnInvalidId')
        if refused and connector.transaction is transaction:
            self.stop(connector, 'DeAuthorized', now)
            self.update(now)

    # Time

    def tick(self, now: datetime) -> None:
        """Let time pass: expiries, samples, heartbeats, failures; to be called about once a second."""
        if self.power_cut_at:
            return
        for connector in self.connectors.values():
            connector.expire(now)
            self._start_by_itself(connector, now)
        self.update(now)
        for connector in self.connectors.values():
            self._sample(connector, now)
            self._end_below_minimum(connector, now)
        self._send_heartbeat(now)
        if self._mishaps.is_drop_due(now, self.online):
            self.hang_up()
        if self._mishaps.is_reboot_due(now):
            self.reset('Hard')

    def update(self, now: datetime) -> None:
        """Offer every car its current, and send StatusNotification for each changed connector while online."""
        for connector in self.connectors.values():
            offer_a = connector.delayed_offer_a(now, self.offer_a(connector, now), self.persona.follows_after_s)
            phases = self._phases(connector, now)
            is_switching = connector.is_switching(now, phases, self._phase_switch_s)
            connector.step(now, 0.0 if is_switching else offer_a)
            connector.phases_used = connector.phases_used if is_switching else phases
        for connector_id, connector in self.connectors.items():
            status = connector.status
            if status != self._statuses[connector_id]:
                self._statuses[connector_id] = status
                self.log_event(f'connector {connector_id}: {status}')
            if self.online and connector.reported != (status, connector.error_code):
                self.reports.status(connector, now)
        self._on_change()

    def offer_a(self, connector: Connector, now: datetime) -> float:
        """The current to offer in A per phase, after all limits; 0 without a transaction or power.

        The charge point's limit is divided equally among the running transactions.
        """
        transaction = connector.transaction
        if not transaction or self.power_cut_at:
            return 0.0
        phases = self._phases(connector, now)
        if self.persona.watts_over == 'used' and connector.car:
            phases = min(phases, connector.car.phases)
        limit_a = self._limit_a(connector, transaction, now, phases)
        if self.persona.ignores_fractions and limit_a % 1:
            limit_a = connector.max_current_a
        if limit_a * VOLTAGE_V * phases < self.persona.stops_below_w:
            return 0.0
        limit_a = min(connector.max_current_a, max(0.0, limit_a - self.persona.household_a))
        steps_a = self.persona.steps_a
        return max((step_a for step_a in steps_a if step_a <= limit_a), default=0.0) if steps_a else limit_a

    def _phases(self, connector: Connector, now: datetime) -> int:
        """Number of phases used: all, as a profile says, or one when the persona switches at the power it allows."""
        if not connector.transaction:
            return connector.phases
        if self._switches_phases:
            started_at = connector.transaction.started_at
            return min(connector.phases, self.profiles.number_phases(now, connector.connector_id, started_at))
        if not self.persona.one_phase_below_w:
            return connector.phases
        power_w = self._limit_a(connector, connector.transaction, now, 1) * VOLTAGE_V
        return 1 if power_w < self.persona.one_phase_below_w else connector.phases

    @property
    def _switches_phases(self) -> bool:
        return self.configuration.boolean(SWITCHES_PHASES) and not self.persona.ignores_number_phases

    @property
    def _phase_switch_s(self) -> float:
        return PHASE_SWITCH_S if self._switches_phases else 0.0

    def _limit_a(self, connector: Connector, transaction: Transaction, now: datetime, phases: int) -> float:
        sharing = sum(other.transaction is not None for other in self.connectors.values())
        return min(
            self.profiles.transaction_limit_a(now, connector.connector_id, transaction.started_at, phases),
            self.profiles.charge_point_limit_a(now, phases) / sharing,
        )

    def cut_power(self, now: datetime) -> None:
        """Stop every offer and message until `restore_power`."""
        self.power_cut_at = now
        for connector in self.connectors.values():
            connector.cut_power(now)
        self.log_event('the power is cut')

    def restore_power(self, now: datetime) -> None:
        """Resume or end each transaction, as the persona (the make's peculiarities) does.

        One whose car was unplugged meanwhile ends as of the power cut.
        """
        cut_at, self.power_cut_at = self.power_cut_at, None
        self.rebooted()
        for connector in self.connectors.values():
            if not connector.car or self.persona.power_loss == 'stop':
                self.stop(connector, 'PowerLoss', cut_at or now)
                connector.finished = connector.finished and connector.car is not None
        self.log_event('the power is back')
        self.update(now)

    def rebooted(self) -> None:
        """Clear what a reboot loses: reported statuses and authorizations; profiles and meters stay."""
        for connector in self.connectors.values():
            connector.reported, connector.authorization, connector.finished = None, None, False

    def _start_by_itself(self, connector: Connector, now: datetime) -> None:
        id_tag = self.persona.own_tag
        waits = connector.car and not connector.finished and not connector.authorization
        if id_tag and waits and connector.can_start(id_tag):
            self.authorize(connector, id_tag, now)

    def _sample(self, connector: Connector, now: datetime) -> None:
        interval = timedelta(seconds=self.configuration.number('MeterValueSampleInterval'))
        transaction = connector.transaction
        if transaction and interval and now - transaction.sampled_at >= interval:
            transaction.sampled_at = now
            self.reports.meter_values(connector, now, 'Sample.Periodic')

    def _end_below_minimum(self, connector: Connector, now: datetime) -> None:
        persona = self.persona
        if connector.transaction and persona.ends_below_minimum and self.offer_a(connector, now) < MIN_CURRENT_A:
            self.stop(connector, 'Other', now)
            connector.stuck = persona.stuck_below_minimum

    def _send_heartbeat(self, now: datetime) -> None:
        interval = timedelta(seconds=self.configuration.number('HeartbeatInterval'))
        if self._heartbeat_at is None or not self.online:
            self._heartbeat_at = now
        elif interval and now - self._heartbeat_at >= interval:
            self._heartbeat_at = now
            self.reports.heartbeat()

    def connector(self, connector_id: int) -> Connector:
        """The connector with this id, which may be 0; raises ValueError for an unknown one."""
        if connector_id not in self.connectors:
            raise ValueError(f'there is no connector {connector_id}')
        return self.connectors[connector_id]

    def charging_connector(self, connector_id: int) -> Connector:
        """The connector with this id, above 0; raises ValueError otherwise."""
        if connector_id == 0:
            raise ValueError('connector 0 has no socket')
        return self.connector(connector_id)
