"""Builds the ChargePoint with its controllers, and its doors (charger, REST, dashboard); for the program and tests."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from cpo.access import FOREIGN_HOST, Arrivals, Gate, Passwords, PathPrefix, People, Refusal, SignInCheck
from cpo.addresses import names_of_this_machine
from cpo.certificates import Certificates
from cpo.charge_point import ChargePoint
from cpo.clock import COMPUTER, Clock, Timekeeper
from cpo.controllers import (
    HOLD_S,
    CardGoals,
    CardKeeper,
    ClockWatch,
    CostKeeper,
    FreeCharging,
    FuseKeeper,
    GoalKeeper,
    GoalShelf,
    PeakKeeper,
    Planning,
    SolarController,
)
from cpo.dashboard.words.plain import plain_words
from cpo.files import FileShelf
from cpo.journal import AccountTables, GoalTables, Journal, do_chores
from cpo.ocpp import Dialect
from cpo.prices import Prices
from cpo.rest_api import RestApi, create_app
from cpo.serving import PlainHttp, at_most, believe_proxies, local_rule
from cpo.settings import Settings
from cpo.state import AccountChange, AccountChanged, AttemptVerdict
from cpo.statement import Ledger
from cpo.upkeep import CardListKeeper, CertificateSigner, FileTransfers, KeyBook
from cpo.websocket_endpoint import FLOOD_S, SILENT_AFTER_S, WebSocketEndpoint

if TYPE_CHECKING:
    from cpo.mqtt import Mqtt

PASSWORD_COMMAND = 'home-cpo password'
"""Who changes people on the machine itself, in the history."""
LEAVE_S = 0.6
"""How long the charger's answers to the last limits are waited for, in s."""


@dataclass(frozen=True, slots=True)
class House:
    """The ChargePoint, its solar controller and the goals, which the doors (charger, REST, dashboard) show."""

    charge_point: ChargePoint
    solar_controller: SolarController
    people: People
    goals: GoalKeeper
    ledger: Ledger
    transfers: FileTransfers
    keys: KeyBook
    card_list: CardListKeeper
    certificates: Certificates | None = None
    mqtt: Mqtt | None = None

    @property
    def prices(self) -> Prices:
        """What a kWh costs and earns."""
        return self.goals.planning.prices

    @classmethod
    def build(
        cls,
        settings: Settings,
        journal: Journal,
        dialects: Sequence[Dialect],
        clock: Clock = COMPUTER,
        solar_hold_s: float = HOLD_S,
        passwords: Passwords | None = None,
        certificates: Certificates | None = None,
    ) -> House:
        """A house with the state that the journal holds; needs a running event loop.

        `dialects` are the OCPP versions a charger may speak, the preferred one first; `solar_hold_s` is for how many
        seconds the sun has to be enough before it raises a limit. `passwords` hashes those of people and chargers, by
        default as is wise today, each in a thread of its own.
        """
        timekeeper = Timekeeper(clock, journal.newest_arrival)
        charge_point = ChargePoint(settings, dialects, journal, timekeeper.now, passwords=passwords)
        ClockWatch(charge_point, timekeeper)
        FuseKeeper(charge_point, timekeeper.now)
        PeakKeeper(charge_point, timekeeper.now)
        CardKeeper(charge_point, timekeeper.now)
        shelf = FileShelf(None if journal.path is None else journal.path.parent, timekeeper.now)
        transfers = FileTransfers(charge_point, shelf, timekeeper.now)
        kept = transfers, KeyBook(charge_point, timekeeper.now), CardListKeeper(charge_point)
        if certificates is not None:
            CertificateSigner(charge_point, certificates)
        people = People(AccountTables(journal), timekeeper.now, passwords)
        people.on_reset(lambda name, is_removed: charge_point.record(_password_reset(name, is_removed)))
        planning = Planning.of(charge_point, journal, timekeeper.now)
        CostKeeper(charge_point, planning.prices, timekeeper.now)
        goals = GoalKeeper(charge_point, planning, GoalShelf(GoalTables(journal)), timekeeper.now)
        CardGoals(charge_point, goals, timekeeper.now)
        FreeCharging(charge_point, goals.plans_for)
        solar_controller = SolarController(charge_point, timekeeper.now, solar_hold_s, goals)
        ledger = Ledger(journal, lambda: charge_point.state, lambda: charge_point.settings, timekeeper.now)
        mqtt = _mqtt(charge_point, solar_controller, goals) if settings.mqtt else None
        return cls(charge_point, solar_controller, people, goals, ledger, *kept, certificates, mqtt)

    def open_doors(self, silent_after_s: float = SILENT_AFTER_S, flood_s: float = FLOOD_S) -> FastAPI:
        """The web application with the doors for chargers and REST, behind the check of hosts and origins.

        The dashboard is added by `main`, as NiceGUI allows one per process. A connected charger that sends no frame
        for `silent_after_s` is recorded as silent, one that sends very many for `flood_s` as one that floods.
        """
        charge_point = self.charge_point
        connections = charge_point.connections
        app = create_app()
        health = [lambda: charge_point.journal.problem]
        remarks = [lambda: self.goals.planning.fetcher.problem, *([] if self.mqtt is None else [self.mqtt.problem])]
        parts = (self.solar_controller, self.people, self.goals, self.ledger, self.transfers, self.keys, self.card_list)
        RestApi(charge_point, *parts, self.words_of, health, remarks, self.certificates).install(app)
        app.include_router(WebSocketEndpoint(charge_point, silent_after_s, flood_s).router)
        app.add_middleware(SignInCheck, self.people, local_rule(lambda: charge_point.settings))
        app.add_middleware(PlainHttp, connections.record_attempt, lambda: charge_point.settings.charge_box_id)
        believe_proxies(app, charge_point.settings.trusted_proxies)

        def record_refusal(address: str, path: str, refusal: Refusal) -> None:
            verdict = AttemptVerdict.FOREIGN_HOST if refusal.error == FOREIGN_HOST else AttemptVerdict.FOREIGN_PAGE
            connections.record_attempt(address, path, verdict, refusal.fact)

        app.add_middleware(Gate, lambda: charge_point.settings, names_of_this_machine(), record_refusal)
        app.add_middleware(PathPrefix, charge_point.settings.trusted_proxies)
        return app

    def words_of(self, connector_id: int) -> tuple[str, str]:
        """What the connector does, and why, as Home has it."""
        return plain_words(self.charge_point, self.solar_controller, connector_id)

    def arrivals(self) -> Arrivals:
        """The bound on connections that wait without a request.

        One for the charger that was here last is always free.
        """
        charge_point = self.charge_point
        return Arrivals(charge_point.settings.trusted_proxies, lambda: charge_point.state.address)

    def chores(self) -> list[Coroutine[Any, Any, None]]:
        """What has to be done beside serving, each until it is cancelled."""
        renewal = [] if self.certificates is None else [self.certificates.keep_renewed()]
        mqtt = [] if self.mqtt is None else [self.mqtt.run()]
        return [
            self.tidy_up(),
            self.people.follow_store(),
            self.goals.planning.fetcher.run(),
            self.ledger.keep_closing(),
            *renewal,
            *mqtt,
        ]

    async def tidy_up(self) -> None:
        """Keep the journal small and backed up, until cancelled."""
        charge_point = self.charge_point

        def keep_samples() -> timedelta:
            return timedelta(days=charge_point.settings.keep_samples_days)

        await do_chores(charge_point.journal, keep_samples, charge_point.now)

    async def leave(self) -> None:
        """Leave the charger with the fallback limits that the settings want, and end its connection."""
        await at_most(LEAVE_S, self.charge_point.leave())
        await self.charge_point.connections.close(1001, 'the server stops')


def _password_reset(name: str, is_removed: bool) -> AccountChanged:
    """The entry for the history that a person's password was set, or the person removed, on the machine itself."""
    return AccountChanged(name, AccountChange.REMOVED if is_removed else AccountChange.PASSWORD, PASSWORD_COMMAND)


def _mqtt(charge_point: ChargePoint, solar_controller: SolarController, goals: GoalKeeper) -> Mqtt:
    from cpo.mqtt import Mqtt  # noqa: PLC0415 (nobody else needs the library for it)

    def words_of(connector_id: int) -> tuple[str, str]:
        return plain_words(charge_point, solar_controller, connector_id)

    return Mqtt(charge_point, solar_controller, goals, words_of)
