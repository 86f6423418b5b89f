"""Home Assistant's own long-term statistics, of the five minutes that have begun and those before."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.home_assistant.home import Home

Rows = dict[str, list[dict[str, Any]]]
FIVE_MINUTES_S = 300


def with_statistics_now(folder: Path) -> None:
    """Add the action that compiles the statistics of now; Home Assistant does it every five minutes."""
    shutil.copytree(Path(__file__).parent / 'custom_components', folder / 'custom_components')
    with (folder / 'configuration.yaml').open('a', encoding='utf-8') as configuration:
        configuration.write('\nstatistics_now:\n')


async def statistics_since(home: Home, began: datetime, *entity_ids: str) -> Rows:
    """Compile the statistics of now, and return those of the entities."""
    await home.act('statistics_now.compile')
    rows: Rows = await home.ask(
        'recorder/statistics_during_period',
        start_time=(began - timedelta(minutes=10)).isoformat(),
        statistic_ids=list(entity_ids),
        period='5minute',
        types=['sum', 'state', 'mean'],
    )
    return rows


async def energy_by_means_wh(home: Home, began: datetime, entity_id: str, rows: Rows) -> float:
    """The energy that the mean powers of an entity stand for; a mean is over the time since a number was known."""
    known_since = await _first_number_at(home, entity_id, began)
    starts = [(row['mean'], row['start'] / 1000) for row in rows[entity_id]]
    return float(sum(mean * (at + FIVE_MINUTES_S - max(at, known_since)) for mean, at in starts)) / 3600


async def _first_number_at(home: Home, entity_id: str, since: datetime) -> float:
    """When Home Assistant knew a number of the entity first, in s since 1970."""
    found = await home.ask(
        'history/history_during_period',
        start_time=(since - timedelta(minutes=10)).isoformat(),
        entity_ids=[entity_id],
        minimal_response=True,
        no_attributes=True,
    )
    return float(next(each['lu'] for each in found[entity_id] if each['s'] not in ('unavailable', 'unknown')))
