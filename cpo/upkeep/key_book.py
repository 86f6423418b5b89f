"""The charger's configuration keys as last read, and what was changed about them since this program runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.errors import Rejected, UnknownKey
from cpo.frozen import replace
from cpo.masking import is_secret
from cpo.ocpp import KeyAnswer


@dataclass(frozen=True, slots=True)
class KeyChange:
    """That a key got another value: by a person, or by this program itself (empty), from `before`.

    `waits`: it holds once the charger has restarted.
    """

    before: str | None
    at: datetime
    by: str = ''
    value: str | None = None
    waits: bool = False


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
        """True where the value before is known and another one."""
        change = self.change
        return change is not None and change.before is not None and change.before != (change.value or self.value)


class KeyBook:
    """Reads and changes the configuration keys of the charger that is connected."""

    def __init__(self, charge_point: ChargePoint, now: Callable[[], datetime] = utc_now) -> None:
        """Follows the ChargePoint for its whole life."""
        self._charge_point, self._now = charge_point, now
        self._box = charge_point.state.charge_box_id
        self._values = charge_point.state.configuration
        self._changes: dict[str, KeyChange] = {}
        self._boot = charge_point.state.boot
        charge_point.subscribe(self._on_change)

    @property
    def keys(self) -> tuple[ChargerKey, ...]:
        """The keys as last read, by their names."""
        meanings, state = self._charge_point.dialect.keys, self._charge_point.state
        return tuple(
            ChargerKey(
                name,
                value,
                meanings.meaning(name),
                meanings.wanted_because(name, value),
                name in state.read_only_keys,
                self._changes.get(name),
            )
            for name, value in sorted(state.configuration.items(), key=lambda key: key[0].casefold())
        )

    async def read(self) -> None:
        """Read all keys again. Raises as ChargePoint.send does."""
        await self._charge_point.send(self._charge_point.dialect.configuration_request())

    async def change(self, name: str, value: str, by: str) -> KeyAnswer:
        """Change a key, for a person. Raises UnknownKey, Rejected, and as ChargePoint.command does."""
        charge_point = self._charge_point
        before = charge_point.state.configuration.get(name)
        request = charge_point.dialect.setting_request(name, value)
        sent = await charge_point.command(request.action, request.payload)
        answer = charge_point.dialect.keys.answer(sent.response)
        if answer is KeyAnswer.UNKNOWN:
            raise UnknownKey(f'The charger has no key {name[:50]}.')
        if answer is KeyAnswer.REFUSED:
            raise Rejected(f'The charger refused to change {name[:50]}')
        secret, waits = is_secret(name), answer is KeyAnswer.AFTER_RESTART
        self._changes[name] = KeyChange(None if secret else before, self._now(), by, None if secret else value, waits)
        charge_point.live.notify_next()
        return answer

    def _on_change(self) -> None:
        state = self._charge_point.state
        if state.charge_box_id != self._box:
            self._box, self._changes = state.charge_box_id, {}
        elif state.configuration is not self._values:
            self._note_own(self._values, state.configuration)
        if state.boot is not self._boot:
            self._boot = state.boot
            self._changes = {name: replace(change, waits=False) for name, change in self._changes.items()}
        self._values = state.configuration

    def _note_own(self, before: Mapping[str, str | None], after: Mapping[str, str | None]) -> None:
        """Note what this program changed by itself; a person's change is noted with the answer to it."""
        meanings = self._charge_point.dialect.keys
        for name, value in after.items():
            if name in before and before[name] != value and meanings.wanted_because(name, value) is not None:
                self._changes[name] = KeyChange(before[name], self._now())
