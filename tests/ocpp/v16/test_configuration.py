"""The configuration keys as read from a charger's answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cpo.chargers import ChargerKnowledge, ChargerQuirks, Unit
from cpo.limits.ladder import ladder
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.ocpp.v16.configuration import KEYS, spelled
from cpo.state import ConfigurationRead

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def reported(**keys: str) -> ConfigurationRead:
    """The known configuration after a GetConfiguration whose keys are all read-only."""
    dialect = Ocpp16Dialect()
    members = [{'key': key, 'readonly': True, 'value': value} for key, value in keys.items()]
    answer = dialect.read_answer(dialect.configuration_request(), {'configurationKey': members}, NOW)
    (entry,) = answer.entries
    assert isinstance(entry, ConfigurationRead)
    return entry


@pytest.mark.parametrize('key', KEYS)
def test_a_key_is_known_in_any_case(key: str) -> None:
    assert {spelled(key), spelled(key.lower()), spelled(key.upper())} == {key}


def test_another_key_keeps_its_spelling() -> None:
    assert reported(plugAndChargeIdentifier='x', HEARTBEATINTERVAL='60').keys == {
        'plugAndChargeIdentifier': 'x',
        'HEARTBEATINTERVAL': '60',
    }


def test_a_limit_takes_the_form_of_keys_in_another_case() -> None:
    entry = reported(
        chargeProfileMaxStackLevel='5', chargingScheduleAllowedChargingRateUnit='Power', chargingscheduleMaxPeriods='24'
    )
    (best, *others) = ladder(
        Ocpp16Dialect().profile_capabilities(entry.keys), ChargerQuirks(), ChargerKnowledge(), fail_safe=True
    )
    assert (best.stack_level, best.unit, best.expires) == (5, Unit.W, True)
    assert {form.unit for form in others} == {Unit.W}
    assert max(form.stack_level for form in others) == 5


@pytest.mark.parametrize(('value', 'switches'), [('true', True), (' TRUE ', True), ('false', False), ('', False)])
def test_a_charger_reports_that_it_switches_phases(value: str, switches: bool) -> None:
    entry = reported(connectorswitch3to1phasesupported=value)
    assert Ocpp16Dialect().profile_capabilities(entry.keys).switches_phases is switches


def test_a_read_only_key_in_another_case_is_read_only() -> None:
    assert reported(METERVALUESAMPLEINTERVAL='0').read_only == {'MeterValueSampleInterval'}


@pytest.mark.parametrize('odd', [7, {'readonly': True}, {'key': 'B', 'readonly': 'perhaps'}, {'key': 'B', 'value': []}])
def test_an_entry_that_cannot_be_read_leaves_the_others(odd: object) -> None:
    dialect = Ocpp16Dialect()
    keys = [{'key': 'A', 'value': 'x'}, odd, {'key': 'C', 'readonly': True, 'value': '1'}]
    answer = dialect.read_answer(dialect.configuration_request(), {'configurationKey': keys}, NOW)
    (entry,) = answer.entries
    assert isinstance(entry, ConfigurationRead)
    assert entry.keys == {'A': 'x', 'C': '1'}
    assert entry.read_only == {'C'}
    assert any('configurationKey[1]' in violation for violation in answer.violations)


def test_a_key_that_was_changed_is_known_by_its_own_name() -> None:
    dialect = Ocpp16Dialect()
    answer = dialect.read_answer(dialect.setting_request('metervaluesampleinterval', '10'), {'status': 'Accepted'}, NOW)
    assert [entry.keys for entry in answer.entries if isinstance(entry, ConfigurationRead)] == [
        {'MeterValueSampleInterval': '10'}
    ]
