"""Whose certificate it is that a charger gets, who gets none, and when its end is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpo.state import BootInformation, ChargePointState, KnownCharger, SecurityProfile
from cpo.upkeep import certificate_advice
from cpo.upkeep.certificate_signer import name_of
from tests.conftest import MakeHouse
from tests.scripted_charger import ScriptedCharger

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize('settings', [{}, {'tls_port': 8443}], ids=['no authority', 'no proof who it is'])
async def test_a_charger_gets_no_certificate(make_house: MakeHouse, settings: dict[str, Any]) -> None:
    house = await make_house(**settings)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        assert await charger.call('SignCertificate', {'csr': 'whatever'}) == {'status': 'Rejected'}
    assert house.charge_point.state.certificate_request is None


@pytest.mark.parametrize(
    ('serial', 'name'), [('SN-7', 'SN-7'), (None, 'CP1'), ('CP2', 'CP1')], ids=['serial', 'none', 'the id of another']
)
def test_a_certificate_is_named_as_the_whitepaper_says_and_never_as_another_charger(
    serial: str | None, name: str
) -> None:
    others = {box: KnownCharger(box) for box in ('CP1', 'CP2')}
    boot = BootInformation('Vendor', 'Model', serial_number=serial)
    assert name_of(ChargePointState(charge_box_id='CP1', boot=boot, chargers=others)) == name


@pytest.mark.parametrize(
    ('days', 'profile', 'said'),
    [
        (31, SecurityProfile.CERTIFICATE, ()),
        (29, SecurityProfile.CERTIFICATE, ('ends on 2026-07-13',)),
        (-1, SecurityProfile.CERTIFICATE, ('ended on 2026-06-13',)),
        (29, SecurityProfile.TLS, ()),
    ],
)
def test_a_certificate_that_ends_within_a_month_is_said(
    days: int, profile: SecurityProfile, said: tuple[str, ...]
) -> None:
    known = KnownCharger('CP1', security_profile=profile, certificate_until=NOW + timedelta(days=days))
    advice = certificate_advice(ChargePointState(charge_box_id='CP1', chargers={'CP1': known}), NOW)
    assert len(advice) == len(said)
    assert all(part in sentence for part, sentence in zip(said, advice, strict=True))
