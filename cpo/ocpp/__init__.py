"""OCPP-J: frames, payloads, the log of messages, and what a version of OCPP must provide. No clock, no I/O."""

from cpo.ocpp.card_list import CardListAnswer
from cpo.ocpp.configuration_keys import KeyAnswer
from cpo.ocpp.dialect import Answer, Context, Dialect, Handled, Registration
from cpo.ocpp.file_requests import FileProgress, FileRequests, FileTrouble
from cpo.ocpp.message_log import Direction, LoggedMessage, MessageLog
from cpo.ocpp.messages import (
    Call,
    CallError,
    CallResult,
    Malformed,
    MessageId,
    OcppJsonMessage,
    UnreadableAnswer,
    violations_of_id,
)
from cpo.ocpp.problems import Problem
from cpo.ocpp.request import Request, SentCommand

__all__ = [
    'Answer',
    'Call',
    'CallError',
    'CallResult',
    'CardListAnswer',
    'Context',
    'Dialect',
    'Direction',
    'FileProgress',
    'FileRequests',
    'FileTrouble',
    'Handled',
    'KeyAnswer',
    'LoggedMessage',
    'Malformed',
    'MessageId',
    'MessageLog',
    'OcppJsonMessage',
    'Problem',
    'Registration',
    'Request',
    'SentCommand',
    'UnreadableAnswer',
    'violations_of_id',
]
