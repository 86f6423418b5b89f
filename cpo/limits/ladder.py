"""In which forms a limit is tried, from the most to the least capable one (pure).

What the charger says about itself and what is known of its make come first; each step down gives up one thing more.
A cost says how much is given up: 0 is the most capable form, and what costs the least is tried first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from cpo.chargers import ChargerKnowledge, ChargerQuirks, Kind, ProfileForm, Purpose, Unit

MAX_FORMS = 36
MAX_FORMS_OF_KNOWN = 4
"""A form that was accepted before and is refused now is most likely refused for another reason."""

Configuration = Mapping[str, str | None]


def ladder(
    configuration: Configuration, quirks: ChargerQuirks, known: ChargerKnowledge, fail_safe: bool
) -> tuple[ProfileForm, ...]:
    """The forms to try, the best first; those that are known to fail are left out.

    `fail_safe` says whether profiles shall expire where the charger can do that.
    """
    forms = [*((known.form,) if known.form else ()), *quirks.forms, *_from_the_top(configuration, fail_safe)]
    highest = _number(configuration, 'ChargeProfileMaxStackLevel')
    possible = forms if _expires(configuration, fail_safe) else [_lasting(form) for form in forms]
    left = [
        form
        for form in dict.fromkeys(possible)
        if form not in known.refused and (highest is None or form.stack_level <= highest)
    ]
    return tuple(left[: MAX_FORMS_OF_KNOWN if known.form in left else MAX_FORMS])


def _lasting(form: ProfileForm) -> ProfileForm:
    return replace(form, expires=False) if form.expires else form


def _from_the_top(configuration: Configuration, fail_safe: bool) -> list[ProfileForm]:
    kinds = _kinds(_expires(configuration, fail_safe))
    steps = product(_levels(configuration), _units(configuration), kinds, PURPOSES, EXTRAS)
    costed = [
        (level[1] + unit[1] + kind[1] + purpose[1] + extra[1], level, unit, kind, purpose, extra)
        for level, unit, kind, purpose, extra in steps
    ]
    return [
        ProfileForm(purpose[0], purpose[2], kind[0], level[0], unit[0], kind[2], **{extra[0]: True} if extra[0] else {})
        for _, level, unit, kind, purpose, extra in sorted(costed, key=lambda each: each[0])
    ]


def _expires(configuration: Configuration, fail_safe: bool) -> bool:
    """Only a charger that says it takes two periods (a key that smart charging requires, §9.4) gets two."""
    return fail_safe and (_number(configuration, 'ChargingScheduleMaxPeriods') or 0) > 1


PURPOSES = ((Purpose.TX, 0.0, False), (Purpose.TX_DEFAULT, 1.2, False), (Purpose.TX_DEFAULT, 1.4, True))
EXTRAS = (('', 0.0), ('number_phases', 2.0), ('min_charging_rate', 2.3))


def _kinds(expires: bool) -> list[tuple[Kind, float, bool]]:
    lasting = [(Kind.ABSOLUTE, 0.9, False), (Kind.RELATIVE, 1.1, False)]
    return [(Kind.ABSOLUTE, 0.0, True), *lasting] if expires else lasting


def _levels(configuration: Configuration) -> list[tuple[int, float]]:
    """The highest stack level the charger reports, the next lower one, 0; never a higher one than reported."""
    highest = _number(configuration, 'ChargeProfileMaxStackLevel')
    costs = {0: 0.5, **({highest - 1: 1.5} if highest and highest > 1 else {}), highest or 0: 0.0}
    return list(costs.items())


def _units(configuration: Configuration) -> list[tuple[Unit, float]]:
    """Spellings seen: `Current`, `Power`, `current,power`, `A`, `W`; without a word of it, both."""
    told = (configuration.get('ChargingScheduleAllowedChargingRateUnit') or '').lower().replace(' ', '').split(',')
    amperes, watts = {'current', 'a'} & set(told), {'power', 'w'} & set(told)
    if amperes and not watts:
        return [(Unit.A, 0.0)]
    if watts and not amperes:
        return [(Unit.W, 0.0)]
    return [(Unit.A, 0.0), (Unit.W, 1.3)]


def _number(configuration: Configuration, key: str) -> int | None:
    value = (configuration.get(key) or '').strip()
    return int(value) if value.isascii() and value.isdigit() else None
