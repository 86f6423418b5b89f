"""Whether a charger obeys the limit of one connector, and what follows where it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cpo.chargers import ChargerKind, ChargerKnowledge, RemoteStart
from cpo.limits.charger import Charger
from cpo.limits.read_back import ABOVE_MAXIMUM_FOR, TOLERANCE_A, Watch, drawn_at_least, supply_of
from cpo.state import Connector, Learned, Limit, LimitReadBack, ReadBack, Verdict

MAX_IGNORED = 6
MAX_IGNORED_ABOVE_MAXIMUM = 3
MAX_HELD_BACK = 1
END_AGAIN_AFTER = timedelta(seconds=30)


class Obedience:
    """Looks, says what it sees, and asks for the next form of a profile.

    `write_again` asks for that. `failed` is the wish that nothing helps with: no other form is tried for it.
    """

    def __init__(self, charger: Charger, connector_id: int, now: Callable[[], datetime]) -> None:
        """Of this connector."""
        self._charger = charger
        self._connector_id = connector_id
        self._now = now
        self._watch: Watch | None = None
        self._watched: Limit | None = None
        self._not_followed = 0
        self._tried = 0  # forms since what was known before
        self._gave_up_in: str | None = None  # the transaction in which nothing helped
        self._known_before: tuple[ChargerKind, ChargerKnowledge] | None = None  # what is tried may be worth nothing
        self._above_maximum_since: datetime | None = None
        self._end_tried_at: datetime | None = None
        self._goes_on = False
        self.begin_anew()

    def begin_anew(self) -> None:
        """There is a new wish, or a new connection."""
        self.failed: Limit | None = None
        self.write_again = self._cannot_be_told = False

    def cannot_be_told(self) -> None:
        """It answers no limit, again and again."""
        self._cannot_be_told = True

    def written(self) -> None:
        """A profile was accepted: from now on it has to be followed."""
        if self.write_again:
            self._watch = None  # the charger gets its time to follow the new form
        self.write_again, self._cannot_be_told, self._watched = False, False, None

    # ---- more than the configured maximum

    def must_end(self, connector: Connector) -> bool:
        """It draws more than the configured maximum and nothing else helps: end the transaction, again and again."""
        since, tried_at, now = self._above_maximum_since, self._end_tried_at, self._now()
        nothing_helps = self._cannot_be_told or (self.failed is not None and self.failed == connector.wish)
        if connector.transaction_id is None or connector.is_stopping or since is None or not nothing_helps:
            return False
        is_due = tried_at is None or now - tried_at >= END_AGAIN_AFTER
        return is_due and now - since >= ABOVE_MAXIMUM_FOR

    @property
    def is_above_maximum(self) -> bool:
        """The car was last seen to draw more than the configured maximum."""
        return self._above_maximum_since is not None

    @property
    def end_again_at(self) -> datetime | None:
        """When to look once more whether it must be ended."""
        if self._above_maximum_since is None or not (self.failed or self._cannot_be_told):
            return None
        tried_at = self._end_tried_at
        return self._above_maximum_since + ABOVE_MAXIMUM_FOR if tried_at is None else tried_at + END_AGAIN_AFTER

    def ending(self) -> None:
        """The request to end it goes out."""
        self._end_tried_at = self._now()

    def told_to_end(self) -> None:
        """The charger took that request; if it took one before and went on, that is the news."""
        if not self._goes_on:
            self._say_why('So it was told to end the charging.')

    def _say_why(self, consequence: str) -> None:
        max_a = self._charger.settings.max_current
        detail = (
            f'The charger let the car draw more than {max_a:g} A, the configured maximum, whatever it was told. '
            f'{consequence} Set the maximum current in the charger itself.'
        )
        self._charger.record(LimitReadBack(self._connector_id, ReadBack(Verdict.ALARM, detail, self._now())))

    def does_not_end(self, error: str) -> None:
        """The charger did not take that request."""
        self._goes_on = True
        detail = f'The charger draws more than the configured maximum and does not stop: switch it off. {error}'
        found = ReadBack(Verdict.ALARM, detail, self._now())
        self._charger.record(LimitReadBack(self._connector_id, found))

    # ---- the limit in force

    def look(self, connector: Connector) -> None:
        """Compare the limit in force with what is measured; call it after every change of the connector."""
        wish, limit, now = connector.wish, connector.limit, self._now()
        supply = supply_of(connector.meter, self._charger.settings.phases)
        max_a, drawn_a = self._charger.settings.max_current, drawn_at_least(connector.meter, supply)
        is_above = connector.transaction_id is not None and drawn_a is not None and drawn_a > max_a + TOLERANCE_A
        self._above_maximum_since = (self._above_maximum_since or now) if is_above else None
        if self._end_tried_at is not None and connector.transaction_id is None:
            self._say_why('So charging was ended.')
        if not is_above:
            self._end_tried_at, self._goes_on = None, False
        if self._gave_up_in is not None and connector.transaction_id != self._gave_up_in:
            self._gave_up_in, self._not_followed = None, 0
        if wish is None or connector.transaction_id is None or connector.is_stopping:
            self._watch = self._watched = None
        if wish is None or limit is None or connector.transaction_id is None or connector.is_stopping:
            return
        if self._watch is None or limit is not self._watched:
            excess_since = None if self._watch is None else self._watch.excess_since
            self._watch, self._watched = Watch(connector, now, excess_since), limit
            return
        found = self._watch.look(connector, supply, max_a, now)
        if found is None or wish != limit:
            return
        if found.verdict in (Verdict.FOLLOWS, Verdict.UNCLEAR):
            self._is_followed(connector, found)
        elif wish != self.failed:
            self._is_not_followed(connector, found)

    def _is_followed(self, connector: Connector, found: ReadBack) -> None:
        if found.verdict is Verdict.FOLLOWS:
            self._not_followed = self._tried = 0
            self._known_before, self.failed = None, None
        if connector.read_back is None or connector.read_back.verdict is not found.verdict:
            self._charger.record(LimitReadBack(self._connector_id, found))

    def _is_not_followed(self, connector: Connector, found: ReadBack) -> None:
        """Say so and try the next form; one that came with the start is first written as a profile of its own."""
        state, too_little = self._charger.state, found.verdict is Verdict.HOLDS_BACK
        self._not_followed += 1
        self._tried += 1
        if self._known_before is None or self._known_before[0] != state.charger_kind:
            self._known_before, self._tried = (state.charger_kind, state.known), 1
        self._watch = self._watched = None
        above = self._above_maximum_since is not None
        patience = MAX_HELD_BACK if too_little else MAX_IGNORED_ABOVE_MAXIMUM if above else MAX_IGNORED
        if self._not_followed > patience:
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
        """What was learned from it is worth nothing, once all was tried."""
        state = self._charger.state
        connector = state.connector(self._connector_id)
        self.write_again, self.failed, self._gave_up_in = False, connector.wish, connector.transaction_id
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
        self._charger.record(LimitReadBack(self._connector_id, found))
        if self.is_above_maximum and 0 < self._tried <= MAX_IGNORED:
            return  # above the maximum there is less patience: the next session goes on with the next form
        kind, known = self._known_before or (state.charger_kind, replace(state.known, form=None, refused=()))
        self._charger.record(Learned(kind, known))
        self._known_before, self._tried = None, 0
