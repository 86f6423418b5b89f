"""Requests about limits that people and other programs send past this program."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from cpo.errors import CallTimeout, ConnectionClosed
from cpo.limits.ceilings import check_ceilings, phases_of_foreign_limits
from cpo.limits.limited_charger import LimitedCharger
from cpo.ocpp import Request, SentCommand
from cpo.state import OverriddenByCommand


def check_past(charger: LimitedCharger, request: Request, now: datetime) -> None:
    """Check somebody's own request against the specification, the charger, the configured maximum and the ceilings.

    Raises UnknownAction, InvalidPayload or InvalidLimit.
    """
    dialect, state, settings = charger.dialect, charger.state, charger.settings
    dialect.check_request(request, settings.max_current, phases_of_foreign_limits(state, settings))
    dialect.check_sense(request, state, now)
    check_ceilings(request, dialect, state, settings)


async def send_past(
    charger: LimitedCharger, request: Request, send: Callable[[Request], Awaitable[SentCommand]]
) -> SentCommand:
    """Send somebody's own request; it ends the wish (what somebody wants the limit to be) of what it steers.

    Where it took all limits away, and also where it may have done so without an answer, a running session is one that
    nobody limited: it gets the configured maximum (`cap`). Raises as `send` does.
    """
    dialect, state = charger.dialect, charger.state
    steered = dialect.steered_connector(request, state)
    if steered is not None and charger.sender is not None:
        phases = phases_of_foreign_limits(state, charger.settings)
        charger.record(OverriddenByCommand(steered, dialect.lasting_limit_a(request, phases)))
    try:
        with charger.harm.forgiving():
            return await send(request)
    except (CallTimeout, ConnectionClosed):
        charger.record(*dialect.possible(request))
        raise
