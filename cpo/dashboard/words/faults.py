"""A charger's fault in words, with advice."""

from __future__ import annotations

from cpo.dashboard.words.times import charger_text
from cpo.state import Fault

FAULTS = {
    Fault.GROUND: 'Ground fault',
    Fault.TOO_MUCH_CURRENT: 'Too much current',
    Fault.HIGH_VOLTAGE: 'Mains voltage too high',
    Fault.LOW_VOLTAGE: 'Mains voltage too low',
    Fault.TOO_HOT: 'Too hot',
    Fault.PLUG_LOCK: 'The plug does not lock',
    Fault.CAR_COMMUNICATION: 'Car and charger do not understand each other',
    Fault.METER: 'Meter failure',
    Fault.SWITCH: 'Switch failure',
    Fault.CARD_READER: 'Card reader failure',
}
"""Names of the faults a person can act on."""

DANGEROUS = (Fault.GROUND, Fault.TOO_MUCH_CURRENT, Fault.HIGH_VOLTAGE, Fault.LOW_VOLTAGE, Fault.TOO_HOT)
CALL_AN_ELECTRICIAN = 'Unplug the car, wait 30 s, plug in again. If it returns, call an electrician and leave it off.'


def fault_name(fault: Fault | None, error_code: str, vendor_error_code: str | None) -> str:
    """The fault in a few words: `Ground fault`, `Fault E17`, or just `Fault` where the charger gave no code."""
    return FAULTS[fault] if fault else f'Fault {_code(error_code, vendor_error_code)}'.strip()


def fault_advice(fault: Fault | None, error_code: str, vendor_error_code: str | None) -> str:
    """What a person can do about the fault, in one or two sentences."""
    if fault in DANGEROUS:
        return CALL_AN_ELECTRICIAN
    code = _code(error_code, vendor_error_code)
    knows = f'its maker knows code {code}' if code else 'ask its maker'
    return f'Unplug, plug in again, then restart the charger. If it returns, {knows}.'


def _code(error_code: str, vendor_error_code: str | None) -> str:
    vendor = charger_text(vendor_error_code or '', 20)
    return vendor or charger_text(error_code, 20)
