"""What the configuration keys of OCPP 1.6 mean (§9; security whitepaper §4), and what answers to a change mean."""

from __future__ import annotations

from collections.abc import Mapping

from cpo.ocpp.configuration_keys import KeyAnswer
from cpo.ocpp.request import Request
from cpo.ocpp.v16 import core
from cpo.ocpp.v16.configuration import NEEDED, SAMPLE_INTERVAL, SAMPLE_INTERVAL_S, SAMPLED_DATA, spelled

ANSWERS: Mapping[str, KeyAnswer] = {
    core.ConfigurationStatus.ACCEPTED: KeyAnswer.TAKEN,
    core.ConfigurationStatus.REBOOT_REQUIRED: KeyAnswer.AFTER_RESTART,
    core.ConfigurationStatus.NOT_SUPPORTED: KeyAnswer.UNKNOWN,
}
MEANINGS = {
    'AdditionalRootCertificateCheck': 'Whether it takes only one root certificate besides the one it has.',
    'AllowOfflineTxForUnknownId': 'Whether unknown cards may charge while it is offline.',
    'AuthorizationCacheEnabled': 'Whether it remembers cards that were let in.',
    'AuthorizationKey': 'Its password for this program; nobody can read it back.',
    'AuthorizeRemoteTxRequests': 'Whether it asks for the card again when this program starts a session.',
    'BlinkRepeat': 'How often its light blinks.',
    'CertificateSignedMaxChainSize': 'How long a chain of certificates may be, in characters.',
    'CertificateStoreMaxLength': 'How many certificates it can keep.',
    'ChargeProfileMaxStackLevel': 'The highest stack level of a limit.',
    'ChargingScheduleAllowedChargingRateUnit': 'Whether limits may be in A or in W.',
    'ChargingScheduleMaxPeriods': 'How many steps a limit over time may have.',
    'ClockAlignedDataInterval': 'How often it sends values at full minutes, in s; 0: never.',
    'ConnectionTimeOut': 'How long a plug is waited for after a card, in s.',
    'ConnectorPhaseRotation': 'How the phases are wired to each connector.',
    'ConnectorPhaseRotationMaxLength': 'How many entries the list of phases may have.',
    'ConnectorSwitch3to1PhaseSupported': 'Whether it can change from three phases to one while it charges.',
    'CpoName': 'The name that its certificate has to hold.',
    'GetConfigurationMaxKeys': 'How many keys can be asked for at once.',
    'HeartbeatInterval': 'How often it says that it is there, in s.',
    'LightIntensity': 'How bright its light is, in %.',
    'LocalAuthListEnabled': 'Whether it uses its own list of cards.',
    'LocalAuthListMaxLength': 'How many cards its own list may have.',
    'LocalAuthorizeOffline': 'Whether it lets known cards charge while it is offline.',
    'LocalPreAuthorize': 'Whether it lets known cards charge before this program has answered.',
    'MaxChargingProfilesInstalled': 'How many limits it can keep.',
    'MaxEnergyOnInvalidId': 'How much a card that turns out invalid may still charge, in Wh.',
    'MeterValueSampleInterval': 'How often it sends values while it charges, in s.',
    'MeterValuesAlignedData': 'Which values it sends at full minutes.',
    'MeterValuesAlignedDataMaxLength': 'How many of them there may be.',
    'MeterValuesSampledData': 'Which values it sends while it charges.',
    'MeterValuesSampledDataMaxLength': 'How many of them there may be.',
    'MinimumStatusDuration': 'How long a state must last before it is reported, in s.',
    'NumberOfConnectors': 'How many connectors it has.',
    'ReserveConnectorZeroSupported': 'Whether the whole charger can be reserved, not a connector.',
    'ResetRetries': 'How often it tries again to restart.',
    'SecurityProfile': 'How it proves who it is, and whether by TLS; it only goes up.',
    'SendLocalListMaxLength': 'How many cards one change of its own list may have.',
    'StopTransactionOnEVSideDisconnect': 'Whether pulling the plug out of the car ends the session.',
    'StopTransactionOnInvalidId': 'Whether it ends the session of a card that turns out invalid.',
    'StopTxnAlignedData': 'Which values of full minutes it sends at the end of a session.',
    'StopTxnAlignedDataMaxLength': 'How many of them there may be.',
    'StopTxnSampledData': 'Which values it sends at the end of a session.',
    'StopTxnSampledDataMaxLength': 'How many of them there may be.',
    'SupportedFeatureProfiles': 'Which parts of OCPP it knows.',
    'SupportedFeatureProfilesMaxLength': 'How many parts the list may have.',
    'TransactionMessageAttempts': 'How often it tries to report a session that was not taken.',
    'TransactionMessageRetryInterval': 'How long it waits before it tries again, in s.',
    'UnlockConnectorOnEVSideDisconnect': 'Whether pulling the plug out of the car releases it here too.',
    'WebSocketPingInterval': 'How often it checks the connection, in s; 0: never.',
}
_FOLDED = {key.casefold(): sentence for key, sentence in MEANINGS.items()}


def meaning(key: str) -> str | None:
    """What the key means; names are case-insensitive (CiString50, §7.29)."""
    return _FOLDED.get(key.casefold())


def changed(request: Request) -> tuple[str, str] | None:
    """The key of a ChangeConfiguration (§5.3) with its new value; None for another request, or one without them."""
    key, value = request.payload.get('key'), request.payload.get('value')
    if request.action == 'ChangeConfiguration' and isinstance(key, str) and isinstance(value, str):
        return key, value
    return None


def answer(payload: object) -> KeyAnswer:
    """The meaning of the answer to a ChangeConfiguration (§5.3)."""
    status = payload.get('status') if isinstance(payload, Mapping) else None
    return ANSWERS.get(str(status), KeyAnswer.REFUSED)


def wanted_because(key: str, value: str | None) -> str | None:
    """Why this program gives the key this value by itself (`configuration.wanted_settings`)."""
    if spelled(key) == SAMPLE_INTERVAL and value == str(SAMPLE_INTERVAL_S):
        return 'This program asks for values every 10 s, to follow the sun.'
    if spelled(key) == SAMPLED_DATA and value is not None and {*NEEDED} <= {name.strip() for name in value.split(',')}:
        return 'This program asks for energy, power and current, to show and to control them.'
    return None
