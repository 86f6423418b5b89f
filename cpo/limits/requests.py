"""The requests that bring one connector to a limit, in the forms this make of charger accepts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cpo.chargers import ChargingProfile, ProfileForm, Purpose, Question, RemoteStart, Unit, in_amperes
from cpo.errors import CallErrorReceived, CallTimeout, Rejected
from cpo.limits import sentences
from cpo.limits.exchange import ChargerAnswer, Exchange, Wanted
from cpo.limits.limited_charger import LimitedCharger
from cpo.limits.profile_writer import MAX_FORMS_ASIDE, ProfileWriter
from cpo.limits.read_back import supply_of, supply_offered
from cpo.limits.wish import LimitOutcome
from cpo.state import (
    Activity,
    Connector,
    Figures,
    Finding,
    Limit,
    LimitAccepted,
    ReadBack,
    RemoteStartGivenUp,
    RemoteStartSent,
    RemoteStopAccepted,
    ScheduleRead,
    Source,
    TagStatus,
    Verdict,
)

CAR_IS_THERE = (Activity.PLUGGED_IN, Activity.FINISHING, Activity.PAUSED_BY_CAR, Activity.PAUSED_BY_CHARGER)


class LimitRequests:
    """Sends requests about a limit and records their results; every method waits for the answers.

    The function `wanted` is called before each message; where it says that the request is wanted no longer, Superseded
    is raised. Raises ConnectionClosed, CallTimeout, CallErrorReceived and, with a sentence on what to do, Rejected.
    """

    def __init__(self, charger: LimitedCharger, now: Callable[[], datetime]) -> None:
        self._charger = charger
        self._now = now
        self.exchange = Exchange(charger)
        self.profiles = ProfileWriter(charger, self.exchange, now)

    # ---- start

    async def start(self, connector_id: int, wish: Limit, wanted: Wanted) -> LimitOutcome:
        """Start a transaction, with the limit from its first moment where the charger can do that."""
        tag, connector = self._charger.tag_for_remote_start(), self._charger.state.connector(connector_id)
        if self._charger.quirks.needs_unplug and connector.activity is Activity.FINISHING:
            raise Rejected('This charger does not start a second time', advice=why_no_start(connector, tag))
        self._check_tag(tag)
        way, answer = await self._start(connector, wish, tag, wanted)
        if answer.error is not None:
            raise answer.error
        if not answer.accepted:
            advice = why_no_start(self._charger.state.connector(connector_id), tag)
            raise Rejected(f'The charger refused to start with {wish.limit_a:g} A', str(answer), advice)
        self.profiles.learn(remote_start=way)
        return self._accepted(wish, answer)

    async def _start(
        self, connector: Connector, wish: Limit, tag: str, wanted: Wanted
    ) -> tuple[RemoteStart, ChargerAnswer]:
        """Try the ways of starting that this make may accept, the best first."""
        known, forms = self._charger.state.known, self.profiles.forms()
        way = known.remote_start or self._charger.quirks.remote_start or RemoteStart.WITH_PROFILE
        hangs_up = Question.START_WITH_PROFILE in known.unasked
        if hangs_up or not forms or forms[0].purpose is Purpose.TX_DEFAULT:
            # a TxProfile from the start would stand above a TxDefaultProfile that is written later
            way = RemoteStart.DEFAULT_FIRST if way is RemoteStart.WITH_PROFILE else way
        if way is not RemoteStart.WITH_PROFILE:
            return await self._start_without_profile(connector, wish, tag, way, wanted)
        inside = self.profiles.profile(connector, wish, forms[0].in_remote_start())
        answer = await self._remote_start(connector.connector_id, wish, tag, inside, True, wanted)
        if answer.accepted or known.remote_start is not None or not is_car_there(connector):
            return way, answer
        return await self._start_without_profile(connector, wish, tag, RemoteStart.DEFAULT_FIRST, wanted)

    async def _start_without_profile(
        self, connector: Connector, wish: Limit, tag: str, way: RemoteStart, wanted: Wanted
    ) -> tuple[RemoteStart, ChargerAnswer]:
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
        wanted: Wanted,
    ) -> ChargerAnswer:
        request, wish = self._charger.dialect.remote_start(connector_id, tag, profile), self.profiles.as_written(wish)
        expires_at, in_watts, subject = None, None, None
        if profile is not None:
            expires_at, in_watts = profile.expires_at, profile.form.unit is Unit.W
            subject = Question.START_WITH_PROFILE
        sent = RemoteStartSent(connector_id, wish, limits, expires_at, in_watts)
        answer = None
        try:
            answer = await self.exchange.send(request, wanted, subject, sent)
        finally:
            pending = self._charger.state.connector(connector_id).remote_start is wish
            if pending and (answer is None or not answer.accepted):
                self._charger.record(RemoteStartGivenUp(connector_id, wish if answer is None else None))
        return answer

    def may_start_otherwise(self, connector: Connector) -> bool:
        """True where a start with a profile was accepted without a transaction, and another way remains to be tried."""
        if not is_car_there(connector):
            return False
        otherwise = self._charger.state.known.remote_start is RemoteStart.WITH_PROFILE
        self.profiles.learn(remote_start=RemoteStart.DEFAULT_FIRST if otherwise else None)
        return otherwise

    def _check_tag(self, tag: str) -> None:
        state, settings = self._charger.state, self._charger.settings
        known = state.id_tags.get(tag.casefold())
        status = 'deleted' if known is None else known.status_at(self._now())
        if status != TagStatus.ACCEPTED and not settings.free_charging:
            raise Rejected(
                f'{tag}, the id tag of remote starts, may not charge ({status.lower()})',
                advice='Allow it, or choose another with CPO_REMOTE_START_TAG.',
            )

    # ---- change, stop

    async def change(
        self, connector_id: int, wish: Limit, wanted: Wanted, most_forms: int | None = None
    ) -> LimitOutcome:
        """Change the limit of the running transaction; 0 A pauses it."""
        connector = self._charger.state.connector(connector_id)
        forms = self.profiles.forms()
        if connector.limit_in_start:  # a TxProfile came with the start; one of another purpose would stand below it
            forms = tuple(sorted(forms, key=lambda form: form.purpose is not Purpose.TX))
        _, profile, answer = await self.profiles.write(connector, wish, forms[:most_forms], wanted)
        if self._charger.state.connector(connector_id).transaction_id == connector.transaction_id:
            self._charger.record(LimitAccepted(connector_id, self.profiles.as_written(wish), profile.expires_at))
        return self._accepted(wish, answer)

    async def stop(self, connector_id: int, wish: Limit, wanted: Wanted, may_pause: bool = True) -> LimitOutcome:
        """Stop the running transaction, as the wished limit 0 A wants.

        Where the charger refuses and `may_pause`, its limit is set to 0 A instead, which pauses it. Before each message
        `wanted` is asked whether it is still to be sent.
        """
        transaction_id = self._charger.state.connector(connector_id).transaction_id
        assert transaction_id is not None
        answer = await self.exchange.send(self._charger.dialect.remote_stop(transaction_id), wanted, Question.STOP)
        if answer.error is not None:
            raise answer.error
        if answer.accepted:
            self._charger.record(RemoteStopAccepted(connector_id, wish, self._now()))
            return self._accepted(wish, answer)
        refused = Rejected('The charger refused to stop', str(answer), self.profiles.stays(connector_id))
        if self._charger.quirks.zero_ends or not may_pause:
            raise refused
        try:
            paused = await self.change(connector_id, wish, wanted, MAX_FORMS_ASIDE)
        except (Rejected, CallErrorReceived):
            raise refused from None
        return replace(paused, detail=str(Rejected(refused.what, refused.answer, sentences.PAUSED_INSTEAD)))

    # ---- questions

    async def read_schedule(self, connector_id: int, wanted: Wanted) -> None:
        """Ask for the composite schedule and record it; a make that has none while a limit holds is not asked again."""
        connector = self._charger.state.connector(connector_id)
        form = self._charger.state.known.form or ProfileForm()
        request = self._charger.dialect.composite_schedule(connector_id, form.unit)
        answer = await self.exchange.send(request, wanted, Question.SCHEDULE)
        read = None if answer.error is not None else self._charger.dialect.limit_of_schedule(answer.payload)
        if read is not None:
            supply = supply_offered(connector, supply_of(connector.meter, self._charger.settings.phases))
            self._charger.record(ScheduleRead(connector_id, round(in_amperes(*read, supply), 1)))
        if read is not None or connector.limit is not None:
            self.profiles.learn(tells_schedule=read is not None)

    async def ask_for_meter_values(self, connector_id: int, wanted: Wanted) -> bool:
        """Ask for meter values, which arrive as a message of their own; True where the charger accepts."""
        request = self._charger.dialect.meter_values(connector_id)
        try:
            return (await self.exchange.send(request, wanted, Question.METER_VALUES)).accepted
        except CallTimeout:
            return False

    async def leave(self, connector_id: int, by: Source) -> None:
        """Lower the limit in force to the fallback current before the program ends; `by` is recorded as who set it.

        Nothing is sent where it is no higher, or where there is no fallback.
        """
        limit, fail_safe = self._charger.state.connector(connector_id).limit, self.profiles.fail_safe
        if limit is None or limit.limit_a <= fail_safe.current_a or not fail_safe.after_s:
            return
        await self.change(connector_id, Limit(fail_safe.current_a, by, self._now(), limit.phases), lambda: True)

    def _accepted(self, wish: Limit, answer: ChargerAnswer) -> LimitOutcome:
        detail = sentences.advice(wish.limit_a, self._charger.quirks.min_current_a) or sentences.ACCEPTED
        detail = sentences.held_back(wish) or detail
        applied_a = self.profiles.as_written(wish).in_force_a
        return LimitOutcome(wish.as_wished.limit_a, applied_a, answer.action, answer.word, detail)


def is_car_there(connector: Connector) -> bool:
    """True where a car is plugged in: then a refused start may be about the profile."""
    return connector.activity in CAR_IS_THERE


def why_no_start(connector: Connector, id_tag: str) -> str:
    """A sentence on what to do about a start that was refused, or that no transaction followed."""
    return sentences.why_no_start(connector.activity, fault_of(connector), id_tag)


def nothing_began(connector: Connector, id_tag: str, now: datetime) -> ReadBack:
    """The read-back that records that an accepted start with this idTag was not followed by a transaction."""
    figures = Figures(status=connector.activity, answer=fault_of(connector), id_tag=id_tag)
    return ReadBack(Verdict.IGNORES, Finding.NO_TRANSACTION, now, figures)


def fault_of(connector: Connector) -> str:
    """The error code of the newest status, '' where it has none."""
    change = connector.last_status
    return change.error_code if change is not None else ''
