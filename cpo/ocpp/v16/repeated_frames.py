"""The fast way through Heartbeats and MeterValues: a charger sends the same frames again and again, with another id,
time and values.

What is left of a frame without these is its skeleton. A frame whose skeleton has come before needs neither a parser nor
the payload model, as everything but these was checked then.
"""

from __future__ import annotations

from datetime import datetime
from operator import le, mul
from typing import NamedTuple

from pydantic_core import PydanticCustomError

from cpo.ocpp.messages import Call, CallResult, OcppJsonMessage
from cpo.ocpp.payloads import UnreadablePayload, read, read_timestamp
from cpo.ocpp.v16.core import MeterValues
from cpo.ocpp.v16.meter_values import Reading, reading_of, value_of
from cpo.ocpp.v16.ranges import within_range
from cpo.state import ChargePointState, MeterRead, SampleColumns

START, TIME, VALUE = '[2,"', '"timestamp":"', '"value":"'
"""What stands before the id, the time and a value: JSON escapes a quote inside a text, so it is not found in one."""
HEARTBEAT = '","Heartbeat",{}]'
"""The end of a Heartbeat."""
MARK = '\n'
"""What stands for the time in a skeleton."""
DIGITS = '0123456789.'
MOST_SKELETONS = 64

Skeleton = tuple[str, ...]


class _Frame(NamedTuple):
    """A frame in pieces."""

    message_id: str
    timestamp: str
    values: list[str]
    skeleton: Skeleton


class _Meaning(NamedTuple):
    """What all frames of one skeleton have in common.

    The tuples have a member for each sample; `factors` is empty where not all samples convert by a factor alone.
    """

    connector_id: int
    transaction_id: str | None
    readings: tuple[Reading, ...]
    measurands: tuple[str, ...]
    phases: tuple[str, ...]
    factors: tuple[float, ...]
    most: tuple[float, ...]
    no_text: tuple[str, ...]
    not_signed: tuple[bool, ...]


class RepeatedFrames:
    """The skeletons of the last MeterValues, with their meaning; None for those that have to be parsed each time."""

    def __init__(self) -> None:
        self._meanings: dict[Skeleton, _Meaning | None] = {}

    def answer(self, text: str, state: ChargePointState, now: datetime) -> tuple[CallResult, MeterRead] | None:
        """The answer to a frame (§4.7), and the entry it causes; None where it has to be parsed.

        That is so where it is new, deviates from the specification, has a value that cannot be read or one of the
        transaction's beginning, or is about a transaction that is not known to run on the connector.
        """
        frame = _parted(text)
        if frame is None:
            return None
        meaning = self._meanings.get(frame.skeleton) or self._learned(text, frame)
        if meaning is None or not _is_running(meaning, state):
            return None
        samples = _samples(frame.values, meaning)
        if samples is None:
            return None
        try:
            timestamp = read_timestamp(frame.timestamp)
        except PydanticCustomError:
            return None
        entry = MeterRead(meaning.connector_id, meaning.transaction_id, timestamp, samples, now)
        return CallResult(frame.message_id), entry

    def _learned(self, text: str, frame: _Frame) -> _Meaning | None:
        """The meaning of a skeleton that is new."""
        if frame.skeleton in self._meanings:
            return None
        if len(self._meanings) >= MOST_SKELETONS:
            self._meanings.clear()
        meaning = self._meanings[frame.skeleton] = _meaning(text, frame)
        return meaning


def id_of_heartbeat(text: str) -> str | None:
    """The message id of a Heartbeat in compact JSON; None for any other frame."""
    # from behind the beginning on: both have a quotation mark, which in a frame that was cut may be the same one
    if not text.startswith(START) or not text.endswith(HEARTBEAT, len(START)):
        return None
    message_id = text[len(START) : -len(HEARTBEAT)]
    return message_id if _is_plain(message_id) and '"' not in message_id else None


def _is_plain(message_id: str) -> bool:
    """Whether a text means itself in JSON."""
    return '\\' not in message_id and message_id.isprintable()


def _parted(text: str) -> _Frame | None:
    """A compact frame with one timestamp in pieces, None for another; no text of JSON has a control character."""
    if not text.startswith(START) or text.count(TIME) != 1 or MARK in text:
        return None
    before, _, after = text.partition(TIME)
    message_id, _, before = before[len(START) :].partition('"')
    timestamp, _, after = after.partition('"')
    first, *pieces = f'{before}{MARK}{after}'.split(VALUE)
    parts = [piece.partition('"') for piece in pieces]
    values = [part[0] for part in parts]
    if not values or not _is_plain(message_id) or not ''.join(values).isprintable():
        return None
    return _Frame(message_id, timestamp, values, (first, *[part[2] for part in parts]))


def _samples(texts: list[str], meaning: _Meaning) -> SampleColumns | None:
    values = _values(texts, meaning)
    if None in values:
        return None
    return SampleColumns(meaning.measurands, meaning.phases, values, meaning.no_text, meaning.not_signed)


def _values(texts: list[str], meaning: _Meaning) -> tuple[float | None, ...]:
    """The values in base units, None where one cannot be read: as `value_of`, but all at once where all are usual."""
    if meaning.factors and not ''.join(texts).strip(DIGITS):
        try:
            values = tuple(map(mul, map(float, texts), meaning.factors))
        except ValueError:
            return (None,)
        if all(map(le, values, meaning.most)):
            return values
    return tuple(map(value_of, texts, meaning.readings))


def _is_running(meaning: _Meaning, state: ChargePointState) -> bool:
    transaction_id = meaning.transaction_id
    return transaction_id is None or state.connector(meaning.connector_id).transaction_id == transaction_id


def _meaning(text: str, frame: _Frame) -> _Meaning | None:
    """The meaning of a frame by the payload model, None where anything in it is not regular."""
    call = OcppJsonMessage.from_json_array(text)
    if not isinstance(call, Call) or call.action != MeterValues.action():
        return None
    try:
        request, violations = read(MeterValues, call.payload)
        request, out_of_range = within_range(request)
    except UnreadablePayload:
        return None
    sampled = [each for value in request.meter_value for each in value.sampled_value]
    readings = tuple(map(reading_of, sampled))
    is_as_parted = (call.message_id, [each.value for each in sampled]) == (frame.message_id, frame.values)
    if violations or out_of_range or len(request.meter_value) > 1 or not is_as_parted:
        return None
    if any(reading.factor is None or reading.of_the_beginning for reading in readings):
        return None
    given, count = request.transaction_id, len(readings)
    return _Meaning(
        request.connector_id,
        str(given) if given is not None and given > 0 else None,
        readings,
        tuple(reading.measurand for reading in readings),
        tuple(reading.phase for reading in readings),
        () if any(r.offset for r in readings) else tuple(r.factor or 0.0 for r in readings),
        tuple(reading.bounds.most for reading in readings),
        ('',) * count,
        (False,) * count,
    )
