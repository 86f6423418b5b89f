"""One charger's websocket connection from handshake to end: its acceptance, its messages, the first requests to it."""

from cpo.connection.adoption import Adoption, ChargerChange
from cpo.connection.connection import Close, Connection, Ping, unanswered
from cpo.connection.connections import Connections
from cpo.connection.credentials import Proof, Shown, Unproven, subject_of
from cpo.connection.denials import denial_of
from cpo.connection.inbox import MAX_TURN_S, Inbox
from cpo.connection.start_up import StartUp
from cpo.connection.waiting_charger import WaitingCharger

__all__ = [
    'MAX_TURN_S',
    'Adoption',
    'ChargerChange',
    'Close',
    'Connection',
    'Connections',
    'Inbox',
    'Ping',
    'Proof',
    'Shown',
    'StartUp',
    'Unproven',
    'WaitingCharger',
    'denial_of',
    'subject_of',
    'unanswered',
]
