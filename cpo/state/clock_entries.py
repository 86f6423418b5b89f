"""Entries about the program's time, which is derived from the computer's clock (see `cpo.clock`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cpo.clock import Setting, moved
from cpo.frozen import replace
from cpo.state.state import ChargePointState, Transaction, TransactionNote


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The program's time (see `cpo.clock`) was wrong and has been corrected by `setting`."""

    setting: Setting

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with every time of this run of the program corrected.

        A transaction that began in this run gets the note CLOCK_SET, unless it has another note.
        """
        noted = tuple(self._noted(t) for t in state.transactions)
        return moved(replace(state, transactions=noted), self.setting.move)

    def _noted(self, transaction: Transaction) -> Transaction:
        began = transaction.started_at
        is_wrong = began is not None and self.setting.move(began) != began and transaction.note is None
        return replace(transaction, note=TransactionNote.CLOCK_SET) if is_wrong else transaction


@dataclass(frozen=True, slots=True)
class ClockJudged:
    """The computer's clock was compared with the program's time: it is behind by `behind`, or not at all (None)."""

    behind: timedelta | None

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, clock_behind=self.behind)
