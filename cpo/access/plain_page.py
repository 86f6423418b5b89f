"""Pages of a few sentences, for those who see no other one: refused, lost, or at the address for chargers."""

from __future__ import annotations

PLAIN_PAGE = (
    '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
    '<meta name="color-scheme" content="light dark"><title>{title}</title>'
    '<body style="font: 1rem sans-serif; margin: 2rem; max-width: 40rem; background: Canvas"><main>{body}'
)


def plain_page(title: str, body: str) -> str:
    """The page with this title and these sentences, both HTML; it is light or dark as the browser is set."""
    return PLAIN_PAGE.format(title=title, body=body)
