"""Why a Call gets no result, in words that belong to no version of OCPP."""

from __future__ import annotations

from enum import Enum, auto


class Problem(Enum):
    """Why a Call gets no result; `Dialect.error_code` has the code that a version of OCPP writes for it."""

    MALFORMED = auto()
    UNKNOWN_ACTION = auto()
    UNSUPPORTED_ACTION = auto()
    MISSING_MEMBER = auto()
    WRONG_COUNT = auto()
    WRONG_TYPE = auto()
    WRONG_VALUE = auto()
    OWN_FAULT = auto()
