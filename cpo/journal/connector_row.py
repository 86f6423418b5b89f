"""The persisted columns of a `Connector`: one table says what is written, what counts as a change and what is restored.

Not in it: the mode (`modes`) and the status changes (`status_changes`), which have tables of their own. A new member
is one line in `MEMBERS` and one `ALTER TABLE` in a new step of `MIGRATIONS`; a test compares the two.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any

import orjson

from cpo.journal.rows import fault_text, fault_trace_of, moment, ms, replace_sql, source_columns, source_of
from cpo.journal.writer import Write
from cpo.state import (
    Arrival,
    Availability,
    Connector,
    Figures,
    Finding,
    Limit,
    Meter,
    MeterValue,
    Mode,
    ProfileWrites,
    Reaction,
    ReadBack,
    Reading,
    Register,
    Verdict,
    WishEnd,
    can_be,
)


@dataclass(frozen=True, slots=True)
class Persisted:
    """One member of a `Connector` and the columns that hold it.

    `of` reads the value from a connector, `to_columns` gives one SQLite value for each column, and `from_columns` makes
    the value of them again; the result is passed to `Connector` as `member`.
    """

    member: str
    columns: tuple[str, ...]
    of: Callable[[Connector], Any]
    to_columns: Callable[[Any], tuple[Any, ...]]
    from_columns: Callable[..., Any]


def connector_write(box: str, connector: Connector) -> Write:
    """The statement that writes the row of a connector, in place of an older one."""
    values = [value for persisted in MEMBERS for value in persisted.to_columns(persisted.of(connector))]
    newest_of = ('connectors', box, connector.connector_id)
    return Write(REPLACE, (box, connector.connector_id, *values), newest_of=newest_of)


def differs(old: Connector, new: Connector) -> bool:
    """True where the rows of the two connectors differ."""
    return any(p.of(old) != p.of(new) for p in MEMBERS)


def restored_members(row: sqlite3.Row | Mapping[str, Any]) -> dict[str, Any]:
    """The members of a `Connector`, by name, from a row of `connectors`."""
    return {p.member: p.from_columns(*(row[column] for column in p.columns)) for p in MEMBERS}


# ---- how a value becomes columns


def _column(member: str, to: Callable[[Any], Any], back: Callable[[Any], Any]) -> Persisted:
    return Persisted(member, (member,), attrgetter(member), lambda value: (to(value),), back)


def _unchanged(value: Any) -> Any:
    return value


def _time(member: str) -> Persisted:
    return _column(member, ms, moment)


def _flag(member: str) -> Persisted:
    return _column(member, int, bool)


def _limit(member: str, prefix: str, of: Callable[[Connector], Any] | None = None) -> Persisted:
    def to_columns(limit: Limit | None) -> tuple[Any, ...]:
        return (None,) * 5 if limit is None else (limit.limit_a, *source_columns(limit.by), ms(limit.at), limit.phases)

    def from_columns(
        limit_a: float | None, by: str | None, name: str | None, at: int, phases: int | None
    ) -> Limit | None:
        source = source_of(by, name)
        return None if limit_a is None or source is None else Limit(limit_a, source, moment(at), phases)

    columns = (f'{prefix}_a', f'{prefix}_by', f'{prefix}_by_name', f'{prefix}_at', f'{prefix}_phases')
    return Persisted(member, columns, of or attrgetter(member), to_columns, from_columns)


def _start_under_way(connector: Connector) -> Limit | None:
    """A remote start that the end of the program interrupted; it is restored as one without an answer."""
    return connector.remote_start or connector.unanswered_start


@lru_cache(maxsize=16)
def _read_back_columns(read_back: ReadBack | None) -> tuple[Any, ...]:
    if read_back is None:
        return None, None, None, None, None
    figures = {name: value for name, value in asdict(read_back.figures).items() if value not in (None, '')}
    texts = (str(read_back.verdict), str(read_back.finding), str(read_back.reaction), json.dumps(figures))
    return *texts, ms(read_back.at)


def _read_back(verdict: str | None, finding: str, reaction: str, figures: str, at: int) -> ReadBack | None:
    if verdict not in tuple(Verdict):
        return None
    return ReadBack(Verdict(verdict), Finding(finding), moment(at), Figures(**json.loads(figures)), Reaction(reaction))


def _profile_writes_columns(writes: ProfileWrites | None) -> tuple[Any, ...]:
    return (None, None) if writes is None else (writes.count, writes.on.isoformat())


def _profile_writes(count: int | None, on: str) -> ProfileWrites | None:
    return None if count is None else ProfileWrites(date.fromisoformat(on), count)


REGISTER = ('newest', 'doubted', 'began')


def _meter_text(meter: Meter) -> str:
    """The live values, as JSON: `[at, [measurand, phase, value, at], …]`; the register as values of no measurand."""
    values = [[*key, value.value, ms(value.timestamp)] for key, value in meter.values.items()]
    readings = ((name, getattr(meter.register, name)) for name in REGISTER)
    values += [['', name, reading.wh, ms(reading.at)] for name, reading in readings if reading is not None]
    return orjson.dumps([ms(meter.timestamp), *values]).decode()


def _meter(text: str) -> Meter:
    """The age of a restored value is counted from when it was measured; when it arrived is not stored.

    Values that no charger can measure, which an older version believed, are left out.
    """
    at, *rows = json.loads(text)
    values = {
        (name, phase): MeterValue(value, moment(measured_at), Arrival(moment(measured_at)))
        for name, phase, value, measured_at in rows
        if name and can_be(name, value)
    }
    register = {phase: Reading(value, moment(measured_at)) for name, phase, value, measured_at in rows if not name}
    return Meter(values, timestamp=moment(at), register=Register(**register))


def _availability_text(asked: Availability | None) -> str | None:
    if asked is None:
        return None
    return f'{"" if asked.is_operative else "in"}operative{" later" if asked.is_scheduled else ""}'


def _availability(text: str | None) -> Availability | None:
    return None if text is None else Availability(text.startswith('operative'), text.endswith('later'))


MEMBERS = (
    _column('meter', _meter_text, _meter),  # the first, as it changes most often
    _limit('limit', 'limit'),
    _limit('last_wish', 'wish'),
    _flag('wish_holds'),
    _column('wish_end', lambda end: end and str(end), lambda text: text and WishEnd(text)),
    _column('own_limit_a', _unchanged, _unchanged),
    _column('fault_trace', fault_text, fault_trace_of),
    _column('mode_after', lambda mode: mode and str(mode), lambda text: text and Mode(text)),
    _flag('default_profile'),
    _time('limit_expires_at'),
    _flag('limit_in_start'),
    _column('scheduled_a', _unchanged, _unchanged),
    _limit('unanswered_start', 'start', _start_under_way),
    _limit('stopping', 'stopping'),
    Persisted(
        'read_back',
        ('read_back', 'read_back_finding', 'read_back_reaction', 'read_back_figures', 'read_back_at'),
        attrgetter('read_back'),
        _read_back_columns,
        _read_back,
    ),
    Persisted(
        'profile_writes',
        ('profile_writes', 'profile_writes_on'),
        attrgetter('profile_writes'),
        _profile_writes_columns,
        _profile_writes,
    ),
    _column('transaction_id', _unchanged, _unchanged),
    _column('last_transaction_id', _unchanged, _unchanged),
    _time('status_heard_at'),
    _column('availability', _availability_text, _availability),
)
REPLACE = replace_sql(
    'connectors', ('charge_box_id', 'connector_id', *(column for persisted in MEMBERS for column in persisted.columns))
)
