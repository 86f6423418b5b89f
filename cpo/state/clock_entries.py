"""Entries about the clock of the computer this program runs on (see `cpo.state.entries` and `cpo.clock`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from cpo.clock import Setting, moved
from cpo.state.state import ChargePointState, Transaction, TransactionNote


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The program's time was set right."""

    setting: Setting

    def apply(self, state: ChargePointState) -> ChargePointState:
        """All times of this run move; a session that began in it is noted."""
        noted = tuple(self._noted(t) for t in state.transactions)
        return moved(replace(state, transactions=noted), self.setting.move)

    def _noted(self, transaction: Transaction) -> Transaction:
        began = transaction.started_at
        is_wrong = began is not None and self.setting.move(began) != began and transaction.note is None
        return replace(transaction, note=TransactionNote.CLOCK_SET) if is_wrong else transaction


@dataclass(frozen=True, slots=True)
class ClockJudged:
    """The computer's clock turned out to be behind the program's time, by so much, or no longer to be (None)."""

    behind: timedelta | None

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, clock_behind=self.behind)
