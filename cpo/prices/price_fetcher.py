"""Asks the publisher of the settings for prices, where there is one: the program calls nobody unasked."""

from __future__ import annotations

import asyncio
import http.client
import logging
import urllib.request
from collections.abc import Callable
from datetime import datetime

from cpo.errors import JournalError
from cpo.prices.price_sources import PriceSource, price_source
from cpo.prices.pushed_lists import PushedList, PushedLists
from cpo.settings import Settings

EVERY_S, AGAIN_S, LOOK_S = 1800.0, 300.0, 5.0
WITHIN_S, MOST_BYTES = 20.0, 2 * 1024 * 1024

logger = logging.getLogger(__name__)


def fetched(url: str) -> bytes:
    """The body of an answer, asked in this thread. Raises OSError, and ValueError where it is too long or no HTTP."""
    request = urllib.request.Request(url, headers={'User-Agent': 'home-cpo', 'Accept': 'application/json'})
    try:
        with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:
            body: bytes = answer.read(MOST_BYTES + 1)
    except http.client.HTTPException as error:
        raise ValueError(f'the answer is no HTTP: {error!r}') from error
    if len(body) > MOST_BYTES:
        raise ValueError('the answer is too long')
    return body


class PriceFetcher:
    """Pushes the prices of the publisher twice an hour, as any other program would."""

    def __init__(
        self,
        pushed: PushedLists,
        settings: Callable[[], Settings],
        now: Callable[[], datetime],
        fetch: Callable[[str], bytes] = fetched,
    ) -> None:
        """`settings` are asked again and again, so that a change holds within seconds."""
        self._pushed, self._settings, self._now, self._fetch = pushed, settings, now, fetch
        self.problem: str | None = None

    async def run(self) -> None:
        """Fetch until cancelled; while the settings name nobody, nothing is asked."""
        asked_for, left_s = None, 0.0
        while True:
            chosen = self._settings().price_source
            if chosen is None:
                asked_for, self.problem = None, None
            elif chosen != asked_for or left_s <= 0:
                asked_for = chosen
                left_s = EVERY_S if await self.fetch_once(price_source(chosen)) else AGAIN_S
            await asyncio.sleep(LOOK_S)
            left_s -= LOOK_S

    async def fetch_once(self, source: PriceSource) -> bool:
        """Ask once; False where that brought no prices, which `problem` says."""
        if source.currency != self._settings().currency:
            self.problem = f'{source.name} has prices in {source.currency}; the setting currency is another one.'
            return False
        try:
            body = await asyncio.to_thread(self._fetch, source.url(self._now()))
            slots = tuple(slot._replace(source=source.name, currency=source.currency) for slot in source.slots(body))
            if not slots:
                raise ValueError('it has no prices')
            await self._pushed.push({PushedList.IMPORT: slots})
        except (OSError, JournalError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            logger.info('No prices from %s: %s', source.name, error)
            self.problem = f'{source.name} gave no prices; it is asked again in some minutes.'
            return False
        self.problem = None
        return True
