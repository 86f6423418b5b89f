"""Every page in a real browser under its content security policy: it works, and a script that got into it does not."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from cpo.dashboard.parts import layout
from tests.browser.conftest import Complaints, OpenPage
from tests.browser.test_people import set_up
from tests.journal.damaging import damaged_with_backup
from tests.program import free_port, running

WITHIN = 20_000
HEADING = 'h1, [role=heading]'
PAGES = {
    '/': '[data-testid=headline]',
    '/sessions': HEADING,
    '/why': HEADING,
    '/messages': HEADING,
    '/connect': '[data-testid=people-link]',
    '/charger': '[data-testid=operations]',
    '/tags': HEADING,
    '/people': HEADING,
    '/settings': '[data-testid=max_current]',
    '/docs': '.opblock',
    '/api/statement?format=html': HEADING,
    '/simulator/better_simulator.html': HEADING,
    '/simulator/simulator_1.6.html': HEADING,
    '/nothing': HEADING,
}
"""Every page, and what is on it once its scripts have run."""
INJECTED = """() => new Promise((resolve) => {
    const script = document.createElement('script');
    script.textContent = 'window.harmed = true';
    document.body.append(script);
    document.body.insertAdjacentHTML('beforeend', '<img src="/missing" onerror="window.harmed = true">');
    document.body.lastElementChild.addEventListener('error', resolve);
})"""


def test_these_are_all_pages() -> None:
    assert {page.path for page in vars(layout).values() if isinstance(page, layout.Page)} <= PAGES.keys()


async def harmed_by(page: Page) -> bool:
    """Whether a script in the page's content runs; its picture has failed, and the browser has complained, by then."""
    await page.evaluate(INJECTED)
    await page.wait_for_timeout(300)
    return bool(await page.evaluate('window.harmed === true'))


async def test_all_pages_satisfy_their_policy_and_run_no_script_of_others(
    open_page: OpenPage, browser: Browser, complaints: Complaints
) -> None:
    tls = free_port()
    async with running('--memory', '--demo', f'--tls-port={tls}') as program, program.client() as rest:
        for path, shown in PAGES.items():
            page = await open_page(f'{program.http}{path}')
            await expect(page.locator(shown).first).to_be_attached(timeout=WITHIN)
            if path != '/nothing':
                assert await complaints.settled() == [], path
            complaints.forget()
            assert not await harmed_by(page), path
            assert any('Content Security Policy' in each for each in await complaints.settled()), path
            complaints.forget()
            await page.context.close()
        secure = await browser.new_context(ignore_https_errors=True)
        complaints.watch(secure, f'localhost:{tls}')
        page = await secure.new_page()
        await page.goto(f'https://localhost:{tls}')
        await expect(page.get_by_test_id('pill')).to_contain_text('Plugged in', timeout=WITHIN)
        await secure.close()  # else it would ask to sign in, at a time of its own
        await set_up(rest)
        page = await open_page(program.http)
        await expect(page.get_by_role('button', name='Sign in')).to_be_visible()
        complaints.forget()  # of the status 401
        assert not await harmed_by(page)
        complaints.forget()


async def test_the_rescue_page_runs_its_own_script_alone(
    open_page: OpenPage, tmp_path: Path, complaints: Complaints
) -> None:
    path = await damaged_with_backup(tmp_path)
    async with running('--data-dir', str(path.parent)) as program:
        page = await open_page(program.http)
        assert await page.evaluate('document.documentElement.dataset.theme') == 'light'
        assert not await harmed_by(page)
        complaints.forget()
        await page.get_by_role('button', name='Start empty').click()
        await expect(page.get_by_role('navigation').first).to_be_attached(timeout=WITHIN)
