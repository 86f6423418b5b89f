"""What axe-core, an engine that checks pages against WCAG 2.2 A and AA, finds on every page, and the keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Page, expect

from tests.browser.conftest import Complaints, OpenPage
from tests.browser.test_content_policy import PAGES, WITHIN
from tests.browser.test_people import expect_connected, set_up, sign_in
from tests.journal.damaging import damaged_with_backup
from tests.program import free_port, running

AXE = (files('axe_playwright_python') / 'axe.min.js').read_text('utf-8')
ALL = ('wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice')
RULES: dict[Literal['light', 'dark'], tuple[str, ...]] = {'light': ALL, 'dark': ('color-contrast',)}
"""Only colours differ in the dark."""
RUN = """async (rules) => (await axe.run(
    { exclude: ['#popup', '#too_long_message_popup'] }, { runOnly: rules, resultTypes: ['violations'] }
)).violations"""
"""Without NiceGUI's own words on a lost connection, which this program has its own for."""
WIDTHS = (1280, 390)
OWN_PAGES = tuple(path for path in PAGES if path != '/docs')


async def violations(page: Page) -> list[str]:
    """What axe finds on a page, wide and narrow, light and dark."""
    await page.evaluate(AXE)
    found: set[str] = set()
    for width in WIDTHS:
        await page.set_viewport_size({'width': width, 'height': 900})
        for scheme, rules in RULES.items():
            await page.emulate_media(color_scheme=scheme)
            await page.wait_for_timeout(50)
            found.update(f'{width} {scheme} {line}' for line in lines_of(await page.evaluate(RUN, rules)))
    return sorted(found)


def lines_of(results: list[dict[str, Any]]) -> Iterator[str]:
    """A line for each element of each violation."""
    for result in results:
        for node in result['nodes']:
            yield f'{result["id"]}: {node["target"]} {node["failureSummary"]}'


FOCUSABLE = """() => [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"])'
)].filter((each) => !each.disabled && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true })
    && each.getClientRects().length).map((each, number) => { each.dataset.stop = number; return each.outerHTML; })"""
STOP = """() => {
    const active = document.activeElement;
    const rings = [active, active.closest('.q-field__control')].filter(Boolean).map(getComputedStyle);
    const isSeen = rings.some((each) => each.outlineStyle !== 'none') || ['file', 'range'].includes(active.type);
    return [active.dataset.stop ?? '', isSeen];
}"""


async def missed_by_keyboard(page: Page) -> list[str]:
    """What the tab key does not reach, or does not show to have reached."""
    stops: list[str] = await page.evaluate(FOCUSABLE)
    reached: dict[str, bool] = {}
    for _ in range(len(stops) + 5):
        await page.keyboard.press('Tab')
        stop, is_seen = await page.evaluate(STOP)
        reached[stop] = is_seen
    return [html[:200] for number, html in enumerate(stops) if not reached.get(str(number))]


async def test_every_page_is_for_everybody(open_page: OpenPage, complaints: Complaints) -> None:
    found: dict[str, list[str]] = {}
    async with running('--memory', '--demo', f'--tls-port={free_port()}') as program, program.client() as rest:
        await expect_connected(rest, {})
        for path in (*OWN_PAGES, '/messages?number=1'):
            page = await open_page(f'{program.http}{path}', 1280, 900)
            await expect(page.locator(PAGES.get(path) or PAGES['/messages']).first).to_be_attached(timeout=WITHIN)
            found[path] = await missed_by_keyboard(page) + await violations(page)
            await page.context.close()
        await set_up(rest)
        page = await open_page(f'{program.http}/people')
        found['sign-in'] = await missed_by_keyboard(page) + await violations(page)
        await sign_in(page, 'Anna')
        await expect(page.get_by_test_id('person')).to_have_count(3)
        found['people'] = await missed_by_keyboard(page) + await violations(page)
        complaints.forget()
    found = {path: lines for path, lines in found.items() if lines}
    assert not found, json.dumps(found, indent=1)


async def test_so_are_the_first_start_and_a_damaged_journal(
    open_page: OpenPage, tmp_path: Path, complaints: Complaints
) -> None:
    path = await damaged_with_backup(tmp_path)
    async with running('--memory') as first, running('--data-dir', str(path.parent)) as damaged:
        for program, button in ((first, 'Skip'), (damaged, 'Start empty')):
            page = await open_page(program.http)
            await expect(page.get_by_role('button', name=button)).to_be_visible()
            assert await missed_by_keyboard(page) + await violations(page) == []
    complaints.forget()
