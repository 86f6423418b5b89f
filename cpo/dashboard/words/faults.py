"""A charger's fault in words, with advice."""

from __future__ import annotations

from cpo.dashboard.words.times import charger_text

FAULTS = {
    'GroundFailure': 'Ground fault',
    'OverCurrentFailure': 'Too much current',
    'OverVoltage': 'Mains voltage too high',
    'UnderVoltage': 'Mains voltage too low',
    'HighTemperature': 'Too hot',
    'ConnectorLockFailure': 'The plug does not lock',
    'EVCommunicationError': 'Car and charger do not understand each other',
    'PowerMeterFailure': 'Meter failure',
    'PowerSwitchFailure': 'Switch failure',
    'ReaderFailure': 'Card reader failure',
}
"""Names of the ChargePointErrorCodes (OCPP 1.6 §7.6) that a person can act on."""

DANGEROUS = ('GroundFailure', 'OverCurrentFailure', 'OverVoltage', 'UnderVoltage', 'HighTemperature')
CALL_AN_ELECTRICIAN = 'Unplug the car, wait 30 s, plug in again. If it returns, call an electrician and leave it off.'


def fault_name(error_code: str, vendor_error_code: str | None) -> str:
    """The fault in a few words: `Ground fault`, `Fault E17`, or just `Fault` where the charger gave no code."""
    return FAULTS.get(error_code) or f'Fault {_code(error_code, vendor_error_code)}'.strip()


def fault_advice(error_code: str, vendor_error_code: str | None) -> str:
    """What a person can do about the fault, in one or two sentences."""
    if error_code in DANGEROUS:
        return CALL_AN_ELECTRICIAN
    code = _code(error_code, vendor_error_code)
    knows = f'its maker knows code {code}' if code else 'ask its maker'
    return f'Unplug, plug in again, then restart the charger. If it returns, {knows}.'


def _code(error_code: str, vendor_error_code: str | None) -> str:
    vendor = charger_text(vendor_error_code or '', 20)
    return vendor or ('' if error_code == 'NoError' else charger_text(error_code, 20))
