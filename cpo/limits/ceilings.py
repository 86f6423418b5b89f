"""What goes out for a wish (what somebody wants the limit to be): the least of it, maximum and ceilings (pure).

A ceiling (`cpo.state.ceiling`) holds for all connectors together; those that charge share it. The wish stays
in the state as it is. Everything that decides about a limit sees the connector as `lowered` returns it, with the limit
that may go out in place of the wish, so a ceiling that comes or goes is followed like a newer wish. So is the
configured maximum that is lowered below a wish.
"""

from __future__ import annotations

from collections.abc import Mapping

from cpo.amperes import MAX_PHASES, MIN_CHARGING_CURRENT_A, rounded_down
from cpo.chargers import ChargerQuirks
from cpo.frozen import replace
from cpo.ocpp import Dialect, Request
from cpo.settings import Settings
from cpo.state import MAXIMUM, THE_SUN, Ceiling, ChargePointState, Connector, Limit


def lowered(connector: Connector, state: ChargePointState, settings: Settings, quirks: ChargerQuirks) -> Connector:
    """The connector with the limit that may go out in place of its wish; the same object where nothing lowers it."""
    wish = connector.wish
    if wish is None or not may_be_lowered(connector, state, settings):
        return connector
    ceiling, max_a = least_ceiling(connector, state, settings), settings.max_current
    if wish.limit_a > max_a and (ceiling is None or max_a < ceiling[0]):
        ceiling = max_a, MAXIMUM
    limit = held(wish, ceiling, quirks.min_current_a, settings.car_min_current)
    if limit is wish:
        return connector
    return replace(connector, last_wish=connector.limit if _is_as_before(limit, connector.limit) else limit)


def may_be_lowered(connector: Connector, state: ChargePointState, settings: Settings) -> bool:
    """True where there are ceilings, or the maximum was lowered below the wish; asked for every change."""
    wish = connector.wish
    return bool(state.ceilings) or (wish is not None and wish.limit_a > settings.max_current)


def least_ceiling(connector: Connector, state: ChargePointState, settings: Settings) -> tuple[float, str] | None:
    """The current in A per phase that the lowest ceiling leaves this connector, and its name; None without ceilings."""
    return min(ceilings_a(connector, state.ceilings, settings, state)) if state.ceilings else None


def ceilings_a(
    connector: Connector,
    ceilings: Mapping[str, Ceiling],
    settings: Settings,
    shared_in: ChargePointState | None = None,
) -> list[tuple[float, str]]:
    """The current in A per phase that each ceiling leaves this connector, and its name.

    A ceiling in W is for the phases seen; until they are, for those of the settings, or for three without that setting.
    Where a limit says the phases, it is for the most that the car may charge on now: those seen, or those it says.
    `shared_in` has the other connectors, None: this one has all of it.
    """
    phases = _most_phases(connector, settings)
    currents = ((ceiling.current_a(phases), name) for name, ceiling in ceilings.items())
    if shared_in is None:
        return list(currents)
    return [(_share_a(current_a, connector, shared_in), name) for current_a, name in currents]


def phases_below_ceilings(
    choices: tuple[int, ...], least_a: float, connector: Connector, state: ChargePointState
) -> tuple[int, ...]:
    """The numbers of phases on which the ceilings leave the connector at least this current; all where none does.

    A ceiling in W that is too little for three phases may be enough for one.
    """
    currents = {
        phases: min((_share_a(c.current_a(phases), connector, state) for c in state.ceilings.values()), default=least_a)
        for phases in choices
    }
    return tuple(phases for phases in choices if currents[phases] >= least_a) or choices


def check_ceilings(request: Request, dialect: Dialect, state: ChargePointState, settings: Settings) -> None:
    """Raise InvalidLimit where a limit in a request of somebody else is above what the ceilings leave."""
    steered = dialect.steered_connector(request, state)
    ceiling = None if steered is None else least_ceiling(state.connector(steered), state, settings)
    if ceiling is not None and ceiling[0] < settings.max_current:
        phases = phases_of_foreign_limits(state, settings)
        dialect.check_request(request, ceiling[0], phases, f'the ceiling "{ceiling[1]}"')


def phases_of_foreign_limits(state: ChargePointState, settings: Settings) -> int:
    """The number of phases that a limit in W counts for which somebody else wrote without one.

    The smaller of what the settings say and of what was seen, as that is the most current; 3 where neither says
    anything, as OCPP 1.6 §7.12 assumes. What this program writes never counts on this.
    """
    known = [c.meter.phases_seen for c in state.charging_connectors]
    known.append(settings.phases if 'phases' in settings.model_fields_set else None)
    return min((phases for phases in known if phases is not None), default=MAX_PHASES)


def held(
    wish: Limit,
    ceiling: tuple[float, str] | None,
    min_current_a: float,
    car_min_current_a: float = MIN_CHARGING_CURRENT_A,
) -> Limit:
    """The limit that may go out for a wish under a ceiling; the same object where the ceiling leaves that much.

    Where it leaves less than the car charges with, or this make with its `min_current_a`, this is 0 A: a pause.
    """
    if ceiling is None:
        return wish
    least_a = max(min_current_a, MIN_CHARGING_CURRENT_A)
    most_a, name = ceiling
    needed_a = least_a if MIN_CHARGING_CURRENT_A <= wish.limit_a < least_a else wish.limit_a
    if needed_a <= most_a:
        return wish
    limit_a = rounded_down(most_a) if most_a >= max(least_a, car_min_current_a) else 0.0
    return replace(wish, limit_a=limit_a, held_by=name, wished_a=wish.limit_a)


def is_above(connector: Connector) -> bool:
    """True where the limit in force is more than a ceiling leaves; `connector` is as `lowered` returns it."""
    limit, wish = connector.limit, connector.wish
    is_held = wish is not None and wish.held_by is not None
    return is_held and wish is not None and limit is not None and limit.limit_a > wish.limit_a


def _most_phases(connector: Connector, settings: Settings) -> int:
    seen, wish, limit = connector.meter.phases_seen, connector.wish, connector.limit
    unseen = settings.phases if 'phases' in settings.model_fields_set else MAX_PHASES
    if wish is None or wish.phases is None:
        return seen or unseen
    is_settled = limit is not None and limit.phases == wish.phases
    return max(seen or 1, connector.watt_phases.count if is_settled else wish.phases)


def _share_a(current_a: float, connector: Connector, state: ChargePointState) -> float:
    """What this connector has of a current, which it shares with every other that charges or is about to.

    Where that is too little for each of them, those with the lowest ids share it, as many as can charge.
    """
    others = (c for c in state.charging_connectors if c.transaction_id is not None or c.remote_start or _wants(c))
    ids = sorted({connector.connector_id, *(other.connector_id for other in others)})
    fitting = min(len(ids), max(1, int(current_a // MIN_CHARGING_CURRENT_A)))
    return current_a / fitting if ids.index(connector.connector_id) < fitting else 0.0


def _wants(connector: Connector) -> bool:
    return connector.wish is not None and connector.wish.limit_a > 0


def _is_as_before(limit: Limit, in_force: Limit | None) -> bool:
    """True for a newer wish of the sun that a ceiling lowers to what is in force: it is not sent again."""
    is_held = in_force is not None and in_force.held_by is not None and in_force.by == THE_SUN
    return limit.by == THE_SUN and is_held and in_force is not None and _amount(in_force) == _amount(limit)


def _amount(limit: Limit) -> tuple[float, int | None]:
    return limit.limit_a, limit.phases
