"""Which step brings a connector nearer to its wish, and when to decide again (pure): the theory of operation.

A *wish* is what somebody wants the limit of a connector to be; the *limit* in force is what the charger accepted last.
A *ceiling* lowers what goes out for a wish (`ceilings`), which is called the wish here: the wanted limit itself stays
in the state. The *cap* is the configured maximum as the wish for a session that nobody set a limit for (`cap`). A
*form* is one way of writing a limit as a ChargingProfile. The *read-back* compares the limit in force with what the
charger offers and the car draws.

The loop (`connector_loop`) asks `decide` after every change and whenever a deadline has passed, takes the step through
`requests`, writes down in `Memory` what came of it, and asks again until there is nothing to do. So a limit takes this
way:

    wish → is something on its way?    a start or a stop that the charger accepted: wait for the transaction
         → is the wish in force?       nothing to do until the limit falls back by itself: then renew it;
                                       also where it is in W for other phases than are seen (`watts`), or came inside
                                       a start and nothing showed in a minute that it is followed
         → may something be sent?      not without a connection, nor too soon after a failure or another raise, nor,
                                       unless it is a decrease, while the charger replays buffered values
         → send                        start or stop a transaction, or change the limit of the one that runs
         → accepted                    the limit is in force; now it is watched whether the charger follows it
         → not followed                `compliance` asks for the next form of a profile (`write_again`), at last it
                                       gives the wish up; what draws more than the maximum then has to end
         → refused or not answered     `memory` gives the wish up, or has it sent again later

`ROWS` are asked in order, the first that holds gives the step. Where nothing is sent, a question that is due
(`FOLLOW_UPS`) may be.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from cpo.limits.case import Case
from cpo.limits.facts import Facts
from cpo.limits.memory import Memory
from cpo.state import Connector


class Action(Enum):
    """What to do next about one connector; each value says it in words."""

    GIVE_UP_START = 'no longer expect the transaction that a remote start asked for'
    GIVE_UP_STOP = 'no longer expect the end of the transaction that the charger accepted to stop'
    END_WISH = 'nobody wishes anything any more'
    KEEP_LIMIT = 'the limit in force becomes the wish'
    CAP = 'the configured maximum becomes the wish for a session that nobody limited'

    START = 'start a transaction with the limit'
    STOP = 'stop the transaction'
    END = 'stop the transaction that draws more than the configured maximum, with no pause instead'
    CHANGE = 'change the limit of the transaction'
    RENEW = 'write the limit in force again before it falls back'

    READ_SCHEDULE = 'ask the charger what it makes of its profiles'
    ASK_METER = 'ask for meter values'
    CLEAR_DEFAULT = 'take our default profile out of the charger'

    HOLD_BACK = 'a ceiling leaves too little current for a start; the wish stays'
    WAIT_FOR_CHARGER = 'wait until it is connected'
    WAIT_FOR_START = 'wait for a transaction that may begin'
    WAIT_FOR_STOP = 'wait for the end of the transaction'
    WAIT_TO_RETRY = 'wait after a failure, or after the charger has connected'
    WAIT_TO_RAISE = 'wait after another raise'
    WAIT_FOR_REPLAY = 'wait until the charger has replayed its buffered values'
    NOTHING = 'the wish is in force, or there is none'


class Decision(NamedTuple):
    """What to do now about the wished limit of a case.

    `waits` says that the wished limit has to wait; whoever wished it is answered so.
    """

    action: Action
    waits: bool
    case: Case

    @property
    def due(self) -> datetime | None:
        """When to decide again if nothing changes before, None: never; not computed for a request, which is awaited."""
        return self.case.next_deadline(self.waits)


def decide(connector: Connector, memory: Memory, facts: Facts, now: datetime) -> Decision:
    """The next action that brings this connector nearer to the wished limit, at `now`."""
    case = Case.of(connector, memory, facts, now)
    action = next(action for applies, action in ROWS if applies(case))
    waits = action in WAITS
    if case.is_connected and (waits or action is Action.NOTHING):
        action = next((action for applies, action in FOLLOW_UPS if applies(case)), action)
    return Decision(action, waits, case)


Row = tuple[Callable[[Case], bool], Action]

ROWS: tuple[Row, ...] = (
    (Case.start_is_overdue, Action.GIVE_UP_START),
    (Case.stop_is_overdue, Action.GIVE_UP_STOP),
    (Case.is_offer_unknown, Action.READ_SCHEDULE),
    (Case.is_to_cap, Action.CAP),
    (Case.nobody_wishes, Action.NOTHING),
    (Case.must_end_when_back, Action.WAIT_FOR_CHARGER),
    (Case.must_end, Action.END),
    (Case.is_left_by_the_sun, Action.END_WISH),
    (Case.leaves_a_limit, Action.KEEP_LIMIT),
    (Case.is_starting, Action.WAIT_FOR_START),
    (Case.is_over, Action.END_WISH),
    (Case.is_held_back, Action.HOLD_BACK),
    (Case.is_stopping, Action.WAIT_FOR_STOP),
    (Case.is_given_up, Action.NOTHING),
    (Case.is_in_force, Action.NOTHING),
    (Case.is_away, Action.WAIT_FOR_CHARGER),
    (Case.is_too_soon, Action.WAIT_TO_RETRY),
    (Case.is_raised_too_soon, Action.WAIT_TO_RAISE),
    (Case.is_replaying, Action.WAIT_FOR_REPLAY),
    (Case.is_to_start, Action.START),
    (Case.is_to_renew, Action.RENEW),
    (Case.is_to_change, Action.CHANGE),
    (Case.is_to_stop, Action.STOP),
    (Case.nothing_is_left, Action.NOTHING),
)
FOLLOW_UPS: tuple[Row, ...] = (
    (Case.schedule_is_due, Action.READ_SCHEDULE),
    (Case.meter_is_due, Action.ASK_METER),
    (Case.default_is_left, Action.CLEAR_DEFAULT),
)


WAITS = frozenset(action for action in Action if action.name.startswith('WAIT_'))
RECORDED = frozenset({Action.GIVE_UP_START, Action.GIVE_UP_STOP, Action.END_WISH, Action.KEEP_LIMIT, Action.CAP})
SENT = frozenset({Action.START, Action.STOP, Action.END, Action.CHANGE, Action.RENEW})
QUESTIONS = frozenset({Action.READ_SCHEDULE, Action.ASK_METER, Action.CLEAR_DEFAULT})
