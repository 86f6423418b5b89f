"""Which facts outlast the demo charger: it is shown like a real one, and nothing of it is recorded."""

from __future__ import annotations

from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state.entries import ConnectionAttempted, Entry, SolarRead
from cpo.state.record_entries import IdTagChanged, IdTagDeleted
from cpo.state.source import YOU


def outlasts_demo(entry: Entry) -> bool:
    """True for a fact of the house that holds without the demo charger, though it was recorded meanwhile.

    Those are id tags, attempts of other chargers to connect, and solar readings that nobody simulated on the page.
    """
    match entry:
        case IdTagChanged() | IdTagDeleted():
            return True
        case ConnectionAttempted(attempt):
            return not attempt.path.endswith(f'/{DEMO_CHARGE_BOX_ID}')
        case SolarRead(by=by):
            return by != YOU
    return False
