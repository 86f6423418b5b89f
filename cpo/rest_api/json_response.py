"""Values as JSON, and JSON as an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from starlette.responses import Response


def to_json(value: Any) -> bytes:
    """Compact JSON; datetimes as ISO 8601 with `Z`. Raises TypeError where the value is no JSON."""
    try:
        return orjson.dumps(value, option=orjson.OPT_UTC_Z)
    except TypeError:  # what a charger answered may be nested deeper than orjson writes (254), but not than it reads
        return json.dumps(value, separators=(',', ':')).encode()


def milliseconds(at: datetime | None) -> int | None:
    """Milliseconds since 1970."""
    return None if at is None else round(at.timestamp() * 1000)


def whole(energy_wh: float | None) -> int | None:
    """Whole Wh."""
    return None if energy_wh is None else round(energy_wh)


def json_response(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with `value` as its body."""
    return Response(to_json(value), status, headers, media_type='application/json')
