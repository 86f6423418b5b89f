"""What a signed-in device is called, by the User-Agent of its browser (pure)."""

from __future__ import annotations

BROWSERS = (
    ('Edg', 'Edge'),
    ('OPR/', 'Opera'),
    ('SamsungBrowser', 'Samsung Internet'),
    ('Firefox', 'Firefox'),
    ('FxiOS', 'Firefox'),
    ('CriOS', 'Chrome'),
    ('Chrome', 'Chrome'),
    ('Safari', 'Safari'),
)
SYSTEMS = (
    ('iPhone', 'iPhone'),
    ('iPad', 'iPad'),
    ('Android', 'Android'),
    ('Windows', 'Windows'),
    ('Mac OS X', 'Mac'),
    ('CrOS', 'ChromeOS'),
    ('Linux', 'Linux'),
)
"""Parts of a User-Agent with what they stand for; the first that is found counts."""
MAX_SHOWN = 40


def device_words(user_agent: str) -> str:
    """As `Firefox on Android`; the beginning of the User-Agent where it is of no browser that is known."""
    browser, system = (
        next((name for part, name in known if part in user_agent), None) for known in (BROWSERS, SYSTEMS)
    )
    if browser and system:
        return f'{browser} on {system}'
    shown = ''.join(character for character in user_agent if character.isprintable())[:MAX_SHOWN]
    return browser or system or shown or 'Unknown'
