"""`home-cpo replay DAY`: a stored day, decided again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date

from cpo.controllers import NO_LAMBDA, RULES, DemoRecord, Figures, Replay, decision_sentence, replay_by
from cpo.journal import read_only, records
from cpo.settings import load_settings
from cpo.state import Preset

LINES = (
    ('from the sun', 'solar_kwh', '{:.2f} kWh'),
    ('bought', 'bought_kwh', '{:.2f} kWh'),
    ('closings of the contactor', 'closings', '{}'),
    ('changes of the limit', 'commands', '{}'),
)

COUNTED = 'Only the time in which the rule decided is counted, not that of limits of people, programs or cards.'


def run_replay(arguments: Sequence[str]) -> int:
    """Print what was decided on a day and what would have been with another rule or λ; the exit status is 0.

    It is 1 where nothing was decided on that day, which one sentence says.
    Other options are those of the program, such as `--data-dir`. Raises MustNotStart where there is no journal to read.
    """
    parser = _parser()
    asked, others = parser.parse_known_args(arguments)
    if asked.rule == Preset.DEMO and asked.import_price is not None:
        parser.error(f'--lambda: {NO_LAMBDA}')
    settings = load_settings(others)
    with read_only(settings.data_dir) as connection:
        stored = records.decisions_of_day(connection, asked.connector, asked.day)
    if not stored:
        of = '' if asked.connector == 1 else f' for connector {asked.connector}'
        sys.stderr.write(f'Nothing was decided by the house meter on {asked.day}{of}.\n')
        return 1
    is_other = asked.rule is not None or asked.import_price is not None
    result = replay_by(asked.rule, asked.import_price, stored)
    for line in (_differences if is_other else _same)(result, asked.all):
        sys.stdout.write(f'{line}\n')
    sys.stdout.write(f'{COUNTED}\n')
    return 0


def _same(result: Replay, with_decisions: bool) -> Iterator[str]:
    yield from (f'{name:<26}{_shown(result.then, member, form)}' for name, member, form in LINES)
    if result.differing:
        yield f'{result.differing} of {result.count} decisions would be others now.'
    else:
        yield f'All {result.count} decisions are the same again.'
    yield from _decisions(result, with_decisions)


def _differences(result: Replay, with_decisions: bool) -> Iterator[str]:
    yield f'{"":<26}{"then":>12}{"so":>12}'
    for name, member, form in LINES:
        yield f'{name:<26}{_shown(result.then, member, form):>12}{_shown(result.now, member, form):>12}'
    yield f'{result.differing} of {result.count} decisions would have been others.'
    yield from _decisions(result, with_decisions)


def _decisions(result: Replay, wanted: bool) -> Iterator[str]:
    for record in result.decisions if wanted else ():
        at = f'{record.at.astimezone():%H:%M:%S}'
        because = record.because if isinstance(record, DemoRecord) else decision_sentence(record)
        yield f'{at}  {record.limit_a:5.1f} A  {because}'


def _shown(figures: Figures, member: str, form: str) -> str:
    return form.format(getattr(figures, member))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser('home-cpo replay', description='Decide a stored day again.', allow_abbrev=False)
    parser.add_argument('day', type=_day, metavar='DAY', help='as 2026-06-14, in the time zone of this computer')
    parser.add_argument('--rule', choices=RULES, help='by default as it was set then')
    parser.add_argument('--lambda', dest='import_price', type=_import_price, metavar='KWH')
    parser.add_argument('--connector', type=_connector, default=1)
    parser.add_argument('--all', action='store_true', help='also print each decision with another result')
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError('give the day as 2026-06-14') from None


def _connector(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 1000):
        raise argparse.ArgumentTypeError('must be a number: 1, 2, …')
    return int(text)


def _import_price(text: str) -> float:
    try:
        price = float(text)
    except ValueError:
        price = -1.0
    if not 0 <= price <= 20:
        raise argparse.ArgumentTypeError('must be a number between 0 and 20')
    return price
