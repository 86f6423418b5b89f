"""The charger's own list of cards (§3.5.2, §5.10, §5.15): what is sent, and what the answers mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cpo.ocpp.card_list import CardListAnswer, CardListLimits
from cpo.ocpp.payloads import UnreadablePayload, read, to_wire
from cpo.ocpp.request import Request
from cpo.ocpp.v16.local_auth_list_management import (
    AuthorizationData,
    GetLocalListVersion,
    GetLocalListVersionResponse,
    SendLocalList,
    UpdateStatus,
    UpdateType,
)
from cpo.ocpp.v16.types import AuthorizationStatus, IdTagInfo
from cpo.state import IdTag

LIST_LENGTH, LENGTH_AT_ONCE = 'LocalAuthListMaxLength', 'SendLocalListMaxLength'
ANSWERS: Mapping[str, CardListAnswer] = {
    UpdateStatus.ACCEPTED: CardListAnswer.TAKEN,
    UpdateStatus.VERSION_MISMATCH: CardListAnswer.OTHER_VERSION,
    UpdateStatus.NOT_SUPPORTED: CardListAnswer.UNSUPPORTED,
}


def version_request() -> Request:
    """Asks for the version of the list (§5.10)."""
    return Request(GetLocalListVersion.action(), {})


def version(payload: Any) -> int | None:
    """The version in the answer, 0 for an empty list; None where the charger has no list."""
    try:
        answer, _ = read(GetLocalListVersionResponse, payload)
    except UnreadablePayload:
        return None
    return answer.list_version if answer.list_version >= 0 else None


def update_request(number: int, cards: Sequence[IdTag], removed: Sequence[str], replaces: bool) -> Request:
    """Gives the list the version `number` with these cards, in place of all others or beside them (§5.15)."""
    changes = [AuthorizationData(id_tag=id_tag) for id_tag in removed]  # first, as they make room
    changes += [AuthorizationData(id_tag=card.id_tag, id_tag_info=_info(card)) for card in cards]
    kind = UpdateType.FULL if replaces else UpdateType.DIFFERENTIAL
    update = SendLocalList(list_version=number, update_type=kind, local_authorization_list=tuple(changes))
    return Request(SendLocalList.action(), to_wire(update))


def update_answer(status: str | None) -> CardListAnswer:
    """The meaning of the status of an answer to `update_request`."""
    return ANSWERS.get(status or '', CardListAnswer.REFUSED)


def limits(configuration: Mapping[str, str | None]) -> CardListLimits:
    """How many cards the list and one request may have (§9.2)."""
    numbers = (configuration.get(key) or '' for key in (LIST_LENGTH, LENGTH_AT_ONCE))
    return CardListLimits(*(int(number) if number.isdecimal() and int(number) else None for number in numbers))


def _info(card: IdTag) -> IdTagInfo:
    about = {'expiry_date': card.expiry_date, 'parent_id_tag': card.parent_id_tag}
    known: dict[str, Any] = {member: value for member, value in about.items() if value is not None}
    return IdTagInfo(status=AuthorizationStatus(card.status), **known)
