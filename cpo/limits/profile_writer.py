"""Sends charging profiles in the forms a make of charger accepts, and learns which these are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from cpo.amperes import MIN_CHARGING_CURRENT_A, rounded_down
from cpo.chargers import (
    ChargerKnowledge,
    ChargerQuirks,
    ChargingProfile,
    FailSafe,
    Kind,
    Numbers,
    ProfileForm,
    Purpose,
    Question,
    Supply,
    Unit,
    charging_profile,
    coarsest,
    expressed,
    profile_id,
)
from cpo.errors import CallErrorReceived, ChargerError, Rejected
from cpo.frozen import replace
from cpo.limits import sentences
from cpo.limits.cap import falls_back
from cpo.limits.exchange import ChargerAnswer, Exchange, Wanted
from cpo.limits.ladder import ladder, most_different
from cpo.limits.limited_charger import LimitedCharger
from cpo.limits.phase_switching import switches_phases
from cpo.limits.read_back import supply_of
from cpo.limits.tries import Tries, Try, are_alike
from cpo.limits.urgency import is_urgent
from cpo.limits.watts import written_a
from cpo.ocpp import Dialect
from cpo.state import THE_MAXIMUM, Connector, Learned, Limit, ProfileWritten

RETRIED_FORMS = 1
"""Forms that are tried in a transaction, or on a connection, in which no form was accepted."""
HANGS_UP = 'it hangs up whenever it is sent one'
MAX_FORMS_ASIDE = 6
"""Forms that are tried outside a transaction, or where a stop is refused; they may be refused for another reason."""
CLOCK_OFF = timedelta(seconds=30)
"""From there on a schedule that starts when charging does is better than one that starts at a time."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEARLY_A = 0.2
"""So little is added to reach the minimum of a make that counts in W: 6 A are 1.38 kW, its minimum is 1.4 kW."""


class ProfileWriter:
    """Sends limits as charging profiles. Every method waits for the answers, and raises as LimitRequests does."""

    def __init__(self, charger: LimitedCharger, exchange: Exchange, now: Callable[[], datetime]) -> None:
        self._charger = charger
        self._exchange = exchange
        self._now = now
        # the transaction and the connection in which every form that was tried was refused, and these forms
        self._refused_in: tuple[object, ...] = ()
        self._refused: frozenset[ProfileForm] = frozenset()
        # what the usable forms were made for, and these
        self._basis: tuple[object, ...] = ()
        self._usable: tuple[ProfileForm, ...] = ()

    @property
    def fail_safe(self) -> FailSafe:
        """The fallback current that applies when this program no longer renews a limit."""
        settings, least_a = self._charger.settings, self._charger.quirks.min_current_a
        fallback_a = settings.fallback_current
        if MIN_CHARGING_CURRENT_A <= fallback_a < least_a:
            fallback_a = least_a  # less would pause it
        return FailSafe(rounded_down(min(fallback_a, settings.max_current)), settings.fail_safe)

    def forms(self) -> tuple[ProfileForm, ...]:
        """The forms of charging profiles to try now, the best first; none that the charger hangs up on."""
        charger, state = self._charger, self._charger.state
        is_clock_off = abs(state.clock_off or timedelta(0)) > CLOCK_OFF
        is_one_of_many = not state.connectors.keys() <= {0, 1}
        has_fallback = charger.settings.fail_safe > 0
        of_charger = state.known, state.configuration, charger.quirks, charger.dialect
        basis = *of_charger, is_clock_off, is_one_of_many, has_fallback
        if basis != self._basis:  # the same objects as for the last limit, mostly
            self._basis, self._usable = basis, self._usable_forms(*basis)
        if not self._refused_in:
            return self._usable
        forms = tuple(sorted(self._usable, key=lambda form: form in self._refused))
        current = (*(connector.transaction_id for connector in state.charging_connectors), charger.sender)
        return forms[:RETRIED_FORMS] if any(each in current for each in self._refused_in) else forms

    def _usable_forms(
        self,
        known: ChargerKnowledge,
        configuration: Mapping[str, str | None],
        quirks: ChargerQuirks,
        dialect: Dialect,
        is_clock_off: bool,
        is_one_of_many: bool,
        has_fallback: bool,
    ) -> tuple[ProfileForm, ...]:
        """The forms for what is known of the charger, the best first; none that it hangs up on."""
        if known.hang_ups.is_hopeless:
            return ()
        never = known.hang_ups.never
        remaining = replace(known, form=None) if known.form in never else known
        capabilities = dialect.profile_capabilities(configuration)
        forms = ladder(capabilities, quirks, remaining, has_fallback)
        if is_clock_off:
            forms = tuple(sorted(forms, key=lambda form: form.kind is not Kind.RELATIVE))
        if is_one_of_many:  # one for the whole charge point would limit the others
            forms = tuple(form for form in forms if not form.for_charge_point)
        forms = tuple(form for form in forms if form not in never)
        if never and forms and known.form not in forms:
            other = most_different(forms, never)
            forms = (other, *(form for form in forms if form != other))
        return forms

    async def write(
        self, connector: Connector, wish: Limit, forms: tuple[ProfileForm, ...], wanted: Wanted
    ) -> tuple[ProfileForm, ChargingProfile, ChargerAnswer]:
        """Send the limit in the first form the charger accepts, and learn which that is.

        Forms that make the same message are sent once. Raises when it accepts none.
        """
        state, sent = self._charger.state, list[ChargingProfile]()
        is_repeat, urgent = state.since is not None and wish.at < state.since, is_urgent(wish, connector, state)
        tries = Tries(forms, self.numbers, wish.limit_a, self._form_in_steps(forms, state.known))
        while (tried := tries.next()) is not None:
            profile = self.profile(connector, wish, tried.form, tried.numbers)
            if sent and self._makes_same_message(connector, profile, sent):
                tries.skip()
                continue
            sent.append(profile)
            request = self._charger.dialect.set_limit(connector.connector_id, profile)
            answer = await self._exchange.send(request, wanted, tried.form, None, is_repeat, urgent)
            default = True if answer.accepted and tried.form.purpose is Purpose.TX_DEFAULT else None
            in_watts = tried.form.unit is Unit.W if answer.accepted else None
            self._charger.take_in(ProfileWritten(connector.connector_id, self._now(), default, in_watts))
            if answer.accepted:
                self._accepted(connector, tried, tries.refused)
                return tried.form, profile, answer
            tries.after_refusal(tried, answer)
            if self._charger.dialect.takes_no_profile(answer.word):
                break
        if tries.refused and connector.transaction_id is not None:
            if wish.phases is not None and self._charger.state.known.form is not None:
                self.learn(switches_phases=False)  # it took limits before: those that say no phases
            self._refused_in = (connector.transaction_id, self._charger.sender)
            self._refused = self._refused.union(tries.refused)
        raise self._refusal(connector, wish, tries.answers)

    def _form_in_steps(self, forms: tuple[ProfileForm, ...], known: ChargerKnowledge) -> ProfileForm | None:
        """The form to try with the steps of A that many boxes have as well; None where no form helped just before."""
        return known.form or (forms[0] if forms and not self._refused else None)

    def _accepted(self, connector: Connector, tried: Try, refused: list[ProfileForm]) -> None:
        """Learn what a running transaction shows: outside one, a form may be refused for another reason."""
        self._refused_in, self._refused = (), frozenset()
        if connector.transaction_id is None:
            return
        known = self._charger.state.known
        self.learn(form=tried.form, refused=(*known.refused, *refused))
        if tried.numbers is not self.numbers:
            self.learn(numbers=tried.numbers)

    def _refusal(self, connector: Connector, wish: Limit, answers: list[ChargerAnswer]) -> ChargerError:
        """The error for a limit that was refused in every form; the charger's own where it sent CALLERRORs only."""
        errors = [answer.error for answer in answers if answer.error is not None]
        if errors and len(errors) == len(answers):
            return errors[-1]
        if self._charger.state.known.hang_ups.is_hopeless:
            return Rejected('The charger takes no limit here', HANGS_UP, self.stays(connector.connector_id))
        words = str(answers[-1]) if answers else 'in every form it refused or ignored this before'
        tried = f', in {len(answers)} forms' if len(answers) > 1 else ''
        what = f'The charger takes no limit here: it refused {wish.limit_a:g} A'
        if not are_alike(answers):
            what = f'The charger refused {wish.limit_a:g} A'
        return Rejected(what, f'{words}{tried}', self.stays(connector.connector_id))

    def _makes_same_message(self, connector: Connector, profile: ChargingProfile, sent: list[ChargingProfile]) -> bool:
        """True where the message of a profile differs from that of a sent one by its times only."""
        messages = (self._without_times(connector, each) for each in sent)
        return self._without_times(connector, profile) in messages

    def _without_times(self, connector: Connector, profile: ChargingProfile) -> object:
        timeless = replace(profile, starts_at=profile.starts_at and EPOCH)
        return self._charger.dialect.set_limit(connector.connector_id, timeless).payload

    @property
    def numbers(self) -> Numbers:
        """The steps of A in which limits are sent to this make."""
        return coarsest(self._charger.quirks.numbers, self._charger.state.known.numbers)

    def as_written(self, wish: Limit) -> Limit:
        """The wished limit with the current in A that is sent for it to this make."""
        written_a = expressed(wish.limit_a, self.numbers)
        return wish if written_a == wish.limit_a else replace(wish, written_a=written_a)

    def profile(
        self, connector: Connector, wish: Limit, form: ProfileForm, numbers: Numbers | None = None
    ) -> ChargingProfile:
        """The charging profile for a wished limit, in this form; it says the phases only where this charger switches.

        The limit is rounded down to one the make can express, or to one of `numbers`. One below the make's minimum
        current is written as 0, since some chargers ignore a limit that low; not where 0 would end the transaction.
        """
        quirks, settings = self._charger.quirks, self._charger.settings
        limit_a = expressed(wish.limit_a, numbers or self.numbers)
        nearly_a = min(limit_a + NEARLY_A, settings.max_current)
        if MIN_CHARGING_CURRENT_A <= limit_a < quirks.min_current_a <= nearly_a:
            limit_a = quirks.min_current_a
        elif limit_a < quirks.min_current_a and quirks.min_current_a > MIN_CHARGING_CURRENT_A and not quirks.zero_ends:
            limit_a = 0.0
        if form.unit is Unit.W:
            limit_a = written_a(limit_a, connector.watt_phases, settings.max_current)
        phases = wish.phases if wish.phases is not None and switches_phases(self._charger) else None
        says_phases = form.unit is Unit.W or form.number_phases or phases is not None
        supply = self._supply(connector, form) if says_phases else Supply()
        fail_safe = self.fail_safe if form.expires and falls_back(connector.wish, settings) else FailSafe()
        where = connector.transaction_id, connector.connector_id
        return charging_profile(limit_a, form, self._now(), supply, fail_safe, *where, phases)

    def _supply(self, connector: Connector, form: ProfileForm) -> Supply:
        """The phases and the voltage for which a limit in this form is written."""
        settings, watts = self._charger.settings, connector.watt_phases
        supply = supply_of(connector.meter, settings.phases)
        return replace(
            supply,
            phases=watts.count if form.unit is Unit.W else supply.phases,
            one_phase_below_w=self._charger.quirks.one_phase_below_w,
            number_phases=max(watts.count, settings.phases),
        )

    def learn(self, **members: object) -> None:
        """Record something that was learned about this make; `members` are those of ChargerKnowledge."""
        state = self._charger.state
        known: ChargerKnowledge = replace(state.known, **members)  # type: ignore[arg-type]  # a dict of its members
        if known != state.known:
            self._charger.record(Learned(state.charger_kind, known))

    async def clear_default(self, connector_id: int) -> None:
        """Clear our TxDefaultProfile, as it would limit transactions that nobody set a limit for.

        Where the charger does not clear it, it is replaced by one with the configured maximum.
        """
        request = self._charger.dialect.clear_profile(profile_id(Purpose.TX_DEFAULT, connector_id))
        answer = await self._exchange.send(request, lambda: True, Question.CLEAR_PROFILE)
        if not answer.accepted:
            most = Limit(self._charger.settings.max_current, THE_MAXIMUM, self._now())
            forms = tuple(replace(form.as_default(), expires=False) for form in self.forms()[:MAX_FORMS_ASIDE])
            with suppress(CallErrorReceived, Rejected):
                await self.write(self._charger.state.connector(connector_id), most, forms, lambda: True)
        self._charger.record(ProfileWritten(connector_id, self._now(), default=False))

    def stays(self, connector_id: int) -> str:
        """A sentence on which limit stays in force after a refusal; '' where none is."""
        limit = self._charger.state.connector(connector_id).limit_shown
        return sentences.stays(limit.in_force_a if limit is not None else None)
