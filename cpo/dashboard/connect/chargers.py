"""The card of Connect that says who may connect, for owners; its script reads and changes everything by REST."""

from __future__ import annotations

from nicegui.element import Element

from cpo.dashboard.live import Live
from cpo.sentences import MAX_NAME
from cpo.state import KnownCharger

POLICIES = {
    'first': 'The first charger that connects is let in by itself.',
    'any': 'Any charger that connects is let in.',
    'ask': 'A charger that knocks waits here until you let it in.',
}


class ChargerList(Element, component='chargers.vue'):
    """The chargers that are let in, each with how it proves who it is; built in the current NiceGUI slot.

    It reads the list again whenever that has changed.
    """

    def __init__(self, live: Live) -> None:
        super().__init__()
        self._live = live
        self._seen: tuple[object, ...] | None = None
        self.props['longest'] = MAX_NAME
        self.props['stamp'] = 0
        live.on_change(self._update)

    def _update(self) -> None:
        state, policy = self._live.state, POLICIES[self._live.charge_point.settings.adopt]
        seen = (policy, state.connected, state.charge_box_id, *map(_shown, state.chargers.values()))
        if seen != self._seen:
            self._seen, self.props['policy'] = seen, policy
            self.props['stamp'] += 1
            self.update()


def _shown(charger: KnownCharger) -> tuple[object, ...]:
    return charger.charge_box_id, charger.adopted, charger.name, charger.security_profile, charger.password_hash
