"""The card reader: decides which idTag may start or stop a transaction (OCPP 1.6 §3.5, §4.1)."""

from datetime import datetime

from simulator.connection import Payload
from simulator.connector import Connector, Transaction
from simulator.local_authorization import status_of_tag
from simulator.station import Station

MAX_ID_TAG = 20  # characters, CiString20Type


class Reader:
    def __init__(self, station: Station) -> None:
        self._station = station
        self._local = station.local_authorization

    def tap(self, id_tag: str, connector_id: int, now: datetime) -> None:
        """Start a transaction once `id_tag` is authorized, or stop the one it has started.

        Raises ValueError for an unknown connector or an invalid idTag; where the card is refused, that is an event
        only.
        """
        check_id_tag(id_tag)
        connector = self._station.charging_connector(connector_id)
        if self._station.power_cut_at:
            self._say(connector, 'without power the reader is dark')
        elif connector.transaction:
            self._stop(connector, connector.transaction, id_tag, now)
        elif not (connector.can_start(id_tag, self._local.parent(id_tag)) or self._may_be_of_its_group(connector)):
            self._say(connector, f'{id_tag} cannot start while it is {connector.status}')
        elif not self._station.online:
            self._start_offline(connector, id_tag, now)
        elif self._local.may_start_at_once(id_tag, now):
            self._station.authorize(connector, id_tag, now)
        else:
            self._station.reports.authorize(
                id_tag,
                lambda response, answered_at: self._authorized(connector, id_tag, response, answered_at),
                lambda: self._start_offline(connector, id_tag, now),
            )

    def _authorized(self, connector: Connector, id_tag: str, response: Payload, now: datetime) -> None:
        self._local.remember(id_tag, response)
        status = status_of_tag(response)
        if status == 'Accepted' and connector.can_start(id_tag, self._local.parent(id_tag)):
            self._station.authorize(connector, id_tag, now)
        else:
            self._say(connector, f'{id_tag} may not start here ({status})')

    def _start_offline(self, connector: Connector, id_tag: str, now: datetime) -> None:
        """Authorize locally, while offline or when the connection was lost before Authorize was answered."""
        if self._station.power_cut_at or connector.transaction:
            return
        if not connector.can_start(id_tag, self._local.parent(id_tag)):
            return
        if self._local.may_start_offline(id_tag, now):
            self._station.authorize(connector, id_tag, now)
        else:
            self._say(connector, f'{id_tag} may not start while offline')

    def _stop(self, connector: Connector, transaction: Transaction, id_tag: str, now: datetime) -> None:
        if self._are_of_one_group(transaction.id_tag, id_tag):
            self._station.stop(connector, 'Local', now, id_tag)
            self._station.update(now)
        elif self._station.online and self._local.status(id_tag, now) is None:
            self._station.reports.authorize(
                id_tag,
                lambda response, answered_at: self._may_stop(connector, transaction, id_tag, response, answered_at),
                lambda: None,
            )
        else:
            self._say(connector, f'{id_tag} cannot stop the transaction of another')

    def _may_stop(
        self, connector: Connector, transaction: Transaction, id_tag: str, response: Payload, now: datetime
    ) -> None:
        """Stop for a card of which the central system has said the group (§4.10)."""
        self._local.remember(id_tag, response)
        if connector.transaction is transaction and self._local.status(id_tag, now) is not None:
            self._stop(connector, transaction, id_tag, now)

    def _are_of_one_group(self, one: str, other: str) -> bool:
        parent = self._local.parent(one)
        return one == other or (parent is not None and parent == self._local.parent(other))

    def _may_be_of_its_group(self, connector: Connector) -> bool:
        """True where it is reserved for a group, and the central system can be asked for that of a card (§5.13)."""
        return self._station.online and connector.reservation is not None and connector.reservation.parent is not None

    def _say(self, connector: Connector, line: str) -> None:
        self._station.log_event(f'connector {connector.connector_id}: {line}')


def check_id_tag(id_tag: str) -> str:
    """Return `id_tag` unchanged; raises ValueError when it is no IdToken (OCPP 1.6 §7.28, printable ASCII: §2)."""
    if not 1 <= len(id_tag) <= MAX_ID_TAG or not id_tag.isascii() or not id_tag.isprintable():
        raise ValueError(f'{id_tag!r} is no idTag: 1 to {MAX_ID_TAG} printable ASCII characters')
    return id_tag
