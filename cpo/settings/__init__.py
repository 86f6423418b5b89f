"""The settings: their fields, how they are read from the environment and options, and how people change them.

The table says how each is called, and from when on a change of it in the page holds. Default and range are those of its
field; so a new setting is a field in `settings.py` and a row in `table.py`.
"""

from cpo.settings.night_hours import NightHours, is_night, night_hours
from cpo.settings.options import load_settings
from cpo.settings.row import Changes, Row, SettingValue
from cpo.settings.settings import DEMO_CHARGE_BOX_ID, NEIGHBOURS_VARIABLE, PREFIX, Settings, option_of
from cpo.settings.table import TABLE, row_of, rows

__all__ = [
    'DEMO_CHARGE_BOX_ID',
    'NEIGHBOURS_VARIABLE',
    'PREFIX',
    'TABLE',
    'Changes',
    'NightHours',
    'Row',
    'SettingValue',
    'Settings',
    'is_night',
    'load_settings',
    'night_hours',
    'option_of',
    'row_of',
    'rows',
]
