"""Which entries outlast the demo charger, the simulated charger that a newcomer can start from the dashboard.

It is shown like a real one; while it is connected nothing of it is recorded in the journal, and when it leaves, the
state before it returns.
"""

from __future__ import annotations

from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state.account_entries import AccountChanged
from cpo.state.ceiling_entries import CeilingExpired, CeilingLifted, CeilingReceipt, CeilingSet, PeakMeasured
from cpo.state.entries import ConnectionAttempted, Entry
from cpo.state.known_charger_entries import ChargerKnown
from cpo.state.record_entries import IdTagChanged, IdTagDeleted
from cpo.state.setting_entries import SettingsChanged
from cpo.state.solar_read import SolarRead
from cpo.state.source import YOU


def outlasts_demo(entry: Entry) -> bool:
    """True for an entry that is true without the demo charger, though it was made while that was connected.

    Those are id tags, people, settings, ceilings, other chargers with their attempts to connect, and solar readings,
    except those simulated on the page.
    """
    match entry:
        case AccountChanged() | IdTagChanged() | IdTagDeleted() | ChargerKnown() | SettingsChanged() | PeakMeasured():
            return True
        case CeilingSet() | CeilingLifted() | CeilingExpired() | CeilingReceipt():
            return True
        case ConnectionAttempted(attempt):
            return attempt.charge_box_id != DEMO_CHARGE_BOX_ID
        case SolarRead(by=by):
            return by != YOU
    return False
