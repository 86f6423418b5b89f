"""A user of Home Assistant's ingress counts as an owner, where the Supervisor itself passes the request on."""

from __future__ import annotations

import httpx
from starlette.types import ASGIApp

import cpo.house
from cpo.access import Role
from tests.access.people import PASSWORD, bearer
from tests.conftest import House

SUPERVISOR = ('172.30.32.2', 40000)
PROXY = ('127.0.0.1', 40000)
USER = {'X-Remote-User-Id': '5f0c', 'X-Remote-User-Name': 'anna', 'X-Ingress-Path': '/api/hassio_ingress/x'}


async def status(app: ASGIApp, client: tuple[str, int], headers: dict[str, str]) -> int:
    """The status of a request for what only owners may see, from this address."""
    transport = httpx.ASGITransport(app, client=client)
    async with httpx.AsyncClient(transport=transport, base_url='http://localhost') as rest:
        return (await rest.get('/api/people', headers=headers)).status_code


async def test_only_the_supervisor_says_who_an_owner_is(house: House) -> None:
    app = cpo.house.House(house.charge_point, *house.parts).open_doors()
    await house.people.put('Anna', Role.OWNER, PASSWORD)
    assert await status(app, SUPERVISOR, USER) == 200
    without_user = {'X-Ingress-Path': USER['X-Ingress-Path']}
    forged = {**USER, 'X-Forwarded-For': SUPERVISOR[0]}
    for client, headers in (
        (SUPERVISOR, without_user),
        (('172.30.32.3', 40000), USER),
        (('192.168.1.7', 40000), forged),
        (PROXY, USER),
        (PROXY, forged),
    ):
        assert await status(app, client, headers) == 401, (client, headers)
    viewer = bearer(await house.people.create_token('x', Role.VIEWER))
    assert await status(app, PROXY, {**forged, **viewer}) == 403
