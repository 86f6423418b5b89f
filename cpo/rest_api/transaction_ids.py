"""Ids of transactions, as REST has always written them: an integer where the charger speaks OCPP 1.6."""

from __future__ import annotations

import re

_INTEGER = re.compile('0|-?[1-9][0-9]*')


def shown_id(transaction_id: str) -> int | str:
    """An integer where the id is one, else the text of a later OCPP version."""
    return int(transaction_id) if _INTEGER.fullmatch(transaction_id) else transaction_id
