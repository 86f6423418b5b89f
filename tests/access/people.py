"""People with passwords and tokens in a running house, and clients that are let in by them."""

from __future__ import annotations

from cpo.access import Role
from tests.conftest import House

PASSWORD = 'correct horse battery'
ABROAD = {'X-Forwarded-For': '203.0.113.7'}
"""What a proxy on this machine adds to a request from the internet."""


async def with_tokens(house: House) -> dict[Role, dict[str, str]]:
    """Give the house an owner, and make a token for each role; the headers that show it."""
    await house.people.put('Anna', Role.OWNER, PASSWORD)
    return {role: bearer(await house.people.create_token(f'a {role}', role)) for role in Role}


def bearer(token: str) -> dict[str, str]:
    """The header that shows a token."""
    return {'Authorization': f'Bearer {token}'}
