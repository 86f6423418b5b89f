"""Keeps the charger's own list of cards in step with the id tags, so that the cards of the house charge offline too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cpo.charge_point import ChargePoint
from cpo.chargers import Question
from cpo.connection import Connection
from cpo.errors import CallErrorReceived, CallTimeout, ConnectionClosed
from cpo.ocpp import CardListAnswer, Request, SentCommand
from cpo.state import IdTag, TagStatus

SETTLED_S = 15.0
"""How long after its connection a charger is asked, besides its own pause: its settings and limits come first."""
Cards = Mapping[str, IdTag]


@dataclass(frozen=True, slots=True)
class Sent:
    """The list that a charger has accepted, when somebody else had last changed it at `foreign_change`."""

    charge_box_id: str
    version: int
    cards: Cards
    foreign_change: datetime | None


class CardListReport(NamedTuple):
    """What is known of the list: whether it is kept, how many cards are in it (None: unknown), how many do not fit.

    `room` is for how many the charger has room, None where it does not say; `by_rules` is how many cards are in no list
    as only this program knows when they may charge; `is_refused`: the charger did not take the newest list, `is_none`:
    it has none at all.
    """

    is_kept: bool
    cards: int | None = None
    left_out: int = 0
    room: int | None = None
    by_rules: int = 0
    is_refused: bool = False
    is_none: bool = False


class CardListKeeper:
    """Sends the list where the setting says so and the charger has one, and after that what has changed.

    Before each update the charger is asked for the version of its list. All of it is sent after a start of the program,
    where the charger has another version than it should have, and where somebody else has changed it. What a charger
    refuses is not sent again until the cards change or it connects again.
    """

    def __init__(self, charge_point: ChargePoint, settled_s: float = SETTLED_S) -> None:
        """Follows the ChargePoint for its whole life."""
        self._charge_point, self._settled_s = charge_point, settled_s
        self._sent: Sent | None = None
        self._refused = False
        self._without: str | None = None
        self._seen: tuple[object, ...] = ()
        self._changed = asyncio.Event()
        charge_point.subscribe(self._on_change)

    @property
    def report(self) -> CardListReport:
        """What is known of the list of the charger that is or was connected last."""
        charge_point = self._charge_point
        state, known = charge_point.state, self._known(charge_point.state.charge_box_id)
        room = charge_point.dialect.card_list.limits(state.configuration).in_all
        if not charge_point.settings.local_list:
            return CardListReport(is_kept=False)
        listed, is_none = len(self._by_worth()), self._without == state.charge_box_id is not None
        left_out, by_rules = 0 if room is None else max(0, listed - room), len(state.id_tags) - listed
        cards = len(known.cards) if known else None
        return CardListReport(True, cards, left_out, room, by_rules, self._refused, is_none)

    def _on_change(self) -> None:
        """Notice other cards, another connection or setting; cheap, as it is called for every message."""
        charge_point = self._charge_point
        connection, before = charge_point.connections.current, self._seen
        is_wanted = charge_point.settings.local_list
        state = charge_point.state
        seen = (connection, is_wanted, state.id_tags, state.card_list_changed_at)
        if all(new is old for new, old in zip(seen, before, strict=False)) and before:
            return
        self._seen = seen
        if connection is None or not is_wanted or (before and before[:2] == (connection, is_wanted)):
            self._changed.set()
        else:
            connection.in_background(self._keep(connection))

    async def _keep(self, connection: Connection) -> None:
        """Keep the list of one connection's charger in step, until the connection ends or the setting is off."""
        await asyncio.sleep(self._charge_point.quirks.settle_s + self._settled_s)
        self._changed.clear()
        try:
            version = await self._version(connection)
            self._without = connection.charge_box_id if version is None else None
            if version is None:
                return
            while self._charge_point.settings.local_list:
                if version is not None:
                    await self._bring_up_to_date(connection, version)
                if await self._lacks_something(connection):
                    version = await self._version(connection)
        except ConnectionClosed:
            pass  # the next connection asks for the version again

    async def _lacks_something(self, connection: Connection) -> bool:
        """Wait until the charger's list lacks something, True, or the setting is off.

        It does once cards have changed, somebody else has changed the list, or a card that has ended leaves its place
        to one that had none.
        """
        while self._charge_point.settings.local_list:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._next_end_s(connection)):
                    await self._changed.wait()
            self._changed.clear()
            known = self._known(connection.charge_box_id)
            if known is None or known.cards != self._cards(connection):
                return True
        return False

    def _next_end_s(self, connection: Connection) -> float | None:
        """In how many s the next card of the list ends, None where none does or all of them fit."""
        now, cards = self._charge_point.now(), self._cards(connection).values()
        if not self.report.left_out:
            return None
        ends = (card.expiry_date for card in cards if card.status_at(now) == TagStatus.ACCEPTED)
        return min(((end - now).total_seconds() for end in ends if end is not None), default=None)

    def _known(self, charge_box_id: str | None) -> Sent | None:
        """The list as this charger has it, None where that is not known."""
        sent, changed_at = self._sent, self._charge_point.state.card_list_changed_at
        is_so = sent is not None and (sent.charge_box_id, sent.foreign_change) == (charge_box_id, changed_at)
        return sent if is_so else None

    async def _version(self, connection: Connection) -> int | None:
        """The version of the charger's list; None where it has none. Raises ConnectionClosed."""
        if Question.CARD_LIST in self._charge_point.state.known.unasked:
            return None
        card_list = connection.dialect.card_list
        sent = await self._ask(connection, card_list.version_request())
        return None if sent is None else card_list.version(sent.response)

    async def _bring_up_to_date(self, connection: Connection, version: int) -> None:
        """Send what the charger's list of this version lacks; all of it where that is not known."""
        cards = self._cards(connection)
        known = self._known(connection.charge_box_id)
        if known is not None and known.version != version:
            known = None
        if known is not None and known.cards == cards:
            return
        answer = await self._send(connection, version, cards, known.cards if known else None)
        if answer is CardListAnswer.OTHER_VERSION and (other := await self._version(connection)) is not None:
            await self._send(connection, other, cards, None)

    async def _send(
        self, connection: Connection, version: int, cards: Cards, before: Cards | None
    ) -> CardListAnswer | None:
        """Send the changes since `before`, or all cards where that is None, in as many parts as the charger wants."""
        card_list = connection.dialect.card_list
        foreign_change = self._charge_point.state.card_list_changed_at
        self._sent, answer, replaces = None, None, before is None
        changed = [card for key, card in cards.items() if before is None or before.get(key) != card]
        removed = [] if before is None else [card.id_tag for key, card in before.items() if key not in cards]
        at_once = card_list.limits(self._charge_point.state.configuration).at_once
        for part, gone in _parts(changed, removed, at_once or len(changed) + len(removed) or 1):
            version += 1
            request = card_list.update_request(version, part, gone, replaces)
            sent = await self._ask(connection, request)
            status = sent.response.get('status') if sent is not None and isinstance(sent.response, dict) else None
            answer = card_list.update_answer(status)
            self._refused = answer is not CardListAnswer.TAKEN
            if self._refused:
                return answer
            replaces = False
        self._sent = Sent(connection.charge_box_id, version, cards, foreign_change)
        return answer

    async def _ask(self, connection: Connection, request: Request) -> SentCommand | None:
        """The charger's answer, None where it gives none; raises ConnectionClosed."""
        charge_point = self._charge_point
        try:
            async with connection.sender.turn:
                with charge_point.harm.sending(Question.CARD_LIST):
                    reply = await connection.sender.exchange(request.action, request.payload)
        except (CallErrorReceived, CallTimeout):
            return None
        answer = charge_point.read_answer(request, reply)
        return SentCommand(request.action, request.payload, reply.payload, answer.accepted)

    def _cards(self, connection: Connection) -> Cards:
        """The cards that fit into the list, those that may charge first; without what only this program knows.

        A card with hours, or with an allowance after which it is refused, is left out: the charger would let it charge
        at any time.
        """
        most = connection.dialect.card_list.limits(self._charge_point.state.configuration).in_all
        return {
            key: IdTag(card.id_tag, card.status, card.expiry_date, card.parent_id_tag)
            for key, card in self._by_worth()[:most]
        }

    def _by_worth(self) -> list[tuple[str, IdTag]]:
        """The cards that belong into the list, those that may charge now before all others."""
        now, tags = self._charge_point.now(), self._charge_point.state.id_tags
        listed = [each for each in tags.items() if not each[1].depends_on_now]
        return sorted(listed, key=lambda each: (each[1].status_at(now) != TagStatus.ACCEPTED, each[0]))


def _parts(changed: list[IdTag], removed: list[str], at_once: int) -> Iterator[tuple[list[IdTag], list[str]]]:
    """Removals, which make room, and then changes, in parts of at most so many; one empty part where there are none."""
    yield changed[: max(0, at_once - len(removed))], removed[:at_once]
    changed, removed = changed[max(0, at_once - len(removed)) :], removed[at_once:]
    if changed or removed:
        yield from _parts(changed, removed, at_once)
