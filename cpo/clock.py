"""The time."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The time of the system clock, aware and in UTC."""
    return datetime.now(UTC)
