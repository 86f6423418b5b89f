"""Links to the simulated chargers that run in a browser."""

from __future__ import annotations

from urllib.parse import urlencode

from cpo.dashboard.parts.elements import element, text
from cpo.dashboard.parts.links import here
from cpo.settings import Settings

SIMULATORS = (
    ('better_simulator.html', 'A charger that acts by itself'),
    ('simulator_1.6.html', 'For developers: send single messages'),
)
STATION = 'STATION1'


def simulator_links(settings: Settings) -> None:
    """Build links to the simulator pages in the current slot; each page connects to the server it came from."""
    members = {'cp': settings.charge_box_id or STATION, 'tag': settings.id_tags[0]}
    with element('ul', 'cpo-lines'):
        for name, words in SIMULATORS:
            link = here(f'/simulator/{name}?{urlencode(members)}')
            with (
                element('li'),
                element('a', 'cpo-link cpo-line-link', f'href="{link}" target=_blank data-testid=simulator'),
            ):
                text(words, tag='span')
