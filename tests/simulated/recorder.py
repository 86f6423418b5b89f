"""Samples of connector 1, one per simulated second."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from cpo.charge_point import ChargePoint
from cpo.state import THE_MAXIMUM
from simulator import Charger

FIRST_GRACE_S = 90.0
TOLERANCE_A = 0.05


@dataclass(frozen=True, slots=True)
class Sample:
    """Connector 1 at one time: the charger's truth, and the program's limit in force (`limit_a`) and newest wish."""

    at_s: float
    status: str
    current_a: float
    offered_a: float
    limit_a: float | None
    wish_a: float | None


class Recorder:
    """Takes a sample each simulated second, half a second after the ticks at which the simulator changes the current.

    `max_seen_a` is the highest current in any second in which the program controlled the car: a wish was in force, or a
    transaction ran that the program had started. The configured maximum as a wish counts once it is in force. If the
    car drew more than the maximum when that began, samples count from when it first drew less, or from 90 s later.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, charge_point: ChargePoint, charger: Charger, max_current_a: float
    ) -> None:
        """It takes samples until `end`."""
        self.samples: list[Sample] = []
        self.max_seen_a = 0.0
        self._loop = loop
        self._charge_point = charge_point
        self._charger = charger
        self._max_current_a = max_current_a
        self._steered_since_s: float | None = None
        self._is_tamed = False
        self._next = loop.call_later(0.5, self._take)

    def end(self) -> None:
        """Take no more samples."""
        self._next.cancel()

    def _take(self) -> None:
        self._next = self._loop.call_later(1, self._take)
        sample = self._sample()
        self.samples.append(sample)
        self._update_maximum(sample)

    def _sample(self) -> Sample:
        connector = self._charger.station.connectors[1]
        known = self._charge_point.state.connector(1)
        return Sample(
            self._loop.time(),
            connector.status,
            connector.current_a,
            connector.offered_a,
            None if known.limit is None else known.limit.limit_a,
            None if known.last_wish is None else known.last_wish.limit_a,
        )

    def _update_maximum(self, sample: Sample) -> None:
        if not self._is_steered():
            self._steered_since_s, self._is_tamed = None, False
            return
        since_s = self._steered_since_s = sample.at_s if self._steered_since_s is None else self._steered_since_s
        is_over = sample.at_s > since_s + FIRST_GRACE_S
        if is_over or sample.current_a <= self._max_current_a + TOLERANCE_A:
            self._is_tamed = True
        if self._is_tamed:
            self.max_seen_a = max(self.max_seen_a, sample.current_a)

    def _is_steered(self) -> bool:
        state = self._charge_point.state
        transaction, connector = state.running_transaction(1), state.connector(1)
        wish = connector.wish
        is_wished = wish is not None and (wish.by != THE_MAXIMUM or connector.limit is not None)
        return is_wished or (transaction is not None and transaction.remote)
