"""Ids of transactions in answers."""

from __future__ import annotations

import pytest

from cpo.rest_api.transaction_ids import shown_id


@pytest.mark.parametrize(
    ('transaction_id', 'shown'),
    [
        ('7', 7),
        ('0', 0),
        ('-1', -1),
        ('9' * 40, int('9' * 40)),
        ('007', '007'),
        ('1e5', '1e5'),
        ('550e8400-e', '550e8400-e'),
    ],
)
def test_what_was_an_integer_on_the_wire_is_one_in_rest(transaction_id: str, shown: int | str) -> None:
    assert shown_id(transaction_id) == shown
