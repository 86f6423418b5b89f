"""The whole REST interface: its FastAPI application, resources, errors and Origin check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline

from cpo.access import People
from cpo.certificates import Certificates
from cpo.charge_point import ChargePoint
from cpo.controllers import GoalKeeper, SolarController
from cpo.rest_api.backup import BackupResource
from cpo.rest_api.body_check import BodyCheck
from cpo.rest_api.ceilings import CeilingsResource
from cpo.rest_api.charge_point import ChargePointResource, WordsOf
from cpo.rest_api.chargers import ChargersResource
from cpo.rest_api.commands import CommandsResource
from cpo.rest_api.configuration import ConfigurationResource
from cpo.rest_api.connections import ConnectionsResource
from cpo.rest_api.decisions import DecisionsResource
from cpo.rest_api.docs_page import install_docs
from cpo.rest_api.errors import install_error_handlers
from cpo.rest_api.events import EventsResource
from cpo.rest_api.fallback import install_fallback
from cpo.rest_api.files import FilesResource
from cpo.rest_api.forecast import ForecastResource
from cpo.rest_api.goal import GoalResource
from cpo.rest_api.health import HealthCheck, HealthResource
from cpo.rest_api.history import HistoryResource
from cpo.rest_api.id_tags import IdTagsResource
from cpo.rest_api.known_query import known_query
from cpo.rest_api.messages import MessagesResource
from cpo.rest_api.meter_values import MeterValuesResource
from cpo.rest_api.operations import OperationsResource
from cpo.rest_api.people import PeopleResource
from cpo.rest_api.prices import PricesResource
from cpo.rest_api.reservations import ReservationsResource
from cpo.rest_api.root_certificate import RootCertificateResource
from cpo.rest_api.session import SessionResource
from cpo.rest_api.settings import SettingsResource
from cpo.rest_api.solar import SolarResource
from cpo.rest_api.statement import StatementResource
from cpo.rest_api.tokens import TokensResource
from cpo.rest_api.transactions import TransactionsResource
from cpo.rest_api.transactions_csv import TransactionsCsvResource
from cpo.sentences import clock_problem, rows_problem, two_meters
from cpo.statement import Ledger
from cpo.upkeep import CardListKeeper, FileTransfers, KeyBook
from cpo.version import VERSION

DESCRIPTION = """
The charger, its limit and its records for other programs. Currents are in A, powers in W, energy is in Wh; times are
ISO 8601 in UTC, in `GET /api/chargepoint` milliseconds since 1970.

Every error is `{"error": "<Name>", "detail": "<one sentence>"}`.
"""


def create_app() -> FastAPI:
    """The FastAPI application for REST, dashboard and chargers; its page `/docs` loads nothing from other servers."""
    app = FastAPIOffline(
        docs_url=None,
        redoc_url=None,
        telemetry={'tracing': False, 'metrics': False, 'logs': False},  # nobody reads it, and each request asks for it
        title='Home CPO',
        version=VERSION,
        servers=[{'url': '.'}],  # where this document is, also below a path prefix
        description=DESCRIPTION,
        dependencies=[Depends(known_query)],
        swagger_ui_parameters={'validatorUrl': None, 'defaultModelsExpandDepth': -1},
    )
    install_docs(app)
    return app


class Resource(Protocol):
    """Some routes."""

    def install(self, app: FastAPI) -> None:
        """Add them to `app`."""


class RestApi:
    """The routes below `/api`, and the check of every body."""

    def __init__(
        self,
        charge_point: ChargePoint,
        solar_controller: SolarController,
        people: People,
        goals: GoalKeeper,
        ledger: Ledger,
        transfers: FileTransfers,
        keys: KeyBook,
        card_list: CardListKeeper,
        words_of: WordsOf,
        health_checks: Sequence[HealthCheck] = (),
        remarks: Sequence[HealthCheck] = (),
        certificates: Certificates | None = None,
    ) -> None:
        """Each health check returns a sentence about a problem, or None; so does each remark, on what a restart does
        not solve. `words_of` gives what a connector does, and why. `certificates` is None without TLS.
        """
        self._resources = (
            *_records(charge_point, goals, ledger, transfers, card_list, words_of),
            CommandsResource(transfers, keys),
            OperationsResource(charge_point),
            ConfigurationResource(keys),
            FilesResource(transfers),
            RootCertificateResource(certificates),
            SolarResource(charge_point, solar_controller),
            DecisionsResource(charge_point, solar_controller),
            HealthResource(health_checks, [*_notes(charge_point), *remarks]),
            CeilingsResource(charge_point),
            *_of_prices(charge_point, goals),
            SettingsResource(charge_point),
            SessionResource(people, charge_point.record),
            PeopleResource(people, charge_point.record),
            TokensResource(people, charge_point.record),
        )

    def install(self, app: FastAPI) -> None:
        """Add the routes to `app`; to be called before NiceGUI is added, which takes every remaining path."""
        for resource in self._resources:
            resource.install(app)
        install_fallback(app)
        install_error_handlers(app)
        app.add_middleware(BodyCheck)


def _records(
    charge_point: ChargePoint,
    goals: GoalKeeper,
    ledger: Ledger,
    transfers: FileTransfers,
    card_list: CardListKeeper,
    words_of: WordsOf,
) -> tuple[Resource, ...]:
    """What is known of the charger, its sessions, cards and messages."""
    goal = GoalResource(charge_point, goals)
    state = ChargePointResource(charge_point, goal.of_connector, transfers, card_list, words_of)
    return (
        state,
        goal,
        EventsResource(charge_point, state.encoded),
        HistoryResource(charge_point),
        TransactionsResource(charge_point, goals),
        TransactionsCsvResource(charge_point),
        MeterValuesResource(charge_point),
        StatementResource(charge_point, ledger),
        IdTagsResource(charge_point),
        ReservationsResource(charge_point),
        ConnectionsResource(charge_point),
        ChargersResource(charge_point),
        MessagesResource(charge_point),
        BackupResource(charge_point),
    )


def _of_prices(charge_point: ChargePoint, goals: GoalKeeper) -> tuple[PricesResource, ForecastResource]:
    planning, now = goals.planning, charge_point.now
    prices = PricesResource(planning.pushed, planning.prices, now)
    return prices, ForecastResource(planning.pushed, planning.quarters, now)


def _notes(charge_point: ChargePoint) -> list[HealthCheck]:
    """What is worth saying although the program is well."""
    return [
        lambda: clock_problem(charge_point.state),
        lambda: rows_problem(charge_point.journal.rows_set_aside),
        lambda: two_meters(charge_point.state.solar, charge_point.now()),
    ]
