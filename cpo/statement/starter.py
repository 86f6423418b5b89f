"""What a session is called that nobody’s card began (pure)."""

from __future__ import annotations

from cpo.sentences import source_name
from cpo.state import YOU, Transaction


def starter_name(transaction: Transaction) -> str | None:
    """Who or what had this program start a session: `Dashboard`, `Anna`, `REST`, `The sun`; None where it did not."""
    if not transaction.remote:
        return None
    by = transaction.started_by or YOU
    name = 'Dashboard' if by == YOU else source_name(by)
    return name[:1].upper() + name[1:]
