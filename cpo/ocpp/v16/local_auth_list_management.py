"""Payloads of the feature profile Local Auth List Management."""

from __future__ import annotations

from cpo.ocpp.payloads import Many, Maybe, OcppEnum, Payload, Request, Response
from cpo.ocpp.v16.types import IdTagInfo, IdToken


class GetLocalListVersionResponse(Response):
    """0 is an empty list, -1 that there are none on this charge point."""

    list_version: int


class GetLocalListVersion(Request[GetLocalListVersionResponse]):
    """§5.10: which version of the list the charge point has."""


class AuthorizationData(Payload):
    """An entry of the list; without `id_tag_info` a Differential update removes it."""

    id_tag: IdToken
    id_tag_info: Maybe[IdTagInfo] = None


class UpdateType(OcppEnum):
    """Whether the list replaces the old one or changes it."""

    DIFFERENTIAL = 'Differential'
    FULL = 'Full'


class UpdateStatus(OcppEnum):
    """VersionMismatch: a Differential update is not newer than the list."""

    ACCEPTED = 'Accepted'
    FAILED = 'Failed'
    NOT_SUPPORTED = 'NotSupported'
    VERSION_MISMATCH = 'VersionMismatch'


class SendLocalListResponse(Response):
    """Whether the list is in force."""

    status: UpdateStatus


class SendLocalList(Request[SendLocalListResponse]):
    """§5.15: the idTags the charge point may accept on its own."""

    list_version: int
    update_type: UpdateType
    local_authorization_list: Maybe[Many[AuthorizationData]] = None
