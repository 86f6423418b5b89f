"""Payloads of the feature profile Local Auth List Management (OCPP 1.6 §6)."""

from __future__ import annotations

from cpo.ocpp.payloads import Many, Maybe, OcppEnum, Payload, Request, Response
from cpo.ocpp.v16.types import IdTagInfo, IdToken


class GetLocalListVersionResponse(Response):
    """Answer to GetLocalListVersion: 0 for an empty list, -1 when the charge point supports none."""

    list_version: int


class GetLocalListVersion(Request[GetLocalListVersionResponse]):
    """Asks for the version of the charge point's local list (§5.10)."""


class AuthorizationData(Payload):
    """An entry of the list; without `id_tag_info`, a Differential update removes the idTag."""

    id_tag: IdToken
    id_tag_info: Maybe[IdTagInfo] = None


class UpdateType(OcppEnum):
    """Whether the sent list replaces the old one or changes it."""

    DIFFERENTIAL = 'Differential'
    FULL = 'Full'


class UpdateStatus(OcppEnum):
    """Result of SendLocalList; VersionMismatch: a Differential update is not newer than the list."""

    ACCEPTED = 'Accepted'
    FAILED = 'Failed'
    NOT_SUPPORTED = 'NotSupported'
    VERSION_MISMATCH = 'VersionMismatch'


class SendLocalListResponse(Response):
    """Answer to SendLocalList."""

    status: UpdateStatus


class SendLocalList(Request[SendLocalListResponse]):
    """Sends the idTags that the charge point may accept by itself (§5.15)."""

    list_version: int
    update_type: UpdateType
    local_authorization_list: Maybe[Many[AuthorizationData]] = None
