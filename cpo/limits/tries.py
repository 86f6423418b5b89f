"""The order in which a limit is sent again after refusals: in other steps of A, then in other forms of a profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cpo.chargers import Numbers, ProfileForm, coarser
from cpo.limits.exchange import ChargerAnswer
from cpo.limits.ladder import next_form

REFUSED_ALIKE = 3
"""So many different forms in a row with the same refusal mean that the charger takes no limit here."""


class Try(NamedTuple):
    """One way to send a limit: the form of the charging profile, and the steps of A."""

    form: ProfileForm
    numbers: Numbers


class Tries:
    """The ways to send one limit, one after the other, until one is accepted or three forms got the same refusal.

    The first form counts as refused only after the limit was refused in coarser steps of A as well: in whole A, and
    where it is the form `in_steps`, also in the steps that many boxes have.
    """

    def __init__(
        self, forms: Sequence[ProfileForm], numbers: Numbers, limit_a: float, in_steps: ProfileForm | None
    ) -> None:
        self._left = list(forms)
        self._numbers = numbers
        self._limit_a = limit_a
        self._in_steps = in_steps
        self._again: Try | None = None
        self.refused: list[ProfileForm] = []
        self.answers: list[ChargerAnswer] = []

    def next(self) -> Try | None:
        """The next way, None where there is none."""
        if self._again is not None:
            return self._again
        if not self._left or are_alike(self.answers):
            return None
        form = next_form(self._left, self.refused)
        self._left.remove(form)
        return Try(form, self._numbers)

    def skip(self) -> None:
        """Do not try this way, as it makes the same message as an earlier one."""
        self._again = None

    def after_refusal(self, tried: Try, answer: ChargerAnswer) -> None:
        """Record that the charger refused this way, with its answer."""
        numbers = None if self.refused else coarser(self._limit_a, tried.numbers)
        if numbers is Numbers.STEPS and tried.form != self._in_steps:
            numbers = None
        self._again = None if numbers is None else Try(tried.form, numbers)
        if self._again is None:
            self.refused.append(tried.form)
            self.answers.append(answer)


def are_alike(answers: Sequence[ChargerAnswer]) -> bool:
    """True where the last three forms of a profile were refused with the same answer."""
    last = answers[-REFUSED_ALIKE:]
    return len(last) == REFUSED_ALIKE and len({(answer.word, str(answer.error)) for answer in last}) == 1
