"""`Dialect`: what a version of OCPP provides; the rest of the program speaks to a charger through it only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from cpo.chargers import ChargingProfile, ProfileCapabilities, Unit
from cpo.ocpp.card_list import CardList
from cpo.ocpp.configuration_keys import ConfigurationKeys
from cpo.ocpp.file_requests import FileRequests
from cpo.ocpp.messages import Call, CallError, CallResult
from cpo.ocpp.operation import Operation
from cpo.ocpp.problems import Problem
from cpo.ocpp.request import Request
from cpo.state import ChargePointState, Entry

CONFIGURED = 'the configured maximum'


class Registration(StrEnum):
    """How a charger that introduces itself is received (OCPP 1.6 §4.2)."""

    ACCEPTED = 'accepted'
    PENDING = 'pending'
    """It has to wait, and is asked to introduce itself again later."""
    REJECTED = 'rejected'
    """It is none of ours, and may introduce itself again later."""


class Context(NamedTuple):
    """What the handler of a Call may read, besides the request.

    `next_number` is the number for the next transaction; `free_charging`: unknown id tags may charge; `registration` is
    the answer to a charger that introduces itself; `signs_certificates`: there is an authority that signs those of
    chargers.
    """

    state: ChargePointState
    now: datetime
    heartbeat_interval: int
    remote_start_tag: str
    next_number: int
    free_charging: bool = False
    registration: Registration = Registration.ACCEPTED
    signs_certificates: bool = False


class Handled(NamedTuple):
    """The answer to a charger's Call, the entries (facts for the state) it causes, and its violations of OCPP in words.

    `action` is spelled as in the specification. `status` is the answer in one word, for the message log. `introduces`
    says that the charger has identified itself, so requests may be sent to it; `continues` says the same of one that
    identified itself on an older connection and has not restarted since. `durable` says that the answer promises
    that the entries are persisted: it is sent after the journal's commit.
    """

    answer: CallResult | CallError
    action: str
    entries: tuple[Entry, ...] = ()
    violations: tuple[str, ...] = ()
    status: str | None = None
    introduces: bool = False
    continues: bool = False
    durable: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The meaning of the charger's answer to a request: its `status` where it has one, and the entries it causes.

    `accepted`: the charger does what was asked. `refused`: it understood and does not. Both False: it could not.
    """

    status: str | None
    entries: tuple[Entry, ...] = ()
    violations: tuple[str, ...] = field(default=())
    accepted: bool = False
    refused: bool = False


class Dialect(Protocol):
    """One version of OCPP. Section numbers below are those of OCPP 1.6."""

    @property
    def subprotocol(self) -> str:
        """The websocket subprotocol, such as `ocpp1.6`."""
        ...

    @property
    def live_actions(self) -> frozenset[str]:
        """Actions of the charger that bring live values at most: nothing that decides what the next Call means."""
        ...

    @property
    def large_actions(self) -> frozenset[str]:
        """The Actions whose frames may be longer than 512 kB."""
        ...

    @property
    def max_id_tag_length(self) -> int:
        """The most characters an id tag may have."""
        ...

    def error_code(self, problem: Problem) -> str:
        """This version's error code for the CallError to a Call that gets no result."""
        ...

    def handle(self, call: Call, context: Context) -> Handled:
        """The answer to a Call; one that cannot be handled gets the CallError of the specification.

        Never raises for its content.
        """
        ...

    def handle_repeated(self, text: str, state: ChargePointState, now: datetime) -> Handled | None:
        """The answer to a Call that repeats an earlier one but for live values, without parsing all of its frame.

        None for any other frame. The answer is the same as that of `handle`. `state` may lack the newest live values.
        """
        ...

    def read_answer(self, request: Request, payload: Any, now: datetime) -> Answer:
        """The meaning of the charger's answer `payload`, read leniently; `now` is when it arrived."""
        ...

    def possible(self, request: Request) -> Iterator[Entry]:
        """What changes by a request of ours that got no answer, as the charger may have done it."""
        ...

    def check_request(self, request: Request, max_current_a: float, phases: int, maximum: str = CONFIGURED) -> None:
        """Check a request that a person or another program wants to send as it is.

        Raises UnknownAction, InvalidPayload (fails the schema) and InvalidLimit (above `max_current_a`). A limit in W
        is converted with the profile's number of phases, else with `phases`; `maximum` says whose maximum it is.
        """
        ...

    def check_sense(self, request: Request, state: ChargePointState, now: datetime) -> None:
        """Check a request that follows its schema (`check_request`) against the specification's text and the charger.

        Raises InvalidPayload where no charger, or not this one, can do what it asks at `now`.
        """
        ...

    def lasting_limit_a(self, request: Request, phases: int) -> float | None:
        """The most A that a request with a limit for a transaction leaves it until its end; None for any other."""
        ...

    def with_reservation_id(self, request: Request, reservation_id: int) -> Request:
        """The request with `reservation_id` inserted where it makes a reservation and has no id; any other as it is."""
        ...

    def remote_start(self, connector_id: int, id_tag: str, profile: ChargingProfile | None) -> Request:
        """The request that starts a transaction; a given profile limits it from its beginning (§5.11)."""
        ...

    def set_limit(self, connector_id: int, profile: ChargingProfile) -> Request:
        """The request that installs a charging profile; one for the whole charger is for connector 0 (§5.16)."""
        ...

    def takes_no_profile(self, word: str) -> bool:
        """True where this status or error code in the answer to a profile rules out every other form of one."""
        ...

    def clear_profile(self, profile_id: int) -> Request:
        """The request that clears one charging profile (§5.5)."""
        ...

    def clear_all_profiles(self) -> Request:
        """The request that clears every charging profile, also those of others (§5.5)."""
        ...

    def restart(self) -> Request:
        """The request that restarts the charger after it has ended its transactions in order (§5.14)."""
        ...

    def unlock(self, connector_id: int) -> Request:
        """The request that ends a transaction on the connector and unlocks its plug (§5.18)."""
        ...

    def meter_values(self, connector_id: int) -> Request:
        """The request for the meter values of a connector, now (§5.17)."""
        ...

    def composite_schedule(self, connector_id: int, unit: Unit) -> Request:
        """The request for the limit that all charging profiles of a connector combine to (§5.7)."""
        ...

    def limit_of_schedule(self, payload: Any) -> tuple[float, Unit] | None:
        """The limit in force now in the answer to `composite_schedule`, with its unit.

        None where that is not readable.
        """
        ...

    def steered_connector(self, request: Request, state: ChargePointState) -> int | None:
        """The connector whose limit a person's request changes past this program, 0 for all, None for none."""
        ...

    def remote_stop(self, transaction_id: str) -> Request:
        """The request that ends a transaction (§5.12).

        Raises UnknownTransaction where its id cannot be of this version.
        """
        ...

    def introduction_request(self) -> Request:
        """The request for the BootNotification of a charger that reconnected without one (§5.17)."""
        ...

    def profile_capabilities(self, configuration: Mapping[str, str | None]) -> ProfileCapabilities:
        """The charging profiles a charger accepts, by its configuration as far as that is known."""
        ...

    @property
    def configuration_keys(self) -> tuple[str, ...]:
        """The configuration keys that the program reads."""
        ...

    @property
    def optional_keys(self) -> frozenset[str]:
        """Those of them that many chargers do not have: one without is not asked again for that."""
        ...

    def configuration_request(self, key: str | None = None) -> Request:
        """The request for the value of a configuration key, or of all keys (§5.8)."""
        ...

    def wanted_settings(
        self, known: Mapping[str, str | None], min_sample_interval_s: int
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The configuration keys to change, each with the values to try until the charger accepts one.

        `known` is the configuration read so far; `min_sample_interval_s` is the shortest interval the charger takes.
        """
        ...

    def setting_request(self, key: str, value: str) -> Request:
        """The request that changes a configuration key (§5.3); `check_request` says whether it may be sent."""
        ...

    def new_password(self, request: Request) -> str | None:
        """The password that a request gives the charger for its next connections (whitepaper A01); None for others."""
        ...

    def keeps_password(self, answer: Any) -> bool:
        """True for an answer to a new password after which the charger uses its old one (A01.FR.04)."""
        ...

    def signed_certificate(self, chain: str) -> Request:
        """The request that brings the certificate which the charger asked for, as PEM (whitepaper A02)."""
        ...

    @property
    def card_list(self) -> CardList:
        """The requests for the charger's own list of cards, and the meaning of their answers."""
        ...

    @property
    def keys(self) -> ConfigurationKeys:
        """What the charger's configuration keys mean."""
        ...

    def operations(self) -> Sequence[Operation]:
        """Every request of the central system, described for a form."""
        ...

    @property
    def files(self) -> FileRequests:
        """The requests for files that the charger sends or fetches."""
        ...

    def security_profile(self, configuration: Mapping[str, str | None]) -> int | None:
        """The number of the security profile that the charger uses, by its configuration; None where unknown."""
        ...

    def startup_requests(self, state: ChargePointState) -> tuple[Request, ...]:
        """The requests for the statuses and meter values that are missing once the configuration is known."""
        ...
