"""The program below a path of real proxies with the README's blocks: every link, file, websocket and simulator."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser import manual_simulator, smart_simulator
from tests.browser.conftest import Complaints
from tests.browser.smart_simulator import part, say
from tests.program import free_port, running
from tests.reverse_proxies import caddy, nginx, readme_block

WITHIN = 20_000
INGRESS = '/api/hassio_ingress/f0-1'
LINKS = """() => [...document.querySelectorAll('a[href], form[action]')]
    .map((each) => [each.href || each.action, each.hasAttribute('download') || each.tagName === 'FORM'])"""


def ingress_block() -> str:
    """As Home Assistant's ingress shows it: another header, and the path stripped."""
    return readme_block('nginx').replace('X-Forwarded-Prefix', 'X-Ingress-Path').replace('/wallbox', INGRESS)


def not_stripping_block() -> str:
    """A proxy that passes the path on as it is."""
    return readme_block('nginx').replace(':8080/;', ':8080;')


async def walk(page: Page, base: str) -> list[str]:
    """Open every page that a link leads to, and fetch every file, each once; the paths below `base`, sorted."""
    left, seen = [(f'{base}/', False)], {f'{base}/'}
    while left:
        url, is_file = left.pop()
        if is_file:
            assert (await page.request.get(url)).status == 200, url
            continue
        await page.goto(url)
        await expect(page.locator('h1, [role=heading], .opblock').first).to_be_attached(timeout=WITHIN)
        for found, is_file_too in await page.evaluate(LINKS):
            target = urldefrag(urljoin(url, found)).url
            assert target.startswith(base), (url, found)
            if target not in seen:
                seen.add(target)
                left.append((target, is_file_too))
    return sorted(urlsplit(url).path.removeprefix(urlsplit(base).path) for url in seen)


async def charge(page: Page, base: str) -> None:
    """A session of the simulator that acts by itself, seen on Home; the other one connects too."""
    await page.goto(f'{base}/simulator/{smart_simulator.PAGE}?cp=STATION1')
    await smart_simulator.connect(page)
    await part(page, 'plug-1').click()
    await part(page, 'tap-1').click()
    await say(page, 'status-1', 'Charging')
    home = await page.context.new_page()
    await home.goto(base)  # without the slash
    await expect(home.get_by_test_id('pill')).to_contain_text('Charging', timeout=WITHIN)
    await home.get_by_role('link', name='Settings').first.click()
    assert urlsplit(home.url).path.endswith('/settings')
    field = home.get_by_test_id('name').get_by_role('textbox')
    await field.fill('Garage')
    await field.press('Enter')
    await expect(home.get_by_test_id('name')).to_contain_text('Changed', timeout=WITHIN)
    await page.goto(f'{base}/simulator/{manual_simulator.PAGE}?tag=Tag1&cp=STATION1')
    await manual_simulator.connect(page)


@pytest.mark.parametrize(
    ('prefix', 'block', 'is_tls'), [('/wallbox', readme_block('nginx'), True), (INGRESS, ingress_block(), False)]
)
async def test_below_a_path_each_link_the_simulators_and_a_session_work(
    browser: Browser, complaints: Complaints, tmp_path: Path, prefix: str, block: str, is_tls: bool
) -> None:
    program_port = free_port()
    async with nginx(tmp_path, block, program_port, is_tls) as port:
        base = f'http{"s" if is_tls else ""}://127.0.0.1:{port}{prefix}'
        async with running('--memory', f'--public-url={base}', port=program_port):
            context = await browser.new_context(ignore_https_errors=True)
            complaints.watch(context, f'127.0.0.1:{port}')
            asked: list[str] = []
            context.on('request', lambda request: asked.append(request.url))
            page = await context.new_page()
            found = await walk(page, base)
            assert {'/', '/sessions', '/why', '/messages', '/connect', '/tags', '/people', '/settings', '/charger'} <= {
                *found
            }
            assert {'/api/statement', '/api/transactions.csv', '/simulator/better_simulator.html'} <= {*found}
            await page.goto(f'{base}/connect')
            await expect(page.locator('body')).to_contain_text(f'ws{base.removeprefix("http")}/ocpp/', timeout=WITHIN)
            await page.goto(f'{base}/docs')
            await expect(page.locator('.opblock').first).to_be_attached(timeout=WITHIN)
            await charge(page, base)
            assert [url for url in asked if not url.startswith((base, 'blob:'))] == []
            await context.close()


@pytest.mark.parametrize('proxy', ['caddy', 'nginx'])
async def test_home_is_live_through_caddy_and_through_a_proxy_that_passes_the_path_on(
    browser: Browser, complaints: Complaints, tmp_path: Path, proxy: str
) -> None:
    program_port = free_port()
    opened = (
        caddy(tmp_path, readme_block('caddy'), program_port)
        if proxy == 'caddy'
        else nginx(tmp_path, not_stripping_block(), program_port)
    )
    async with opened as port, running('--memory', '--demo', port=program_port):
        context = await browser.new_context()
        complaints.watch(context, f'127.0.0.1:{port}')
        page = await context.new_page()
        await page.goto(f'http://127.0.0.1:{port}/wallbox')
        await expect(page.get_by_test_id('pill')).to_contain_text('Plugged in', timeout=WITHIN)
        await page.get_by_role('link', name='Sessions').first.click()
        await expect(page).to_have_url(f'http://127.0.0.1:{port}/wallbox/sessions')
        await context.close()
