"""Whether a limit may say on how many phases a charger charges: on one, or on three (pure).

OCPP 1.6 has numberPhases in each period of a schedule for that (§7.13), and a configuration key with which a charger
says that it switches within a transaction, ConnectorSwitch3to1PhaseSupported (§9.4). Before its contactors switch, the
charger itself lets the car draw nothing.
"""

from __future__ import annotations

from datetime import timedelta

from cpo.amperes import MAX_PHASES, MIN_CHARGING_CURRENT_A
from cpo.chargers import ChargerKnowledge, ProfileCapabilities, Unit
from cpo.limits.limited_charger import LimitedCharger
from cpo.settings import Settings

SWITCHES_WITHIN = timedelta(seconds=120)
"""A charger that charges on another number of phases for longer does not switch, or the car has fewer."""


def switches_phases(charger: LimitedCharger) -> bool:
    """True where the limits of this charger say on how many phases it charges, and it was not seen to ignore that."""
    state = charger.state
    return is_switching(charger.settings, charger.dialect.profile_capabilities(state.configuration), state.known)


def phases_to_say(charger: LimitedCharger, phases: int | None) -> int | None:
    """The phases that a wished limit says, None: all; nothing for a charger that does not switch."""
    return (phases or MAX_PHASES) if switches_phases(charger) else None


def is_switching(settings: Settings, capabilities: ProfileCapabilities, known: ChargerKnowledge) -> bool:
    """True where the setting and the charger allow it; never where a limit in W could not hold on either number.

    A limit in W for three phases might all go to one, so it is at most the maximum of one (`watts`): where that is less
    than 6 A on each of three, such a charger stays on its phases.
    """
    if settings.phase_switching == 'off' or known.switches_phases is False:
        return False
    units = capabilities.units if known.form is None else {known.form.unit}
    is_enough = Unit.A in units or settings.max_current / MAX_PHASES >= MIN_CHARGING_CURRENT_A
    return is_enough and (settings.phase_switching == 'on' or capabilities.switches_phases)
