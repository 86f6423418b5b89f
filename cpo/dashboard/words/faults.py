"""A charger's fault in words, with advice."""

from __future__ import annotations

from cpo.dashboard.words.times import charger_text, moment_marker
from cpo.state import Fault, FaultTrace

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

CAUSES = {
    Fault.GROUND: 'a ground fault',
    Fault.TOO_MUCH_CURRENT: 'too much current',
    Fault.HIGH_VOLTAGE: 'too high a mains voltage',
    Fault.LOW_VOLTAGE: 'too low a mains voltage',
    Fault.TOO_HOT: 'too much heat',
    Fault.PLUG_LOCK: 'a plug that does not lock',
    Fault.CAR_COMMUNICATION: 'car and charger not understanding each other',
    Fault.METER: 'a meter failure',
    Fault.SWITCH: 'a switch failure',
    Fault.CARD_READER: 'a card reader failure',
}
"""The same, as what stopped a session."""

DANGEROUS = (Fault.GROUND, Fault.TOO_MUCH_CURRENT, Fault.HIGH_VOLTAGE, Fault.LOW_VOLTAGE, Fault.TOO_HOT)
CALL_AN_ELECTRICIAN = 'Unplug the car, wait 30 s, plug in again. If it returns, call an electrician and leave it off.'


def fault_name(fault: Fault | None, error_code: str, vendor_error_code: str | None) -> str:
    """The fault in a few words: `Ground fault`, `Fault E17`, or just `Fault` where the charger gave no code."""
    return FAULTS[fault] if fault else f'Fault {_code(error_code, vendor_error_code)}'.strip()


def fault_advice(fault: Fault | None, error_code: str, vendor_error_code: str | None) -> str:
    """What a person can do about a fault, in one or two sentences; None is one that only the charger's codes tell."""
    if fault in DANGEROUS:
        return CALL_AN_ELECTRICIAN
    code = _code(error_code, vendor_error_code)
    knows = f'its maker knows code {code}' if code else 'ask its maker'
    return f'Unplug, plug in again, then restart the charger. If it returns, {knows}.'


def _code(error_code: str, vendor_error_code: str | None) -> str:
    vendor = charger_text(vendor_error_code or '', 20)
    return vendor or charger_text(error_code, 20)


def fault_cause(trace: FaultTrace) -> str:
    """What stopped a session: `a ground fault`, `fault E17`, or `a fault` where the charger gave no code."""
    code = _code(trace.error_code, trace.vendor_error_code)
    return CAUSES[trace.fault] if trace.fault else f'fault {code}' if code else 'a fault'


def stopped_by(trace: FaultTrace) -> str:
    """The fault that stopped a session, as a sentence: `Stopped by a ground fault at 18:40.`"""
    return f'Stopped by {fault_cause(trace)} at {moment_marker(trace.at)}.'
