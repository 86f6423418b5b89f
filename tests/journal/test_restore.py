"""After a restart page and API show the same, marked not connected."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpo.chargers import ChargerKind, ChargerKnowledge, ProfileForm
from cpo.state import (
    THE_SUN,
    YOU,
    AttemptVerdict,
    ConfigurationRead,
    Figures,
    Finding,
    IdTag,
    IdTagChanged,
    IdTagDeleted,
    Learned,
    Limit,
    LimitAccepted,
    LimitForgotten,
    LimitReadBack,
    LimitWished,
    Mode,
    ProfileWritten,
    Reaction,
    ReadBack,
    RemoteStartSent,
    RemoteStopAccepted,
    ReservationCancelled,
    ReservationMade,
    ScheduleRead,
    Verdict,
    WishEnd,
    WishEnded,
)
from tests.examples import examples
from tests.journal.quiet_house import QuietHouse, persisted

SECONDS = st.sampled_from((0.0, -3600.0, -4 * 86400.0, -90.5, 0.000999, 30.0))
CONNECTORS = st.integers(0, 2)
WHICH = st.sampled_from((0, 1, 2, 'foreign', 'zero', 'minus one', 'largest', 'none'))
AMPERES = st.sampled_from((0.0, 6.0, 12.5))
WATTS = st.one_of(st.none(), st.floats(-20000, 20000))
TAGS = st.sampled_from(('Tag1', 'tag1', 'ÄÖÜ', 'äöü', 'Visitor'))

STEPS = st.one_of(
    st.tuples(st.just('connect'), st.sampled_from(('CP1', 'CP1', 'CP2'))),
    st.tuples(st.just('disconnect')),
    st.tuples(st.just('another_for_a_while')),
    st.tuples(st.just('boot'), st.sampled_from(('1.0', '1.1'))),
    st.tuples(st.just('heartbeat')),
    st.tuples(st.just('authorize'), TAGS),
    st.tuples(st.just('firmware'), st.sampled_from(('Downloading', 'Installed'))),
    st.tuples(st.just('status'), CONNECTORS, st.sampled_from(('Available', 'Charging', 'Faulted')), SECONDS),
    st.tuples(st.just('start'), st.integers(1, 2), TAGS, st.integers(0, 10**7), SECONDS),
    st.tuples(st.just('stop'), WHICH, st.integers(0, 10**7), SECONDS),
    st.tuples(st.just('meter'), CONNECTORS, WHICH, st.integers(0, 10**7), st.floats(0, 22000), SECONDS),
    st.tuples(st.just('wish'), st.integers(1, 2), AMPERES),
    st.tuples(st.just('end_wish'), CONNECTORS),
    st.tuples(st.just('accept'), st.integers(1, 2), AMPERES, st.booleans()),
    st.tuples(st.just('remote_start'), st.integers(1, 2), AMPERES, st.booleans()),
    st.tuples(st.just('remote_stop'), st.integers(1, 2)),
    st.tuples(st.just('schedule'), st.integers(1, 2), AMPERES),
    st.tuples(st.just('write'), st.integers(1, 2), st.sampled_from((None, True, False))),
    st.tuples(st.just('read_back'), st.integers(1, 2), st.sampled_from(Verdict)),
    st.tuples(st.just('learn'), st.sampled_from(('1.0', '1.1')), st.sampled_from((None, 0, 3))),
    st.tuples(st.just('forget'), CONNECTORS),
    st.tuples(st.just('mode'), st.integers(1, 2), st.sampled_from(Mode)),
    st.tuples(st.just('power'), WATTS, WATTS),
    st.tuples(st.just('key'), st.sampled_from(('A', 'B')), st.one_of(st.none(), st.just('1'))),
    st.tuples(st.just('reserve'), st.integers(1, 4)),
    st.tuples(st.just('cancel'), st.integers(1, 4)),
    st.tuples(st.just('tag'), TAGS, st.sampled_from(('Accepted', 'Blocked'))),
    st.tuples(st.just('untag'), TAGS),
    st.tuples(st.just('attempt'), st.sampled_from(('a', 'b'))),
    st.tuples(st.just('let_pass'), st.sampled_from((1, 59, 600, 7200))),
    st.tuples(st.just('restart')),
)


class Life:
    """Does steps in a house, and can end it and begin it again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.house = QuietHouse(folder)
        self.ids: list[int] = []

    def record(self, *entries: Any) -> None:
        self.house.charge_point.record(*entries)

    async def do(self, name: str, *members: Any) -> None:
        needs_no_charger = (
            'connect',
            'disconnect',
            'another_for_a_while',
            'restart',
            'let_pass',
            'mode',
            'power',
            'tag',
            'untag',
            'attempt',
        )
        if name not in needs_no_charger and self.house.connection is None:
            self.house.connect()
        done = getattr(self, name)(*members)
        if done is not None:
            await done

    async def boot(self, firmware: str) -> None:
        payload = {'chargePointVendor': 'V', 'chargePointModel': 'M', 'firmwareVersion': firmware}
        await self.house.call('BootNotification', payload)

    async def heartbeat(self) -> None:
        await self.house.call('Heartbeat', {})

    async def authorize(self, id_tag: str) -> None:
        await self.house.call('Authorize', {'idTag': id_tag})

    async def firmware(self, status: str) -> None:
        await self.house.call('FirmwareStatusNotification', {'status': status})

    async def status(self, connector_id: int, status: str, seconds: float) -> None:
        await self.house.status(status, connector_id, seconds)

    async def start(self, connector_id: int, id_tag: str, meter_start: int, seconds: float) -> None:
        payload = {**self.house.start_payload(meter_start, seconds, connector_id), 'idTag': id_tag}
        self.ids.append((await self.house.call('StartTransaction', payload))['transactionId'])

    async def stop(self, which: int | str, meter_stop: int, seconds: float) -> None:
        await self.house.stop(self.id_of(which) or 0, meter_stop, seconds)

    async def meter(self, connector_id: int, which: int | str, wh: int, watts: float, seconds: float) -> None:
        await self.house.meter(self.id_of(which), seconds, connector_id, energy=wh, power=watts)

    def id_of(self, which: int | str) -> int | None:
        if isinstance(which, int):
            return self.ids[-1 - which] if which < len(self.ids) else 77
        return {'foreign': 4711, 'zero': 0, 'minus one': -1, 'largest': 2**31 - 1}.get(which)

    def connect(self, charge_box_id: str) -> None:
        self.house.connect(charge_box_id)

    def another_for_a_while(self) -> None:
        self.house.connect('CP2')
        self.house.connect('CP1')

    def disconnect(self) -> None:
        self.house.disconnect()

    def wish(self, connector_id: int, limit_a: float) -> None:
        self.record(LimitWished(connector_id, Limit(limit_a, YOU, self.house.clock())))

    def end_wish(self, connector_id: int) -> None:
        self.record(WishEnded(connector_id, WishEnd.REACHED))

    def accept(self, connector_id: int, limit_a: float, expires: bool) -> None:
        now = self.house.clock()
        self.record(LimitAccepted(connector_id, Limit(limit_a, THE_SUN, now), now if expires else None))

    def remote_start(self, connector_id: int, limit_a: float, limits: bool) -> None:
        now = self.house.clock()
        self.record(RemoteStartSent(connector_id, Limit(limit_a, YOU, now), limits, now if limits else None))

    def remote_stop(self, connector_id: int) -> None:
        self.record(RemoteStopAccepted(connector_id, Limit(0, YOU, self.house.clock()), self.house.clock()))

    def schedule(self, connector_id: int, limit_a: float) -> None:
        self.record(ScheduleRead(connector_id, limit_a))

    def write(self, connector_id: int, default: bool | None) -> None:
        self.record(ProfileWritten(connector_id, self.house.clock(), default))

    def read_back(self, connector_id: int, verdict: Verdict) -> None:
        figures = Figures(limit_a=10.0, phases=3, answer='Rejected')
        found = ReadBack(verdict, Finding.REFUSED, self.house.clock(), figures, Reaction.GAVE_UP)
        self.record(LimitReadBack(connector_id, found))

    def learn(self, firmware: str, stack_level: int | None) -> None:
        form = None if stack_level is None else ProfileForm(stack_level=stack_level)
        self.record(Learned(ChargerKind('V', 'M', firmware), ChargerKnowledge(form)))

    def forget(self, connector_id: int) -> None:
        self.record(LimitForgotten(connector_id))

    def mode(self, connector_id: int, mode: Mode) -> None:
        self.house.charge_point.set_mode(connector_id, mode)

    def power(self, pv_w: float | None, grid_w: float | None) -> None:
        self.house.charge_point.record_reading(pv_w, grid_w)

    def key(self, key: str, value: str | None) -> None:
        self.record(ConfigurationRead({key: value}, self.house.clock()))

    def reserve(self, reservation_id: int) -> None:
        until = self.house.clock() + timedelta(hours=1)
        self.record(ReservationMade(reservation_id, 1, 'Tag1', until))

    def cancel(self, reservation_id: int) -> None:
        self.record(ReservationCancelled(reservation_id, self.house.clock()))

    def tag(self, id_tag: str, status: str) -> None:
        self.record(IdTagChanged(IdTag(id_tag, status, self.house.clock())))

    def untag(self, id_tag: str) -> None:
        self.record(IdTagDeleted(id_tag))

    def attempt(self, path: str) -> None:
        self.house.charge_point.connections.record_attempt(
            '192.0.2.8', path, AttemptVerdict.WRONG_PATH, 'ws://h/ocpp/x', 'CP9'
        )

    def let_pass(self, seconds: float) -> None:
        self.house.clock.let_pass(seconds=seconds)

    async def restart(self) -> None:
        """End the program as a signal does, start it again and compare the states."""
        self.house.disconnect()
        before = self.house.state
        self.house.journal.close()
        self.house = QuietHouse(self.folder, self.house.clock)
        assert persisted(self.house.state) == persisted(before)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=5, max_size=40))
def test_after_anything_a_restart_shows_the_same(steps: list[tuple[Any, ...]]) -> None:
    async def live(folder: Path) -> None:
        life = Life(folder)
        try:
            for step in steps:
                await life.do(*step)
            await life.restart()
        finally:
            life.house.disconnect()
            life.house.journal.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder)))
