"""The program with a verdict on obedience without delay: above 12 A a limit is ignored, above 14 A an alarm is raised.

Every make of charger counts as known: the form it accepts, and the question that makes it reboot.
"""

from __future__ import annotations

import sys
from typing import Any

import cpo.house
import main
from cpo.charge_point import ChargePoint
from cpo.chargers import ChargerKnowledge, Kind, ProfileForm
from cpo.clock import utc_now
from cpo.state import Booted, Entry, Figures, Finding, Learned, LimitReadBack, ReadBack, Verdict

KNOWLEDGE = ChargerKnowledge(form=ProfileForm(kind=Kind.ABSOLUTE), unasked=('',))


class Disobeyed(ChargePoint):
    """A ChargePoint that judges the car's current after every change."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.subscribe(self._judge)

    def take_in(self, *entries: Entry) -> None:
        """Take entries in, and after a boot also knowledge about its make."""
        super().take_in(*entries)
        if any(isinstance(entry, Booted) for entry in entries):
            super().take_in(Learned(self.state.charger_kind, KNOWLEDGE))

    def _judge(self) -> None:
        connector = self.state.connector(1)
        current_a = connector.meter.current_a or 0
        verdict = Verdict.ALARM if current_a > 14 else Verdict.IGNORES if current_a > 12 else Verdict.FOLLOWS
        found = connector.read_back
        if connector.transaction_id is not None and (found is None or found.verdict is not verdict):
            figures = Figures(limit_a=8, current_a=current_a)
            self.record(LimitReadBack(1, ReadBack(verdict, Finding.CURRENT_DRAWN, utc_now(), figures)))


if __name__ == '__main__':
    vars(cpo.house)['ChargePoint'] = Disobeyed
    sys.exit(main.main())
