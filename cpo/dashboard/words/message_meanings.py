"""The meaning of the 28 Actions of OCPP 1.6 in a sentence, and the filter each belongs to."""

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
    'MeterValues': 'What it measured.',
    'StartTransaction': 'A charging session began.',
    'StatusNotification': 'The state of a connector, or of the whole charger.',
    'StopTransaction': 'A charging session ended.',
    'CancelReservation': 'A reservation is given up.',
    'ChangeAvailability': 'A connector is put into or out of service.',
    'ChangeConfiguration': 'One of its settings is changed.',
    'ClearCache': 'It forgets the cards it remembers.',
    'ClearChargingProfile': 'Limits are taken away.',
    'GetCompositeSchedule': 'Which limit is in force.',
    'GetConfiguration': 'Its settings are read.',
    'GetDiagnostics': 'It uploads its log.',
    'GetLocalListVersion': 'The version of its own list of cards.',
    'RemoteStartTransaction': 'It is asked to start charging.',
    'RemoteStopTransaction': 'It is asked to stop charging.',
    'ReserveNow': 'A connector is kept free for a card.',
    'Reset': 'It restarts.',
    'SendLocalList': 'Its own list of cards is replaced or changed.',
    'SetChargingProfile': 'A limit for the current.',
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
