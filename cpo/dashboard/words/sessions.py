"""Words for sessions: with which card, how each began and ended, and the sums of a month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from cpo.dashboard.words import numbers
from cpo.dashboard.words.faults import fault_cause
from cpo.dashboard.words.times import moment_marker, since_marker
from cpo.state import Ending, IdTag, TagStatus, Transaction
from cpo.statement import starter_name

ENDINGS = {
    Ending.FROM_HERE: 'stopped from here',
    Ending.AT_CHARGER: 'stopped at the charger',
    Ending.UNPLUGGED: 'unplugged',
    Ending.UNLOCKED: 'plug unlocked',
    Ending.CARD_REFUSED: 'card not accepted',
    Ending.EMERGENCY_STOP: 'emergency stop',
    Ending.POWER_CUT: 'power cut',
    Ending.RESTART: 'charger restarted',
    Ending.OTHER: 'stopped',
}
REFUSALS: dict[str, str] = {
    TagStatus.BLOCKED: 'card blocked',
    TagStatus.CONCURRENT: 'card already charging',
    TagStatus.EXPIRED: 'card expired',
    TagStatus.INVALID: 'card not known',
}
NOTICED_WH = 5.0
LONGER_THAN_A_MONTH = timedelta(days=32)


class Share(NamedTuple):
    """A share as a bar, 0 … 1, None where it is unknown, and in words."""

    part: float | None
    words: str


@dataclass(frozen=True, slots=True)
class MonthSummary:
    """The sums of one month's sessions, without the demo charger's.

    `sun_share` is 0 … 1, None without any solar reading; `cost` is a text, None without any cost.
    """

    energy_wh: float
    sessions: int
    sun_share: float | None
    demo_sessions: int
    cost: str | None = None


def month_summary(transactions: Iterable[Transaction], now: datetime, zone: tzinfo) -> MonthSummary:
    """Sum up the sessions that began in the month of `now` in `zone`, the running one included."""
    first = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    begins, ends = first.astimezone(UTC), (first + LONGER_THAN_A_MONTH).replace(day=1).astimezone(UTC)
    begun = [t for t in transactions if (at := begun_at(t)) and begins <= at < ends]
    real = [t for t in begun if not t.demo]
    measured = [t for t in real if t.sun_wh is not None and t.energy_wh]
    total = sum(t.energy_wh or 0.0 for t in measured)
    share = min(1.0, sum(t.sun_wh or 0.0 for t in measured) / total) if total else None
    energy_wh = sum(t.energy_wh or 0.0 for t in real)
    return MonthSummary(energy_wh, len(real), share, len(begun) - len(real), _sum_of_costs(real))


def _sum_of_costs(transactions: Iterable[Transaction]) -> str | None:
    """The sum of what each costs to the cent, by currency."""
    sums: dict[str, int] = {}
    for cost in (t.cost for t in transactions if t.cost is not None):
        sums[cost.currency] = sums.get(cost.currency, 0) + cost.cents
    return ' + '.join(numbers.money(cents, currency) for currency, cents in sums.items()) or None


def begun_at(transaction: Transaction) -> datetime | None:
    """When the session began, or where that was never reported, when it ended."""
    return transaction.begun_at or transaction.ended_at


def sun_share(transaction: Transaction) -> float | None:
    """The part of the session's energy that the sun gave, 0 … 1; None where it is unknown or nothing was charged."""
    energy_wh = transaction.energy_wh
    if transaction.sun_wh is None or not energy_wh:
        return None
    return min(1.0, max(0.0, transaction.sun_wh / energy_wh))


def shown_share(transaction: Transaction, grid_known: bool) -> Share:
    """The share of the sun as pages show it, in whole percent: it changes seldom while the session runs.

    While it runs and nothing reads the grid (`grid_known`), that is the most that it can be.
    """
    share = sun_share(transaction)
    is_most = bool(share) and transaction.running and not grid_known
    words = f'at most {numbers.percent(share)}' if is_most else numbers.percent(share)
    return Share(None if share is None else round(share, 2), words)


def who(transaction: Transaction, card: IdTag | None = None) -> str:
    """Whose session it is: the person, else the `card` it counts for by its name.

    Where nobody has named either: for a remote start of ours who or what asked for it, else the idTag.
    """
    if transaction.person or (card is not None and card.name):
        return transaction.person or (card.name if card else '')
    return starter_name(transaction) or transaction.id_tag or 'Unknown card'


def charged(transaction: Transaction) -> str:
    """The energy of the session in words, with `about` where it was estimated."""
    energy = numbers.energy(transaction.energy_wh)
    return (
        f'about{numbers.UNIT_SPACE}{energy}' if transaction.energy_estimated and energy != numbers.UNKNOWN else energy
    )


def cost_of(transaction: Transaction) -> str | None:
    """What the session costs, so far or in all; None where it has no cost."""
    cost = transaction.cost
    return None if cost is None else numbers.money(cost.cents, cost.currency)


def missing_price(transaction: Transaction) -> str | None:
    """A sentence where prices are pushed but were missing for a part of the session; usually None."""
    cost = transaction.cost
    if cost is None or cost.fallback_wh < NOTICED_WH:
        return None
    return f'No price was known for {numbers.energy(cost.fallback_wh)}: the fixed one was used.'


def start_and_end(transaction: Transaction) -> str:
    """How the session began and how it ended, in a few words."""
    if transaction.start_timestamp is None:
        start = 'start never reported'
    else:
        start = 'from here' if transaction.remote else 'at the charger'
    if transaction.running:
        return start
    if transaction.fault_trace is not None:
        return f'{start} → {fault_cause(transaction.fault_trace)}'
    end = ENDINGS[transaction.ending] if transaction.ending else transaction.stop_reason or 'stopped'
    return f'{start} → {end}'


def session_length(transaction: Transaction | None) -> str:
    """A session's duration as text, up to the last contact where its end is unknown.

    That of a running one in contact is a marker, which the browser advances.
    """
    if transaction is None or transaction.begun_at is None:
        return numbers.UNKNOWN
    until = transaction.ended_at or transaction.no_contact_since
    return since_marker(transaction.begun_at) if until is None else numbers.duration(until - transaction.begun_at)


def last_contact(transaction: Transaction) -> str | None:
    """A phrase on since when the charger of a running session is away, as in `no contact since 14:21`; usually None."""
    at = transaction.no_contact_since
    return None if at is None else f'no contact since {moment_marker(at)}'


def refusal(transaction: Transaction) -> str | None:
    """Words for what was wrong with the card of the session, None where it may charge."""
    status = transaction.id_tag_status
    return None if status == TagStatus.ACCEPTED else REFUSALS.get(status, status)
