"""`replace` makes the same copy as `dataclasses.replace`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import pytest

from cpo.frozen import replace
from cpo.limits.memory import Memory
from cpo.state import ChargePointState, Connector


@dataclass(frozen=True, slots=True)
class Value:
    number: int
    text: str = ''
    uncompared: int = field(default=0, compare=False)


@pytest.mark.parametrize('value', [Connector(1), ChargePointState(), Memory(), Value(1, 'a', 2)])
def test_a_copy_without_changes_is_equal(value: Connector) -> None:
    copy = replace(value)
    assert copy == value
    assert copy is not value
    assert type(copy) is type(value)


def test_only_the_named_members_are_others_and_the_value_itself_stays() -> None:
    value = Value(1, 'a', 2)
    copy = replace(value, number=3, uncompared=4)
    assert dataclasses.astuple(copy) == (3, 'a', 4)
    assert dataclasses.astuple(value) == (1, 'a', 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        copy.number = 5  # type: ignore[misc]


def test_a_member_that_there_is_not_is_refused() -> None:
    with pytest.raises(AttributeError):
        replace(Value(1), no_member=1)  # type: ignore[call-arg]
