"""The meaning of each Action of OCPP 1.6 and its security whitepaper in a sentence, and the filter each belongs to."""

from __future__ import annotations

from typing import Literal

Category = Literal['limits', 'sessions', 'readings', 'other']

MEANINGS = {
    'Authorize': 'It asks whether a card may charge.',
    'BootNotification': 'It introduces itself after it was switched on.',
    'DataTransfer': 'Something only its maker knows the meaning of.',
    'DiagnosticsStatusNotification': 'How far the upload of its log is.',
    'FirmwareStatusNotification': 'How far its update is.',
    'Heartbeat': 'It is still there, and sets its clock by the answer.',
    'LogStatusNotification': 'How far the upload of its log is.',
    'MeterValues': 'What it measured.',
    'SecurityEventNotification': 'Something that concerns its security.',
    'SignCertificate': 'It asks for a certificate for its new key.',
    'SignedFirmwareStatusNotification': 'How far its update is.',
    'StartTransaction': 'A charging session began.',
    'StatusNotification': 'The state of a connector, or of the whole charger.',
    'StopTransaction': 'A charging session ended.',
    'CancelReservation': 'A reservation is given up.',
    'CertificateSigned': 'The certificate it asked for.',
    'ChangeAvailability': 'A connector is put into or out of service.',
    'ChangeConfiguration': 'One of its settings is changed.',
    'ClearCache': 'It forgets the cards it remembers.',
    'ClearChargingProfile': 'Limits are taken away.',
    'DeleteCertificate': 'A root certificate is taken away.',
    'ExtendedTriggerMessage': 'It is asked to send a message now.',
    'GetCompositeSchedule': 'Which limit is in force.',
    'GetConfiguration': 'Its settings are read.',
    'GetDiagnostics': 'It uploads its log.',
    'GetInstalledCertificateIds': 'Which root certificates it trusts.',
    'GetLocalListVersion': 'The version of its own list of cards.',
    'GetLog': 'It uploads a log.',
    'InstallCertificate': 'A root certificate it shall trust.',
    'RemoteStartTransaction': 'It is asked to start charging.',
    'RemoteStopTransaction': 'It is asked to stop charging.',
    'ReserveNow': 'A connector is kept free for a card.',
    'Reset': 'It restarts.',
    'SendLocalList': 'Its own list of cards is replaced or changed.',
    'SetChargingProfile': 'A limit for the current.',
    'SignedUpdateFirmware': 'It fetches new firmware, and verifies who made it.',
    'TriggerMessage': 'It is asked to send a message now.',
    'UnlockConnector': 'The plug is released.',
    'UpdateFirmware': 'It fetches new firmware.',
}

CATEGORIES: dict[str, Category] = {
    'SetChargingProfile': 'limits',
    'ClearChargingProfile': 'limits',
    'GetCompositeSchedule': 'limits',
    'RemoteStartTransaction': 'sessions',
    'RemoteStopTransaction': 'sessions',
    'StartTransaction': 'sessions',
    'StopTransaction': 'sessions',
    'Authorize': 'sessions',
    'ReserveNow': 'sessions',
    'CancelReservation': 'sessions',
    'UnlockConnector': 'sessions',
    'StatusNotification': 'sessions',
    'MeterValues': 'readings',
}
