"""`Problem`: why a Call gets no result, independent of the version of OCPP."""

from __future__ import annotations

from enum import Enum, auto


class Problem(Enum):
    """Why a Call gets no result; `Dialect.error_code` is the code a version of OCPP has for it."""

    MALFORMED = auto()
    UNKNOWN_ACTION = auto()
    UNSUPPORTED_ACTION = auto()
    MISSING_MEMBER = auto()
    WRONG_COUNT = auto()
    WRONG_TYPE = auto()
    WRONG_VALUE = auto()
    OWN_FAULT = auto()
    NOT_LET_IN = auto()
