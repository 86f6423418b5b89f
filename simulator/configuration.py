"""The configuration keys of the charge point (OCPP 1.6 §9)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from simulator.charging_profiles import MAX_INSTALLED, MAX_PERIODS, MAX_STACK_LEVEL

MEASURANDS = (
    'Energy.Active.Import.Register',
    'Power.Active.Import',
    'Current.Import',
    'Voltage',
    'Current.Offered',
    'SoC',
)


def is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def is_truth(value: str) -> bool:
    return value.lower() in ('true', 'false')


def is_measurands(value: str) -> bool:
    return all(item.strip() in MEASURANDS for item in value.split(',') if item.strip())


@dataclass(frozen=True, slots=True)
class Key:
    """`accepts` is None for a read-only key; what this charger cannot do is read-only rather than ignored."""

    value: str
    accepts: Callable[[str], bool] | None = None


class Configuration:
    def __init__(self, connectors: int, meter_interval_s: int, heartbeat_interval_s: int) -> None:
        self._keys = {
            'AllowOfflineTxForUnknownId': Key('false'),
            'AuthorizeRemoteTxRequests': Key('false'),
            'ChargeProfileMaxStackLevel': Key(str(MAX_STACK_LEVEL)),
            'ChargingScheduleAllowedChargingRateUnit': Key('Current,Power'),
            'ChargingScheduleMaxPeriods': Key(str(MAX_PERIODS)),
            'ClockAlignedDataInterval': Key('0'),
            'ConnectionTimeOut': Key('60', is_number),
            'ConnectorPhaseRotation': Key('NotApplicable'),
            'ConnectorSwitch3to1PhaseSupported': Key('false'),
            'GetConfigurationMaxKeys': Key('50'),
            'HeartbeatInterval': Key(str(heartbeat_interval_s), is_number),
            'LocalAuthListEnabled': Key('true'),
            'LocalAuthListMaxLength': Key('100'),
            'LocalAuthorizeOffline': Key('true', is_truth),
            'LocalPreAuthorize': Key('false'),
            'MaxChargingProfilesInstalled': Key(str(MAX_INSTALLED)),
            'MeterValueSampleInterval': Key(str(meter_interval_s), is_number),
            'MeterValuesAlignedData': Key(''),
            'MeterValuesSampledData': Key(','.join(MEASURANDS), is_measurands),
            'NumberOfConnectors': Key(str(connectors)),
            'ReserveConnectorZeroSupported': Key('false'),
            'ResetRetries': Key('0'),
            'SendLocalListMaxLength': Key('100'),
            'StopTransactionOnEVSideDisconnect': Key('true'),
            'StopTransactionOnInvalidId': Key('true', is_truth),
            'StopTxnAlignedData': Key(''),
            'StopTxnSampledData': Key(''),
            'SupportedFeatureProfiles': Key(
                'Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger'
            ),
            'TransactionMessageAttempts': Key('3', is_number),
            'TransactionMessageRetryInterval': Key('10', is_number),
            'UnlockConnectorOnEVSideDisconnect': Key('true'),
        }

    def get(self, names: Iterable[str] = ()) -> tuple[list[dict[str, object]], list[str]]:
        """(the known keys as GetConfiguration lists them, the unknown names); no names means all keys."""
        wanted = list(names) or list(self._keys)
        known = [
            {'key': name, 'readonly': self._keys[name].accepts is None, 'value': self._keys[name].value}
            for name in wanted
            if name in self._keys
        ]
        return known, [name for name in wanted if name not in self._keys]

    def change(self, name: str, value: str) -> str:
        """The status of ChangeConfiguration.conf."""
        key = self._keys.get(name)
        if key is None:
            return 'NotSupported'
        if key.accepts is None or not key.accepts(value):
            return 'Rejected'
        self._keys[name] = replace(key, value=value)
        return 'Accepted'

    def number(self, name: str) -> int:
        return int(self._keys[name].value)

    def truth(self, name: str) -> bool:
        return self._keys[name].value.lower() == 'true'

    @property
    def measurands(self) -> tuple[str, ...]:
        items = (item.strip() for item in self._keys['MeterValuesSampledData'].value.split(','))
        return tuple(item for item in items if item)
