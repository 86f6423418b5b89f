"""One line of a statement: a session, or what is added to one of a month that was closed already (pure).

Energies are whole Wh and amounts whole hundredths of the currency, so that the sum of months is the sum of sessions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cpo.clock import LOCAL
from cpo.frozen import replace
from cpo.state import Transaction, TransactionNote
from cpo.statement.ocmf import SignedSession, Verdict
from cpo.statement.starter import starter_name

SAME_WH = 10
"""Signed registers may have fewer digits than the register: so much they may differ."""


class Obtained(StrEnum):
    """How the energy of a session was obtained."""

    SIGNED = 'signed'
    """Between two readings that the meter signed."""
    REGISTER = 'register'
    """Between the meter's readings at start and stop."""
    ESTIMATE = 'estimate'
    """From what the charger reported meanwhile."""


class Missing(StrEnum):
    """What is not known of a session, or not as it should be."""

    START = 'start'
    END = 'end'
    METER_START = 'meter_start'
    METER_STOP = 'meter_stop'
    METER_SERIAL = 'meter_serial'
    ENERGY = 'energy'
    WHO = 'who'
    PRICE = 'price'
    PRICE_PARTLY = 'price_partly'
    CLOCK = 'clock'
    SIGNATURE = 'signature'


@dataclass(frozen=True, slots=True)
class Device:
    """The charger of a session, as it named itself then; empty texts and None are unknown."""

    charger: str = ''
    meter_serial: str | None = None


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A session in a statement. `begun` and `ended` are in local time; members that are not known are None.

    `price` is the mean of a kWh. `started_by` names who or what had this program start it, None where a card did.
    `adds_to` is the closed month (`2026-01`) whose sessions this adds to: a session that was reported late, or the
    difference that a late report made to one (`is_difference`), which may be negative.
    """

    number: int
    charge_box_id: str
    connector_id: int | None
    charger: str
    meter_serial: str | None
    person: str | None
    card: str | None
    card_name: str | None
    begun: datetime | None
    ended: datetime
    meter_start_wh: int | None
    meter_stop_wh: int | None
    energy_wh: int
    sun_wh: int | None
    price: Decimal | None
    cents: int | None
    currency: str | None
    obtained: Obtained
    started_by: str | None = None
    missing: tuple[Missing, ...] = ()
    adds_to: str | None = None
    is_difference: bool = False

    @property
    def month(self) -> str:
        """The month in which the session ended."""
        return f'{self.ended:%Y-%m}'

    @property
    def who(self) -> str | None:
        """The person, else the card, by its name where it has one, else what had the session started."""
        return self.person or self.card_name or self.card or self.started_by

    def is_of(self, person: str) -> bool:
        """Whether it is a session of this person or card, or is called so for want of both, whatever the case."""
        names = (self.person, self.card_name, self.card, self.who)
        return person.casefold() in {name.casefold() for name in names if name}

    def less(self, energy_wh: int, cents: int | None) -> StatementRow:
        """What this row has more than was stated before: a difference to a closed month."""
        more = None if self.cents is None else self.cents - (cents or 0)
        difference = replace(self, energy_wh=self.energy_wh - energy_wh, cents=more, sun_wh=None, price=None)
        return replace(difference, adds_to=self.month, is_difference=True)


def row_of(
    transaction: Transaction,
    device: Device,
    signed: SignedSession | None = None,
    card_name: str | None = None,
    zone: tzinfo = LOCAL,
) -> StatementRow:
    """The row of a session that has ended; one of an unknown energy counts as 0."""
    ended, energy_wh, cost = transaction.ended_at, transaction.energy_wh, transaction.cost
    if ended is None:
        raise ValueError('only a session that ended is stated')
    begun = transaction.begun_at
    is_proven = signed is not None and energy_wh is not None and _is_same(signed, energy_wh)
    is_estimate = transaction.energy_estimated or energy_wh is None
    serial = (signed.meter_serial if signed else None) or device.meter_serial
    row = StatementRow(
        transaction.number,
        transaction.charge_box_id.strip('/'),
        transaction.connector_id,
        device.charger,
        serial,
        transaction.person,
        transaction.counts_for,
        card_name,
        begun and begun.astimezone(zone),
        ended.astimezone(zone),
        _whole(transaction.meter_start_wh),
        _whole(transaction.meter_stop_wh),
        round(energy_wh or 0),
        _whole(transaction.sun_wh),
        None if cost is None else cost.per_kwh,
        None if cost is None else cost.cents,
        None if cost is None else cost.currency,
        Obtained.SIGNED if is_proven else Obtained.ESTIMATE if is_estimate else Obtained.REGISTER,
        starter_name(transaction),
    )
    return replace(row, missing=tuple(_missing(transaction, row, signed)))


def _missing(transaction: Transaction, row: StatementRow, signed: SignedSession | None) -> list[Missing]:
    cost, note = transaction.cost, transaction.note
    found = {
        Missing.START: row.begun is None,
        Missing.END: note in (TransactionNote.NEVER_ENDED, TransactionNote.ANOTHER_BEGAN),
        Missing.METER_START: row.meter_start_wh is None,
        Missing.METER_STOP: row.meter_stop_wh is None,
        Missing.METER_SERIAL: row.meter_serial is None,
        Missing.ENERGY: transaction.energy_wh is None,
        Missing.WHO: row.who is None,
        Missing.PRICE: cost is None,
        Missing.PRICE_PARTLY: cost is not None and round(cost.fallback_wh) > 0,
        Missing.CLOCK: note is TransactionNote.CLOCK_SET,
        Missing.SIGNATURE: signed is not None and row.obtained is not Obtained.SIGNED,
    }
    return [missing for missing, is_so in found.items() if is_so]


def _is_same(signed: SignedSession, energy_wh: float) -> bool:
    """Whether the signed registers prove this energy."""
    proven_wh = signed.energy_wh
    return signed.verdict is Verdict.GOOD and proven_wh is not None and abs(float(proven_wh) - energy_wh) <= SAME_WH


def _whole(wh: float | None) -> int | None:
    return None if wh is None else round(wh)


def document_of(row: StatementRow) -> dict[str, Any]:
    """The JSON document of a row, as it is sealed and exported; amounts are decimal numbers as text."""
    return {
        'number': row.number,
        'chargeBoxId': row.charge_box_id,
        'connectorId': row.connector_id,
        'charger': row.charger,
        'meterSerial': row.meter_serial,
        'person': row.person,
        'card': row.card,
        'cardName': row.card_name,
        'begun': row.begun and row.begun.isoformat(timespec='seconds'),
        'ended': row.ended.isoformat(timespec='seconds'),
        'meterStartWh': row.meter_start_wh,
        'meterStopWh': row.meter_stop_wh,
        'energyWh': row.energy_wh,
        'sunWh': row.sun_wh,
        'price': None if row.price is None else str(row.price),
        'cost': None if row.cents is None else amount_text(row.cents),
        'currency': row.currency,
        'obtained': row.obtained,
        'startedBy': row.started_by,
        'missing': list(row.missing),
        'addsTo': row.adds_to,
        'isDifference': row.is_difference,
    }


def row_from(document: Mapping[str, Any]) -> StatementRow:
    """The row of a document that `document_of` made."""
    begun, cost, price = document['begun'], document['cost'], document['price']
    return StatementRow(
        document['number'],
        document['chargeBoxId'],
        document['connectorId'],
        document['charger'],
        document['meterSerial'],
        document['person'],
        document['card'],
        document['cardName'],
        begun and datetime.fromisoformat(begun),
        datetime.fromisoformat(document['ended']),
        document['meterStartWh'],
        document['meterStopWh'],
        document['energyWh'],
        document['sunWh'],
        None if price is None else Decimal(price),
        None if cost is None else int(Decimal(cost).scaleb(2)),
        document['currency'],
        Obtained(document['obtained']),
        document['startedBy'],
        tuple(map(Missing, document['missing'])),
        document['addsTo'],
        document['isDifference'],
    )


def amount_text(cents: int) -> str:
    """An amount in hundredths as a decimal number with two digits: `-0.05`."""
    return f'{Decimal(cents).scaleb(-2):.2f}'
