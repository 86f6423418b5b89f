"""The modes (who may set a connector's limit) in words: their names, and the line below them."""

from __future__ import annotations

from cpo.controllers import START_ABOVE_W
from cpo.dashboard.words.numbers import power
from cpo.dashboard.words.times import charger_text
from cpo.sentences import source_name
from cpo.state import Connector, Limit, Mode

MODE_NAMES = {Mode.OFF: 'Off', Mode.SOLAR: 'Solar', Mode.MANUAL: 'Manual'}
MODE_LINES = {
    Mode.OFF: 'Nothing starts by itself. A card still does.',
    Mode.SOLAR: f'Follows the sun above {power(START_ABOVE_W)}.',
    Mode.MANUAL: 'Your limit. The sun does not change it.',
}


def mode_line(connector: Connector) -> str:
    """What the mode of a connector does; where it was overridden for this session, by whom, and which mode returns."""
    if connector.mode_after is None:
        return MODE_LINES[connector.mode]
    returns = f'{MODE_NAMES[connector.mode_after]} again at the next plug-in.'
    return f'{_overridden(connector.last_wish)} {returns}'


def _overridden(wish: Limit | None) -> str:
    if wish is None:
        return 'For this session.'
    by = charger_text(source_name(wish.by), 16)
    return f'Stopped by {by}.' if wish.limit_a == 0 else f'Set by {by}.'
