"""Whether a charger obeys the limit of one connector, and what follows where it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cpo.charger_knowledge import ChargerKnowledge, RemoteStart
from cpo.connector import Connector, Limit, ReadBack, Verdict
from cpo.limit_entries import Learned, LimitReadBack
from cpo.limited_charger import Charger
from cpo.read_back import TOLERANCE_A, Watch, drawn, supply_of

MAX_IGNORED = 6
MAX_HELD_BACK = 1


class Obedience:
    """Looks, says what it sees, and asks for the next form of a profile.

    `write_again` asks for that. `failed` is the wish that nothing helps with: it is left alone. `must_end` asks to end
    a transaction that draws more than the configured maximum; None once that was tried.
    """

    def __init__(self, charger: Charger, connector_id: int, now: Callable[[], datetime]) -> None:
        """Of this connector."""
        self._charger = charger
        self._connector_id = connector_id
        self._now = now
        self._watch: Watch | None = None
        self._watched: Limit | None = None
        self.begin_anew()

    def begin_anew(self) -> None:
        """There is a new wish, or a new connection."""
        self.failed: Limit | None = None
        self.write_again = False
        self.must_end: bool | None = False
        self._not_followed = 0
        self._known_before: ChargerKnowledge | None = None

    def written(self) -> None:
        """A profile was accepted: from now on it has to be followed."""
        self.write_again, self._watched = False, None

    def look(self, connector: Connector) -> None:
        """Compare the limit in force with what is measured; call it after every change of the connector."""
        wish, limit, now = connector.wish, connector.limit, self._now()
        if wish is None or limit is None or connector.transaction_id is None or connector.is_stopping:
            self._watched = None
            return
        settings = self._charger.settings
        if self._watch is None or limit is not self._watched:
            self._watch, self._watched = Watch(connector.meter, now), limit
            return
        found = self._watch.look(connector, supply_of(connector.meter, settings.phases), settings.max_current, now)
        if found is None or wish != limit or wish == self.failed:
            return
        if found.verdict is not Verdict.FOLLOWS:
            self._is_not_followed(connector, found)
            return
        self._not_followed, self._known_before = 0, None
        if connector.read_back is None or connector.read_back.verdict is not Verdict.FOLLOWS:
            self._charger.record(LimitReadBack(self._connector_id, found))

    def _is_not_followed(self, connector: Connector, found: ReadBack) -> None:
        """Say so and try the next form; one that came with the start is first written as a profile of its own."""
        state, too_little = self._charger.state, found.verdict is Verdict.HOLDS_BACK
        self._not_followed += 1
        self._known_before = self._known_before or state.known
        self._watched = None
        if self._not_followed > (MAX_HELD_BACK if too_little else MAX_IGNORED):
            self.nothing_helps(found)
            return
        known = state.known
        if connector.limit_in_start:
            known = replace(known, remote_start=RemoteStart.DEFAULT_FIRST)
        elif known.form is not None:
            known = replace(known, form=None, refused=(*known.refused, known.form))
        self.write_again = True
        times = f' It is so with {self._not_followed} profiles.' if self._not_followed > 1 else ''
        detail = f'{found.detail}{times} Another form of a profile is tried.'
        self._charger.record(
            Learned(state.charger_kind, known), LimitReadBack(self._connector_id, replace(found, detail=detail))
        )

    def nothing_helps(self, found: ReadBack) -> None:
        """What was learned from it is worth nothing. What draws more than the configured maximum is ended."""
        state = self._charger.state
        connector = state.connector(self._connector_id)
        self.write_again, self.failed = False, connector.wish
        if found.verdict is Verdict.HOLDS_BACK:
            detail = (
                f'{found.detail} It may have a limit of its own: in its app, or one that another system left there.'
            )
            found = replace(found, detail=detail)
        else:
            detail = (
                f'{found.detail} It does not obey, in whatever form it is told. Set the maximum current in the charger '
                'itself, and look for another limit there (an app, load management).'
            )
            found = replace(found, verdict=Verdict.ALARM, detail=detail)
            drawn_a = drawn(connector.meter, supply_of(connector.meter, self._charger.settings.phases))
            if self.must_end is False:
                self.must_end = drawn_a is not None and drawn_a > self._charger.settings.max_current + TOLERANCE_A
        self._charger.record(
            LimitReadBack(self._connector_id, found),
            Learned(state.charger_kind, self._known_before or replace(state.known, form=None, refused=())),
        )
        self._known_before = None
