"""JSON answers, and conversions for their members."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.responses import Response


def to_json(value: Any) -> bytes:
    """The value as compact JSON, datetimes in ISO 8601 with `Z`; raises TypeError for a value JSON cannot express."""
    try:
        return orjson.dumps(value, option=orjson.OPT_UTC_Z)
    except TypeError:  # a charger's integer of more than 64 bits, or an answer nested deeper than orjson writes (254)
        return json.dumps(value, separators=(',', ':'), default=_iso).encode()


def _iso(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace('+00:00', 'Z')
    raise TypeError(f'{value!r} is no JSON')


def milliseconds(at: datetime | None) -> int | None:
    """A time as milliseconds since 1970; None stays None."""
    return None if at is None else round(at.timestamp() * 1000)


def whole(energy_wh: float | None) -> int | None:
    """An energy rounded to whole Wh; None stays None."""
    return None if energy_wh is None else round(energy_wh)


def json_response(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An HTTP answer with `value` as its JSON body."""
    return Response(to_json(value), status, headers, media_type='application/json')
