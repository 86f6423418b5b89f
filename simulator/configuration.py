"""The configuration keys of the charge point (OCPP 1.6 §9)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from simulator.charging_profiles import MAX_INSTALLED, MAX_PERIODS, MAX_STACK_LEVEL
from simulator.persona import Persona

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


def is_boolean(value: str) -> bool:
    return value.lower() in ('true', 'false')


@dataclass(frozen=True, slots=True)
class Key:
    """A configuration key's value, and the check that a new value must pass; `accepts` is None for a read-only key.

    A key whose effect the simulator does not implement is read-only, so that no accepted value is ignored.
    """

    value: str
    accepts: Callable[[str], bool] | None = None


DEFAULTS = {
    'AllowOfflineTxForUnknownId': Key('false', is_boolean),
    'AuthorizationCacheEnabled': Key('true', is_boolean),
    'AuthorizeRemoteTxRequests': Key('false'),
    'ChargeProfileMaxStackLevel': Key(str(MAX_STACK_LEVEL)),
    'ChargingScheduleAllowedChargingRateUnit': Key('Current,Power'),
    'ChargingScheduleMaxPeriods': Key(str(MAX_PERIODS)),
    'ClockAlignedDataInterval': Key('0'),
    'ConnectionTimeOut': Key('60', is_number),
    'ConnectorPhaseRotation': Key('NotApplicable'),
    'ConnectorSwitch3to1PhaseSupported': Key('false'),
    'GetConfigurationMaxKeys': Key('50'),
    'LocalAuthListEnabled': Key('true'),
    'LocalAuthListMaxLength': Key('100'),
    'LocalAuthorizeOffline': Key('true', is_boolean),
    'LocalPreAuthorize': Key('false', is_boolean),
    'MaxChargingProfilesInstalled': Key(str(MAX_INSTALLED)),
    'MeterValuesAlignedData': Key(''),
    'ReserveConnectorZeroSupported': Key('false'),
    'ResetRetries': Key('0'),
    'SendLocalListMaxLength': Key('100'),
    'StopTransactionOnEVSideDisconnect': Key('true'),
    'StopTransactionOnInvalidId': Key('true', is_boolean),
    'StopTxnAlignedData': Key(''),
    'StopTxnSampledData': Key(''),
    'SupportedFeatureProfiles': Key(
        'Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger'
    ),
    'TransactionMessageAttempts': Key('3', is_number),
    'TransactionMessageRetryInterval': Key('10', is_number),
    'UnlockConnectorOnEVSideDisconnect': Key('true'),
}
"""The keys that are alike in every simulated charger."""
OF_SECURITY = {
    'AdditionalRootCertificateCheck': Key('false'),
    'CertificateSignedMaxChainSize': Key('10000'),
    'CertificateStoreMaxLength': Key('10'),
}
"""Those of the security whitepaper."""


class Configuration:
    """All configuration keys with their values: the persona's override the defaults, its minima raise numbers."""

    def __init__(
        self, connectors: int, meter_interval_s: int, heartbeat_interval_s: int, persona: Persona | None = None
    ) -> None:
        self._persona = persona or Persona()
        measurands = ','.join(self._persona.measurands or MEASURANDS)
        own = {
            'HeartbeatInterval': Key(str(heartbeat_interval_s), is_number),
            'MeterValueSampleInterval': Key(str(meter_interval_s), is_number),
            'MeterValuesSampledData': Key(measurands, self._is_measurands),
            'NumberOfConnectors': Key(str(connectors)),
        }
        known = DEFAULTS | OF_SECURITY if self._persona.knows_security else DEFAULTS
        self._keys = dict(sorted((known | own).items()))
        for name, value in self._persona.keys.items():
            self._keys[name] = replace(self._keys.get(name, Key('')), value=value)
        for name, least in self._persona.minimum.items():
            self._keys[name] = replace(self._keys[name], value=str(max(self.number(name), least)))
        for name in self._persona.read_only_keys:
            self._keys[name] = replace(self._keys[name], accepts=None)

    def get(self, names: Iterable[str] = ()) -> tuple[list[dict[str, object]], list[str]]:
        """(configurationKey, unknownKey) of GetConfiguration.conf for these names, or for all keys without names."""
        shown = [name for name in self._keys if name not in self._persona.hidden_keys]
        wanted = list(names) or shown
        known = [
            {'key': name, 'readonly': self._keys[name].accepts is None, 'value': self._keys[name].value}
            for name in wanted
            if name in shown
        ]
        return known, [name for name in wanted if name not in shown]

    def change(self, name: str, value: str) -> str:
        """Change a key's value if it is accepted; returns the status of ChangeConfiguration.conf."""
        key = self._keys.get(name)
        if key is None or name in self._persona.hidden_keys:
            return 'NotSupported'
        if key.accepts is None or not key.accepts(value) or self._is_too_small(name, value):
            return 'Rejected'
        self._keys[name] = replace(key, value=value)
        return 'Accepted'

    def number(self, name: str) -> int:
        return int(self._keys[name].value)

    def boolean(self, name: str) -> bool:
        return self._keys[name].value.lower() == 'true'

    @property
    def measurands(self) -> tuple[str, ...]:
        items = (item.strip() for item in self._keys['MeterValuesSampledData'].value.split(','))
        return tuple(item for item in items if item)

    def _is_measurands(self, value: str) -> bool:
        known = self._persona.measurands or MEASURANDS
        return all(item.strip() in known for item in value.split(',') if item.strip())

    def _is_too_small(self, name: str, value: str) -> bool:
        return 0 < int(value) < self._persona.minimum[name] if name in self._persona.minimum else False
