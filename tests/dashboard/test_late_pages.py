"""The pages are built at the first request, once, and end with the program."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from cpo.dashboard.late_pages import LatePages


class OnePage:
    """Pages of which there is one; notes when they were installed, and what their lifespan saw."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    def install(self, app: FastAPI) -> None:
        """Add the page."""
        self.noted.append('installed')
        app.add_api_route('/', lambda: 'a page')
        app.router.lifespan_context = self._lifespan

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        self.noted.append('started')
        yield
        self.noted.append('ended')


def client_of(pages: LatePages) -> httpx.AsyncClient:
    """A browser."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(pages), base_url='http://pages')


async def test_requests_that_arrive_together_build_the_pages_once() -> None:
    page = OnePage()
    pages = LatePages('colorsys', lambda: page)
    assert page.noted == []
    async with client_of(pages) as browser:
        answers = await asyncio.gather(*(browser.get('/') for _ in range(3)))
    assert [answer.json() for answer in answers] == ['a page'] * 3
    assert page.noted == ['installed', 'started']
    assert gc.isenabled()
    await pages.close()
    assert page.noted == ['installed', 'started', 'ended']


async def test_pages_that_nobody_asked_for_end_without_having_been_built() -> None:
    page = OnePage()
    await LatePages('colorsys', lambda: page).close()
    assert page.noted == []


async def test_pages_that_cannot_be_imported_leave_the_search_for_garbage_on() -> None:
    pages = LatePages('there_is_no_such_module', OnePage)
    async with client_of(pages) as browser:
        with pytest.raises(ModuleNotFoundError):
            await browser.get('/')
    assert gc.isenabled()
