"""The errors of this program, told apart by what the caller can do about them.

    CpoError
    ├── MustNotStart            a wrong setting, a taken port: the program ends with this one sentence
    ├── BadRequest              what was asked makes no sense; nothing was sent
    │   ├── InvalidConnector, InvalidLimit, InvalidMode, InvalidReading
    │   ├── UnknownConnector, UnknownAction, UnknownTransaction, UnknownIdTag, InvalidIdTag
    │   └── InvalidPayload      fails the schema of its Action
    ├── NotConnected            cannot be done now: there is no charger
    ├── JournalError            cannot be kept now: the disk is full or read-only
    └── ChargerError            the charger's fault, or the network's
        ├── Rejected            it understood and refused
        ├── CallErrorReceived   it answered CALLERROR
        ├── CallTimeout         it did not answer in time
        └── ConnectionClosed    it hung up before it answered

`str(error)` is always one sentence a person can act on. The class names are the names of the REST interface.
"""

from __future__ import annotations

from typing import Any


class CpoError(Exception):
    """Base of all errors of this program."""


class MustNotStart(CpoError):
    """The program cannot start like this."""


class BadRequest(CpoError):
    """What was asked makes no sense; nothing was sent to the charger."""


class InvalidConnector(BadRequest):
    """Not the number of a connector a command can be for (1, 2, …)."""


class InvalidLimit(BadRequest):
    """Not a current between 0 and the configured maximum."""


class InvalidMode(BadRequest):
    """Not a mode a connector can be in."""


class InvalidReading(BadRequest):
    """Not a power in W."""


class UnknownConnector(BadRequest):
    """The charger never reported this connector."""


class UnknownAction(BadRequest):
    """Not an Action the central system may send."""


class UnknownTransaction(BadRequest):
    """No transaction with this id."""


class UnknownIdTag(BadRequest):
    """No such id tag."""


class InvalidIdTag(BadRequest):
    """Not an id tag, or not one of the things that can be said of one."""


class InvalidPayload(BadRequest):
    """The payload fails the schema of its Action."""


class NotConnected(CpoError):
    """No charger is connected; nothing is kept for later."""


class JournalError(CpoError):
    """The journal cannot be written now; what was to be kept waits."""


class ChargerError(CpoError):
    """The charger or the network did not do what was asked."""


class Rejected(ChargerError):
    """The charger understood the request and refused it."""


class CallErrorReceived(ChargerError):
    """The charger answered CALLERROR (OCPP-J 1.6 §4.2.3).

    `code`, `description` and `details` are as received, empty where it sent none.
    """

    def __init__(self, code: str = '', description: str = '', details: Any = None) -> None:
        """Keep the three members of the CallError; the sentence is made of the first two."""
        super().__init__(f'The charger answered with an error: {description or code or "it gave no reason"}')
        self.code, self.description, self.details = code, description, {} if details is None else details


class CallTimeout(ChargerError):
    """No answer in time. The request may still have its effect."""


class ConnectionClosed(ChargerError):
    """The connection ended before the answer came."""
