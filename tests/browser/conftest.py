"""A real Chromium for the tests of what people see; every page is watched for what must never happen."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

ARGUMENTS = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
]
OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, or the one CHROMIUM names."""
    executable = os.environ.get('CHROMIUM') or shutil.which('chromium')
    if executable is None:
        pytest.skip('there is no Chromium; apt-get install chromium')
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Open a page as a browser of its own; at the end none may have asked an outside host or printed an error."""
    complaints: list[str] = []

    async def open_it(
        url: str, width: int = 1440, height: int = 900, scheme: Literal['dark', 'light'] = 'light'
    ) -> Page:
        context = await browser.new_context(viewport={'width': width, 'height': height}, color_scheme=scheme)
        page = await context.new_page()
        host = urlsplit(url).netloc

        def note_request(request: Request) -> None:
            parts = urlsplit(request.url)
            if parts.scheme in ('http', 'https', 'ws', 'wss') and parts.netloc != host:
                complaints.append(f'asked {request.url}')

        def note_console(message: ConsoleMessage) -> None:
            # a test may stop the server, and the page then tries to reach it
            if message.type in ('error', 'warning') and 'ERR_CONNECTION_REFUSED' not in message.text:
                complaints.append(f'console: {message.text}')

        page.on('request', note_request)
        page.on('console', note_console)
        page.on('pageerror', lambda error: complaints.append(f'error: {error}'))
        await page.goto(url)
        return page

    yield open_it
    assert complaints == []
