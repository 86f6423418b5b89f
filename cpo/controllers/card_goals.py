"""Gives a session that begins with a card the goal that the household has set for the card."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cpo.charge_point import ChargePoint
from cpo.controllers.goal_keeper import GoalKeeper
from cpo.state import Connector, TagStatus, Transaction, cards


class CardGoals:
    """Hands the goal of a card over when its session begins, and takes it away once the card's hours are over.

    A goal of the connector's own wins. A session of another card ends the goal; one that this program or somebody on a
    page begins leaves it.
    """

    def __init__(self, charge_point: ChargePoint, goals: GoalKeeper, now: Callable[[], datetime]) -> None:
        """Follows the ChargePoint for its whole life; a session that runs already begins no more."""
        self._charge_point, self._goals, self._now = charge_point, goals, now
        self._begun = {connector.connector_id: session.number for connector, session in self._running()}
        charge_point.subscribe(self._on_change)

    def _running(self) -> list[tuple[Connector, Transaction]]:
        state = self._charge_point.state
        sessions = ((each, state.running_transaction(each.connector_id)) for each in state.charging_connectors)
        return [(connector, session) for connector, session in sessions if session is not None]

    def _on_change(self) -> None:
        state, now = self._charge_point.state, self._now()
        for connector, session in self._running():
            connector_id = connector.connector_id
            begins = self._begun.get(connector_id) != session.number
            self._begun[connector_id] = session.number
            if cards.must_end(session, connector, state, now):
                self._goals.take_from_card(connector_id, None)
            elif begins and not session.remote and session.id_tag_status == TagStatus.ACCEPTED:
                card = cards.card_of(session, state)
                self._goals.take_from_card(connector_id, None if card is None else card.goal)
