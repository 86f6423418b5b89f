"""Finds the message that made a charger hang up or restart (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.chargers.charging_profiles import ProfileForm
from cpo.chargers.hang_ups import Outcome, Subject
from cpo.chargers.knowledge import ChargerKind
from cpo.frozen import replace

HANG_UP_WITHIN = timedelta(seconds=60)
"""So long after it a lost connection is blamed on a profile, or on a message without an answer."""
RESTART_WITHIN = timedelta(seconds=10)
"""So long after its answer a restart is blamed on a question."""
RESTART_TAKES = timedelta(seconds=5)
"""A charger that is back sooner did not restart, also where it sends a BootNotification."""
RESTART_ENDS_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Sending:
    """A message to a make of charger; `at` is when it was sent, or answered.

    `is_repeat` says that it only repeats a limit that was sent on an older connection. After its answer it is blamed
    only where a profile before it was: a line that is lost again and again is not the fault of what a reconnect brings.
    `is_urgent` says that it is a decrease that did not wait until the line had held; after its answer it is not what
    ends all limits.
    """

    kind: ChargerKind
    subject: Subject
    at: datetime
    is_repeat: bool = False
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """A connection that was lost `at`, soon after the answers to `questions`, and maybe after that to a `profile`."""

    at: datetime
    questions: tuple[Sending, ...]
    profile: Sending | None


Finding = tuple[Sending, Outcome]
Found = tuple['Suspicion', tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The messages to the charger that may make it hang up or restart.

    Each method returns the next value, and the messages that are found to be the cause.

    `unanswered` is the oldest message without an answer since the last answer: a charger that crashes does not read the
    later ones. `questions` are answered messages other than profiles, until a Call of the charger shows that it
    survived them; `profiles` are answered SetChargingProfiles, the newest last. `lost` is the end of the last
    connection, where the charger may have restarted after it. `since` is when this connection began. `line_is_weak`:
    the last one was lost soon after it began with no message to blame, so that earlier losses count against no profile.
    """

    unanswered: Sending | None = None
    questions: tuple[Sending, ...] = ()
    profiles: tuple[Sending, ...] = ()
    lost: Lost | None = None
    since: datetime | None = None
    line_is_weak: bool = False

    @property
    def is_clear(self) -> bool:
        """True where no message may do harm any more."""
        return self.unanswered is None and not self.questions and not self.profiles

    def sent(self, sending: Sending) -> Found:
        """After a message was sent."""
        new, findings = self.after_time(sending.at)
        return replace(new, unanswered=new.unanswered or sending), findings

    def not_sent(self, sending: Sending) -> Suspicion:
        """After a message failed to be sent."""
        return replace(self, unanswered=None) if self.unanswered is sending else self

    def answered(self, sending: Sending, now: datetime) -> Found:
        """After the answer to a message: those before it did no harm."""
        new, findings = self.after_time(now)
        if new.unanswered is not None and new.unanswered is not sending:
            findings += ((new.unanswered, Outcome.SILENCE),)
        answered = replace(sending, at=now)
        if isinstance(sending.subject, ProfileForm):
            return replace(new, unanswered=None, profiles=(*new.profiles, answered)), findings
        return replace(new, unanswered=None, questions=(*new.questions, answered)), findings

    def called(self, now: datetime) -> Found:
        """After a Call of the charger, which has borne the questions before it."""
        new, findings = self.after_time(now)
        if not new.questions:
            return new, findings
        return replace(new, questions=()), (*findings, *_borne(new.questions))

    def session_ended(self, now: datetime) -> Found:
        """After the charger ended a session in order: it has borne the profiles of that session."""
        new, findings = self.after_time(now)
        return replace(new, profiles=()), (*findings, *_borne(new.profiles))

    def after_time(self, now: datetime) -> Found:
        """After some time in which the connection held: what it bore for long enough did no harm."""
        new, findings = self, tuple[Finding, ...]()
        if (unanswered := self.unanswered) is not None and now - unanswered.at >= HANG_UP_WITHIN:
            new, findings = replace(new, unanswered=None), ((unanswered, Outcome.SILENCE),)
        if self.questions and now - self.questions[0].at >= RESTART_WITHIN:
            borne, rest = _parted(self.questions, now - RESTART_WITHIN)
            new, findings = replace(new, questions=rest), (*findings, *_borne(borne))
        if self.profiles and now - self.profiles[0].at >= HANG_UP_WITHIN:
            borne, rest = _parted(self.profiles, now - HANG_UP_WITHIN)
            new, findings = replace(new, profiles=rest), (*findings, *_borne(borne))
        return new, findings

    def disconnected(self, at: datetime) -> Found:
        """After the connection was lost: what got no answer is to blame, else what was answered a short while ago."""
        new, findings = self.after_time(at)
        profile = new.profiles[-1] if new.profiles else None
        is_short = self.since is not None and at - self.since < HANG_UP_WITHIN
        after = Suspicion(line_is_weak=is_short and profile is None and new.unanswered is None)
        if new.unanswered is not None:
            profile, findings = None, (*findings, (new.unanswered, Outcome.HANG_UP))
        if new.questions:
            return replace(after, lost=Lost(at, new.questions, profile)), findings
        return after, findings if profile is None else (*findings, (profile, Outcome.LOSS))

    def connected(self, now: datetime) -> Found:
        """After a new connection: where it comes too soon for a restart, the last one was only lost."""
        new, lost = replace(self, since=now), self.lost
        if lost is None or now - lost.at >= RESTART_TAKES:
            return new, ()
        findings = () if lost.profile is None else ((lost.profile, Outcome.LOSS),)
        return replace(new, lost=None), findings

    def booted(self, kind: ChargerKind, now: datetime) -> Found:
        """After a BootNotification; new firmware restarts of its own accord."""
        lost = self.lost
        if lost is None or now - lost.at > RESTART_ENDS_WITHIN:
            return replace(self, lost=None), ()
        findings = tuple((each, Outcome.RESTART) for each in lost.questions if each.kind == kind)
        return replace(self, lost=None), findings


def _borne(sendings: tuple[Sending, ...]) -> tuple[Finding, ...]:
    return tuple((each, Outcome.ANSWER) for each in sendings)


def _parted(sendings: tuple[Sending, ...], at: datetime) -> tuple[tuple[Sending, ...], tuple[Sending, ...]]:
    """Those up to this time, and the later ones."""
    return tuple(each for each in sendings if each.at <= at), tuple(each for each in sendings if each.at > at)
