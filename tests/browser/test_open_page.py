"""Complaints about pages: none for a server that has ended, one for everything else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Complaints, OpenPage
from tests.program import free_port


class Server:
    """A server of an empty page that leaves every later connection without an answer."""

    def __init__(self, server: asyncio.Server, waiting: asyncio.Queue[asyncio.StreamWriter]) -> None:
        self.port = server.sockets[0].getsockname()[1]
        self.waiting = waiting
        self._server = server

    async def hang_up(self) -> None:
        """End a connection that waits for its answer."""
        (await self.waiting.get()).transport.abort()

    async def end(self) -> None:
        waiting = await self.waiting.get()  # before the end, as later connections are not accepted
        self._server.close()
        waiting.transport.abort()


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    waiting: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b'\r\n\r\n')
        except asyncio.IncompleteReadError:
            writer.close()
            return
        if request.startswith(b'GET / '):
            empty = b'<link rel=icon href=data:,>'
            head = f'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(empty)}\r\nConnection: close'
            writer.write(head.encode() + b'\r\n\r\n' + empty)
            writer.close()
        else:
            waiting.put_nowait(writer)

    server = await asyncio.start_server(on_connection, '127.0.0.1', 0)
    async with server:
        yield Server(server, waiting)


WAYS = [
    'new WebSocket(`ws://${location.host}/ocpp`)',
    "fetch('/something').catch(() => {})",
]


async def let_it(page: Page, way: str) -> None:
    """Start an awaitable without waiting for it."""
    await page.evaluate(f'() => {{ {way}; }}')


@pytest.mark.parametrize('way', WAYS)
async def test_a_server_that_ends_in_the_middle_of_a_request_is_no_complaint(
    open_page: OpenPage, complaints: Complaints, way: str
) -> None:
    async with serving() as server:
        page = await open_page(f'http://127.0.0.1:{server.port}/')
        await let_it(page, way)
        async with page.expect_event('console'):
            await server.end()
    assert await complaints.settled() == []


@pytest.mark.parametrize('way', WAYS)
async def test_a_server_that_hangs_up_and_still_runs_is_a_complaint(
    open_page: OpenPage, complaints: Complaints, way: str
) -> None:
    async with serving() as server:
        page = await open_page(f'http://127.0.0.1:{server.port}/')
        await let_it(page, way)
        async with page.expect_event('console'):
            await server.hang_up()
        found = await complaints.settled()
    assert len(found) == 1
    assert 'console: ' in found[0]
    complaints.forget()


@pytest.mark.parametrize(
    ('way', 'complaint'),
    [
        ("console.error('oh')", 'console: oh'),
        ("setTimeout(() => { throw new Error('oh'); })", 'error: '),
    ],
)
async def test_an_error_of_the_page_itself_counts_also_after_the_server_has_ended(
    open_page: OpenPage, complaints: Complaints, way: str, complaint: str
) -> None:
    async with serving() as server:
        page = await open_page(f'http://127.0.0.1:{server.port}/')
    event = 'console' if complaint.startswith('console') else 'pageerror'
    async with page.expect_event(event):
        await let_it(page, way)
    assert [each[: len(complaint)] for each in await complaints.settled()] == [complaint]
    complaints.forget()


async def test_another_host_counts_also_from_a_tab_the_page_has_opened(
    open_page: OpenPage, complaints: Complaints
) -> None:
    elsewhere = f'http://localhost:{free_port()}/'
    async with serving() as server:
        page = await open_page(f'http://127.0.0.1:{server.port}/')
        async with page.context.expect_page() as opened:
            await page.evaluate('() => { open(location.href); }')
        tab = await opened.value
        async with tab.expect_event('requestfailed'):
            await let_it(tab, f"fetch('{elsewhere}').catch(() => {{}})")
        assert await complaints.settled() == [f'asked {elsewhere}']
    complaints.forget()
