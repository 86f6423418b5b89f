"""Samples as base values: what is noise, what is of now, and what no number can be made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from cpo.ocpp.payloads import read
from cpo.ocpp.v16.core import MeterValues
from cpo.ocpp.v16.meter_values import of_now, samples_of, unreadable
from cpo.ocpp.v16.types import MeterValue
from cpo.state import CURRENT, ENERGY, OFFERED, POWER, VOLTAGE, MeterRead

NOON = '2030-01-31T12:00:00Z'
BEGIN = 'Transaction.Begin'


def values(*samples: list[dict[str, Any]]) -> tuple[MeterValue, ...]:
    payload = {'connectorId': 1, 'meterValue': [{'timestamp': NOON, 'sampledValue': each} for each in samples]}
    return read(MeterValues, payload)[0].meter_value


def sample(value: Any, measurand: str = ENERGY, **members: str) -> dict[str, Any]:
    return {'value': value, 'measurand': measurand, **members}


@pytest.mark.parametrize(
    ('sent', 'read_as'),
    [
        (sample('-115', POWER, unit='W'), 0),
        (sample('-0.115', POWER, unit='kW'), 0),
        (sample('-199.9', POWER), 0),
        (sample('-200', POWER), -200),
        (sample('-0.0', POWER), 0),
        (sample('-0.5', CURRENT, phase='L1'), 0),
        (sample('-1', CURRENT), -1),
        (sample('-0.3', OFFERED), 0),
        (sample('-5', 'Power.Active.Export'), -5),
        (sample('-5', 'Temperature'), -5),
        (sample('  16.4 ', CURRENT), 16.4),
        (sample('\t237.3\n', VOLTAGE), 237.3),
        (sample(16.4, CURRENT), 16.4),
    ],
)
def test_a_little_below_nothing_is_nothing_and_blanks_do_no_harm(sent: dict[str, Any], read_as: float) -> None:
    ((read_sample,),) = [samples_of(value) for value in values([sent])]
    assert read_sample.value == read_as
    assert str(read_sample.value) != '-0.0'


PRESENT, BEGINNING = sample('9000', context='Sample.Periodic'), sample('3000', context=BEGIN)


@pytest.mark.parametrize(
    'sent',
    [
        [[PRESENT, BEGINNING]],
        [[BEGINNING, PRESENT]],
        [[BEGINNING], [PRESENT]],
        [[PRESENT], [BEGINNING]],
        [[sample('9000'), BEGINNING]],
        [[sample('9000', context='Trigger'), BEGINNING]],
        [[sample('9000', context=BEGIN)]],  # evcc#30943 tags its live register so
    ],
)
def test_the_register_of_the_beginning_is_not_now_where_there_is_one_of_now(sent: list[list[dict[str, Any]]]) -> None:
    read_samples = [s for value in of_now(values(*sent)) for s in samples_of(value)]
    assert [s.value for s in read_samples] == [9000]


def test_only_the_same_measurand_and_phase_tell_what_is_now() -> None:
    sent = values(
        [sample('5', POWER), BEGINNING, sample('1', CURRENT, phase='L1', context=BEGIN), sample('2', CURRENT)]
    )
    read_samples = [s for value in of_now(sent) for s in samples_of(value)]
    assert [s.value for s in read_samples] == [5, 3000, 1, 2]


def test_a_text_that_is_no_number_is_cut() -> None:
    unread, signed = samples_of(values([sample('', CURRENT, unit='A'), sample('x' * 90_000)])[0])
    assert (unread.value, len(signed.text), signed.signed) == (None, 20_000, True)


BEYOND = [
    (sample('1e12', POWER, unit='W'), POWER),
    (sample('-1e12', POWER, unit='W'), POWER),
    (sample('111', POWER, unit='kW', phase='L1'), POWER),
    (sample('1e9', CURRENT, unit='A', phase='L2'), CURRENT),
    (sample('1001', OFFERED, unit='A'), OFFERED),
    (sample('1e308', VOLTAGE, unit='V'), VOLTAGE),
    (sample('101', 'SoC', unit='Percent'), 'SoC'),
    (sample('-1', 'SoC', unit='Percent'), 'SoC'),
    (sample('-127', 'Temperature', unit='Celsius'), 'Temperature'),
    (sample('1e6', 'Temperature', unit='Fahrenheit'), 'Temperature'),
    (sample('1e13', ENERGY, unit='Wh'), ENERGY),
    (sample('1e308', 'Frequency'), None),
    (sample('110', POWER, unit='kW'), None),
    (sample('80', CURRENT), None),
    (sample('400', VOLTAGE), None),
    (sample('100', 'SoC'), None),
    (sample('212', 'Temperature', unit='Fahrenheit'), None),
]


@pytest.mark.parametrize(('sent', 'named'), BEYOND)
def test_a_value_that_no_charger_can_measure_is_unknown_with_a_violation(
    sent: dict[str, Any], named: str | None
) -> None:
    ((read_sample,),) = [samples_of(value) for value in values([sent])]
    assert (read_sample.value is None) is (named is not None)
    moment = datetime.fromisoformat(NOON)
    found = unreadable([MeterRead(1, None, moment, (read_sample,), moment)])
    assert len(found) == (named is not None)
    assert all(sentence.startswith(f'{named} is “{sent["value"]}') for sentence in found)
