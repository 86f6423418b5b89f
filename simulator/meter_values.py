"""The meter's readings as a MeterValue of OCPP 1.6 (§7.33)."""

from collections.abc import Iterable

from simulator.car import VOLTAGE_V
from simulator.connection import Payload
from simulator.connector import Connector


def meter_value(
    connector: Connector, measurands: Iterable[str], timestamp: str, context: str, offered_a: float | None = None
) -> Payload:
    """A MeterValue with the measurands the connector can report; the others are left out.

    `context` is a ReadingContext such as Sample.Periodic; `offered_a` replaces the true Current.Offered.
    """
    if offered_a is None:
        offered_a = connector.offered_a
    values = [v | {'context': context} for name in measurands for v in _sampled_values(connector, name, offered_a)]
    return {'timestamp': timestamp, 'sampledValue': values}


def _sampled_values(connector: Connector, measurand: str, offered_a: float) -> list[Payload]:
    phases = range(1, connector.phases + 1)
    used = min(connector.phases_used, connector.car.phases) if connector.car else 0
    if measurand == 'Energy.Active.Import.Register':
        return [_value(measurand, f'{connector.energy_wh:.0f}', 'Wh')]
    if measurand == 'Power.Active.Import':
        return [_value(measurand, f'{connector.current_a * VOLTAGE_V * used:.0f}', 'W')]
    if measurand == 'Current.Import':
        currents = [connector.current_a if phase <= used else 0.0 for phase in phases]
        return [_value(measurand, f'{a:.1f}', 'A') | {'phase': f'L{n}'} for n, a in enumerate(currents, 1)]
    if measurand == 'Voltage':
        return [_value(measurand, f'{VOLTAGE_V:.1f}', 'V') | {'phase': f'L{phase}-N'} for phase in phases]
    if measurand == 'Current.Offered':
        return [_value(measurand, f'{offered_a:.1f}', 'A')]
    if measurand == 'SoC' and connector.car:
        return [_value(measurand, f'{connector.car.soc:.0f}', 'Percent') | {'location': 'EV'}]
    return []


def _value(measurand: str, value: str, unit: str) -> Payload:
    return {'value': value, 'measurand': measurand, 'unit': unit}
