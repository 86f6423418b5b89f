"""What an OCPP version must provide: the rest of the program speaks to a charger only through a `Dialect`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from cpo.chargers import ChargingProfile, ProfileCapabilities, Unit
from cpo.ocpp.messages import Call, CallError, CallResult
from cpo.ocpp.problems import Problem
from cpo.state import ChargePointState, Entry


class Request(NamedTuple):
    """A request to the charger: its Action and its payload, ready for the wire."""

    action: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SentCommand:
    """A request as it was sent, and the payload of the charger's answer; `accepted`: it does what was asked."""

    action: str
    request: dict[str, Any]
    response: Any
    accepted: bool


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler may look at when it answers the charger.

    `next_number` is the number of the next transaction; `free_charging`: unknown id tags may charge.
    """

    state: ChargePointState
    now: datetime
    heartbeat_interval: int
    remote_start_tag: str
    next_number: int
    free_charging: bool = False


@dataclass(frozen=True, slots=True)
class Handled:
    """The answer to a charger's Call, what it changes, and what was wrong with it, in words.

    `action` is the right spelling. `status` is what the answer says in a word, for the message log. `introduces` says
    that the charger told who it is, so requests may be sent to it.
    `durable` says that the answer promises to have kept what the charger told: it waits for the journal.
    """

    answer: CallResult | CallError
    action: str
    entries: tuple[Entry, ...] = ()
    violations: tuple[str, ...] = ()
    status: str | None = None
    introduces: bool = False
    durable: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the charger's answer to a request of ours says: its `status` where it has one, and what it changes.

    `accepted`: the charger does what was asked. `refused`: it understood and does not; neither where it could not.
    """

    status: str | None
    entries: tuple[Entry, ...] = ()
    violations: tuple[str, ...] = field(default=())
    accepted: bool = False
    refused: bool = False


class Dialect(Protocol):
    """One version of OCPP."""

    @property
    def subprotocol(self) -> str:
        """The websocket subprotocol, such as `ocpp1.6`."""
        ...

    @property
    def max_id_tag_length(self) -> int:
        """How many characters an id tag may have."""
        ...

    def error_code(self, problem: Problem) -> str:
        """The error code of the CallError for a Call that gets no result."""
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

    def remote_start(self, connector_id: int, id_tag: str, profile: ChargingProfile | None) -> Request:
        """Start a transaction, with a limit where a profile is given."""
        ...

    def set_limit(self, connector_id: int, profile: ChargingProfile) -> Request:
        """Write a charging profile; one for the whole charger goes to connector 0."""
        ...

    def takes_no_profile(self, word: str) -> bool:
        """Whether this answer to a profile, a status or an error code, says that no other form of one will do."""
        ...

    def clear_profile(self, profile_id: int) -> Request:
        """Take a charging profile out of the charger."""
        ...

    def clear_all_profiles(self) -> Request:
        """Remove every charging profile, also those of others."""
        ...

    def restart(self) -> Request:
        """Restart the charger, its transactions ended in order."""
        ...

    def meter_values(self, connector_id: int) -> Request:
        """Ask for the meter values of a connector now."""
        ...

    def composite_schedule(self, connector_id: int, unit: Unit) -> Request:
        """Ask what the charger makes of all its profiles."""
        ...

    def limit_of_schedule(self, payload: Any) -> tuple[float, Unit] | None:
        """The limit in force now in the answer to that; None where the charger tells none."""
        ...

    def steered_connector(self, request: Request, state: ChargePointState) -> int | None:
        """The connector whose charging a request steers past the wishes (0: all of them), None where it does not."""
        ...

    def remote_stop(self, transaction_id: str) -> Request:
        """End a transaction. Raises UnknownTransaction where its id is none of this version."""
        ...

    def introduction_request(self) -> Request:
        """Ask a charger that came back without a word who it is."""
        ...

    def profile_capabilities(self, configuration: Mapping[str, str | None]) -> ProfileCapabilities:
        """The charging profiles a charger takes, by what is known of its configuration."""
        ...

    @property
    def configuration_keys(self) -> tuple[str, ...]:
        """The configuration keys the program uses."""
        ...

    def configuration_request(self, key: str | None = None) -> Request:
        """Ask for a configuration key, or for all there are."""
        ...

    def wanted_settings(
        self, known: Mapping[str, str | None], min_sample_interval_s: int
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The configuration keys to change, each with the values to try until one is accepted."""
        ...

    def setting_request(self, key: str, value: str) -> Request:
        """Change a configuration key."""
        ...

    def startup_requests(self, state: ChargePointState) -> tuple[Request, ...]:
        """What to ask once the configuration is known: missing statuses and meters."""
        ...
