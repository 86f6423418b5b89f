"""A journal of the first release, whose program was killed during sessions, is taken over: `fixtures/README.md`."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from cpo.chargers import ChargerKind, RemoteStart
from cpo.controllers.free_charging import PLUG_AND_CHARGE
from cpo.dashboard.words.connection import ANOTHER_CHARGER, CUT
from cpo.journal import Journal
from cpo.journal.events import events_before
from cpo.sentences import VERDICTS
from cpo.state import (
    HOME_ASSISTANT,
    REST,
    THE_SUN,
    YOU,
    AttemptVerdict,
    ChargePointState,
    Connector,
    EventKind,
    Mode,
    Transaction,
    TransactionNote,
    Verdict,
)
from tests.program import document_when, running
from tests.scripted_charger import CALL, CALL_RESULT

DUMP, VERSION_4 = [Path(__file__).with_name('fixtures') / f'{name}.sql' for name in ('first_release', 'version_4')]
MOODY, WALLBOX = ('Wall & Sons', 'Moody'), ('Home Works', 'Wallbox 10')
STARTED_AT = datetime(2026, 11, 27, 20, 50, 26, 848_000, UTC)
"""When the session on connector 1 began."""
LIMITED, ALARMING, FOUND, UNKNOWN = 722_070_765, 722_070_744, 9001, 4711
"""Transactions: that session, the one with the alarm, one that was found running, one nobody reported."""
NEVER_ENDING, OVERTAKEN = 722_070_761, 722_070_762


def write_journal(folder: Path, dump: Path) -> None:
    """Make the journal of a data folder from its text."""
    with closing(sqlite3.connect(folder / 'journal.db', isolation_level=None)) as connection:
        connection.executescript(dump.read_text(encoding='utf-8'))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The journal as the first release left it."""
    write_journal(tmp_path, DUMP)
    return tmp_path


@pytest.fixture
def state(folder: Path) -> ChargePointState:
    """What this program makes of it."""
    with closing(Journal(folder)) as journal:
        return journal.restored_state(phases=1)


def transactions(state: ChargePointState) -> dict[int, Transaction]:
    """By transaction id."""
    return {int(transaction.transaction_id): transaction for transaction in state.transactions}


def after(minutes: float) -> str:
    """A time so long after the session began, as a charger writes it."""
    return (STARTED_AT + timedelta(minutes=minutes)).isoformat().replace('+00:00', 'Z')


def limits_by(connector: Connector) -> dict[str, object]:
    """Who set what of a connector's limits."""
    names = ('limit', 'wish', 'unanswered_start', 'stopping')
    found = {name: getattr(connector, name) for name in names}
    return {name: limit.by for name, limit in found.items() if limit is not None}


def test_the_session_that_ran_runs_with_its_energy_its_limit_and_the_wish_for_it(state: ChargePointState) -> None:
    connector, running_one = state.connector(1), state.running_transaction(1)
    assert (state.charge_box_id, state.connected, connector.status) == ('garage', False, 'Charging')
    assert running_one is not None
    assert (running_one.transaction_id, running_one.id_tag, running_one.remote) == (str(LIMITED), 'Tag1', True)
    assert (running_one.energy_wh, running_one.sun_wh, running_one.note) == (200, 200, None)
    assert (running_one.start_timestamp, running_one.meter_start_wh) == (STARTED_AT, 10_000)
    assert connector.limit is not None
    assert connector.limit.limit_a == 10
    assert connector.wish == connector.limit
    assert (connector.meter.power_w, connector.meter.current_a, connector.meter.energy_wh) == (2254, 9.8, 10_200)
    assert (connector.meter.soc_percent, connector.meter.offered_a) == (45, 10)


def test_who_set_a_limit_is_still_known(state: ChargePointState) -> None:
    by = {i: limits_by(connector) for i, connector in state.connectors.items()}
    assert by == {
        0: {},
        1: {'limit': REST, 'wish': REST},
        2: {'limit': HOME_ASSISTANT, 'wish': HOME_ASSISTANT},
        3: {'limit': THE_SUN, 'wish': THE_SUN},
        4: {'limit': YOU, 'wish': YOU},
        5: {'limit': REST, 'wish': REST},
        6: {'limit': REST, 'wish': REST, 'stopping': REST},
        7: {'wish': PLUG_AND_CHARGE, 'unanswered_start': PLUG_AND_CHARGE},
        8: {'limit': PLUG_AND_CHARGE, 'wish': PLUG_AND_CHARGE},
        9: {},
        10: {},
    }
    assert state.connector(6).is_stopping
    assert all(state.connector(i).limit == state.connector(i).wish for i in (1, 2, 3, 4, 5, 6, 8))
    assert state.connector(7).unanswered_start == state.connector(7).wish


def test_the_notes_of_odd_sessions_are_there(state: ChargePointState) -> None:
    notes = {i: t.note for i, t in transactions(state).items() if t.note is not None}
    expected = {
        NEVER_ENDING: TransactionNote.NEVER_ENDED,
        OVERTAKEN: TransactionNote.ANOTHER_BEGAN,
        FOUND: TransactionNote.NEVER_STARTED,
        UNKNOWN: TransactionNote.NEVER_STARTED,
    }
    assert notes == expected
    assert state.running_transaction(6) == transactions(state)[FOUND]


def test_sessions_keep_how_they_ended_and_which_card_began_them(state: ChargePointState) -> None:
    ended = [t for t in state.transactions if not t.running]
    assert {str(t.stop_reason) for t in ended} == {
        'DeAuthorized', 'EmergencyStop', 'EVDisconnected', 'HardReset', 'Local', 'Other',
        'PowerLoss', 'Reboot', 'Remote', 'SoftReset', 'UnlockCommand',
    }  # fmt: skip
    assert transactions(state)[ALARMING].stop_reason == 'Remote'
    statuses = {t.id_tag: t.id_tag_status for t in state.transactions if t.id_tag not in (None, 'Tag1', 'Tag2')}
    assert statuses == {'Guest': 'Blocked', 'Old': 'Expired', 'Nobody': 'Invalid'}
    assert {t.connector_id for t in state.transactions if t.id_tag_status == 'ConcurrentTx'} == {3}
    still = {(t.charge_box_id, t.connector_id) for t in state.transactions if t.running}
    assert still == {('carport', 2), *(('garage', i) for i in (1, 2, 3, 4, 5, 6, 8))}
    assert state.refused_tag is not None
    assert (state.refused_tag.id_tag, state.refused_tag.status) == ('Tag2', 'ConcurrentTx')


def test_modes_readings_and_the_records_of_the_house_are_there(state: ChargePointState) -> None:
    assert {c.connector_id for c in state.connectors.values() if c.mode is Mode.SOLAR} == {3}
    assert (state.solar.pv_w, state.solar.grid_w) == (3100, -900)
    assert state.solar.by == REST
    assert {tag.id_tag: tag.status for tag in state.id_tags.values()} == {
        'Guest': 'Blocked', 'Old': 'Accepted', 'Tag1': 'Accepted', 'Tag2': 'Accepted',
    }  # fmt: skip
    assert {r.reservation_id: r.status for r in state.reservations} == {1: 'Cancelled', 2: 'Accepted'}
    assert (state.firmware_status, state.diagnostics_status) == ('DownloadFailed', 'Uploaded')


def test_what_was_read_back_is_there(state: ChargePointState) -> None:
    found = {c.connector_id: c.read_back for c in state.charging_connectors if c.read_back is not None}
    assert {i: read_back.verdict for i, read_back in found.items()} == {
        1: Verdict.FOLLOWS, 2: Verdict.HOLDS_BACK, 3: Verdict.FOLLOWS, 4: Verdict.UNCLEAR,
        5: Verdict.IGNORES, 9: Verdict.ALARM, 10: Verdict.IGNORES,
    }  # fmt: skip
    assert state.connector(9).alarm is not None


def test_what_was_learned_of_makes_is_there(state: ChargePointState) -> None:
    known = {kind: knowledge.remote_start for kind, knowledge in state.knowledge.items()}
    assert known == {
        ChargerKind(*MOODY, '1.0'): None,
        ChargerKind(*MOODY, '2.0'): RemoteStart.DEFAULT_FIRST,
        ChargerKind(*MOODY, '3.0'): RemoteStart.PROFILE_AFTER,
        ChargerKind(*WALLBOX, '0.9'): RemoteStart.WITH_PROFILE,
        ChargerKind(*WALLBOX, '1.0'): RemoteStart.DEFAULT_FIRST,
    }
    assert state.knowledge[ChargerKind(*MOODY, '1.0')].unasked == ('',)
    assert state.knowledge[ChargerKind(*MOODY, '2.0')].tells_schedule is False
    assert state.known is state.knowledge[ChargerKind(*WALLBOX, '1.0')]
    assert state.known.form is not None
    assert state.known.form.stack_level == 0
    assert [form.stack_level for form in state.known.refused] == [2, 0, 2, 2, 2]
    assert state.known.form not in state.known.refused
    assert state.known.tells_schedule is True


def test_every_attempt_to_connect_is_there(state: ChargePointState) -> None:
    attempts = [(a.path.rpartition('/')[2], a.accepted, a.count) for a in state.attempts]
    assert sorted(attempts) == [
        ('carport', True, 4),
        ('garage', False, 1),  # another charger, at that time
        ('garage', False, 1),  # no websocket
        ('garage', False, 1),  # no UTF-8
        ('garage', False, 1),  # too long
        ('garage', False, 1),  # a wrong path
        ('garage', False, 1),  # another protocol
        ('garage', True, 1),  # without a protocol
        ('garage', True, 3),
        ('lodger', False, 1),  # another one is connected
        ('lodger', False, 1),  # another one is configured
    ]
    assert [a.verdict in ANOTHER_CHARGER for a in state.attempts].count(True) == 3
    assert [a.verdict in CUT for a in state.attempts].count(True) == 2
    assert len({VERDICTS[a.verdict] for a in state.attempts}) == 6


class ReturningCharger:
    """The charger of the journal: accepts whatever it is sent; `profiles` are the limits it was given."""

    def __init__(self, websocket: ClientConnection) -> None:
        self._websocket = websocket
        self._answers: asyncio.Queue[Any] = asyncio.Queue()
        self.profiles: asyncio.Queue[Any] = asyncio.Queue()

    async def listen(self) -> None:
        """Until the connection ends."""
        async for text in self._websocket:
            frame = json.loads(text)
            if frame[0] != CALL:
                self._answers.put_nowait(frame)
                continue
            await self._websocket.send(json.dumps([CALL_RESULT, frame[1], {'status': 'Accepted'}]))
            if frame[2] == 'SetChargingProfile':
                self.profiles.put_nowait(frame[3])

    async def call(self, action: str, minutes: float | None = None, **payload: Any) -> Any:
        """Send a Call, with a timestamp so long after the beginning of the session; the payload of the answer."""
        if minutes is not None:
            payload['timestamp'] = after(minutes)
        message_id = f'{action} {minutes} {payload}'[:36]
        await self._websocket.send(json.dumps([CALL, message_id, action, payload]))
        answer = await asyncio.wait_for(self._answers.get(), 10)
        assert answer[:2] == [CALL_RESULT, message_id], answer
        return answer[2]

    async def profile_for(self, connector_id: int) -> Any:
        """The next charging profile for this connector."""
        async with asyncio.timeout(20):
            while (sent := await self.profiles.get())['connectorId'] != connector_id:
                pass
        return sent['csChargingProfiles']


@asynccontextmanager
async def returning(url: str) -> AsyncIterator[ReturningCharger]:
    """It had no power for a moment; the car is still plugged in and charges on."""
    async with connect(url, subprotocols=[Subprotocol('ocpp1.6')], proxy=None) as websocket:
        charger = ReturningCharger(websocket)
        listening = asyncio.create_task(charger.listen())
        vendor, model = WALLBOX
        about: dict[str, Any] = {'chargePointVendor': vendor, 'chargePointModel': model, 'firmwareVersion': '1.0'}
        assert (await charger.call('BootNotification', **about))['status'] == 'Accepted'
        await charger.call('StatusNotification', 10, connectorId=1, status='Charging', errorCode='NoError')
        yield charger
    await listening


@pytest.mark.program
async def test_the_program_started_on_it_continues_the_session_when_the_charger_is_back(folder: Path) -> None:
    environment = {'CPO_DATA_DIR': str(folder), 'CPO_STARTUP_REQUESTS': 'false'}
    async with running(environment=environment) as program, program.client() as rest:
        before = (await rest.get('/api/chargepoint')).json()
        one = before['connectors']['1']
        assert (before['chargePointId'], before['connected'], one['limit'], one['wish']) == ('garage', False, 10, 10)
        assert (one['attributes']['txId'], one['attributes']['totalCharged']) == (LIMITED, 200)
        assert one['attributes']['txStopTimestamp'] is None
        connectors = before['connectors'].values()
        assert [c['limitSetBy'] for c in connectors] == [
            'REST', 'Home Assistant', 'the sun', 'you', 'REST', 'REST', None, 'plug and charge', None, None,
        ]  # fmt: skip
        assert [c['readBack']['verdict'] for c in connectors if 'readBack' in c] == [
            'follows', 'holds back', 'follows', 'unclear', 'ignores', 'alarm', 'ignores',
        ]  # fmt: skip

        async with returning(program.ocpp('garage')) as charger:
            profile = await charger.profile_for(1)
            assert (profile['transactionId'], profile['stackLevel']) == (LIMITED, 0)
            assert profile['chargingSchedule']['chargingSchedulePeriod'][0]['limit'] == 10
            sample = {'value': '10500', 'measurand': 'Energy.Active.Import.Register', 'unit': 'Wh'}
            value = {'timestamp': after(15), 'sampledValue': [sample]}
            await charger.call('MeterValues', connectorId=1, transactionId=LIMITED, meterValue=[value])
            charging = await document_when(rest, lambda d: d['connectors']['1']['attributes']['totalCharged'] == 500)
            assert charging['connectors']['1']['attributes']['txId'] == LIMITED
            stop = {'transactionId': LIMITED, 'meterStop': 10_600, 'reason': 'EVDisconnected'}
            await charger.call('StopTransaction', 20, **stop)
            await charger.call('StopTransaction', 20, **stop)  # it has not heard the answer
            # it does know the end of the session that it seemed to have forgotten
            await charger.call('StopTransaction', 9, transactionId=NEVER_ENDING, meterStop=31_500, reason='PowerLoss')
            unknown = (await rest.get(f'/api/transactions/{UNKNOWN}')).json()
            await charger.call(
                'StopTransaction',
                transactionId=UNKNOWN,
                meterStop=unknown['meterStop'],
                timestamp=unknown['stopTimestamp'],
                reason=unknown['stopReason'],
            )

        items = (await rest.get('/api/transactions?limit=1000')).json()['items']
        ids = [item['transactionId'] for item in items]
        assert len(set(ids)) == len(ids)
        ended = {item['transactionId']: (item['energyWh'], item['stopReason'], item['note']) for item in items}
        assert ended[LIMITED] == (600, 'EVDisconnected', None)
        assert ended[NEVER_ENDING] == (490, 'PowerLoss', None)
        assert ended[OVERTAKEN][1:] == ('Other', 'Another one began before it ended.')
        assert ended[UNKNOWN] == (None, 'EVDisconnected', 'Its start was never reported.')
        assert ended[FOUND] == (None, None, 'Its start was never reported.')
        assert (await rest.get('/api/chargepoint')).json()['connectors']['1']['limit'] is None


def test_the_kind_of_every_event_is_a_value(folder: Path) -> None:
    sql = 'SELECT DISTINCT kind FROM events'
    with closing(Journal(folder)), closing(sqlite3.connect(folder / 'journal.db')) as connection:
        kinds = {kind for (kind,) in connection.execute(sql)}
    assert kinds <= {*EventKind, *AttemptVerdict}
    assert kinds & {*EventKind}


def test_the_session_the_readings_and_the_events_of_a_later_program_are_taken_over(tmp_path: Path) -> None:
    write_journal(tmp_path, VERSION_4)
    with closing(Journal(tmp_path)) as journal:
        state = journal.restored_state(phases=1)
        found = journal.read_at_once(lambda connection: events_before(connection, None, 100))
    session = state.running_transaction(1)
    assert session is not None
    assert (session.id_tag, session.remote, session.cost, session.card) == ('Tag1', True, None, None)
    assert state.connector(1).limit == state.connector(1).wish
    assert (state.solar.pv_w, state.solar.grid_w, state.connector(1).mode) == (2000, 500, Mode.MANUAL)
    assert {EventKind.SESSION_BEGUN, EventKind.STATUS} <= {event.kind for event in found}
    with closing(Journal(tmp_path)) as again:
        assert again.restored_state(phases=1) == state
