"""HTTP clients of the REST interface."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.conftest import House


@pytest.fixture
async def rest(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the fixture `house`, which takes paths as URLs."""
    async with httpx.AsyncClient(base_url=house.http) as client:
        yield client


def client_of(house: House) -> httpx.AsyncClient:
    """An HTTP client of another house than the fixture's."""
    return httpx.AsyncClient(base_url=house.http)
