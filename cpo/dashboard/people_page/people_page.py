"""The page People, whose script reads and changes everything by REST, so that its rules are the only ones."""

from __future__ import annotations

from nicegui.element import Element

from cpo.access import Role
from cpo.dashboard.live import Live
from cpo.dashboard.parts.callers import may
from cpo.dashboard.parts.layout import PEOPLE, frame


class PeopleLists(Element, component='people.vue'):
    """Lists of people, devices and tokens with their forms; who is no `owner` has the own devices only."""

    def __init__(self, owner: bool) -> None:
        super().__init__()
        self.props['owner'] = owner


def page(live: Live) -> None:
    """Build the page People."""
    with frame(live, PEOPLE):
        PeopleLists(may(Role.OWNER))
