"""`/api/chargepoint/operations`: each request of the central system, described so that a form can be made of it."""

from __future__ import annotations

from typing import Any

import httpx
from jsonschema import Draft202012Validator

from cpo.ocpp.v16.actions import BY_CENTRAL_SYSTEM
from cpo.ocpp.v16.operations import INTERRUPTS, SENTENCES


async def items(rest: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    return {each['action']: each for each in (await rest.get('/api/chargepoint/operations')).json()['items']}


async def test_every_request_has_a_sentence_and_a_schema_of_its_own(rest: httpx.AsyncClient) -> None:
    found = await items(rest)
    assert set(found) == {request.action() for request in BY_CENTRAL_SYSTEM} == set(SENTENCES)
    for each in found.values():
        Draft202012Validator.check_schema(each['schema'])
        assert '$ref' not in str(each['schema'])
    assert {action for action, each in found.items() if each['interrupts']} == INTERRUPTS


async def test_what_the_program_fills_in_need_not_be_given(rest: httpx.AsyncClient) -> None:
    found = await items(rest)
    assert found['GetDiagnostics']['schema'].get('required', []) == []
    assert found['UpdateFirmware']['schema']['required'] == []
    assert found['GetLog']['schema']['required'] == []
    assert found['SignedUpdateFirmware']['schema']['properties']['firmware']['required'] == [
        'signingCertificate',
        'signature',
    ]
    assert found['Reset']['schema']['required'] == ['type']
