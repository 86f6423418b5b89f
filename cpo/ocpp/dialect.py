"""What an OCPP version must provide: the rest of the program speaks to a charger only through a `Dialect`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from cpo.charging_profiles import ChargingProfile
from cpo.entries import Entry
from cpo.ocpp.messages import Call, CallError, CallResult
from cpo.state import ChargePointState


class Request(NamedTuple):
    """A request to the charger: its Action and its payload, ready for the wire."""

    action: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler may look at when it answers the charger."""

    state: ChargePointState
    now: datetime
    heartbeat_interval: int
    remote_start_tag: str
    next_transaction_id: int


@dataclass(frozen=True, slots=True)
class Handled:
    """The answer to a charger's Call, what it changes, and what was wrong with it, in words.

    `action` is the right spelling. `introduces` says that the charger told who it is, so requests may be sent to it.
    `durable` says that the answer promises to have kept what the charger told: it waits for the journal.
    """

    answer: CallResult | CallError
    action: str
    entries: tuple[Entry, ...] = ()
    violations: tuple[str, ...] = ()
    introduces: bool = False
    durable: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the charger's answer to a request of ours says: its `status` where it has one, and what it changes."""

    status: str | None
    entries: tuple[Entry, ...] = ()
    violations: tuple[str, ...] = field(default=())


class Dialect(Protocol):
    """One version of OCPP."""

    @property
    def subprotocol(self) -> str:
        """The websocket subprotocol, such as `ocpp1.6`."""
        ...

    def handle(self, call: Call, context: Context) -> Handled:
        """Answer a Call of the charger; what cannot be answered gets the CallError of the specification."""
        ...

    def read_answer(self, request: Request, payload: Any, now: datetime) -> Answer:
        """Read the charger's answer to a request of ours, leniently."""
        ...

    def check_request(self, request: Request, max_current_a: float, phases: int) -> None:
        """Refuse what a person must not send.

        Raises UnknownAction, InvalidPayload (fails the schema) and InvalidLimit (above `max_current_a`).
        """
        ...

    def with_reservation_id(self, request: Request, reservation_id: int) -> Request:
        """The request with `reservation_id` where it makes a reservation and names none."""
        ...

    def remote_start(self, connector_id: int, id_tag: str, profile: ChargingProfile) -> Request:
        """Start a transaction with a limit."""
        ...

    def change_limit(self, connector_id: int, profile: ChargingProfile) -> Request:
        """Change the limit of a running transaction."""
        ...

    def remote_stop(self, transaction_id: int) -> Request:
        """End a transaction."""
        ...

    def introduction_request(self) -> Request:
        """Ask a charger that came back without a word who it is."""
        ...

    def configuration_request(self) -> Request:
        """Ask for the configuration keys the program uses."""
        ...

    def startup_requests(self, state: ChargePointState) -> tuple[Request, ...]:
        """What to ask and set once the configuration is known: the sample interval, missing statuses and meters."""
        ...
