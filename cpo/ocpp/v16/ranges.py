"""The ranges of the integers a charger sends, which the JSON schemas leave open."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from pydantic.alias_generators import to_camel

from cpo.ocpp.payloads import Payload, UnreadablePayload
from cpo.ocpp.problems import Problem
from cpo.ocpp.v16.core import StartTransaction
from cpo.state import is_register

P = TypeVar('P', bound=Payload)

MOST_CONNECTOR_ID = 1_000
MOST_32_BIT = 2**31 - 1
UNKNOWN_ID = -1
"""The transactionId of a charger that knows none: the one transaction that runs is meant."""
REGISTERS = ('meter_start', 'meter_stop')
WHOLE_CHARGER = '“connectorId” is 0, the whole charger; a transaction is on connector 1 or above. It was kept as it is.'
BOUNDED = ('connector_id', 'transaction_id', 'reservation_id', 'request_id', *REGISTERS)


@cache
def _bounded(model: type[Payload]) -> tuple[str, ...]:
    """The members of a request that have a range."""
    return tuple(name for name in BOUNDED if name in model.model_fields)


def within_range(request: P) -> tuple[P, tuple[str, ...]]:
    """The request with integers that no charger can mean made unknown, and a sentence for each.

    A transactionId of more than 32 bits or below -1 becomes `UNKNOWN_ID`.

    Raises `UnreadablePayload` where `connectorId` is outside 0 to MOST_CONNECTOR_ID.
    """
    changed: dict[str, Any] = {}
    violations: list[str] = []
    for name in _bounded(type(request)):
        value = getattr(request, name)
        if value == 0 and name == 'connector_id' and isinstance(request, StartTransaction):
            violations.append(WHOLE_CHARGER)
        if value is None or 0 <= value <= MOST_CONNECTOR_ID:
            continue
        if name == 'connector_id':
            shown = f'{value:d}' if abs(value) <= MOST_32_BIT else 'a number of many digits'
            raise UnreadablePayload(
                Problem.WRONG_VALUE, f'“connectorId” is {shown}; connectors are 0 to {MOST_CONNECTOR_ID:,}.'
            )
        if name in REGISTERS:
            if not is_register(value):
                changed[name] = None
                violations.append(f'“{to_camel(name)}” is a number that no meter shows. It was read as unknown.')
        elif value > MOST_32_BIT or value < (UNKNOWN_ID if name == 'transaction_id' else -MOST_32_BIT):
            changed[name], violation = _unknown_id(name, value)
            violations.append(violation)
    return (request.model_copy(update=changed) if changed else request), tuple(violations)


def _unknown_id(name: str, value: int) -> tuple[int | None, str]:
    """What stands for an id that no charger can mean, and the sentence about it."""
    what = f'“{to_camel(name)}” {"has more than 32 bits" if abs(value) > MOST_32_BIT else "is negative"}.'
    if name == 'transaction_id':
        return UNKNOWN_ID, f'{what} It was read as unknown.'
    return None, f'{what} It was read as absent.'
