"""HTTP clients of the REST interface."""

from __future__ import annotations

import httpx

from tests.conftest import House


def client_of(house: House) -> httpx.AsyncClient:
    """An HTTP client of another house than the fixture's."""
    return httpx.AsyncClient(verify=False, base_url=house.http)
