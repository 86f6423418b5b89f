"""The errors of this program, one class for each thing a caller can do about them.

    CpoError
    ├── MustNotStart            a wrong setting, a taken port: the program ends with this one sentence
    ├── BadRequest              what was asked is invalid; nothing was sent
    │   ├── InvalidConnector, InvalidLimit, InvalidMode, InvalidReading, InvalidIdTag, InvalidCeiling, InvalidCharger
    │   ├── UnknownConnector, UnknownAction, UnknownTransaction, UnknownIdTag, UnknownCeiling, UnknownDay,
    │   │   UnknownMonth, UnknownCertificate
    │   ├── UnknownFile, FileTooLarge, UnknownKey
    │   ├── LockedCeiling       it comes from the settings
    │   ├── InvalidPrices, InvalidForecast   slots that overlap, another currency …
    │   ├── InvalidGoal, UnknownGoal
    │   ├── InvalidSetting, LockedSetting
    │   ├── InvalidPerson, InvalidToken, UnknownPerson, UnknownToken, UnknownDevice
    │   ├── LastOwner           the house would have no owner
    │   ├── NameTaken           another token has this name
    │   └── InvalidPayload      fails the schema of its Action
    ├── NotLetIn                who asks may not
    │   ├── SignInNeeded        also: a wrong password
    │   ├── NotAllowed          the role may not, or the address is none of the house
    │   └── TooManyTries        too many wrong passwords, for now
    ├── NotConnected            cannot be done now: no charger is connected
    ├── JournalError            cannot be persisted now: the disk is full or read-only
    ├── NoRoom                  no room for another file
    └── ChargerError            the charger's fault, or the network's
        ├── Rejected            it understood and refused
        ├── CallErrorReceived   it answered CALLERROR
        ├── CallTimeout         it did not answer in time
        └── ConnectionClosed    it hung up before it answered

A journal that cannot be used is a JournalDamaged, of `cpo.journal`: it carries what was found.

`str(error)` says in words what a person can act on. Whoever needs a part of it (`ChargerError`) finds it as an
attribute and searches no text. The class names are the names of the REST interface.
"""

from __future__ import annotations

from typing import Any


class CpoError(Exception):
    """Base class of all errors of this program; `str(error)` is a sentence for people."""


class MustNotStart(CpoError):
    """The program cannot start with these settings, on this port or with this journal; it ends with the sentence."""


class BadRequest(CpoError):
    """A person or program asked for something invalid; nothing was sent to the charger."""


class InvalidConnector(BadRequest):
    """The number is none of a connector a command can be for (1, 2, …)."""


class InvalidLimit(BadRequest):
    """The limit is no current between 0 A and the configured maximum."""


class InvalidMode(BadRequest):
    """The text is no mode of a connector."""


class InvalidReading(BadRequest):
    """A member of a solar reading is not a power in W, or is unknown."""


class UnknownConnector(BadRequest):
    """The charger never reported this connector."""


class UnknownAction(BadRequest):
    """The name is no Action that the central system may send."""


class UnknownTransaction(BadRequest):
    """There is no transaction with this id in the journal."""


class UnknownDay(BadRequest):
    """The journal has no decisions of this day."""


class UnknownMonth(BadRequest):
    """There is no closed month of this name."""


class UnknownIdTag(BadRequest):
    """This program's list of id tags has no such id."""


class InvalidIdTag(BadRequest):
    """The text is no id tag, or a member of it (status, expiry) is invalid."""


class InvalidCeiling(BadRequest):
    """A member of a ceiling is wrong, or it has no limit."""


class UnknownCeiling(BadRequest):
    """No ceiling has this name."""


class LockedCeiling(BadRequest):
    """The ceiling comes from the settings; nobody else sets or lifts it."""


class UnknownKey(BadRequest):
    """The charger has no configuration key of this name."""


class UnknownFile(BadRequest):
    """Nobody made this name for a file, or its hour is over."""


class FileTooLarge(BadRequest):
    """A file is larger than one may be."""


class UnknownCertificate(BadRequest):
    """The program runs without TLS, so it has no root certificate."""


class InvalidCharger(BadRequest):
    """A member of what is said about a charger (adopted, name) is invalid."""


class InvalidPrices(BadRequest):
    """A list of prices is not one: a slot without zone, two that overlap, another currency …; nothing was replaced."""


class InvalidGoal(BadRequest):
    """What is wanted of charging is not said as it has to be; nothing was changed."""


class UnknownGoal(BadRequest):
    """The connector has no goal, or none that repeats."""


class InvalidForecast(BadRequest):
    """A list of a forecast is not one; nothing was replaced."""


class InvalidSetting(BadRequest):
    """There is no such setting, or this is no value for it."""


class LockedSetting(BadRequest):
    """The environment or an option has the setting, so the page cannot change it."""


class InvalidPerson(BadRequest):
    """The name, the role or the new password of a person is invalid."""


class InvalidToken(BadRequest):
    """The name or the role of a token is invalid."""


class UnknownPerson(BadRequest):
    """Nobody here has this name."""


class UnknownToken(BadRequest):
    """No token has this name."""


class UnknownDevice(BadRequest):
    """No device of the person is signed in under this id."""


class LastOwner(BadRequest):
    """The last owner can be neither deleted nor given another role."""


class NameTaken(BadRequest):
    """Another token has this name."""


class InvalidPayload(BadRequest):
    """The payload fails the schema of its Action."""


class NotLetIn(CpoError):
    """Who asks may not do that; nothing was done."""


class SignInNeeded(NotLetIn):
    """People have passwords, and nobody is signed in, or tried to with a wrong one."""


class NotAllowed(NotLetIn):
    """The role may not do that, or the request comes from an address that is none of the house."""


class TooManyTries(NotLetIn):
    """Passwords are looked at again in `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int, why: str = 'Too many wrong passwords from here.') -> None:
        super().__init__(f'{why} Try again in {retry_after_s} s.')
        self.retry_after_s = retry_after_s


class NotConnected(CpoError):
    """No charger is connected; nothing was sent."""

    def __init__(self) -> None:
        super().__init__('No charger is connected. Nothing is kept for later.')


class JournalError(CpoError):
    """The journal cannot be written or read now; what was to be written is retried by itself."""


class BackupRunning(CpoError):
    """A copy of the journal is being made or fetched; only one is made at a time."""


class NoRoom(CpoError):
    """The disk is too full for another file, or the files that wait have all the room."""


class ChargerError(CpoError):
    """The charger or the network did not do what was asked.

    `what` says what happened, without a full stop; `answer` is the charger's answer, empty where it gave none; `advice`
    are whole sentences that say what is true now or what to do about it, empty where there is nothing to say.
    """

    def __init__(self, what: str, answer: str = '', advice: str = '') -> None:
        words = ' '.join(answer.split())
        super().__init__(' '.join(filter(None, (f'{what} ({words}).' if words else f'{what}.', advice))))
        self.what, self.answer, self.advice = what, answer, advice


class Rejected(ChargerError):
    """The charger understood the request and refused it, or would refuse it: then `answer` is empty."""


class CallErrorReceived(ChargerError):
    """The charger answered CALLERROR (OCPP-J 1.6 §4.2.3).

    `code`, `description` and `details` are as received, empty where it sent none.
    """

    def __init__(self, code: str = '', description: str = '', details: Any = None) -> None:
        """`answer` is the description, or where that is empty the code."""
        super().__init__('The charger answered with an error', description or code)
        self.code, self.description, self.details = code, description, {} if details is None else details

    def __str__(self) -> str:
        """The sentence ends with the charger's own text."""
        return f'{self.what}: {ended(self.answer) or "it gave no reason."}'


class CallTimeout(ChargerError):
    """The charger did not answer within `timeout_s`; it may still do what was asked."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__(f'No answer within {timeout_s:g} s', advice='It may still happen.')
        self.timeout_s = timeout_s


class ConnectionClosed(ChargerError):
    """The connection ended before the answer. A request that `was_sent` may still have its effect."""

    def __init__(self, was_sent: bool) -> None:
        super().__init__(f'The charger hung up before {"it answered" if was_sent else "this could be sent"}')
        self.was_sent = was_sent


def ended(text: str) -> str:
    """A text of the charger as the end of a sentence: in one line, with a full stop where it has no end; '' stays."""
    words = ' '.join(text.split()).rstrip(' ,;:')
    return words if not words or words[-1] in '.!?' else f'{words}.'
