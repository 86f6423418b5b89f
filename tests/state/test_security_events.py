"""Security events that repeat are no news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cpo.state import ChargePointState, Connected, Event, SecurityEventNotified, events_of

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)


def heard(state: ChargePointState, kind: str, minutes: float, info: str | None = None) -> tuple[ChargePointState, int]:
    """The state after a security event so long after noon, and how many events that is."""
    at = NOON + timedelta(minutes=minutes)
    entry = SecurityEventNotified(kind, at, info, at)
    after = entry.apply(state)
    events: list[Event] = [*events_of(entry, state, after, at)]
    return after, len(events)


def test_a_clock_that_is_set_every_minute_is_one_event_an_hour() -> None:
    state, told = ChargePointState(), 0
    for minute in range(180):
        state, news = heard(state, 'SettingSystemTime', minute)
        told += news
    assert told == 3


def test_what_says_something_else_is_another_event() -> None:
    state, first = heard(ChargePointState(), 'TamperDetectionActivated', 0)
    state, other = heard(state, 'TamperDetectionActivated', 1, 'lid')
    state, kind = heard(state, 'ResetOrReboot', 2)
    state, again = heard(state, 'TamperDetectionActivated', 3)
    assert (first, other, kind, again) == (1, 1, 1, 0)


def test_what_another_charger_reports_is_news() -> None:
    state = Connected(NOON, 'CP1', '127.0.0.1').apply(ChargePointState())
    state, first = heard(state, 'SettingSystemTime', 0)
    state, again = heard(Connected(NOON, 'CP1', '127.0.0.1').apply(state), 'SettingSystemTime', 1)
    state, other = heard(Connected(NOON, 'CP2', '127.0.0.1').apply(state), 'SettingSystemTime', 2)
    assert (first, again, other) == (1, 0, 1)


def test_a_charger_that_invents_types_fills_no_memory() -> None:
    state = ChargePointState()
    for number in range(1000):
        state, news = heard(state, f'Type{number}', 0)
        assert news == 1
    assert len(state.security_events) < 50
