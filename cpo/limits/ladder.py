"""The ladder: the order in which forms of a charging profile are tried, from the most to the least capable one (pure).

What the charger reports about itself and what is known of its make come first; each step down gives up one thing more.
A cost says how much a form gives up: 0 is the most capable form, and the cheapest is tried first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from cpo.chargers import ChargerKnowledge, ChargerQuirks, Kind, ProfileCapabilities, ProfileForm, Purpose, Unit

MAX_FORMS = 36
MAX_FORMS_OF_KNOWN = 4
"""A form that was accepted before and is refused now is most likely refused for another reason."""


def ladder(
    capabilities: ProfileCapabilities, quirks: ChargerQuirks, known: ChargerKnowledge, fail_safe: bool
) -> tuple[ProfileForm, ...]:
    """The forms of a charging profile to try, the best first, without those that are known to fail.

    `fail_safe` says whether profiles shall expire where the charger can do that.
    """
    forms = [*((known.form,) if known.form else ()), *quirks.forms, *_from_the_top(capabilities, fail_safe)]
    highest = capabilities.max_stack_level
    possible = forms if _expires(capabilities, fail_safe) else [_lasting(form) for form in forms]
    left = [
        form
        for form in dict.fromkeys(possible)
        if form not in known.refused and (highest is None or form.stack_level <= highest)
    ]
    if known.form in left:
        return tuple(left[:MAX_FORMS_OF_KNOWN])
    modest = ProfileForm(Purpose.TX_DEFAULT, unit=_units(capabilities)[-1][0])
    return (
        *left[: MAX_FORMS - 1],
        *((modest,) if modest in left[MAX_FORMS - 1 :] else left[MAX_FORMS - 1 : MAX_FORMS]),
    )


def next_form(left: Sequence[ProfileForm], refused: Sequence[ProfileForm]) -> ProfileForm:
    """The form of a profile to try after `refused` got the same answer: a better one, then the most different one.

    So three forms show whether a charger accepts any.
    """
    if not refused:
        return left[0]
    if len(refused) == 1:
        return next((form for form in left if _differs(form, refused[0])), left[0])
    return most_different(left, refused)


def most_different(left: Sequence[ProfileForm], others: Sequence[ProfileForm]) -> ProfileForm:
    """The form of a profile that differs from each of the others in most members; of several, the best."""
    return max(left, key=lambda form: min(_distance(form, other) for other in others))


def _differs(form: ProfileForm, other: ProfileForm) -> bool:
    """True where more than the end of the limit or a dispensable member is another."""
    return (form.stack_level, form.kind, form.purpose, form.unit) != (
        other.stack_level,
        other.kind,
        other.purpose,
        other.unit,
    )


def _distance(form: ProfileForm, other: ProfileForm) -> int:
    return sum(mine != theirs for mine, theirs in zip(_respects(form), _respects(other), strict=True))


def _respects(form: ProfileForm) -> tuple[object, ...]:
    """What makes a charger refuse a form, except for members that may be missing."""
    return form.purpose, form.kind, form.unit, form.expires, form.stack_level == 0


def _lasting(form: ProfileForm) -> ProfileForm:
    return replace(form, expires=False) if form.expires else form


def _from_the_top(capabilities: ProfileCapabilities, fail_safe: bool) -> list[ProfileForm]:
    kinds = _kinds(_expires(capabilities, fail_safe))
    steps = product(_levels(capabilities), _units(capabilities), kinds, PURPOSES, EXTRAS)
    costed = [
        (level[1] + unit[1] + kind[1] + purpose[1] + extra[1], level, unit, kind, purpose, extra)
        for level, unit, kind, purpose, extra in steps
    ]
    return [
        ProfileForm(purpose[0], purpose[2], kind[0], level[0], unit[0], kind[2], **{extra[0]: True} if extra[0] else {})
        for _, level, unit, kind, purpose, extra in sorted(costed, key=lambda each: each[0])
    ]


def _expires(capabilities: ProfileCapabilities, fail_safe: bool) -> bool:
    """True for a charger that reports to accept two periods in a schedule."""
    return fail_safe and (capabilities.max_periods or 0) > 1


PURPOSES = ((Purpose.TX, 0.0, False), (Purpose.TX_DEFAULT, 1.2, False), (Purpose.TX_DEFAULT, 1.4, True))
EXTRAS = (('', 0.0), ('number_phases', 2.0), ('min_charging_rate', 2.3))


def _kinds(expires: bool) -> list[tuple[Kind, float, bool]]:
    lasting = [(Kind.ABSOLUTE, 0.9, False), (Kind.RELATIVE, 1.1, False)]
    return [(Kind.ABSOLUTE, 0.0, True), *lasting] if expires else lasting


def _levels(capabilities: ProfileCapabilities) -> list[tuple[int, float]]:
    """The highest stack level the charger reports, the next lower one, 0; never a higher one than reported."""
    highest = capabilities.max_stack_level
    costs = {0: 0.5, **({highest - 1: 1.5} if highest and highest > 1 else {}), highest or 0: 0.0}
    return list(costs.items())


def _units(capabilities: ProfileCapabilities) -> list[tuple[Unit, float]]:
    costs = {Unit.A: 0.0, Unit.W: 1.3 if Unit.A in capabilities.units else 0.0}
    return [(unit, cost) for unit, cost in costs.items() if unit in capabilities.units]
