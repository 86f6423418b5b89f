"""What is sent to a charger to bring one connector to a limit, in the forms this make of charger takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from cpo.chargers import ChargingProfile, ProfileForm, Purpose, RemoteStart, in_amperes
from cpo.errors import CallErrorReceived, Rejected
from cpo.limits.charger import Charger
from cpo.limits.profile_writer import MAX_FORMS_ASIDE, ProfileWriter
from cpo.limits.read_back import supply_of
from cpo.limits.step import LimitOutcome, advice, why_no_start
from cpo.state import (
    Connector,
    Limit,
    LimitAccepted,
    RemoteStartGivenUp,
    RemoteStartSent,
    RemoteStopAccepted,
    ScheduleRead,
    Source,
)


@dataclass(frozen=True, slots=True)
class StartAnswer:
    """What a charger answered to a remote start: its status, or the CallError."""

    status: str
    error: CallErrorReceived | None = None

    @property
    def accepted(self) -> bool:
        """It is to begin."""
        return self.status == 'Accepted'


class LimitRequests:
    """Sends, and records what came of it; every method waits for the charger's answers.

    `wanted` is asked before each message; when it says no, Superseded is raised. Raises ConnectionClosed, CallTimeout,
    CallErrorReceived and, with a sentence on what to do, Rejected.
    """

    def __init__(self, charger: Charger, now: Callable[[], datetime]) -> None:
        """Of this charger."""
        self._charger = charger
        self._now = now
        self.profiles = ProfileWriter(charger, now)

    # ---- start

    async def start(self, connector_id: int, wish: Limit, wanted: Callable[[], bool]) -> LimitOutcome:
        """Start a transaction that has the limit from its first moment, where the charger can do that."""
        tag, known, quirks = self._charger.tag_for_remote_start(), self._charger.state.known, self._charger.quirks
        connector = self._charger.state.connector(connector_id)
        if quirks.needs_unplug and connector.status == 'Finishing':
            raise Rejected('This charger does not start a second time', advice=why_no_start(connector, tag))
        self._check_tag(tag)
        forms, answer = self.profiles.forms(), StartAnswer('')
        way = known.remote_start or quirks.remote_start or RemoteStart.WITH_PROFILE
        if way is RemoteStart.WITH_PROFILE and forms and forms[0].purpose is Purpose.TX_DEFAULT:
            way = RemoteStart.DEFAULT_FIRST  # a TxProfile from the start would stand above what is written later
        if way is RemoteStart.WITH_PROFILE and forms:
            inside = self.profiles.profile(connector, wish.limit_a, forms[0].in_remote_start())
            answer = await self._remote_start(connector_id, wish, tag, inside, True, wanted)
            if not answer.accepted and known.remote_start is None and may_start(connector):
                way = RemoteStart.DEFAULT_FIRST
        if not answer.accepted and way is not RemoteStart.WITH_PROFILE:
            way, answer = await self._start_without_profile(connector, wish, tag, way, wanted)
        if answer.error is not None:
            raise answer.error
        if not answer.accepted:
            advice = why_no_start(self._charger.state.connector(connector_id), tag)
            what = f'The charger refused to start with {wish.limit_a:g} A'
            raise Rejected(what, f'RemoteStartTransaction: {answer.status}', advice)
        self.profiles.learn(remote_start=way)
        return self._accepted(wish, 'RemoteStartTransaction')

    def may_start_otherwise(self, connector: Connector) -> bool:
        """A start with a profile was accepted, and nothing began: is it to be tried in another way?"""
        if not may_start(connector):
            return False
        otherwise = self._charger.state.known.remote_start is RemoteStart.WITH_PROFILE
        self.profiles.learn(remote_start=RemoteStart.DEFAULT_FIRST if otherwise else None)
        return otherwise

    def _check_tag(self, tag: str) -> None:
        state, settings = self._charger.state, self._charger.settings
        known = state.id_tags.get(tag.casefold())
        status = 'deleted' if known is None else known.status_at(self._now())
        if status != 'Accepted' and not settings.free_charging:
            raise Rejected(
                f'{tag}, the id tag of remote starts, may not charge ({status.lower()})',
                advice='Allow it, or choose another with CPO_REMOTE_START_TAG.',
            )

    async def _start_without_profile(
        self, connector: Connector, wish: Limit, tag: str, way: RemoteStart, wanted: Callable[[], bool]
    ) -> tuple[RemoteStart, StartAnswer]:
        connector_id, limits = connector.connector_id, False
        if way is RemoteStart.DEFAULT_FIRST:
            try:
                defaults = tuple(dict.fromkeys(form.as_default() for form in self.profiles.forms()))
                await self.profiles.write(connector, wish, defaults[:MAX_FORMS_ASIDE], wanted)
                limits = True
            except (Rejected, CallErrorReceived):
                way = RemoteStart.PROFILE_AFTER
        answer = await self._remote_start(connector_id, wish, tag, None, limits, wanted)
        if not answer.accepted and limits:
            await self.profiles.clear_default(connector_id)
        return way, answer

    async def _remote_start(
        self,
        connector_id: int,
        wish: Limit,
        tag: str,
        profile: ChargingProfile | None,
        limits: bool,
        wanted: Callable[[], bool],
    ) -> StartAnswer:
        request = self._charger.dialect.remote_start(connector_id, tag, profile)
        expires_at = None if profile is None else profile.expires_at
        answer = None
        try:
            sent = RemoteStartSent(connector_id, wish, limits, expires_at)
            answer = StartAnswer(await self.profiles.status(request, wanted, sent))
        except CallErrorReceived as error:
            answer = StartAnswer(f'CallError {error.code}', error)
        finally:
            pending = self._charger.state.connector(connector_id).remote_start is wish
            if pending and (answer is None or not answer.accepted):
                self._charger.record(RemoteStartGivenUp(connector_id, wish if answer is None else None))
        return answer

    # ---- change, stop

    async def change(
        self, connector_id: int, wish: Limit, wanted: Callable[[], bool], most_forms: int | None = None
    ) -> LimitOutcome:
        """Change the limit of the running transaction; 0 pauses it."""
        connector = self._charger.state.connector(connector_id)
        forms = self.profiles.forms()
        if connector.limit_in_start:  # a TxProfile came with the start; one of another purpose would stand below it
            forms = tuple(sorted(forms, key=lambda form: form.purpose is not Purpose.TX))
        _, profile = await self.profiles.write(connector, wish, forms[:most_forms], wanted)
        if self._charger.state.connector(connector_id).transaction_id == connector.transaction_id:
            self._charger.record(LimitAccepted(connector_id, wish, profile.expires_at))
        return self._accepted(wish, 'SetChargingProfile')

    async def stop(
        self, connector_id: int, wish: Limit, wanted: Callable[[], bool], may_pause: bool = True
    ) -> LimitOutcome:
        """End the running transaction; one that the charger does not let go is paused."""
        transaction_id = self._charger.state.connector(connector_id).transaction_id
        assert transaction_id is not None
        status = await self.profiles.status(self._charger.dialect.remote_stop(transaction_id), wanted)
        if status == 'Accepted':
            self._charger.record(RemoteStopAccepted(connector_id, wish, self._now()))
            return self._accepted(wish, 'RemoteStopTransaction')
        what, answer = 'The charger refused to stop', f'RemoteStopTransaction: {status}'
        if self._charger.quirks.zero_ends or not may_pause:
            raise Rejected(what, answer, self.profiles.stays(connector_id))
        try:
            paused = await self.change(connector_id, wish, wanted, MAX_FORMS_ASIDE)
        except (Rejected, CallErrorReceived):
            raise Rejected(what, answer, self.profiles.stays(connector_id)) from None
        return replace(paused, detail=str(Rejected(what, answer, 'It is paused instead.')))

    # ---- around it

    async def read_schedule(self, connector_id: int, wanted: Callable[[], bool]) -> None:
        """Ask what the charger makes of its profiles; a charger that does not tell is not asked again."""
        connector = self._charger.state.connector(connector_id)
        form = self._charger.state.known.form or ProfileForm()
        request = self._charger.dialect.composite_schedule(connector_id, form.unit)
        try:
            reply, _ = await self.profiles.exchange(request, wanted)
            told = self._charger.dialect.limit_of_schedule(reply.payload)
        except CallErrorReceived:
            told = None
        if told is not None:
            supply = supply_of(connector.meter, self._charger.settings.phases)
            self._charger.record(ScheduleRead(connector_id, round(in_amperes(*told, supply), 1)))
        self.profiles.learn(tells_schedule=told is not None)

    async def ask_for_meter_values(self, connector_id: int, wanted: Callable[[], bool]) -> bool:
        """Whether the charger takes the question; the answer comes as MeterValues."""
        try:
            return await self.profiles.status(self._charger.dialect.meter_values(connector_id), wanted) == 'Accepted'
        except CallErrorReceived:
            return False

    async def leave(self, connector_id: int, by: Source) -> None:
        """Before the program ends: what holds without it is no more than the fallback current."""
        connector = self._charger.state.connector(connector_id)
        fail_safe = self.profiles.fail_safe
        if connector.limit is None or connector.limit.limit_a <= fail_safe.current_a or not fail_safe.after_s:
            return
        await self.change(connector_id, Limit(fail_safe.current_a, by, self._now()), lambda: True)

    def _accepted(self, wish: Limit, action: str) -> LimitOutcome:
        detail = advice(wish.limit_a, self._charger.quirks.min_current_a) or 'Accepted.'
        return LimitOutcome(wish.limit_a, wish.limit_a, action, 'Accepted', detail)


def may_start(connector: Connector) -> bool:
    """A car is there, so a refusal to start may be about the profile."""
    return connector.status in ('Preparing', 'Finishing', 'SuspendedEV', 'SuspendedEVSE')
