"""Keeps what the household has set for its cards: how their sessions begin, their hours, their allowance of a month."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.errors import CpoError
from cpo.state import (
    THE_CARD,
    Connector,
    IdTag,
    Mode,
    ModeChosen,
    TagStatus,
    Transaction,
    cards,
)

RETRY_AFTER = timedelta(minutes=1)
MINUTE_S = 60.0

logger = logging.getLogger(__name__)


class CardKeeper:
    """Chooses mode and limit of a session that begins with a card, and ends it with the card's hours.

    At the end of the hours 0 A are asked for, which ends the session, or pauses it where the settings or the charger
    want that; a paused one goes on when the hours begin again. What a person or another program asks for afterwards
    wins. A limit is never above the configured maximum, and ceilings hold as for everybody.
    """

    def __init__(self, charge_point: ChargePoint, now: Callable[[], datetime] = utc_now) -> None:
        """Follows the ChargePoint for its whole life; a session that runs already begins no more."""
        self._charge_point, self._now = charge_point, now
        state = charge_point.state
        running = ((c.connector_id, state.running_transaction(c.connector_id)) for c in state.charging_connectors)
        self._begun = {connector_id: t.number for connector_id, t in running if t is not None}
        self._used: dict[int, tuple[int, float, bool]] = {}
        self._ended: dict[int, int] = {}  # sessions that were ended or paused since their hours are over
        self._not_before: dict[int, datetime] = {}
        self._wishes: dict[int, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        charge_point.subscribe(self._decide)

    def _decide(self) -> None:
        """Decide after a change, and every minute while a session depends on hours."""
        state, now = self._charge_point.state, self._now()
        depends_on_hours = False
        for connector in state.charging_connectors:
            session = state.running_transaction(connector.connector_id)
            card = None if session is None else cards.card_of(session, state)
            if session is None or card is None or not state.connected:
                continue
            depends_on_hours = depends_on_hours or card.hours is not None
            self._follow(connector, session, card, now)
        if depends_on_hours and self._timer is None:
            delay_s = MINUTE_S - now.second - now.microsecond / 1e6 + 0.01
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self._decide()

    def _follow(self, connector: Connector, session: Transaction, card: IdTag, now: datetime) -> None:
        connector_id, wish = connector.connector_id, connector.wish
        begins = self._begun.get(connector_id) != session.number
        self._begun[connector_id] = session.number
        is_open = card.hours is None or card.hours.include(now)
        if is_open:
            self._ended.pop(connector_id, None)
        if cards.must_end(session, connector, self._charge_point.state, now):
            if self._ended.get(connector_id) != session.number:
                self._choose(connector, Mode.MANUAL, 0.0, now)
        elif is_open and wish is not None and wish.by == THE_CARD and wish.limit_a == 0:
            self._choose(connector, cards.first_mode(card) or Mode.MANUAL, card.limit_a or self._max_a, now)
        elif begins and not session.remote and session.id_tag_status == TagStatus.ACCEPTED:
            self._begin(connector, card, now)
        self._watch_allowance(connector, session, card, now)

    @property
    def _max_a(self) -> float:
        return self._charge_point.settings.max_current

    def _begin(self, connector: Connector, card: IdTag, now: datetime) -> None:
        is_used = cards.is_used_up(card, self._charge_point.state, now)
        if is_used and card.after_allowance is cards.AfterAllowance.SUN:
            self._choose_mode(connector, Mode.SOLAR)
        elif (mode := cards.first_mode(card)) is not None:
            self._choose(connector, mode, card.limit_a, now)

    def _watch_allowance(self, connector: Connector, session: Transaction, card: IdTag, now: datetime) -> None:
        """Tell when a session has used the allowance up; looked at every 10 Wh."""
        energy_wh = round(session.energy_wh or 0.0, -1)
        number, before_wh, was_used = self._used.get(connector.connector_id, (0, 0.0, True))
        if card.allowance_kwh is None or (number, before_wh) == (session.number, energy_wh):
            return
        is_used = cards.is_used_up(card, self._charge_point.state, now)
        self._used[connector.connector_id] = (session.number, energy_wh, is_used)
        if number == session.number and is_used and not was_used:
            self._charge_point.record(cards.AllowanceUsed(card.id_tag, card.allowance_kwh))
            if card.after_allowance is cards.AfterAllowance.SUN:
                self._choose_mode(connector, Mode.SOLAR)

    def _choose(self, connector: Connector, mode: Mode, limit_a: float | None, now: datetime) -> None:
        """Choose the mode for this session, and in MANUAL the limit; one limit of a connector at a time."""
        connector_id = connector.connector_id
        if connector_id in self._wishes or now < self._not_before.get(connector_id, now):
            return
        if mode is Mode.MANUAL and limit_a is not None:
            task = asyncio.get_running_loop().create_task(self._wish(connector_id, min(limit_a, self._max_a)))
            self._wishes[connector_id] = task
            task.add_done_callback(lambda _: self._wishes.pop(connector_id))
        self._choose_mode(connector, mode)

    def _choose_mode(self, connector: Connector, mode: Mode) -> None:
        if connector.mode is not mode:
            after = connector.mode_after or connector.mode
            self._charge_point.record(ModeChosen(connector.connector_id, mode, None if after is mode else after))

    async def _wish(self, connector_id: int, limit_a: float) -> None:
        try:
            await self._charge_point.set_charging_limit(connector_id, limit_a, by=THE_CARD)
        except CpoError as error:
            logger.warning('What is set for a card is not done: %s', error)
            self._not_before[connector_id] = self._now() + RETRY_AFTER
        else:
            if limit_a == 0:
                self._ended[connector_id] = self._begun[connector_id]
