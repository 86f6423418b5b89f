"""TLS in a real browser: what Connect offers for it, and the pages over https."""

from __future__ import annotations

import hashlib
import ssl

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import OpenPage
from tests.program import free_port, running

WITHIN = 20_000


@pytest.mark.parametrize(('width', 'height'), [(390, 844), (1280, 900)])
async def test_connect_offers_the_root_and_pages_are_live_over_https(
    open_page: OpenPage, browser: Browser, width: int, height: int
) -> None:
    tls_port = free_port()
    async with running('--memory', f'--tls-port={tls_port}', environment={'CPO_DEMO': 'true'}) as program:
        page = await open_page(f'{program.http}/connect', width, height)
        card = page.get_by_test_id('tls')
        await expect(card).to_contain_text(f':{tls_port}/ocpp/', timeout=WITHIN)
        async with program.client() as rest:
            root = (await rest.get('/api/root-certificate')).text
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(root)).hexdigest().upper()
        shown = await page.get_by_test_id('fingerprint').inner_text()
        assert shown.replace(':', '') == digest
        async with page.expect_download() as download:
            await page.get_by_test_id('root-link').click()
        assert (await download.value).suggested_filename == 'home-cpo-root.pem'
        assert await page.evaluate('document.documentElement.scrollWidth - innerWidth') <= 0
        context = await browser.new_context(ignore_https_errors=True)
        secure = await context.new_page()
        await secure.goto(f'https://localhost:{tls_port}')
        await expect(secure.get_by_test_id('pill')).to_contain_text('Plugged in', timeout=WITHIN)
        await context.close()
