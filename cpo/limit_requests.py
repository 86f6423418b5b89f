"""What is sent to a charger to bring one connector to a limit, in the forms this make of charger takes."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from cpo.charge_limit import MIN_CHARGING_CURRENT_A, LimitOutcome, advice, why_no_start
from cpo.charger_knowledge import ChargerKnowledge, RemoteStart
from cpo.charging_profiles import (
    TX_DEFAULT_PROFILE_ID,
    ChargingProfile,
    FailSafe,
    ProfileForm,
    Purpose,
    charging_profile,
    in_amperes,
)
from cpo.connector import Connector, Limit
from cpo.entries import Entry
from cpo.errors import CallErrorReceived, ConnectionClosed, Rejected
from cpo.limit_entries import (
    Learned,
    LimitAccepted,
    ProfileWritten,
    RemoteStartGivenUp,
    RemoteStartSent,
    RemoteStopAccepted,
    ScheduleRead,
)
from cpo.limited_charger import Charger
from cpo.ocpp.dialect import Answer, Dialect, Request
from cpo.profile_ladder import ladder
from cpo.read_back import supply_of
from cpo.websocket_sender import Reply, WebSocketSender

NO_SMART_CHARGING = ('NotSupported', 'CallError NotImplemented', 'CallError NotSupported')
"""Answers that say that no form of a charging profile will do (OCPP 1.6 §7.13, OCPP-J 1.6 §4.2.3)."""

FEW = 2
"""Forms that are tried again on a connection on which all were refused."""
MAX_DEFAULTS = 6
"""Forms of a TxDefaultProfile that are tried before a start; it may be refused for another reason."""


class Superseded(Exception):
    """What was about to be sent is no longer wanted."""


class LimitRequests:
    """Sends, and records what came of it; every method waits for the charger's answers.

    `wanted` is asked before each message; when it says no, Superseded is raised. Raises ConnectionClosed, CallTimeout,
    CallErrorReceived and, with a sentence on what to do, Rejected.
    """

    def __init__(self, charger: Charger, dialect: Dialect, now: Callable[[], datetime]) -> None:
        """Of this charger."""
        self._charger = charger
        self._dialect = dialect
        self._now = now
        self._hopeless: WebSocketSender | None = None  # the connection on which every form was refused

    @property
    def fail_safe(self) -> FailSafe:
        """What holds when this program no longer answers."""
        settings = self._charger.settings
        tenths = math.floor(min(settings.fallback_current, settings.max_current) * 10 + 1e-6)
        return FailSafe(tenths / 10, settings.fail_safe)

    def forms(self) -> tuple[ProfileForm, ...]:
        """The forms to try now, the best first."""
        state, quirks = self._charger.state, self._charger.quirks
        forms = ladder(state.configuration, quirks, state.known, self._charger.settings.fail_safe > 0)
        return forms[:FEW] if self._hopeless is not None and self._hopeless is self._charger.sender else forms

    # ---- start

    async def start(self, connector_id: int, wish: Limit, wanted: Callable[[], bool]) -> LimitOutcome:
        """Start a transaction that has the limit from its first moment, where the charger can do that."""
        tag, known, quirks = self._charger.tag_for_remote_start(), self._charger.state.known, self._charger.quirks
        connector = self._charger.state.connector(connector_id)
        if quirks.needs_unplug and connector.status == 'Finishing':
            raise Rejected(f'This charger does not start a second time. {why_no_start(connector, tag)}')
        forms, status = self.forms(), ''
        way = known.remote_start or quirks.remote_start or RemoteStart.WITH_PROFILE
        if way is RemoteStart.WITH_PROFILE and forms and forms[0].purpose is Purpose.TX_DEFAULT:
            way = RemoteStart.DEFAULT_FIRST  # a TxProfile from the start would stand above what is written later
        if way is RemoteStart.WITH_PROFILE and forms:
            inside = self._profile(connector, wish.limit_a, forms[0].in_remote_start())
            status = await self._remote_start(connector_id, wish, tag, inside, True, wanted)
            if status != 'Accepted' and known.remote_start is None and may_start(connector):
                way = RemoteStart.DEFAULT_FIRST
        if status != 'Accepted' and way is not RemoteStart.WITH_PROFILE:
            way, status = await self._start_without_profile(connector, wish, tag, way, wanted)
        if status != 'Accepted':
            what = f'The charger refused to start with {wish.limit_a:g} A (RemoteStartTransaction: {status}).'
            raise Rejected(f'{what} {why_no_start(self._charger.state.connector(connector_id), tag)}')
        self._learn(remote_start=way)
        return self._accepted(wish, 'RemoteStartTransaction')

    async def _start_without_profile(
        self, connector: Connector, wish: Limit, tag: str, way: RemoteStart, wanted: Callable[[], bool]
    ) -> tuple[RemoteStart, str]:
        connector_id, limits = connector.connector_id, False
        if way is RemoteStart.DEFAULT_FIRST:
            try:
                defaults = tuple(dict.fromkeys(form.as_default() for form in self.forms()))
                await self._write(connector, wish, defaults[:MAX_DEFAULTS], wanted)
                limits = True
            except (Rejected, CallErrorReceived):
                way = RemoteStart.PROFILE_AFTER
        status = await self._remote_start(connector_id, wish, tag, None, limits, wanted)
        if status != 'Accepted' and limits:
            await self.clear_default(connector_id)
        return way, status

    async def _remote_start(
        self,
        connector_id: int,
        wish: Limit,
        tag: str,
        profile: ChargingProfile | None,
        limits: bool,
        wanted: Callable[[], bool],
    ) -> str:
        request = self._dialect.remote_start(connector_id, tag, profile)
        expires_at = None if profile is None else profile.expires_at
        status = 'no answer'
        try:
            sent = RemoteStartSent(connector_id, wish, limits, expires_at)
            status = await self._status(request, wanted, sent)
        finally:
            pending = self._charger.state.connector(connector_id).remote_start is wish
            if status != 'Accepted' and pending:
                self._charger.record(RemoteStartGivenUp(connector_id, wish if status == 'no answer' else None))
        return status

    # ---- change, stop

    async def change(self, connector_id: int, wish: Limit, wanted: Callable[[], bool]) -> LimitOutcome:
        """Change the limit of the running transaction; 0 pauses it."""
        connector = self._charger.state.connector(connector_id)
        forms = self.forms()
        if connector.limit_in_start:  # a TxProfile came with the start; one of another purpose would stand below it
            forms = tuple(sorted(forms, key=lambda form: form.purpose is not Purpose.TX))
        _, profile = await self._write(connector, wish, forms, wanted)
        if self._charger.state.connector(connector_id).transaction_id == connector.transaction_id:
            self._charger.record(LimitAccepted(connector_id, wish, profile.expires_at))
        return self._accepted(wish, 'SetChargingProfile')

    async def stop(self, connector_id: int, wish: Limit, wanted: Callable[[], bool]) -> LimitOutcome:
        """End the running transaction; one that the charger does not let go is paused, where it is known how."""
        transaction_id = self._charger.state.connector(connector_id).transaction_id
        assert transaction_id is not None
        status = await self._status(self._dialect.remote_stop(transaction_id), wanted)
        if status == 'Accepted':
            self._charger.record(RemoteStopAccepted(connector_id, wish))
            return self._accepted(wish, 'RemoteStopTransaction')
        refused = f'The charger refused to stop (RemoteStopTransaction: {status}).'
        if self._charger.state.known.form is None or self._charger.quirks.zero_ends:
            raise Rejected(f'{refused}{self._stays(connector_id)}')
        try:
            paused = await self.change(connector_id, wish, wanted)
        except (Rejected, CallErrorReceived):
            raise Rejected(f'{refused}{self._stays(connector_id)}') from None
        return replace(paused, detail=f'{refused} It is paused instead.')

    # ---- around it

    async def read_schedule(self, connector_id: int, wanted: Callable[[], bool]) -> None:
        """Ask what the charger makes of its profiles; a charger that does not tell is not asked again."""
        connector = self._charger.state.connector(connector_id)
        form = self._charger.state.known.form or ProfileForm()
        request = self._dialect.composite_schedule(connector_id, form.unit)
        try:
            reply, _ = await self._exchange(request, wanted)
            told = self._dialect.limit_of_schedule(reply.payload)
        except CallErrorReceived:
            told = None
        if told is not None:
            supply = supply_of(connector.meter, self._charger.settings.phases)
            self._charger.record(ScheduleRead(connector_id, round(in_amperes(*told, supply), 1)))
        self._learn(tells_schedule=told is not None)

    async def clear_default(self, connector_id: int) -> None:
        """Take our TxDefaultProfile out of the charger; it would limit sessions nobody wished a limit for."""
        with suppress(CallErrorReceived):  # it does not know the request, or no longer has the profile
            await self._exchange(self._dialect.clear_profile(TX_DEFAULT_PROFILE_ID), lambda: True)
        self._charger.record(ProfileWritten(connector_id, self._now(), default=False))

    async def leave(self, connector_id: int, by: str) -> None:
        """Before the program ends: what holds without it is no more than the fallback current."""
        connector = self._charger.state.connector(connector_id)
        if connector.limit is None or connector.limit.limit_a <= self.fail_safe.current_a or not self.fail_safe.after_s:
            return
        await self.change(connector_id, Limit(self.fail_safe.current_a, by, self._now()), lambda: True)

    # ---- the ladder

    async def _write(
        self, connector: Connector, wish: Limit, forms: tuple[ProfileForm, ...], wanted: Callable[[], bool]
    ) -> tuple[ProfileForm, ChargingProfile]:
        """Write the limit in the first form the charger accepts, and remember which that is."""
        refused: list[ProfileForm] = []
        errors: list[CallErrorReceived] = []
        status = 'in every form it refused or ignored this before'
        for form in forms:
            profile = self._profile(connector, wish.limit_a, form)
            request = self._dialect.set_limit(connector.connector_id, profile)
            try:
                status = await self._status(request, wanted)
            except CallErrorReceived as answer:
                status = f'CallError {answer.code}'
                errors.append(answer)
            default = True if status == 'Accepted' and form.purpose is Purpose.TX_DEFAULT else None
            self._charger.record(ProfileWritten(connector.connector_id, self._now(), default))
            if status == 'Accepted':
                self._hopeless = None
                if connector.transaction_id is not None:
                    self._learn(form=form, refused=(*self._charger.state.known.refused, *refused))
                return form, profile
            refused.append(form)
            if status in NO_SMART_CHARGING:
                break
        if refused and connector.transaction_id is not None:
            self._hopeless = self._charger.sender
        if errors and len(errors) == len(refused):
            raise errors[-1]
        tried = f', in {len(refused)} forms' if len(refused) > 1 else ''
        what = f'The charger refused {wish.limit_a:g} A (SetChargingProfile: {status}{tried}).'
        raise Rejected(f'{what}{self._stays(connector.connector_id)}')

    def _profile(self, connector: Connector, limit_a: float, form: ProfileForm) -> ChargingProfile:
        """A limit below the minimum of this make is written as 0, as some ignore it, unless 0 would end all."""
        quirks = self._charger.quirks
        if limit_a < quirks.min_current_a and quirks.min_current_a > MIN_CHARGING_CURRENT_A and not quirks.zero_ends:
            limit_a = 0.0
        supply = supply_of(connector.meter, self._charger.settings.phases)
        return charging_profile(limit_a, form, self._now(), supply, self.fail_safe, connector.transaction_id)

    def _learn(self, **members: object) -> None:
        state = self._charger.state
        known: ChargerKnowledge = replace(state.known, **members)  # type: ignore[arg-type]  # a dict of its members
        if known != state.known:
            self._charger.record(Learned(state.charger_kind, known))

    # ---- one message

    async def _status(self, request: Request, wanted: Callable[[], bool], first: Entry | None = None) -> str:
        _, answer = await self._exchange(request, wanted, first)
        return answer.status or 'an answer without a status'

    async def _exchange(
        self, request: Request, wanted: Callable[[], bool], first: Entry | None = None
    ) -> tuple[Reply, Answer]:
        """`first` is recorded when it is this message's turn, before it goes out."""
        if (sender := self._charger.sender) is None:
            raise ConnectionClosed('The charger hung up before this could be sent.')
        async with sender.turn():
            if not wanted():
                raise Superseded
            if first is not None:
                self._charger.record(first)
            reply = await sender.exchange(request.action, request.payload)
        return reply, self._charger.read_answer(request, reply)

    def _accepted(self, wish: Limit, action: str) -> LimitOutcome:
        detail = advice(wish.limit_a, self._charger.quirks.min_current_a) or 'Accepted.'
        return LimitOutcome(wish.limit_a, wish.limit_a, action, 'Accepted', detail)

    def _stays(self, connector_id: int) -> str:
        limit = self._charger.state.connector(connector_id).limit
        return f' It stays at {limit.limit_a:g} A.' if limit is not None else ''


def may_start(connector: Connector) -> bool:
    """A car is there, so a refusal to start may be about the profile."""
    return connector.status in ('Preparing', 'Finishing', 'SuspendedEV', 'SuspendedEVSE')
