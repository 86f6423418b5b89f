"""The modes (who may set a connector's limit) in words: their names, and the line below them."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.controllers import START_ABOVE_W
from cpo.dashboard.words.numbers import power
from cpo.dashboard.words.times import charger_text
from cpo.sentences import source_name
from cpo.state import Connector, Limit, Mode, Preset, SolarReading

MODE_NAMES = {
    Mode.OFF: 'Off',
    Mode.SOLAR: 'Solar',
    Mode.SOLAR_MIN: 'Solar+',
    Mode.FAST: 'Fast',
    Mode.MANUAL: 'Manual',
}
MODE_LINES = {
    Mode.OFF: 'Nothing starts by itself. A card still does.',
    Mode.SOLAR_MIN: f'At least {MIN_CHARGING_CURRENT_A:g} A while plugged in, more with the sun.',
    Mode.FAST: 'The most that is allowed, once a car is plugged in.',
    Mode.MANUAL: 'Your limit. The sun does not change it.',
}
PRESET_NAMES = {
    Preset.SOLAR_ONLY: 'Solar only',
    Preset.BALANCED: 'Balanced',
    Preset.EAGER: 'Eager',
    Preset.DEMO: 'Demo',
}
PRESET_LINES = {
    Preset.SOLAR_ONLY: 'What is left over, hardly anything bought.',
    Preset.BALANCED: 'What is left over, a little bought where it pays.',
    Preset.EAGER: 'All that is left over, more bought for it.',
    Preset.DEMO: f'Follows the sun above {power(START_ABOVE_W)}.',
}
CHANGE_SHOWN_FOR = timedelta(hours=1)


def mode_line(connector: Connector, solar: SolarReading, preset: Preset, now: datetime) -> str:
    """What the mode of a connector does; where it was overridden for this session, by whom, and which mode returns.

    `preset` is the one in force.
    """
    if connector.mode_after is not None:
        returns = f'{MODE_NAMES[connector.mode_after]} again at the next plug-in.'
        return f'{_overridden(connector.last_wish if connector.mode is Mode.MANUAL else None)} {returns}'
    if connector.mode is not Mode.SOLAR:
        return MODE_LINES[connector.mode]
    return _changed(connector, solar, preset, now) or PRESET_LINES[preset]


def viewers_mode_line(connector: Connector, solar: SolarReading, preset: Preset, now: datetime) -> str:
    """The same for somebody who sets no limit."""
    is_manual = connector.mode is Mode.MANUAL and connector.mode_after is None
    return 'A limit that somebody sets.' if is_manual else mode_line(connector, solar, preset, now)


def _changed(connector: Connector, solar: SolarReading, preset: Preset, now: datetime) -> str:
    """Why another rule decides than was chosen, or than before."""
    chosen, since = connector.preset, solar.grid_since
    if preset is Preset.DEMO:
        waits = chosen and chosen is not preset and since is None
        return 'By production until a reading of the grid comes.' if chosen and waits else ''
    if chosen is not None or since is None or now - since >= CHANGE_SHOWN_FOR:
        return ''
    return 'Charges with what is left over now, as the house meter sends readings.'


def _overridden(wish: Limit | None) -> str:
    if wish is None:
        return 'For this session.'
    by = charger_text(source_name(wish.by), 16)
    return f'Stopped by {by}.' if wish.limit_a == 0 else f'Set by {by}.'
