"""Fixed answers: the reply that a persona (a make's peculiarities) always gives to a Call, without acting on it."""

from collections.abc import Iterator

from simulator.connection import OcppError, Payload, Reply
from simulator.station import Station

CALL_ERROR = 'CallError '


def fixed_answer(station: Station, action: str, payload: Payload) -> Reply | None:
    """The persona's fixed answer to this Call, None when it has none.

    Raises OcppError when that is a CallError.
    """
    answers = station.persona.answers
    return next((reply(station, answers[n], payload) for n in _names(action, payload) if n in answers), None)


def reply(station: Station, answer: str, payload: Payload) -> Reply:
    """The answer to a Call that the text `answer` stands for, as in Persona.answers.

    Raises OcppError where that is a CallError.
    """
    if answer == 'silence':
        return Reply(None)
    if answer == 'reboot':
        return Reply(None, lambda: station.reset('Hard'))
    if answer == 'unknown':
        return Reply({'configurationKey': [], 'unknownKey': list(payload.get('key') or ())})
    if answer.startswith(CALL_ERROR):
        raise OcppError(answer.removeprefix(CALL_ERROR), 'this charger never does that')
    return Reply({'status': answer})


def refusal(station: Station, payload: Payload) -> Reply:
    """The persona's answer to SetChargingProfile for a profile it rejects; raises OcppError for a CallError."""
    return reply(station, station.persona.profile_refusal, payload)


def _names(action: str, payload: Payload) -> Iterator[str]:
    """Keys of Persona.answers that match this Call: the Action, then the Action with each thing it asks for."""
    yield action
    keys = payload.get('key') or ('*',)
    yield from (f'{action} {key}' for key in ([keys] if isinstance(keys, str) else keys))
    yield f'{action} {payload.get("requestedMessage")}'
