"""Prices fetched from a publisher: a real server on this machine answers in the form that the publisher does."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from cpo.journal import Journal, SlotTables
from cpo.prices import PushedList, PushedLists
from cpo.prices.price_fetcher import PriceFetcher, fetched
from cpo.prices.price_sources import price_source
from cpo.settings import Settings
from tests.simulated.event_loop import run_simulated, simulated_loop

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
AWATTAR = {
    'object': 'list',
    'data': [
        {'start_timestamp': 1781445600000, 'end_timestamp': 1781449200000, 'marketprice': -5.01, 'unit': 'Eur/MWh'},
        {'start_timestamp': 1781442000000, 'end_timestamp': 1781445600000, 'marketprice': 94.3, 'unit': 'Eur/MWh'},
    ],
}
ENERGY_CHARTS = {
    'unix_seconds': [1781442000, 1781442900, 1781443800],
    'price': [94.3, -5.01, None],
    'unit': 'EUR / MWh',
}
OCTOPUS = {
    'results': [
        {'value_inc_vat': 21.315, 'valid_from': '2026-06-14T13:30:00Z', 'valid_to': '2026-06-14T14:00:00Z'},
        {'value_inc_vat': -1.05, 'valid_from': '2026-06-14T13:00:00Z', 'valid_to': '2026-06-14T13:30:00Z'},
        {'value_inc_vat': 30, 'valid_from': '2026-06-14T14:00:00Z', 'valid_to': None},
    ]
}


@contextmanager
def publisher(body: bytes, status: int = 200) -> Iterator[tuple[str, list[str]]]:
    """A server that answers every request with this; its address, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None: ...

    with http.server.HTTPServer(('127.0.0.1', 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f'http://127.0.0.1:{server.server_port}', asked
        finally:
            server.shutdown()
            thread.join()


async def fetch(
    name: str, body: bytes, status: int = 200, **settings: Any
) -> tuple[PriceFetcher, PushedLists, list[str]]:
    """Ask the publisher of this name once, at the server on this machine."""
    journal, chosen = Journal(None), Settings(price_source=name, **settings)
    pushed = PushedLists(SlotTables(journal), lambda: NOW)
    with publisher(body, status) as (address, asked):

        def ask(url: str) -> bytes:
            return fetched(address + '/' + url.removeprefix('https://'))

        fetcher = PriceFetcher(pushed, lambda: chosen, lambda: NOW, ask)
        await fetcher.fetch_once(price_source(name))
    journal.close()
    return fetcher, pushed, asked


@pytest.mark.parametrize(
    ('name', 'answer', 'currency', 'path', 'prices'),
    [
        ('awattar:de', AWATTAR, 'EUR', '/api.awattar.de/v1/marketdata', [('13:00', '0.0943'), ('14:00', '-0.00501')]),
        (
            'energy-charts:DE-LU',
            ENERGY_CHARTS,
            'EUR',
            '/api.energy-charts.info/price?bzn=DE-LU&start=2026-06-14&end=2026-06-15',
            [('13:00', '0.0943'), ('13:15', '-0.00501')],
        ),
        (
            'octopus:AGILE-24-10-01:C',
            OCTOPUS,
            'GBP',
            '/api.octopus.energy/v1/products/AGILE-24-10-01/electricity-tariffs/E-1R-AGILE-24-10-01-C'
            '/standard-unit-rates/?period_from=2026-06-14T11%3A00Z&page_size=200',
            [('13:00', '-0.0105'), ('13:30', '0.21315')],
        ),
    ],
)
async def test_prices_of_a_publisher_arrive(
    name: str, answer: dict[str, Any], currency: str, path: str, prices: list[tuple[str, str]]
) -> None:
    fetcher, pushed, asked = await fetch(name, json.dumps(answer).encode(), currency=currency)
    assert asked == [path]
    assert [(f'{s.starts_at:%H:%M}', str(s.value)) for s in pushed.slots(PushedList.IMPORT)] == prices
    assert fetcher.problem is None


@pytest.mark.parametrize(
    ('body', 'status'),
    [
        (b'', 200),
        (b'{}', 200),
        (b'{"data": []}', 200),
        (b'{"data": [{"marketprice": "x"}]}', 200),
        (b'{"data": [{"start_timestamp": 0, "end_timestamp": 1, "marketprice": 99999}]}', 200),
        (b'[' * 100_000, 200),
        (b'{}', 500),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_an_answer_without_prices_changes_nothing_and_is_said(body: bytes, status: int) -> None:
    fetcher, pushed, _ = await fetch('awattar:at', body, status)
    assert pushed.slots(PushedList.IMPORT) == ()
    assert fetcher.problem == 'aWATTar gave no prices; it is asked again in some minutes.'


@pytest.mark.parametrize(
    'answer',
    [
        b'* OK IMAP4rev1\r\n\r\n',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n{"dat',
        b'HTTP/1.1 200 OK\r\nX: ' + b'x' * 70_000 + b'\r\n\r\n{}',
    ],
    ids=['another protocol', 'cut short', 'a header without end'],
)
async def test_what_is_no_http_is_said_as_well_and_asked_again(answer: bytes) -> None:
    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answer)
        writer.close()

    journal = Journal(None)
    async with await asyncio.start_server(send, '127.0.0.1', 0) as server:
        port = server.sockets[0].getsockname()[1]
        pushed = PushedLists(SlotTables(journal), lambda: NOW)
        fetcher = PriceFetcher(pushed, Settings, lambda: NOW, lambda _: fetched(f'http://127.0.0.1:{port}/'))
        assert not await fetcher.fetch_once(price_source('awattar:at'))
    journal.close()
    assert fetcher.problem == 'aWATTar gave no prices; it is asked again in some minutes.'


async def test_a_slot_without_a_price_stays_without_one() -> None:
    answer = {'unix_seconds': [1781442000, 1781442900, 1781443800], 'price': [94.3, None, 60]}
    _, pushed, _ = await fetch('energy-charts:DE-LU', json.dumps(answer).encode())
    spans = [(f'{s.starts_at:%H:%M}', f'{s.ends_at:%H:%M}') for s in pushed.slots(PushedList.IMPORT)]
    assert spans == [('13:00', '13:15'), ('13:30', '13:45')]


async def test_prices_in_another_currency_are_not_taken() -> None:
    fetcher, pushed, asked = await fetch('octopus:AGILE-24-10-01:C', json.dumps(OCTOPUS).encode())
    assert (asked, pushed.slots(PushedList.IMPORT)) == ([], ())
    assert fetcher.problem == 'Octopus has prices in GBP; the setting currency is another one.'


@pytest.mark.parametrize('text', ['awattar', 'awattar:ch', 'energy-charts:', 'octopus:AGILE', 'tibber:de'])
def test_another_publisher_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match='is none of'):
        Settings(price_source=text)


def test_it_asks_twice_an_hour_sooner_after_a_failure_and_nobody_unasked() -> None:
    asked: list[float] = []
    chosen = [Settings()]

    async def an_afternoon() -> None:
        loop, journal = simulated_loop(), Journal(None)
        answers = [b'{}', json.dumps(AWATTAR).encode()]

        def ask(url: str) -> bytes:
            asked.append(round(loop.time() / 60))
            return answers[min(len(asked), 2) - 1]

        class Store(SlotTables):
            async def flushed(self) -> None:
                with loop.waiting_for_thread():
                    await super().flushed()

        pushed = PushedLists(Store(journal), loop.now)
        task = asyncio.create_task(PriceFetcher(pushed, lambda: chosen[0], loop.now, ask).run())
        await asyncio.sleep(3600)
        assert asked == []
        chosen[0] = Settings(price_source='awattar:de')
        await asyncio.sleep(3600)
        task.cancel()
        journal.close()

    run_simulated(an_afternoon())
    assert asked == [60, 65, 95]
