"""What follows where a charger does not take a limit: it is tried again, given up with a sentence, or ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from cpo.errors import CallTimeout, ConnectionClosed, CpoError
from cpo.limits.charger import Charger
from cpo.limits.compliance import Obedience
from cpo.limits.pacing import Retry
from cpo.limits.step import Step
from cpo.state import Limit, LimitReadBack, LimitWished, ReadBack, Verdict, WishEnded

logger = logging.getLogger(__name__)

AGAIN = 'It is sent again every 5 minutes.'


class Setbacks:
    """Of one connector."""

    def __init__(self, charger: Charger, connector_id: int, obedience: Obedience, now: Callable[[], datetime]) -> None:
        """None so far."""
        self._charger = charger
        self._connector_id = connector_id
        self._obedience = obedience
        self._now = now
        self._retry = Retry()

    @property
    def retry_at(self) -> datetime | None:
        """Not before that is anything sent, None where nothing has to wait."""
        return self._retry.at

    def have_to_wait(self) -> bool:
        """It is not yet time."""
        return self._retry.at is not None and self._now() < self._retry.at

    def forget(self, settling: bool = False) -> None:
        """All is well again, or new; `settling`: the charger has just come, and first tells what happened meanwhile."""
        self._retry = Retry()
        if settling:
            self._retry.later(self._now())

    def failed(self, step: Step, wish: Limit, error: CpoError, told: bool) -> None:
        """A step towards a wish failed; `told` says that whoever wished it knows."""
        connector = self._charger.state.connector(self._connector_id)
        if not told:
            logger.warning('Connector %d: %s', self._connector_id, error)
        if isinstance(error, ConnectionClosed):
            return  # it is tried again when the charger is back
        if connector.wish != wish and step is not Step.END:
            return  # a newer one does not wait for what befell this one
        limit = connector.limit
        kept_decrease = not told and limit is not None and wish.limit_a < limit.limit_a
        if step is Step.END:
            self._obedience.does_not_end(str(error))
        elif step is Step.START:
            self._charger.record(WishEnded(self._connector_id))
        elif isinstance(error, CallTimeout) or limit == wish or kept_decrease:
            self._try_again(f'{str(error).rstrip(".")}. {AGAIN}')
        elif self._obedience.is_above_maximum or self._obedience.write_again or (limit is None and wish.limit_a):
            self._obedience.nothing_helps(ReadBack(Verdict.IGNORES, str(error), self._now()))
        else:  # refused: what is in force goes on
            stays = WishEnded(self._connector_id) if limit is None else LimitWished(self._connector_id, limit)
            self._charger.record(stays)

    def say(self, detail: str) -> None:
        """Tell it as a read-back: the charger does not do what it was told."""
        found = ReadBack(Verdict.IGNORES, detail, self._now())
        self._charger.record(LimitReadBack(self._connector_id, found))

    def _try_again(self, detail: str) -> None:
        """Soon, then rarely; one that cannot be told its limit may not draw more than the maximum meanwhile."""
        if self._retry.failed(self._now()):
            self._obedience.cannot_be_told()
            self.say(detail)
