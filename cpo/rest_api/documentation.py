"""Examples of bodies and errors for the OpenAPI document that `/docs` shows."""

from __future__ import annotations

from typing import Any

from cpo.errors import (
    BackupRunning,
    CallErrorReceived,
    CallTimeout,
    CpoError,
    FileTooLarge,
    InvalidCeiling,
    InvalidCharger,
    InvalidConnector,
    InvalidForecast,
    InvalidGoal,
    InvalidIdTag,
    InvalidLimit,
    InvalidPayload,
    InvalidPerson,
    InvalidPrices,
    InvalidReading,
    InvalidSetting,
    InvalidToken,
    JournalError,
    LastOwner,
    LockedCeiling,
    LockedSetting,
    NameTaken,
    NoRoom,
    NotAllowed,
    NotConnected,
    Rejected,
    SignInNeeded,
    TooManyTries,
    UnknownAction,
    UnknownCeiling,
    UnknownCertificate,
    UnknownConnector,
    UnknownDay,
    UnknownDevice,
    UnknownFile,
    UnknownGoal,
    UnknownIdTag,
    UnknownKey,
    UnknownMonth,
    UnknownPerson,
    UnknownToken,
    UnknownTransaction,
)
from cpo.rest_api.errors import InvalidQuery, InvalidSignIn, PayloadTooLarge, UnsupportedMediaType, name_of, status_of

DETAILS = {
    InvalidCeiling: 'Give limit_a (A per phase) or limit_w (W), one of them.',
    InvalidConnector: 'A limit is for a connector: 1, 2, …',
    InvalidIdTag: 'status must be one of Accepted, Blocked, Expired, Invalid.',
    InvalidLimit: 'The limit is between 0 and 16 A, the configured maximum.',
    InvalidQuery: 'limit: this must be less than or equal to 1000.',
    InvalidCharger: 'adopted must be true or false.',
    InvalidGoal: 'ready_by must be a time by the local clock, like "07:00".',
    UnknownGoal: 'Connector 1 has no goal.',
    InvalidForecast: 'pv_w[0].value must be a number from 0 to 1,000,000, in W.',
    InvalidPrices: 'import: two slots overlap, from 2026-01-01T10:15:00Z on.',
    InvalidPerson: 'A password has 8 to 200 characters.',
    InvalidSignIn: 'The body must be {"name": "…", "password": "…"}.',
    InvalidToken: 'role must be one of owner, family, viewer.',
    LastOwner: 'Anna is the last owner; make somebody else an owner first.',
    NameTaken: 'There is a token Home Assistant already; delete it first.',
    NotAllowed: 'This takes an owner; you are signed in as viewer.',
    SignInNeeded: 'Nobody has this name with this password.',
    TooManyTries: 'Too many wrong passwords from here. Try again in 60 s.',
    UnknownMonth: 'The month 2026-01 is not closed, or no session ended in it.',
    UnknownCertificate: 'There is no TLS; start this program with CPO_TLS_PORT.',
    UnknownKey: 'The charger has no key Blink.',
    UnknownFile: 'There is no file with this name.',
    FileTooLarge: 'The file is larger than 50 MiB.',
    NoRoom: 'Less than 200 MiB of the disk are free; make room on it first.',
    UnknownDevice: 'That device is not signed in.',
    UnknownPerson: 'Nobody called Bob has a password.',
    UnknownToken: 'There is no token Bob.',
    InvalidReading: 'pv_w must be a power in W like 3200.',
    LockedCeiling: 'The ceiling fuse comes from the settings and readings of the house alone.',
    InvalidSetting: 'Maximum current: this must be a number from 1 to 80 A.',
    LockedSetting: 'Maximum current: CPO_MAX_CURRENT sets this, and wins over the page.',
    UnknownAction: 'Explode is no request of the central system.',
    UnknownCeiling: 'There is no ceiling oven; GET /api/ceilings lists what there is.',
    UnknownConnector: 'The charger never reported a connector 2.',
    UnknownDay: 'Nothing was decided by the house meter on 2026-06-14.',
    UnknownTransaction: 'There is no transaction 7.',
    UnknownIdTag: 'There is no id tag Tag7.',
    Rejected: 'The charger refused 8 A (SetChargingProfile: Rejected).',
    PayloadTooLarge: 'The body is larger than 1 MiB.',
    UnsupportedMediaType: 'Send the body as application/json, not as text/plain.',
    InvalidPayload: 'type: a required member is missing.',
    CallErrorReceived: 'The charger answered with an error: NotSupported',
    NotConnected: 'No charger is connected. Nothing is kept for later.',
    JournalError: 'This cannot be kept now (is the disk full or read-only?); nothing was changed.',
    BackupRunning: 'A backup is being fetched already; there is one at a time.',
    CallTimeout: 'No answer within 30 s. It may still happen.',
}
CALL_ERROR = {'code': 'NotSupported', 'description': '', 'details': {}}
FROM_THE_CHARGER = (CallErrorReceived, NotConnected, CallTimeout)


def answers(
    example: Any, *errors: type[CpoError], media_type: str = 'application/json'
) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses` for a route: examples of its answer with 200 and of its errors, one per status."""
    done = {'description': 'Done', 'content': {media_type: {'example': example}}}
    documented: dict[int | str, dict[str, Any]] = {200: done}
    for error in errors:
        more = CALL_ERROR if error is CallErrorReceived else {}
        name = name_of(error)
        documented[status_of(error)] = _json({'error': name, 'detail': DETAILS[error], **more}, name)
    # Without this FastAPI would document an error shape of its own.
    documented['default'] = _json(
        {'error': 'InternalError', 'detail': 'The program made a mistake.'}, 'Any other error'
    )
    return documented


def json_body(examples: dict[str, Any], required: bool = True) -> dict[str, Any]:
    """FastAPI's `openapi_extra` for a route that reads its body itself; `examples` by their names."""
    content = {'application/json': {'schema': {}, 'examples': {k: {'value': v} for k, v in examples.items()}}}
    return {'requestBody': {'required': required, 'content': content}}


def path_parameter(name: str, description: str, example: Any) -> dict[str, Any]:
    """FastAPI's `openapi_extra` for a route that reads a path parameter itself."""
    return {
        'parameters': [
            {
                'name': name,
                'in': 'path',
                'required': True,
                'description': description,
                'schema': {'type': 'string'},
                'example': example,
            }
        ]
    }


def _json(example: Any, description: str) -> dict[str, Any]:
    return {'description': description, 'content': {'application/json': {'example': example}}}
