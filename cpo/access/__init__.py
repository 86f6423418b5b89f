"""Who may use this server, judged before any route: connections, the headers Host and Origin, people and tokens."""

from cpo.access.accounts import (
    ANYBODY,
    BY_SUPERVISOR,
    CALLER,
    Accounts,
    AccountStore,
    Caller,
    Person,
    SignIn,
    Token,
)
from cpo.access.arrivals import CUT, Arrivals
from cpo.access.basic import basic_of, one_form
from cpo.access.content_policy import hash_policy, nonce_policy
from cpo.access.device_words import device_words
from cpo.access.gate import Gate
from cpo.access.handshakes import MAX_IN_WINDOW, Handshakes
from cpo.access.hosts import HostRule
from cpo.access.local import LocalRule
from cpo.access.names import checked_name
from cpo.access.origins import OriginRule
from cpo.access.passwords import Passwords
from cpo.access.path_prefix import PathPrefix, prefix_of
from cpo.access.people import People
from cpo.access.plain_page import plain_page
from cpo.access.refusals import FOREIGN_HOST, FOREIGN_ORIGIN, Refusal
from cpo.access.roles import WEBSOCKET, Role, needed_role, rule_for
from cpo.access.sign_in_check import SignInCheck, cookie_name, cookie_of, is_secure
from cpo.access.standalone_page import StandalonePage
from cpo.access.tries import Tries

__all__ = [
    'ANYBODY',
    'BY_SUPERVISOR',
    'CALLER',
    'CUT',
    'FOREIGN_HOST',
    'FOREIGN_ORIGIN',
    'MAX_IN_WINDOW',
    'WEBSOCKET',
    'AccountStore',
    'Accounts',
    'Arrivals',
    'Caller',
    'Gate',
    'Handshakes',
    'HostRule',
    'LocalRule',
    'OriginRule',
    'Passwords',
    'PathPrefix',
    'People',
    'Person',
    'Refusal',
    'Role',
    'SignIn',
    'SignInCheck',
    'StandalonePage',
    'Token',
    'Tries',
    'basic_of',
    'checked_name',
    'cookie_name',
    'cookie_of',
    'device_words',
    'hash_policy',
    'is_secure',
    'needed_role',
    'nonce_policy',
    'one_form',
    'plain_page',
    'prefix_of',
    'rule_for',
]
