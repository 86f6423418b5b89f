"""Each peculiarity of personas alone, on a charger that has no other."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator import Car, Persona
from simulator.clock import Clock, to_wire
from simulator.configuration import Configuration
from simulator.connection import OcppError
from simulator.connector import Connector
from simulator.operations import answer
from simulator.outbox import Message
from simulator.station import Station

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
TX, DEFAULT, MAX = 'TxProfile', 'TxDefaultProfile', 'ChargePointMaxProfile'

Payload = dict[str, Any]


def a_profile(limit: float, purpose: str = TX, unit: str = 'A', **members: Any) -> Payload:
    period = {'startPeriod': 0, 'limit': limit} | members.pop('period', {})
    schedule = {'chargingRateUnit': unit, 'chargingSchedulePeriod': [period]} | members.pop('schedule', {})
    return {
        'chargingProfileId': 1,
        'stackLevel': 0,
        'chargingProfilePurpose': purpose,
        'chargingProfileKind': 'Relative',
        'chargingSchedule': schedule,
    } | members


class Box:
    """A Station without a network, whose central system accepts everything at once; its time advances in `wait`."""

    def __init__(self, **members: Any) -> None:
        persona = Persona.read('odd', {'source': 'this test'} | members)
        self.now = START
        self.messages: list[Message] = []
        self.resets: list[str] = []
        self.hung_up = 0
        self.station = Station(
            {n: Connector(n, persona.phases, persona.max_current_a, persona.needs_unplug) for n in (0, 1)},
            Configuration(1, 60, 0, persona),
            self._put,
            log_event=lambda line: None,
            on_change=lambda: None,
            clock=Clock(),
            persona=persona,
        )
        self.station.reset = self.resets.append
        self.station.hang_up = self._hang_up
        self.station.online = True
        self.connector = self.station.connectors[1]

    def ask(self, action: str, **payload: Any) -> Any:
        """The status of the answer to a Call, or the whole answer if it has none; None for no answer."""
        reply = answer(self.station, action, payload, self.now)
        if reply.then:
            reply.then()
        return reply.payload.get('status', reply.payload) if reply.payload else reply.payload

    def set_limit(self, limit: float, purpose: str = TX, unit: str = 'A', connector_id: int = 1, **members: Any) -> Any:
        profile = a_profile(limit, purpose, unit, **members)
        return self.ask('SetChargingProfile', connectorId=connector_id, csChargingProfiles=profile)

    def start(self, **members: Any) -> Any:
        return self.ask('RemoteStartTransaction', **({'idTag': 'Tag1', 'connectorId': 1} | members))

    def stop(self) -> Any:
        return self.ask('RemoteStopTransaction', transactionId=7)

    def plug_in(self) -> None:
        self.station.plug_in(
            1, Car(max_current_a=32, phases=self.connector.phases, reaction_s=0, below_offer_a=0), self.now
        )

    def charging(self) -> 'Box':
        self.plug_in()
        assert self.start() == 'Accepted'
        return self

    def wait(self, seconds: int = 1) -> 'Box':
        for _ in range(seconds):
            self.now += timedelta(seconds=1)
            self.station.tick(self.now)
        return self

    @property
    def current_a(self) -> float:
        return self.connector.current_a

    def sent(self, action: str) -> list[Payload]:
        payloads = (message.payload() for message in self.messages if message.action == action)
        return [payload for payload in payloads if payload is not None]

    def _put(self, message: Message) -> None:
        self.messages.append(message)
        message.on_response({'transactionId': 7, 'idTagInfo': {'status': 'Accepted'}}, self.now)

    def _hang_up(self) -> None:
        self.hung_up += 1
        self.station.online = False


# Charging profiles

REJECTIONS: list[tuple[Payload, Callable[[Box], Any], Callable[[Box], Any]]] = [
    ({'purpose': DEFAULT}, lambda box: box.set_limit(10, DEFAULT), lambda box: box.set_limit(10, TX)),
    ({'kind': 'Absolute'}, lambda box: box.set_limit(10, chargingProfileKind='Absolute'), lambda box: box.set_limit(9)),
    ({'unit': 'A'}, lambda box: box.set_limit(10), lambda box: box.set_limit(2300, unit='W')),
    (
        {'purpose': DEFAULT, 'at': 'connector'},
        lambda box: box.set_limit(10, DEFAULT),
        lambda box: box.set_limit(10, DEFAULT, connector_id=0),
    ),
    (
        {'at': 'charge point'},
        lambda box: box.set_limit(10, DEFAULT, connector_id=0),
        lambda box: box.set_limit(10, DEFAULT),
    ),
    ({'above_stack_level': 0}, lambda box: box.set_limit(10, stackLevel=1), lambda box: box.set_limit(10)),
    ({'below': 7}, lambda box: box.set_limit(6.9), lambda box: box.set_limit(7)),
    ({'below': 7}, lambda box: box.set_limit(6.9), lambda box: box.set_limit(0)),
    (
        {'kind': 'Absolute', 'without': 'startSchedule'},
        lambda box: box.set_limit(10, chargingProfileKind='Absolute'),
        lambda box: box.set_limit(10, chargingProfileKind='Absolute', schedule={'startSchedule': to_wire(START)}),
    ),
    (
        {'without': 'minChargingRate'},
        lambda box: box.set_limit(10),
        lambda box: box.set_limit(10, schedule={'minChargingRate': 6}),
    ),
    (
        {'without': 'numberPhases'},
        lambda box: box.set_limit(10),
        lambda box: box.set_limit(10, period={'numberPhases': 1}),
    ),
    ({'without': 'transactionId'}, lambda box: box.set_limit(10), lambda box: box.set_limit(10, transactionId=7)),
    ({'in_remote_start': False}, lambda box: box.set_limit(10), lambda box: 'Accepted'),
]
PATTERNS = [str(pattern) for pattern, *_ in REJECTIONS]


@pytest.mark.parametrize(('pattern', 'refused', 'accepted'), REJECTIONS, ids=PATTERNS)
def test_what_fits_a_pattern_is_rejected_and_nothing_else(
    pattern: Payload, refused: Callable[[Box], Any], accepted: Callable[[Box], Any]
) -> None:
    box = Box(rejected_profiles=[pattern]).charging()
    assert refused(box) == 'Rejected'
    assert box.wait().current_a == 32
    assert accepted(box) == 'Accepted'


@pytest.mark.parametrize(('pattern', 'ignored', 'obeyed'), REJECTIONS[:8], ids=PATTERNS[:8])
def test_what_fits_a_pattern_is_accepted_without_effect(
    pattern: Payload, ignored: Callable[[Box], Any], obeyed: Callable[[Box], Any]
) -> None:
    box = Box(ignored_profiles=[pattern]).charging()
    assert ignored(box) == 'Accepted'
    assert box.wait().current_a == 32
    assert obeyed(box) == 'Accepted'
    assert box.wait().current_a <= 10


def test_an_empty_pattern_fits_every_profile() -> None:
    box = Box(ignored_profiles=[{}]).charging()
    assert [box.set_limit(6), box.set_limit(0, DEFAULT, 'W'), box.set_limit(6, MAX, connector_id=0)] == ['Accepted'] * 3
    assert box.wait().current_a == 32


def test_a_profile_inside_a_remote_start_is_rejected_alone() -> None:
    box = Box(rejected_profiles=[{'in_remote_start': True}])
    box.plug_in()
    assert box.start(chargingProfile=a_profile(10)) == 'Rejected'
    assert box.start() == 'Accepted'
    assert box.set_limit(10) == 'Accepted'


def test_a_profile_is_refused_with_a_status_of_its_own() -> None:
    assert Box(rejected_profiles=[{}], profile_refusal='NotSupported').set_limit(10, DEFAULT) == 'NotSupported'


def test_a_profile_is_refused_with_a_call_error() -> None:
    box = Box(rejected_profiles=[{}], profile_refusal='CallError PropertyConstraintViolation')
    with pytest.raises(OcppError, match='PropertyConstraintViolation'):
        box.set_limit(10, DEFAULT)


@pytest.mark.parametrize(('purpose', 'current_a'), [(MAX, 9), (DEFAULT, 9), (TX, 9)])
def test_a_leftover_limits_before_anybody_has_said_a_word(purpose: str, current_a: float) -> None:
    assert Box(leftovers_a={purpose: 9}).charging().wait().current_a == current_a


def test_a_leftover_shadows_a_lower_stack_level_until_it_is_cleared() -> None:
    box = Box(leftovers_a={DEFAULT: 9}).charging()
    assert box.set_limit(12, DEFAULT, stackLevel=7) == 'Accepted'
    assert box.wait().current_a == 9
    assert box.ask('ClearChargingProfile', chargingProfilePurpose=DEFAULT, connectorId=0) == 'Accepted'
    assert box.wait().current_a == 12


@pytest.mark.parametrize(('keeps', 'current_a'), [(True, 10), (False, 32)])
def test_a_tx_profile_outlives_its_transaction(keeps: bool, current_a: float) -> None:
    box = Box(keeps_tx_profiles=keeps).charging()
    box.set_limit(10)
    assert box.stop() == 'Accepted'
    assert box.start() == 'Accepted'
    assert box.wait().current_a == current_a


def test_profiles_pile_up_and_the_oldest_counts() -> None:
    box = Box(piles_profiles_up=True, keys={'MaxChargingProfilesInstalled': '2'}).charging()
    assert box.set_limit(10, chargingProfileId=1) == 'Accepted'
    assert box.set_limit(16, chargingProfileId=2) == 'Accepted'
    assert box.wait().current_a == 10
    assert box.set_limit(20, chargingProfileId=3) == 'Rejected'
    assert box.set_limit(8, chargingProfileId=1, stackLevel=1) == 'Accepted'
    assert box.wait().current_a == 8


def test_a_box_with_room_for_one_profile_takes_its_successor() -> None:
    box = Box(keys={'MaxChargingProfilesInstalled': '1'}).charging()
    assert box.set_limit(10) == 'Accepted'
    assert box.set_limit(10, DEFAULT, chargingProfileId=2) == 'Rejected'
    assert box.set_limit(8) == 'Accepted'


@pytest.mark.parametrize(('on_resume', 'first_a', 'second_a'), [('limit', 8, 9), ('no limit', 32, 9), ('pause', 0, 9)])
def test_what_the_first_profile_after_a_pause_does(on_resume: str, first_a: float, second_a: float) -> None:
    box = Box(on_resume=on_resume).charging()
    for _ in range(2):
        box.set_limit(0)
        assert box.wait().current_a == 0
        assert box.set_limit(8) == 'Accepted'
        assert box.wait(5).current_a == first_a
        box.set_limit(9)
        assert box.wait().current_a == second_a


def test_a_slow_box_changes_its_offer_late_and_to_the_newest_limit() -> None:
    box = Box(follows_after_s=20).charging().wait(30)
    assert box.current_a == 32
    box.set_limit(10)
    box.wait(10).set_limit(8)
    assert box.wait(9).current_a == 32
    assert box.wait(2).current_a == 8


def test_a_slow_box_stops_at_once() -> None:
    box = Box(follows_after_s=20).charging().wait(30)
    box.stop()
    assert box.current_a == 0


@pytest.mark.parametrize(('limit', 'current_a'), [(32, 16), (12.9, 10), (13, 13), (6, 6), (5.9, 0)])
def test_a_box_with_steps_rounds_down(limit: float, current_a: float) -> None:
    box = Box(steps_a=[6, 8, 10, 13, 16]).charging()
    box.set_limit(limit)
    assert box.wait().current_a == current_a


@pytest.mark.parametrize(('limit', 'current_a'), [(16, 13), (2, 0), (40, 32)])
def test_what_the_house_takes_is_missing_at_the_car(limit: float, current_a: float) -> None:
    box = Box(household_a=3).charging()
    box.set_limit(limit)
    assert box.wait().current_a == current_a


@pytest.mark.parametrize(
    ('limit_w', 'number_phases', 'current_a', 'phases'),
    [(4140, 3, 18, 1), (4140, 1, 18, 1), (4499, 3, 19.56, 1), (4500, 3, 6.52, 3), (6900, 3, 10, 3), (1380, 1, 6, 1)],
)
def test_little_power_goes_all_to_one_phase(limit_w: int, number_phases: int, current_a: float, phases: int) -> None:
    box = Box(phases=3, one_phase_below_w=4500).charging()
    box.set_limit(limit_w, unit='W', period={'numberPhases': number_phases})
    assert box.wait(2).current_a == pytest.approx(current_a, abs=0.01)
    box.wait(60)
    samples = box.sent('MeterValues')[-1]['meterValue'][0]['sampledValue']
    drawing = [
        sample['phase'] for sample in samples if 'Current.Import' in sample['measurand'] and float(sample['value'])
    ]
    assert drawing == [f'L{phase}' for phase in range(1, phases + 1)]


def test_without_a_limit_it_charges_with_all_its_phases() -> None:
    assert Box(phases=3, one_phase_below_w=4500).charging().wait(2).connector.phases_used == 3


SWITCHES = {'phases': 3, 'keys': {'ConnectorSwitch3to1PhaseSupported': 'true'}}


def test_it_switches_phases_without_current_as_the_profile_says() -> None:
    box = Box(**SWITCHES).charging()
    box.set_limit(16)
    assert (box.wait(2).current_a, box.connector.phases_used) == (16, 3)
    box.set_limit(10, period={'numberPhases': 1})
    assert (box.wait(29).current_a, box.connector.status, box.connector.phases_used) == (0, 'SuspendedEVSE', 3)
    assert (box.wait(2).current_a, box.connector.status, box.connector.phases_used) == (10, 'Charging', 1)
    energy_wh = box.connector.energy_wh
    assert box.wait(36).connector.energy_wh - energy_wh == pytest.approx(23)
    box.set_limit(8)
    assert (box.wait(31).current_a, box.connector.phases_used) == (8, 3)


@pytest.mark.parametrize('more', [{'ignores_number_phases': True}, {'keys': {}}])
def test_a_box_that_does_not_switch_stays_on_its_phases(more: dict[str, Any]) -> None:
    box = Box(**SWITCHES | more).charging()
    box.set_limit(10, period={'numberPhases': 1})
    assert (box.wait(2).current_a, box.connector.phases_used) == (10, 3)


@pytest.mark.parametrize(('limit_w', 'current_a'), [(1399, 0), (1400, 6.09)])
def test_too_little_power_is_none(limit_w: int, current_a: float) -> None:
    box = Box(stops_below_w=1400).charging()
    box.set_limit(limit_w, unit='W')
    assert box.wait(2).current_a == pytest.approx(current_a, abs=0.01)


def test_a_composite_schedule_is_nonsense() -> None:
    box = Box(composite_a=-1).charging()
    box.set_limit(10)
    assert box.ask('GetCompositeSchedule', connectorId=1, duration=60) == 'Accepted'
    reply = answer(box.station, 'GetCompositeSchedule', {'connectorId': 1, 'duration': 60}, box.now).payload
    assert reply
    assert [period['limit'] for period in reply['chargingSchedule']['chargingSchedulePeriod']] == [-1]


# Transactions


def test_a_box_starts_by_itself_once_for_every_cable() -> None:
    box = Box(own_tag='FREE')
    assert box.wait(3).sent('StartTransaction') == []
    box.plug_in()
    assert box.wait(2).current_a == 32
    box.stop()
    box.wait(60)
    assert [start['idTag'] for start in box.sent('StartTransaction')] == ['FREE']
    box.station.unplug(1, box.now)
    box.plug_in()
    assert len(box.wait().sent('StartTransaction')) == 2


def test_a_remote_start_needs_the_only_tag() -> None:
    box = Box(remote_start_tag='Only')
    assert box.start() == 'Rejected'
    assert box.start(idTag='Only') == 'Accepted'


@pytest.mark.parametrize(('member', 'value'), [('connectorId', 1), ('chargingProfile', a_profile(10))])
def test_a_remote_start_needs_a_member(member: str, value: object) -> None:
    box = Box(remote_start_needs=[member])
    assert box.ask('RemoteStartTransaction', idTag='Tag1') == 'Rejected'
    assert box.ask('RemoteStartTransaction', idTag='Tag1', **{member: value}) == 'Accepted'


def test_a_box_that_needs_unplug_waits_for_it() -> None:
    box = Box(needs_unplug=True).charging()
    box.stop()
    assert (box.start(), box.connector.status) == ('Rejected', 'Finishing')
    box.station.unplug(1, box.now)
    assert box.charging().connector.status == 'Charging'


@pytest.mark.parametrize(('ends', 'status'), [(True, 'Finishing'), (False, 'SuspendedEVSE')])
def test_too_little_ends_a_transaction(ends: bool, status: str) -> None:
    box = Box(ends_below_minimum=ends).charging()
    box.set_limit(5)
    assert box.wait(2).connector.status == status


def test_a_box_that_too_little_has_stuck_waits_for_its_cable() -> None:
    box = Box(ends_below_minimum=True, stuck_below_minimum=True).charging()
    box.stop()
    assert box.start() == 'Accepted'
    box.set_limit(0)
    box.wait(2)
    assert (box.start(), box.connector.status) == ('Rejected', 'Finishing')
    box.station.unplug(1, box.now)
    assert box.charging().connector.status == 'Charging'
    box.stop()
    assert box.start() == 'Accepted'


def test_the_register_begins_at_zero() -> None:
    box = Box(register_per_session=True).charging().wait(60)
    box.stop()
    box.start()
    assert [start['meterStart'] for start in box.sent('StartTransaction')] == [0, 0]
    assert box.sent('StopTransaction')[0]['meterStop'] > 0


def test_the_offer_it_reports_is_not_the_offer_it_makes() -> None:
    box = Box(false_offer_a=11).charging()
    box.set_limit(0)
    box.wait(60)
    samples = box.sent('MeterValues')[-1]['meterValue'][0]['sampledValue']
    values = {sample['measurand']: sample['value'] for sample in samples}
    assert (values['Current.Offered'], values['Current.Import']) == ('11.0', '0.0')


def registers(box: Box) -> list[list[tuple[str, str]]]:
    """The energy registers of each MeterValues, with their contexts."""
    values = [sent['meterValue'][0]['sampledValue'] for sent in box.sent('MeterValues')]
    register = 'Energy.Active.Import.Register'
    return [[(s['value'], s['context']) for s in samples if s['measurand'] == register] for samples in values]


def test_now_and_then_the_register_is_0() -> None:
    box = Box(zero_register_every=3).charging().wait(600)
    read = [readings[0][0] for readings in registers(box)][:6]
    assert [value == '0' for value in read[1:]] == [False, True, False, False, True]


def test_the_register_of_the_beginning_is_repeated() -> None:
    box = Box(repeats_beginning=True).charging().wait(600)
    present, beginning = registers(box)[-1]
    assert float(present[0]) > 0
    assert beginning == ('0', 'Transaction.Begin')


def test_without_a_current_the_meter_reports_less_than_nothing() -> None:
    box = Box(below_zero=True).charging()
    box.set_limit(0)
    box.wait(60)
    samples = box.sent('MeterValues')[-1]['meterValue'][0]['sampledValue']
    values = {sample['measurand']: sample['value'] for sample in samples}
    assert (values['Power.Active.Import'], values['Current.Import']) == ('-115', '-0.5')


# Answers


@pytest.mark.parametrize(
    ('action', 'payload', 'status'),
    [
        ('RemoteStopTransaction', {'transactionId': 7}, 'Accepted'),
        ('RemoteStopTransaction', {'transactionId': 7}, 'Rejected'),
        ('SetChargingProfile', {'connectorId': 1, 'csChargingProfiles': a_profile(10)}, 'NotSupported'),
        ('ClearChargingProfile', {}, 'Unknown'),
        ('TriggerMessage', {'requestedMessage': 'StatusNotification'}, 'Rejected'),
        ('GetCompositeSchedule', {'connectorId': 1, 'duration': 60}, 'Rejected'),
    ],
)
def test_an_answer_is_always_the_same_and_nothing_follows(action: str, payload: Payload, status: str) -> None:
    box = Box(answers={action: status}).charging()
    before = len(box.messages)
    assert box.ask(action, **payload) == status
    assert box.wait(5).current_a == 32
    assert len(box.messages) == before


def test_a_remote_start_is_accepted_and_nothing_follows() -> None:
    box = Box(answers={'RemoteStartTransaction': 'Accepted'}).charging()
    assert box.wait(5).connector.status == 'Preparing'


def test_an_answer_is_a_call_error() -> None:
    with pytest.raises(OcppError, match='InternalError'):
        Box(answers={'ClearCache': 'CallError InternalError'}).ask('ClearCache')


def test_one_question_alone_makes_it_restart() -> None:
    box = Box(answers={'GetConfiguration MeterValuesSampledData': 'reboot'})
    box.ask('GetConfiguration')
    box.ask('GetConfiguration', key=['HeartbeatInterval'])
    assert box.resets == []
    assert box.ask('GetConfiguration', key=['HeartbeatInterval', 'MeterValuesSampledData']) is None
    assert box.resets == ['Hard']


def test_all_keys_at_once_make_it_restart() -> None:
    box = Box(answers={'GetConfiguration *': 'reboot'})
    box.ask('GetConfiguration', key=['HeartbeatInterval'])
    assert box.resets == []
    assert box.ask('GetConfiguration') is None
    assert box.resets == ['Hard']


def test_one_trigger_alone_is_rejected() -> None:
    box = Box(answers={'TriggerMessage StatusNotification': 'Rejected'})
    assert box.ask('TriggerMessage', requestedMessage='StatusNotification') == 'Rejected'
    assert box.ask('TriggerMessage', requestedMessage='Heartbeat') == 'Accepted'


def test_every_key_is_unknown() -> None:
    box = Box(answers={'GetConfiguration': 'unknown'})
    assert box.ask('GetConfiguration', key=['HeartbeatInterval']) == {
        'configurationKey': [],
        'unknownKey': ['HeartbeatInterval'],
    }
    assert box.ask('GetConfiguration') == {'configurationKey': [], 'unknownKey': []}


# Mishaps


def test_it_restarts_by_itself_again_and_again() -> None:
    box = Box(reboots_every_s=60).wait(130)
    assert box.resets == ['Hard', 'Hard']


def test_its_connection_breaks_again_and_again() -> None:
    box = Box(drops_every_s=25).wait(26)
    assert box.hung_up == 1
    box.wait(60)
    assert box.hung_up == 1
    box.station.online = True
    assert box.wait(26).hung_up == 2


def test_without_peculiarities_it_never_reboots_or_drops_the_line() -> None:
    box = Box().charging().wait(300)
    assert (box.resets, box.hung_up, box.current_a) == ([], 0, 32)


def test_a_clock_that_listens_to_nobody_stays_wrong() -> None:
    box = Box(ignores_time=True)
    before = box.station.stamp(START)
    box.station.set_clock(to_wire(datetime.now(UTC) + timedelta(hours=3)))
    assert box.station.stamp(START) == before
