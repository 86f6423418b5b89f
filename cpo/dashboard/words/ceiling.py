"""The message on whether the configured maximum holds for a session that nobody set a limit for."""

from __future__ import annotations

from cpo.dashboard.words.commands import Link, Message
from cpo.dashboard.words.numbers import current
from cpo.limits import is_held_lower
from cpo.settings import Settings
from cpo.state import THE_MAXIMUM, Connector, WishEnd

CHANGE = Link('Change', None)


def ceiling_message(connector: Connector, settings: Settings) -> Message | None:
    """What limits the running session, or in red why the maximum does not; None where somebody set its limit."""
    limit, max_a = connector.limit, current(settings.max_current)
    if connector.transaction_id is None or connector.is_stopping:
        return None
    if limit is not None and limit.by == THE_MAXIMUM and limit.held_by is None:
        held = f'Held at {current(limit.limit_a)}, the configured maximum.'
        return Message(held, links=(CHANGE,), failed=False, icon='shield')
    if limit is not None or connector.wish is not None:
        return None
    what = f'The maximum of {max_a} does not hold for this session.'
    if not settings.startup_requests:
        return Message(
            what,
            'No ceiling does, as this program may send nothing by itself. Set a limit, or a maximum in the charger.',
        )
    if connector.wish_end is WishEnd.OVERRIDDEN:
        return Message(what, 'It was steered past this program. Set a limit to change that.')
    if is_held_lower(connector, settings.max_current):
        held = f'Held at {current(connector.scheduled_a)} by the charger, which is not above the maximum of {max_a}.'
        return Message(held, links=(CHANGE,), failed=False, icon='shield')
    return None
