"""The meter's readings as a MeterValue of OCPP 1.6 (§7.33)."""

from collections.abc import Iterable

from simulator.car import VOLTAGE_V
from simulator.connection import Payload
from simulator.connector import Connector
from simulator.persona import Persona

REGISTER = 'Energy.Active.Import.Register'


def meter_value(
    connector: Connector, measurands: Iterable[str], timestamp: str, context: str, persona: Persona
) -> Payload:
    """A MeterValue with those of the measurands that the connector can report.

    `context` is a ReadingContext such as Sample.Periodic; the persona says which values are wrong.
    """
    connector.readings += 1
    values = [v | {'context': context} for name in measurands for v in _sampled_values(connector, name, persona)]
    if persona.repeats_beginning and connector.transaction and REGISTER in measurands:
        began_wh = connector.transaction.meter_start_wh
        values.append(_value(REGISTER, f'{began_wh:.0f}', 'Wh') | {'context': 'Transaction.Begin'})
    return {'timestamp': timestamp, 'sampledValue': values}


def _sampled_values(connector: Connector, measurand: str, persona: Persona) -> list[Payload]:
    phases = range(1, connector.phases + 1)
    used = min(connector.phases_used, connector.car.phases) if connector.car else 0
    is_below_zero = persona.below_zero and not connector.current_a
    if measurand == REGISTER:
        is_zero = persona.zero_register_every and connector.readings % persona.zero_register_every == 0
        return [_value(measurand, '0' if is_zero else f'{connector.energy_wh:.0f}', 'Wh')]
    if measurand == 'Power.Active.Import':
        power_w = -115 if is_below_zero else connector.current_a * VOLTAGE_V * used
        return [_value(measurand, f'{power_w:.0f}', 'W')]
    if measurand == 'Current.Import':
        currents = [-0.5 if is_below_zero else connector.current_a if phase <= used else 0.0 for phase in phases]
        return [_value(measurand, f'{a:.1f}', 'A') | {'phase': f'L{n}'} for n, a in enumerate(currents, 1)]
    if measurand == 'Voltage':
        return [_value(measurand, f'{VOLTAGE_V:.1f}', 'V') | {'phase': f'L{phase}-N'} for phase in phases]
    if measurand == 'Current.Offered':
        offered_a = connector.offered_a if persona.false_offer_a is None else persona.false_offer_a
        return [_value(measurand, f'{offered_a:.1f}', 'A')]
    if measurand == 'SoC' and connector.car:
        return [_value(measurand, f'{connector.car.soc:.0f}', 'Percent') | {'location': 'EV'}]
    return []


def _value(measurand: str, value: str, unit: str) -> Payload:
    return {'value': value, 'measurand': measurand, 'unit': unit}
