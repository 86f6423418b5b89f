"""Writes charging profiles in the forms a make of charger takes, and remembers which these are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from cpo.amperes import MIN_CHARGING_CURRENT_A, rounded_down
from cpo.chargers import (
    ChargerKnowledge,
    ChargingProfile,
    FailSafe,
    Kind,
    ProfileForm,
    Purpose,
    charging_profile,
    profile_id,
)
from cpo.errors import CallErrorReceived, ConnectionClosed, Rejected
from cpo.limits.charger import Charger
from cpo.limits.ladder import ladder
from cpo.limits.read_back import supply_of
from cpo.ocpp import Answer, Request
from cpo.state import Connector, Entry, Learned, Limit, ProfileWritten, Source, SourceKind
from cpo.websocket_sender import Reply

NO_SMART_CHARGING = ('NotSupported', 'CallError NotImplemented', 'CallError NotSupported')
"""Answers that say that no form of a charging profile will do (OCPP 1.6 §7.13, OCPP-J 1.6 §4.2.3)."""

FEW = 2
"""Forms that are tried again in a transaction, or on a connection, in which all were refused."""
MAX_FORMS_ASIDE = 6
"""Forms that are tried outside a transaction, or where a stop is refused; they may be refused for another reason."""
CLOCK_OFF = timedelta(seconds=30)
"""From there on a schedule that starts when charging does is better than one that starts at a time."""
NEARLY_A = 0.2
"""So little is added to reach the minimum of a make that counts in W: 6 A are 1.38 kW, its minimum is 1.4 kW."""


class Superseded(Exception):
    """What was about to be sent is no longer wanted."""


class ProfileWriter:
    """Every method waits for the charger's answers, and raises as LimitRequests does."""

    def __init__(self, charger: Charger, now: Callable[[], datetime]) -> None:
        """Of this charger."""
        self._charger = charger
        self._now = now
        self._hopeless: tuple[object, ...] = ()  # the transaction and the connection in which every form was refused

    @property
    def fail_safe(self) -> FailSafe:
        """What holds when this program no longer answers."""
        settings, least_a = self._charger.settings, self._charger.quirks.min_current_a
        fallback_a = settings.fallback_current
        if MIN_CHARGING_CURRENT_A <= fallback_a < least_a:
            fallback_a = least_a  # less would pause it
        return FailSafe(rounded_down(min(fallback_a, settings.max_current)), settings.fail_safe)

    @property
    def renew_before(self) -> timedelta:
        """How long before it falls back a limit is written again."""
        return timedelta(seconds=self._charger.settings.fail_safe / 2)

    def forms(self) -> tuple[ProfileForm, ...]:
        """The forms to try now, the best first."""
        state, quirks = self._charger.state, self._charger.quirks
        capabilities = self._charger.dialect.profile_capabilities(state.configuration)
        forms = ladder(capabilities, quirks, state.known, self._charger.settings.fail_safe > 0)
        if abs(state.clock_off or timedelta(0)) > CLOCK_OFF:
            forms = tuple(sorted(forms, key=lambda form: form.kind is not Kind.RELATIVE))
        if len(state.charging_connectors) > 1:  # one for the whole charge point would limit the others
            forms = tuple(form for form in forms if not form.for_charge_point)
        going_on = (*(connector.transaction_id for connector in state.charging_connectors), self._charger.sender)
        return forms[:FEW] if any(each in going_on for each in self._hopeless) else forms

    async def write(
        self, connector: Connector, wish: Limit, forms: tuple[ProfileForm, ...], wanted: Callable[[], bool]
    ) -> tuple[ProfileForm, ChargingProfile]:
        """Write the limit in the first form the charger accepts, and remember which that is."""
        refused: list[ProfileForm] = []
        errors: list[CallErrorReceived] = []
        status = 'in every form it refused or ignored this before'
        for form in forms:
            profile = self.profile(connector, wish.limit_a, form)
            request = self._charger.dialect.set_limit(connector.connector_id, profile)
            try:
                status = await self.status(request, wanted)
            except CallErrorReceived as answer:
                status = f'CallError {answer.code}'
                errors.append(answer)
            default = True if status == 'Accepted' and form.purpose is Purpose.TX_DEFAULT else None
            self._charger.record(ProfileWritten(connector.connector_id, self._now(), default))
            if status == 'Accepted':
                self._hopeless = ()
                if connector.transaction_id is not None:
                    self.learn(form=form, refused=(*self._charger.state.known.refused, *refused))
                return form, profile
            refused.append(form)
            if status in NO_SMART_CHARGING:
                break
        if refused and connector.transaction_id is not None:
            self._hopeless = (connector.transaction_id, self._charger.sender)
        if errors and len(errors) == len(refused):
            raise errors[-1]
        tried = f', in {len(refused)} forms' if len(refused) > 1 else ''
        answered = f'SetChargingProfile: {status}{tried}'
        raise Rejected(f'The charger refused {wish.limit_a:g} A', answered, self.stays(connector.connector_id))

    def profile(self, connector: Connector, limit_a: float, form: ProfileForm) -> ChargingProfile:
        """A limit below the minimum of this make is written as 0, as some ignore it, unless 0 would end all."""
        quirks = self._charger.quirks
        nearly_a = min(limit_a + NEARLY_A, self._charger.settings.max_current)
        if MIN_CHARGING_CURRENT_A <= limit_a < quirks.min_current_a <= nearly_a:
            limit_a = quirks.min_current_a
        elif limit_a < quirks.min_current_a and quirks.min_current_a > MIN_CHARGING_CURRENT_A and not quirks.zero_ends:
            limit_a = 0.0
        supply = supply_of(connector.meter, self._charger.settings.phases)
        supply = replace(supply, one_phase_below_w=quirks.one_phase_below_w)
        fail_safe, transaction_id = self.fail_safe, connector.transaction_id
        return charging_profile(limit_a, form, self._now(), supply, fail_safe, transaction_id, connector.connector_id)

    def learn(self, **members: object) -> None:
        """Remember something of this make: members of ChargerKnowledge."""
        state = self._charger.state
        known: ChargerKnowledge = replace(state.known, **members)  # type: ignore[arg-type]  # a dict of its members
        if known != state.known:
            self._charger.record(Learned(state.charger_kind, known))

    async def clear_default(self, connector_id: int) -> None:
        """Take our TxDefaultProfile out of the charger; it would limit sessions nobody wished a limit for.

        Where the charger does not take it out, it is replaced by one that allows the configured maximum.
        """
        own_id = profile_id(Purpose.TX_DEFAULT, connector_id)
        with suppress(CallErrorReceived, Rejected):
            try:
                status = await self.status(self._charger.dialect.clear_profile(own_id), lambda: True)
            except CallErrorReceived as error:
                status = error.code
            if status != 'Accepted':
                most = Limit(self._charger.settings.max_current, Source(SourceKind.MAXIMUM), self._now())
                forms = tuple(replace(form.as_default(), expires=False) for form in self.forms()[:MAX_FORMS_ASIDE])
                await self.write(self._charger.state.connector(connector_id), most, forms, lambda: True)
        self._charger.record(ProfileWritten(connector_id, self._now(), default=False))

    # ---- one message

    async def status(self, request: Request, wanted: Callable[[], bool], first: Entry | None = None) -> str:
        """The status of the answer to a request."""
        _, answer = await self.exchange(request, wanted, first)
        return answer.status or 'an answer without a status'

    async def exchange(
        self, request: Request, wanted: Callable[[], bool], first: Entry | None = None
    ) -> tuple[Reply, Answer]:
        """One message; `first` is recorded when it is its turn, before it goes out."""
        if (sender := self._charger.sender) is None:
            raise ConnectionClosed(was_sent=False)
        async with sender.turn():
            if not wanted():
                raise Superseded
            if first is not None:
                self._charger.record(first)
            reply = await sender.exchange(request.action, request.payload)
        return reply, self._charger.read_answer(request, reply)

    def stays(self, connector_id: int) -> str:
        """What goes on after a refusal, in words."""
        limit = self._charger.state.connector(connector_id).limit
        return f'It stays at {limit.limit_a:g} A.' if limit is not None else ''
