"""One charger's websocket connection from handshake to end: its acceptance, its messages, the first requests to it."""

from cpo.connection.connection import Connection, Ping, unanswered
from cpo.connection.connections import Connections
from cpo.connection.inbox import Inbox
from cpo.connection.start_up import StartUp

__all__ = [
    'Connection',
    'Connections',
    'Inbox',
    'Ping',
    'StartUp',
    'unanswered',
]
