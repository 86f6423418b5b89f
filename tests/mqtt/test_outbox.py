"""When a message is sent: changes at once, live values once a second, nothing twice."""

from __future__ import annotations

from typing import Any

from cpo.mqtt.outbox import Outbox, Payload


def state(**values: Any) -> dict[str, Payload]:
    """The one message of a state."""
    return {'state': {'status': 'charging', 'power': 0} | values}


def sent(outbox: Outbox, wanted: dict[str, Payload], time_s: float) -> bool:
    """True where it is sent now."""
    return bool(outbox.due(wanted, time_s).messages)


def test_nothing_is_sent_while_nothing_changes() -> None:
    outbox = Outbox()
    assert [sent(outbox, state(), time_s) for time_s in (0, 1, 100)] == [True, False, False]


def test_live_values_are_sent_once_a_second() -> None:
    outbox = Outbox()
    assert [n for n in range(31) if sent(outbox, state(power=n), n / 10)] == [0, 10, 20, 30]


def test_it_says_when_to_ask_again_for_a_value_that_waits() -> None:
    outbox = Outbox()
    outbox.due(state(), 5)
    assert outbox.due(state(power=7), 5.25).again_in_s == 0.75
    assert outbox.due(state(power=7), 6).messages == state(power=7)
    assert outbox.due(state(power=7), 6.1).again_in_s is None


def test_a_change_is_sent_at_once_with_the_live_values() -> None:
    outbox = Outbox()
    outbox.due(state(), 5)
    assert outbox.due(state(status='finishing', power=7), 5.1).messages == state(status='finishing', power=7)


def test_a_value_that_becomes_unknown_waits_like_another_one() -> None:
    outbox = Outbox()
    outbox.due(state(soc=40), 5)
    assert not sent(outbox, state(), 5.5)
    assert sent(outbox, state(), 6)


def test_plain_texts_are_sent_at_once() -> None:
    outbox = Outbox()
    assert [sent(outbox, {'connected': each}, 1) for each in ('ON', 'ON', 'OFF', '')] == [True, False, True, True]


def test_everything_is_sent_again_to_another_connection() -> None:
    outbox = Outbox()
    outbox.due(state(), 5)
    outbox.clear()
    assert sent(outbox, state(), 5)


def test_a_command_is_answered_by_the_state_also_where_it_is_the_same() -> None:
    outbox = Outbox()
    outbox.due(state() | {'other': 'ON'}, 5)
    outbox.forget('state')
    assert outbox.due(state() | {'other': 'ON'}, 5).messages == state()
