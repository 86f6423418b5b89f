"""Transaction ids in REST documents: an integer where the charger speaks OCPP 1.6."""

from __future__ import annotations

import re

_INTEGER = re.compile('0|-?[1-9][0-9]*')


def shown_id(transaction_id: str) -> int | str:
    """A transaction's id as REST shows it: as an integer where it is one, else as the text of a later OCPP version."""
    return int(transaction_id) if _INTEGER.fullmatch(transaction_id) else transaction_id
