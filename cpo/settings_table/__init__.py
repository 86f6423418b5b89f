"""The table of the settings: how each is called, and from when on a change of it in the page holds.

Default and range are those of its field in `cpo.settings`; so a new setting is a field and a row.
"""

from cpo.settings_table.row import Changes, Row
from cpo.settings_table.table import TABLE, row_of, rows

__all__ = ['TABLE', 'Changes', 'Row', 'row_of', 'rows']
