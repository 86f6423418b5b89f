"""The currents below the limit slider: commanded by this program, offered by the charger, measured at the car."""

from __future__ import annotations

from nicegui.elements.mixins.text_element import TextElement

from cpo.dashboard.parts.elements import element, text
from cpo.dashboard.words import numbers
from cpo.limits import drawn, offered, supply_of
from cpo.state import YOU, ChargePointState, Connector, SourceKind, current_a

LABELS = ('You asked for', 'Charger allows', 'Car takes')
DIFFERENCE_A = 1.0


class Currents:
    """The three currents of a connector, built in the current NiceGUI slot.

    They are hidden unless a transaction runs and they differ.
    """

    def __init__(self) -> None:
        with element('dl', 'cpo-currents', 'data-testid=currents') as self._place:
            built = [self._build(label) for label in LABELS]
        self._labels, self._values = zip(*built, strict=True)
        self._place.set_visibility(False)

    @staticmethod
    def _build(label: str) -> tuple[TextElement, TextElement]:
        with element('div'):
            return text(label, tag='dt'), text('', tag='dd')

    def show(self, state: ChargePointState, connector: Connector, gone: bool) -> None:
        """Show the currents of this connector, or hide them all; `gone`: the charger is not connected."""
        currents_a = currents_of(state, connector, gone)
        self._place.set_visibility(currents_a is not None and differ(currents_a))
        by = connector.limit.by if connector.limit else YOU
        self._labels[0].set_text(LABELS[0] if by.kind is SourceKind.PERSON else 'Asked for')
        for value, known_a in zip(self._values, currents_a or (None, None, None), strict=True):
            value.set_text(numbers.current(known_a))


def differ(currents_a: tuple[float | None, ...]) -> bool:
    """True where two of the known currents are further apart than cars usually stay below what they are offered."""
    known = [a for a in currents_a if a is not None]
    return len(known) > 1 and max(known) - min(known) >= DIFFERENCE_A


def currents_of(
    state: ChargePointState, connector: Connector, gone: bool
) -> tuple[float | None, float | None, float | None] | None:
    """The commanded, offered and measured current of a connector in A, each None where it is unknown.

    The result is None without a transaction or any known current.
    """
    if connector.transaction_id is None:
        return None
    supply = supply_of(connector.meter, state.phases)
    commanded_a = connector.limit_shown.in_force_a if connector.limit_shown else None
    currents_a = (commanded_a, offered(connector, supply), current_a(connector, drawn(connector.meter, supply), gone))
    return None if currents_a == (None, None, None) else currents_a
