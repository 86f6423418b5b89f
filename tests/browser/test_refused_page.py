"""A page whose live connection is refused says so, and why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import expect

from tests.browser.conftest import Complaints, OpenPage
from tests.program import running

ELSEWHERE = '127.0.0.2'


@asynccontextmanager
async def proxy_with_a_host_of_its_own(port: int) -> AsyncIterator[str]:
    """The URL of a reverse proxy as nginx is by default: the server behind it does not see what people typed."""
    tasks: set[asyncio.Task[None]] = set()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, old: bytes, new: bytes) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data.replace(old, new))
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        their_reader, their_writer = await asyncio.open_connection('127.0.0.1', port)
        seen, host = f'Host: {ELSEWHERE}:{own_port}'.encode(), f'Host: 127.0.0.1:{port}'.encode()
        for task in (copy(reader, their_writer, seen, host), copy(their_reader, writer, b'', b'')):
            tasks.add(asyncio.create_task(task))

    async with await asyncio.start_server(serve, ELSEWHERE, 0) as server:
        own_port = server.sockets[0].getsockname()[1]
        yield f'http://{ELSEWHERE}:{own_port}'
    await asyncio.gather(*tasks)


async def test_a_page_behind_a_proxy_that_hides_its_name_says_what_to_do(
    open_page: OpenPage, complaints: Complaints
) -> None:
    async with running() as program:
        async with proxy_with_a_host_of_its_own(program.port) as url:
            page = await open_page(url)
            popup = page.locator('#popup')
            await expect(popup).to_contain_text('The server refuses this page.', timeout=20_000)
            await expect(popup).to_contain_text(f'CPO_ALLOWED_ORIGINS={url}')
            await expect(popup).to_be_visible()
            await asyncio.sleep(5)  # it tries again all the time
            await page.close()
        ended = await program.stop()
    complaints.forget()
    assert ended.errors.count('Refused') == 1
    assert f'CPO_ALLOWED_ORIGINS={url}' in ended.errors
