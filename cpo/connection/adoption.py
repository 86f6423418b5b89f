"""Adoption: which charge box ids are let in, by themselves or by somebody's word."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from cpo.frozen import replace
from cpo.journal import Records, persist
from cpo.settings import Settings
from cpo.state import ChargerKnown, KnownCharger


class AdoptionOwner(Records, Protocol):
    """The part of ChargePoint that Adoption uses."""

    settings: Settings


class Adoption:
    """Adopts charge box ids as the setting `adopt` says, and others when somebody says so.

    `first`: the first id ever adopts itself; `any`: each does; `ask`: none does. The demo charger is none of them.
    """

    def __init__(self, charger: AdoptionOwner, now: Callable[[], datetime]) -> None:
        """Adopts the id of the settings."""
        self._charger = charger
        self._now = now
        self._one_at_a_time = asyncio.Lock()
        only = charger.settings.charge_box_id
        if only is not None and not self.is_adopted(only):
            charger.record(ChargerKnown(replace(self._known(only), adopted=True)))

    def is_adopted(self, charge_box_id: str) -> bool:
        """Whether this id is adopted already."""
        return self._known(charge_box_id).adopted

    def lets_in(self, charge_box_id: str) -> bool:
        """Whether a charger with this id is let in: it is adopted, or adopts itself as it connects."""
        policy = self._charger.settings.adopt
        is_first = policy == 'first' and not self._charger.state.chargers
        return policy == 'any' or is_first or self.is_adopted(charge_box_id)

    def let_in(self, charge_box_id: str, address: str) -> None:
        """Record that a charger with this id was let in; it is adopted from now on."""
        known = self._known(charge_box_id)
        self._charger.record(ChargerKnown(replace(known, adopted=True, knocked_at=self._now(), address=address)))

    def knocked(self, charge_box_id: str, address: str) -> None:
        """Record that a charger with an id that is not adopted asked to be let in."""
        known = self._known(charge_box_id)
        self._charger.record(ChargerKnown(replace(known, knocked_at=self._now(), address=address)))

    async def change(self, charge_box_id: str, adopted: bool | None = None, name: str | None = None) -> KnownCharger:
        """Adopt or release an id, or name it; None leaves that as it is. Returns what is known of it then.

        Raises JournalError where that cannot be persisted; then nothing has changed.
        """
        async with self._one_at_a_time:
            old = self._known(charge_box_id)
            new = replace(
                old,
                adopted=old.adopted if adopted is None else adopted,
                name=old.name if name is None else name,
            )
            await persist(self._charger, ChargerKnown(new), ChargerKnown(old))
            return new

    def _known(self, charge_box_id: str) -> KnownCharger:
        return self._charger.state.chargers.get(charge_box_id) or KnownCharger(charge_box_id)
