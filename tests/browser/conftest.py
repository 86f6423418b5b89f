"""A real Chromium for tests of the pages; every page is checked for errors and requests to other hosts."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize, async_playwright

ARGUMENTS = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    # pages that its own address bar would load for each of ours, and renderers in reserve: nearly half of its work;
    # the other features are from Playwright's list, which this one replaces
    '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess,'
    'HttpsUpgrades,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PreconnectToSearch,'
    'DestroyProfileOnBrowserClose,AvoidUnnecessaryBeforeUnloadCheckSync',
]
OpenPage = Callable[..., Awaitable[Page]]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A running Chromium: Debian's, or the one whose path CHROMIUM has; skips the test without one."""
    executable = os.environ.get('CHROMIUM') or shutil.which('chromium')
    if executable is None:
        pytest.skip('there is no Chromium; apt-get install chromium')
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope='session', loop_scope='session')
async def browser() -> AsyncIterator[Browser]:
    """The Chromium that all tests of a worker share; each test opens its pages in new contexts."""
    async with chromium() as browser:
        yield browser


class Complaints:
    """Collects errors of pages and their requests to other hosts.

    A failed request to a server that has ended is no complaint: a test may stop its server while pages are open.
    """

    def __init__(self) -> None:
        self._judging: list[asyncio.Task[str | None]] = []

    def add(self, text: str) -> None:
        """Add a complaint that counts in any case."""
        self._judging.append(asyncio.create_task(_same(text)))

    def watch(self, context: BrowserContext, host: str) -> None:
        """Collect complaints about every page of a context, which may send requests to this host only."""

        def note_request(request: Request) -> None:
            parts = urlsplit(request.url)
            if parts.scheme in ('http', 'https', 'ws', 'wss') and parts.netloc != host:
                self.add(f'asked {request.url}')

        def note_console(message: ConsoleMessage) -> None:
            if message.type in ('error', 'warning'):
                self._judging.append(asyncio.create_task(_unless_ended(message)))

        context.on('request', note_request)
        context.on('console', note_console)
        context.on('weberror', lambda error: self.add(f'error: {error.error}'))

    async def settled(self) -> list[str]:
        """The complaints that count, once all have been checked."""
        return [text for text in await asyncio.gather(*self._judging) if text]

    def forget(self) -> None:
        """Drop the complaints so far, in a test that provokes them."""
        self._judging.clear()


async def _same(text: str) -> str:
    return text


async def _unless_ended(message: ConsoleMessage) -> str | None:
    """The complaint, or None when the page was left, or no server listens at its address shortly afterwards."""
    text = f'console: {message.text}'
    if 'WebSocket is closed before the connection is established' in message.text:
        return None  # the browser's word for a page that is left or closed while it connects
    missed = re.search(
        r"WebSocket connection to '(.+?)' failed|net::ERR_(CONNECTION|EMPTY|INCOMPLETE|CONTENT_LENGTH)", message.text
    )
    if missed and await has_ended(missed[1] or message.location['url']):
        return None
    return text


async def has_ended(url: str) -> bool:
    """True when nothing listens there; a killed server loses its connections shortly before its port."""
    parts = urlsplit(url)
    for _ in range(10):
        try:
            _reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        except OSError:
            return True
        writer.close()
        await asyncio.sleep(0.1)
    return False


@pytest_asyncio.fixture(loop_scope='session')
async def complaints() -> AsyncIterator[Complaints]:
    """The complaints about all pages that `open_page` opens; any left at the end fails the test."""
    complaints = Complaints()
    yield complaints
    assert await complaints.settled() == []


@pytest_asyncio.fixture(loop_scope='session')
async def open_page(browser: Browser, complaints: Complaints) -> AsyncIterator[OpenPage]:
    """A function that opens a page in a new browser context, which is checked for complaints.

    The page is asked to move little unless a test looks at motion: drawing it is most of a page's work.
    """

    async def open_it(
        url: str,
        width: int = 1440,
        height: int = 900,
        scheme: Literal['dark', 'light'] = 'light',
        motion: Literal['no-preference', 'reduce'] = 'reduce',
    ) -> Page:
        viewport: ViewportSize = {'width': width, 'height': height}
        context = await browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion=motion)
        complaints.watch(context, urlsplit(url).netloc)
        page = await context.new_page()
        await page.goto(url)
        return page

    yield open_it
    for context in browser.contexts:
        await context.close()
