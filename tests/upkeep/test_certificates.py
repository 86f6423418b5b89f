"""Whose certificate it is that a charger gets, who gets none, and when its end is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpo.rest_api.event_words import event_sentence
from cpo.state import (
    BootInformation,
    CertificateOutcome,
    ChargePointState,
    Event,
    EventKind,
    KnownCharger,
    SecurityProfile,
)
from cpo.upkeep import certificate_advice
from cpo.upkeep.certificate_signer import name_of
from tests.conftest import MakeHouse
from tests.rest_api.conftest import client_of
from tests.scripted_charger import ScriptedCharger

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ('settings', 'outcome', 'remedy'),
    [({}, 'no_authority', 'CPO_TLS_PORT'), ({'tls_port': 8443}, 'unproven', 'Set one on Connect')],
)
async def test_a_charger_that_gets_no_certificate_is_an_event_with_the_next_step(
    make_house: MakeHouse, settings: dict[str, Any], outcome: str, remedy: str
) -> None:
    house = await make_house(**settings)
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        for _ in range(3):  # it asks until it gets one
            assert await charger.call('SignCertificate', {'csr': 'whatever'}) == {'status': 'Rejected'}
        (event,) = (await rest.get('/api/history', params={'kind': 'certificate'})).json()['items']
    assert event['details'] == {'outcome': outcome, 'chargeBoxId': 'CP1'}
    assert 'got none' in event['what']
    assert remedy in event['what']
    assert house.charge_point.state.certificate_request is None


def test_every_outcome_but_success_says_what_to_do() -> None:
    for outcome in CertificateOutcome:
        words = event_sentence(Event(NOW, EventKind.CERTIFICATE, None, {'outcome': outcome.value}))
        assert ('ask again' in words) == (outcome is not CertificateOutcome.TAKEN)


def test_the_progress_of_files_is_said_in_plain_words() -> None:
    said = event_sentence(Event(NOW, EventKind.FIRMWARE_STATUS, None, {'status': 'InstallationFailed'}))
    assert said == 'Firmware update: Installation failed.'


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
