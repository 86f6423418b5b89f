"""The Calls that a charge point sends by itself (OCPP 1.6 §4), put into the outbox."""

from collections.abc import Callable
from datetime import datetime

from simulator.configuration import Configuration
from simulator.connection import Payload
from simulator.connector import Connector, Transaction
from simulator.meter_values import meter_value
from simulator.outbox import Message, OnResponse, ignore_response
from simulator.persona import Persona


class Reports:
    def __init__(
        self,
        configuration: Configuration,
        put: Callable[[Message], None],
        log_event: Callable[[str], None],
        stamp: Callable[[datetime], str],
        on_time: Callable[[str], None],
        persona: Persona,
    ) -> None:
        self._configuration = configuration
        self._put = put
        self._log_event = log_event
        self._stamp = stamp
        self._on_time = on_time
        self._persona = persona

    def send(self, action: str, payload: Payload, on_response: OnResponse = ignore_response) -> None:
        """Queue a Call that is dropped when the connection is lost."""
        self._put(Message(action, lambda: payload, on_response))

    def heartbeat(self) -> None:
        self.send('Heartbeat', {}, lambda response, _: self._on_time(str(response.get('currentTime'))))

    def security_event(self, kind: str, now: datetime) -> None:
        self.send('SecurityEventNotification', {'type': kind, 'timestamp': self._stamp(now)})

    def authorize(self, id_tag: str, on_response: OnResponse, on_dropped: Callable[[], None]) -> None:
        self._put(Message('Authorize', lambda: {'idTag': id_tag}, on_response, on_dropped))

    def status(self, connector: Connector, now: datetime) -> None:
        connector.reported = (connector.status, connector.error_code)
        payload = {
            'connectorId': connector.connector_id,
            'status': connector.status,
            'errorCode': connector.error_code,
            'timestamp': self._stamp(now),
        }

        def forget() -> None:
            connector.reported = None

        self._put(Message('StatusNotification', lambda: payload, on_dropped=forget))

    def meter_values(self, connector: Connector, now: datetime, context: str) -> None:
        measurands = self._configuration.measurands
        value = meter_value(connector, measurands, self._stamp(now), context, self._persona)
        if not value['sampledValue']:
            return
        payload = {'connectorId': connector.connector_id, 'meterValue': [value]}
        if connector.transaction:
            self._send_for('MeterValues', connector.transaction, payload)
        else:
            self.send('MeterValues', payload)

    def start_transaction(self, connector: Connector, id_tag: str, now: datetime, on_response: OnResponse) -> None:
        """Queue StartTransaction; the connector's reservation goes with it and ends."""
        payload: Payload = {
            'connectorId': connector.connector_id,
            'idTag': id_tag,
            'meterStart': round(connector.energy_wh),
            'timestamp': self._stamp(now),
        }
        if connector.reservation:
            payload['reservationId'] = connector.reservation.reservation_id
            connector.reservation = None
        self._put(Message('StartTransaction', lambda: payload, on_response, for_transaction=True))

    def stop_transaction(
        self, connector: Connector, transaction: Transaction, reason: str, now: datetime, id_tag: str | None
    ) -> None:
        payload: Payload = {'meterStop': round(connector.energy_wh), 'timestamp': self._stamp(now), 'reason': reason}
        self._send_for('StopTransaction', transaction, payload | ({'idTag': id_tag} if id_tag else {}))

    def _send_for(self, action: str, transaction: Transaction, payload: Payload) -> None:
        """Queue a Call that needs the transactionId; it is skipped when StartTransaction was never answered."""

        def with_id() -> Payload | None:
            if transaction.transaction_id is None:
                self._log_event(f'{action} is left out: its transaction never got an id')
                return None
            return payload | {'transactionId': transaction.transaction_id}

        self._put(Message(action, with_id, for_transaction=True))
