"""The cards of the household: id tags with the name and the person that the owner gave them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cpo.state.connector import Mode
from cpo.state.hours import Hours
from cpo.state.session_goal import SessionGoal
from cpo.state.vocabulary import TagStatus


class AfterAllowance(StrEnum):
    """What happens once a card has charged its allowance of the month; the values are in the journal."""

    REFUSE = 'refuse'
    """It begins no further session; one that runs continues."""
    SUN = 'sun'
    """It charges from the sun only."""
    SAY = 'say'
    """It is said, and nothing else."""


@dataclass(frozen=True, slots=True)
class IdTag:
    """An id tag in this program's list of cards that may or may not charge; `status` is a TagStatus.

    `name` is what the household calls the card, `person` who charges with it; empty where nobody has said. Its sessions
    begin in `mode` and with `limit_a`, where these are set; a limit goes with MANUAL only. It may charge in its
    `hours`, and `allowance_kwh` in a month; `after_allowance` is what happens then. `goal` holds for each of its
    sessions where the connector has none of its own.
    """

    id_tag: str
    status: str = TagStatus.ACCEPTED
    expiry_date: datetime | None = None
    parent_id_tag: str | None = None
    name: str = ''
    person: str = ''
    mode: Mode | None = None
    limit_a: float | None = None
    hours: Hours | None = None
    allowance_kwh: float | None = None
    after_allowance: AfterAllowance = AfterAllowance.SAY
    goal: SessionGoal | None = None

    @property
    def depends_on_now(self) -> bool:
        """True for a card that the household's rules may refuse at one time and not at another."""
        is_bounded = self.allowance_kwh is not None and self.after_allowance is AfterAllowance.REFUSE
        return self.hours is not None or is_bounded

    def status_at(self, now: datetime) -> str:
        """The status with which an idTag is answered at `now`: from `expiry_date` on, EXPIRED instead of ACCEPTED."""
        over = self.expiry_date is not None and self.expiry_date <= now
        return TagStatus.EXPIRED if over and self.status == TagStatus.ACCEPTED else self.status


@dataclass(frozen=True, slots=True)
class SeenTag:
    """An id tag that somebody held to the charger at `at`, known or not; `status` is the answer it got."""

    id_tag: str
    status: str
    at: datetime
