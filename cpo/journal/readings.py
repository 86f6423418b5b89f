"""Readings of the house in the journal: all in the table `inputs`, the newest of each kind in `solar_reading`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from cpo.journal.rows import Row, insert_row, moment, ms, replace_row, source_columns, source_of
from cpo.journal.writer import Write
from cpo.state import (
    READINGS,
    YOU,
    Arrival,
    Currents,
    ReadingName,
    SolarRead,
    SolarReading,
    can_be_read,
)

NAMES = {str(name): name for name in READINGS}


class StoredReading(NamedTuple):
    """A row of `solar_reading`: the newest value of one kind and its arrival; `value` is None where no home has it.

    `since` is when the first one came, known of `grid_w` only.
    """

    name: ReadingName
    value: float | Currents | None
    arrival: Arrival
    since: datetime | None


def reading_writes(entry: SolarRead, solar: SolarReading) -> Iterator[Write]:
    """The statements that record readings, after which `solar` are the newest."""
    l1_a, l2_a, l3_a = entry.grid_a or (None, None, None)
    yield insert_row(
        'inputs',
        True,
        at=ms(entry.at),
        pv_w=entry.pv_w,
        grid_w=entry.grid_w,
        battery_w=entry.battery_w,
        battery_soc=entry.battery_soc,
        l1_a=l1_a,
        l2_a=l2_a,
        l3_a=l3_a,
        measured_at=ms(entry.measured_at),
    )
    for name in entry.forgotten:
        yield Write('DELETE FROM solar_reading WHERE name = ?', (name,), True)
    for name in READINGS:
        if getattr(entry, name) is not None:
            yield _newest(name, solar)


def _newest(name: ReadingName, solar: SolarReading) -> Write:
    arrival = solar.arrival(name)
    at, by = (solar.at, YOU) if arrival is None else (arrival.at, arrival.by)
    source, source_name = source_columns(by)
    value = json.dumps(getattr(solar, name))
    since = ms(solar.grid_since) if name == 'grid_w' else None
    came = {'at': ms(at), 'since': since, 'source': source, 'source_name': source_name}
    return replace_row('solar_reading', True, name=name, value=value, **came)


def restored_readings(connection: sqlite3.Connection) -> SolarReading:
    """The newest readings; how often they came is not known after a restart."""
    stored = [reading_of(row) for row in connection.execute('SELECT * FROM solar_reading ORDER BY at')]
    known = [reading for reading in stored if reading.value is not None]
    if not known:
        return SolarReading()
    values = {reading.name: reading.value for reading in known}
    newest = known[-1].arrival
    arrivals = {reading.name: reading.arrival for reading in known if reading.arrival.by != YOU}
    since = next((reading.since for reading in known if reading.name == 'grid_w'), None)
    return SolarReading(at=newest.at, by=newest.by, arrivals=arrivals, grid_since=since, **values)  # type: ignore[arg-type]


def reading_of(row: Row) -> StoredReading:
    """The reading in a row; raises for one that is none."""
    name, value = NAMES[row['name']], json.loads(row['value'])
    arrival = Arrival(moment(row['at']), by=source_of(row['source'], row['source_name']))
    if name == 'grid_a':
        l1_a, l2_a, l3_a = (float(current) for current in value)
        possible = all(can_be_read(name, current) for current in (l1_a, l2_a, l3_a))
        return StoredReading(name, (l1_a, l2_a, l3_a) if possible else None, arrival, None)
    return StoredReading(name, float(value) if can_be_read(name, float(value)) else None, arrival, moment(row['since']))
