"""The charger's configuration keys as last read, and what was changed about them, also before a restart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cpo.charge_point import ChargePoint
from cpo.clock import utc_now, whole_ms
from cpo.errors import Rejected, UnknownKey
from cpo.frozen import replace
from cpo.journal import KeyChange, KeyTables, settle
from cpo.masking import MASK, is_secret, masked_value
from cpo.ocpp import KeyAnswer, Request, SentCommand


@dataclass(frozen=True, slots=True)
class ChargerKey:
    """A key with its value; `is_read_only`: the charger said so since this program runs."""

    name: str
    value: str | None
    meaning: str | None
    because: str | None
    is_read_only: bool
    change: KeyChange | None

    @property
    def can_undo(self) -> bool:
        """True where the value before is known, also its secrets, and another one."""
        change = self.change
        if change is None or change.before is None or MASK in change.before:
            return False
        return change.before != (change.value or self.value)


class KeyBook:
    """Reads and changes the configuration keys of the charger that is connected."""

    def __init__(self, charge_point: ChargePoint, now: Callable[[], datetime] = utc_now) -> None:
        """Follows the ChargePoint for its whole life."""
        self._charge_point, self._now = charge_point, now
        self._box = charge_point.state.charge_box_id
        self._values = charge_point.state.configuration
        self._tables = KeyTables(charge_point.journal)
        self._changes = self._tables.load()
        self._boot = charge_point.state.boot
        charge_point.subscribe(self._on_change)

    @property
    def keys(self) -> tuple[ChargerKey, ...]:
        """The keys as last read, by their names."""
        meanings, state = self._charge_point.dialect.keys, self._charge_point.state
        changes = self._changes.get(state.charge_box_id or '', {})
        return tuple(
            ChargerKey(
                name,
                value,
                meanings.meaning(name),
                meanings.wanted_because(name, value),
                name in state.read_only_keys,
                changes.get(name),
            )
            for name, value in sorted(state.configuration.items(), key=lambda key: key[0].casefold())
        )

    async def read(self) -> None:
        """Read all keys again. Raises as ChargePoint.send does."""
        await self._charge_point.send(self._charge_point.dialect.configuration_request())

    async def change(self, name: str, value: str, by: str) -> KeyAnswer:
        """Change a key, for a person. Raises UnknownKey, Rejected, and as ChargePoint.command does."""
        charge_point = self._charge_point
        request = charge_point.dialect.setting_request(name, value)
        sent = await self.noting(request, by, charge_point.command(request.action, request.payload))
        answer = charge_point.dialect.keys.answer(sent.response)
        if answer is KeyAnswer.UNKNOWN:
            raise UnknownKey(f'The charger has no key {name[:50]}.')
        if answer is KeyAnswer.REFUSED:
            raise Rejected(f'The charger refused to change {name[:50]}')
        return answer

    async def noting(self, request: Request, by: str, sending: Awaitable[SentCommand]) -> SentCommand:
        """Await a person's request, and note what it changed where it changes a key. Raises as `sending` does.

        What the charger accepted is on the disk then, where the journal can be written.
        """
        charge_point = self._charge_point
        name, value = charge_point.dialect.keys.changed(request) or ('', '')
        before = charge_point.state.configuration.get(name)
        sent = await sending
        answer = charge_point.dialect.keys.answer(sent.response)
        if name and answer in (KeyAnswer.TAKEN, KeyAnswer.AFTER_RESTART):
            secret, waits = is_secret(name), answer is KeyAnswer.AFTER_RESTART
            new = None if secret else masked_value(name, value)
            self._note(name, KeyChange(None if secret else before, whole_ms(self._now()), by, new, waits))
            charge_point.live.notify_next()
        await settle(charge_point)
        return sent

    def _on_change(self) -> None:
        state = self._charge_point.state
        if state.charge_box_id != self._box:
            self._box, self._boot = state.charge_box_id, state.boot
        elif state.configuration is not self._values:
            self._note_own(self._values, state.configuration)
        if state.boot is not self._boot:
            self._boot = state.boot
            for name, change in self._changes.get(self._box or '', {}).items():
                if change.waits:
                    self._note(name, replace(change, waits=False))
        self._values = state.configuration

    def _note_own(self, before: Mapping[str, str | None], after: Mapping[str, str | None]) -> None:
        """Note what this program changed by itself; a person's change is noted with the answer to it.

        One that the charger accepted without taking the value is none, as the next reading of the key shows.
        """
        charge_point, noted = self._charge_point, self._changes.get(self._box or '', {})
        wanted = dict(charge_point.dialect.wanted_settings(before, charge_point.quirks.min_sample_interval_s))
        for name, value in after.items():
            if name not in before or before[name] == value:
                continue
            change = noted.get(name)
            if (
                change is not None
                and change.value is not None
                and (change.before, change.value) == (value, before[name])
            ):
                self._forget(name)
            elif value in wanted.get(name, ()):
                self._note(name, KeyChange(before[name], whole_ms(self._now())))

    def _forget(self, name: str) -> None:
        """Forget what was noted of a key that has the value it had before."""
        box = self._charge_point.state.charge_box_id or ''
        del self._changes[box][name]
        self._tables.remove(box, name)

    def _note(self, name: str, change: KeyChange) -> None:
        """Remember the newest change of a key of the charger; one of the demo charger goes with it."""
        box = self._charge_point.state.charge_box_id or ''
        self._changes.setdefault(box, {})[name] = change
        if not self._charge_point.state.demo:
            self._tables.put(box, name, change)
