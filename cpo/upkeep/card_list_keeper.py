"""Keeps the charger's own list of cards in step with the id tags, so that the cards of the house charge offline too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
    """The list that a charger has accepted."""

    charge_box_id: str
    version: int
    cards: Cards


class CardListKeeper:
    """Sends the list where the setting says so and the charger has one, and after that what has changed.

    After a start of the program the whole list is sent, and also where the charger has another version than it should
    have. What a charger refuses is not sent again until the cards change or it connects again.
    """

    def __init__(self, charge_point: ChargePoint, settled_s: float = SETTLED_S) -> None:
        """Follows the ChargePoint for its whole life."""
        self._charge_point, self._settled_s = charge_point, settled_s
        self._sent: Sent | None = None
        self._seen: tuple[object, ...] = ()
        self._changed = asyncio.Event()
        charge_point.subscribe(self._on_change)

    def _on_change(self) -> None:
        """Notice other cards, another connection or setting; cheap, as it is called for every message."""
        charge_point = self._charge_point
        connection, before = charge_point.connections.current, self._seen
        is_wanted = charge_point.settings.local_list
        seen = (connection, is_wanted, charge_point.state.id_tags)
        if all(new is old for new, old in zip(seen, before, strict=False)) and before:
            return
        self._seen = seen
        if connection is None or not is_wanted or (before and before[:2] == (connection, is_wanted)):
            self._changed.set()
        else:
            connection.in_background(self._keep(connection))

    async def _keep(self, connection: Connection) -> None:
        """Keep the list of one connection's charger in step, until the connection ends or the setting is off."""
        self._changed.clear()
        await asyncio.sleep(self._charge_point.quirks.settle_s + self._settled_s)
        try:
            version = await self._version(connection)
            while version is not None and self._charge_point.settings.local_list:
                self._changed.clear()
                await self._bring_up_to_date(connection, version)
                await self._changed.wait()
                version = self._sent.version if self._sent is not None else await self._version(connection)
        except ConnectionClosed:
            pass  # the next connection asks for the version again

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
        known = self._sent
        if known is None or (known.charge_box_id, known.version) != (connection.charge_box_id, version):
            known = None
        elif known.cards == cards:
            return
        answer = await self._send(connection, version, cards, known.cards if known else None)
        if answer is CardListAnswer.OTHER_VERSION and (other := await self._version(connection)) is not None:
            await self._send(connection, other, cards, None)

    async def _send(
        self, connection: Connection, version: int, cards: Cards, before: Cards | None
    ) -> CardListAnswer | None:
        """Send the changes since `before`, or all cards where that is None, in as many parts as the charger wants."""
        card_list = connection.dialect.card_list
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
            if answer is not CardListAnswer.TAKEN:
                return answer
            replaces = False
        self._sent = Sent(connection.charge_box_id, version, cards)
        return answer

    async def _ask(self, connection: Connection, request: Request) -> SentCommand | None:
        """The charger's answer, None where it gives none; raises ConnectionClosed."""
        charge_point = self._charge_point
        try:
            async with connection.sender.turn():
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
        state = self._charge_point.state
        most = connection.dialect.card_list.limits(state.configuration).in_all
        listed = [each for each in state.id_tags.items() if not each[1].depends_on_now]
        by_worth = sorted(listed, key=lambda each: (each[1].status != TagStatus.ACCEPTED, each[0]))
        return {
            key: IdTag(card.id_tag, card.status, card.expiry_date, card.parent_id_tag) for key, card in by_worth[:most]
        }


def _parts(changed: list[IdTag], removed: list[str], at_once: int) -> Iterator[tuple[list[IdTag], list[str]]]:
    """Changes and removals in parts of at most so many; one empty part where there are none."""
    yield changed[:at_once], removed[: max(0, at_once - len(changed))]
    changed, removed = changed[at_once:], removed[max(0, at_once - len(changed)) :]
    if changed or removed:
        yield from _parts(changed, removed, at_once)
