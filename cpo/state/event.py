"""Events: what happened, for people and programs that ask for the history or follow it (pure).

An entry changes the state; an event is what of that is worth telling later. They are numbered in the order in which
they became known, and stay in the journal for two years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from cpo.state.source import Source


class EventKind(StrEnum):
    """The kind of an event; an attempt to connect has its verdict in place of one. The values are in the journal."""

    SESSION_BEGUN = 'session_begun'
    SESSION_ENDED = 'session_ended'
    STATUS = 'status'
    FAULT = 'fault'
    COMMAND = 'command'
    MODE = 'mode'
    PRESET = 'preset'
    WISH = 'wish'
    LIMIT = 'limit'
    BOOT = 'boot'
    DISCONNECTED = 'disconnected'
    ADOPTED = 'adopted'
    RELEASED = 'released'
    TAG_REFUSED = 'tag_refused'
    ALLOWANCE_USED = 'allowance_used'
    FIRMWARE_STATUS = 'firmware_status'
    DIAGNOSTICS_STATUS = 'diagnostics_status'
    LOG_STATUS = 'log_status'
    CERTIFICATE = 'certificate'
    SECURITY_EVENT = 'security_event'
    VALUES_THINNED = 'values_thinned'
    CLOCK_SET = 'clock_set'
    CEILING = 'ceiling'
    CEILING_LIFTED = 'ceiling_lifted'
    CEILING_EXPIRED = 'ceiling_expired'
    CEILING_RECEIPT = 'ceiling_receipt'
    DECISION = 'decision'
    ALARM = 'alarm'
    """The charger followed a limit in no form of a charging profile."""
    SETTING = 'setting'
    PERSON = 'person'
    TOKEN = 'token'
    CHARGER = 'charger'
    CARD = 'card'


QUIET = frozenset({EventKind.SECURITY_EVENT})
"""Kinds that are listed only where they are asked for: some chargers report their clock's setting every day."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `at` is when this program knew of it, `kind` an EventKind or an AttemptVerdict.

    `details` holds values that JSON can express, by the names REST has for them; `cpo.rest_api` has the words.
    """

    at: datetime
    kind: str
    connector_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0


def by_of(source: Source) -> dict[str, str]:
    """The details about who did something."""
    return {'by': str(source.kind), **({'name': source.name} if source.name else {})}


def given(**values: Any) -> dict[str, Any]:
    """The details that are not None."""
    return {name: value for name, value in values.items() if value is not None}
