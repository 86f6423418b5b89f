"""What a limit in W that somebody else wrote without a number of phases counts for."""

from __future__ import annotations

from typing import Any

import pytest

from cpo.errors import InvalidLimit
from cpo.limits import phases_of_foreign_limits
from cpo.ocpp import Request
from cpo.ocpp.v16.dialect import Ocpp16Dialect
from cpo.settings import Settings
from cpo.state import ChargePointState
from tests.limits.test_ceilings import seen_on


def house(*seen: int) -> ChargePointState:
    """Connectors that were seen to charge on these numbers of phases."""
    return ChargePointState(connectors={i: seen_on(phases) for i, phases in enumerate(seen, 1)})


@pytest.mark.parametrize(
    ('seen', 'settings', 'phases'),
    [
        ((), {}, 3),
        ((), {'phases': 1}, 1),
        ((), {'phases': 3}, 3),
        ((1,), {}, 1),
        ((3,), {}, 3),
        ((3, 1), {}, 1),
        ((1,), {'phases': 3}, 1),
        ((3,), {'phases': 1}, 1),
    ],
)
def test_the_phases_are_those_set_or_seen_and_in_doubt_the_fewer(
    seen: tuple[int, ...], settings: dict[str, Any], phases: int
) -> None:
    assert phases_of_foreign_limits(house(*seen), Settings(**settings)) == phases


def profile(limit: float, unit: str = 'W', **period: int) -> Request:
    """A SetChargingProfile with this limit."""
    schedule = {'chargingRateUnit': unit, 'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': limit, **period}]}
    members = {'chargingProfileId': 1, 'stackLevel': 0, 'chargingProfilePurpose': 'TxDefaultProfile'}
    whole = {**members, 'chargingProfileKind': 'Relative', 'chargingSchedule': schedule}
    return Request('SetChargingProfile', {'connectorId': 1, 'csChargingProfiles': whole})


@pytest.mark.parametrize(
    ('request_', 'assumed', 'refused'),
    [
        (profile(11_000), 3, None),
        (
            profile(11_100),
            3,
            '11100 W on 3 phases is 16.1 A, above 16 A, the configured maximum; nothing was sent. Give',
        ),
        (
            profile(11_000),
            1,
            '11000 W on 1 phase is 47.8 A, above 16 A, the configured maximum; nothing was sent. Give',
        ),
        (profile(11_000, numberPhases=3), 1, None),
        (profile(11_000, numberPhases=1), 3, '11000 W on 1 phase is 47.8 A, above 16 A, the configured maximum'),
        (profile(11_000, numberPhases=-3), 3, 'on 1 phase is 47.8 A'),
        (profile(11_000, numberPhases=0), 3, 'on 1 phase is 47.8 A'),
        (profile(40_000, numberPhases=12), 3, 'on 1 phase is'),
        (profile(16.1, 'A'), 3, '16.1 A is above 16 A, the configured maximum; nothing was sent.'),
        (profile(16, 'A'), 1, None),
    ],
)
def test_what_is_refused_says_which_phases_it_counted_for(request_: Request, assumed: int, refused: str | None) -> None:
    if refused is None:
        Ocpp16Dialect().check_request(request_, 16, assumed)
        return
    with pytest.raises(InvalidLimit) as error:
        Ocpp16Dialect().check_request(request_, 16, assumed)
    assert refused in str(error.value)
    assert ('Give numberPhases' in str(error.value)) == ('Give' in refused)
