"""Who may do what: the role that each request needs (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class Role(StrEnum):
    """What a person or a token may do; each role includes those after it."""

    OWNER = 'owner'
    FAMILY = 'family'
    VIEWER = 'viewer'

    def includes(self, other: Role) -> bool:
        """True where who has this role may do all that needs the `other`."""
        return RANKS[self] <= RANKS[other]


RANKS = {role: rank for rank, role in enumerate(Role)}


class Rule(NamedTuple):
    """The role that the requests with one of these methods to one path need; `needs` is None where it is open to all.

    `path` is written as its route; `{name:path}` and `{name:no_page}` stand for several parts.
    """

    methods: str
    path: str
    needs: Role | None


OPEN = (
    Rule('GET HEAD', '/api/health', None),
    Rule('GET POST DELETE', '/api/session', None),
    Rule('GET HEAD', '/api/root-certificate', None),
    Rule('WEBSOCKET', '/ocpp/{charge_box_id:path}', None),
    Rule('GET HEAD PUT POST', '/files/{name:path}', None),
)
PAGES = tuple(
    Rule(methods, path, Role.VIEWER)
    for methods, path in (
        ('GET HEAD POST', '/'),
        ('GET HEAD POST', '/sessions'),
        ('GET HEAD POST', '/why'),
        ('GET HEAD POST', '/messages'),
        ('GET HEAD POST', '/connect'),
        ('GET HEAD POST', '/tags'),
        ('GET HEAD POST', '/people'),
        ('GET HEAD', '/simulator/{name}'),
        ('GET HEAD', '/docs'),
        ('GET HEAD', '/openapi.json'),
        ('GET HEAD', '/static-offline-docs/{rest:path}'),
        ('GET HEAD', '/_nicegui/{rest:path}'),
        ('GET HEAD POST OPTIONS WEBSOCKET', '/_nicegui_ws/{rest:path}'),
    )
)
"""What a page's own buttons may do is decided where they are built, as only who may use one is given one."""
OWNERS_PAGES = tuple(Rule('GET HEAD POST', path, Role.OWNER) for path in ('/settings', '/charger'))
REST = (
    Rule('PUT', '/api/session', Role.VIEWER),
    *(
        Rule('GET HEAD', path, Role.VIEWER)
        for path in (
            '/api/chargepoint',
            '/api/events',
            '/api/history',
            '/api/transactions',
            '/api/transactions/{id}',
            '/api/transactions/{id}/meterValues',
            '/api/transactions.csv',
            '/api/statement',
            '/api/idtags',
            '/api/idtags/{id:path}',
            '/api/chargepoint/configuration',
            '/api/reservations',
            '/api/connections',
            '/api/messages',
            '/api/solar',
            '/api/solar/decisions',
            '/api/solar/replay',
            '/api/ceilings',
            '/api/prices',
            '/api/chargepoint/{connector}/goal',
            '/api/forecast',
        )
    ),
    Rule('PUT', '/api/chargepoint/{connector}/chargeLimit', Role.FAMILY),
    Rule('PUT', '/api/solar', Role.FAMILY),
    Rule('PUT DELETE', '/api/chargepoint/{connector}/goal', Role.FAMILY),
    Rule('PUT', '/api/prices', Role.FAMILY),
    Rule('PUT', '/api/forecast', Role.FAMILY),
    Rule('POST', '/api/chargepoint/commands/{action}', Role.OWNER),
    Rule('GET', '/api/chargepoint/operations', Role.OWNER),
    Rule('POST', '/api/chargepoint/configuration', Role.OWNER),
    Rule('PUT', '/api/chargepoint/configuration/{key:path}', Role.OWNER),
    Rule('DELETE', '/api/chargepoint/learned', Role.OWNER),
    Rule('PUT DELETE', '/api/idtags/{id:path}', Role.OWNER),
    Rule('PUT DELETE', '/api/ceilings/{name:path}', Role.OWNER),
    Rule('GET', '/api/backup', Role.OWNER),
    Rule('GET POST', '/api/files', Role.OWNER),
    Rule('DELETE', '/api/files/{number}', Role.OWNER),
    Rule('GET', '/api/statement/seal', Role.OWNER),
    Rule('GET', '/api/chargers', Role.OWNER),
    Rule('PUT DELETE', '/api/chargers/{charge_box_id:path}', Role.OWNER),
    Rule('GET PUT', '/api/settings', Role.OWNER),
    Rule('GET PUT', '/api/settings/file', Role.OWNER),
    Rule('GET', '/api/people', Role.OWNER),
    Rule('PUT DELETE', '/api/people/{name:path}', Role.OWNER),
    Rule('GET POST', '/api/tokens', Role.OWNER),
    Rule('DELETE', '/api/tokens/{name:path}', Role.OWNER),
)
WRONG_PATHS = Rule('WEBSOCKET', '/{path:no_page}', None)
"""A charger that asks for a path of its own is refused with advice; a page's websocket has its rule before this one."""
RULES = (*OPEN, *PAGES, *OWNERS_PAGES, *REST, WRONG_PATHS)
WEBSOCKET = 'WEBSOCKET'
"""Stands for the method of a request for a websocket."""
READING = ('GET', 'HEAD')


@lru_cache(maxsize=1024)
def needed_role(method: str, path: str) -> Role | None:
    """The role that a request needs, None where it is open to all.

    Without a rule, reading a path outside `/api` takes a viewer, as there is no such page; all else takes an owner.
    """
    rule = rule_for(method, path)
    if rule is not None:
        return rule.needs
    is_page = method in READING and path != '/api' and not path.startswith('/api/')
    return Role.VIEWER if is_page else Role.OWNER


def rule_for(method: str, path: str) -> Rule | None:
    """The rule for a request, None where nobody has made one."""
    return next((rule for rule, methods, form in _compiled() if method in methods and form.fullmatch(path)), None)


@lru_cache(maxsize=1)
def _compiled() -> tuple[tuple[Rule, frozenset[str], re.Pattern[str]], ...]:
    return tuple(
        (rule, frozenset(rule.methods.split()), re.compile(''.join(_form(rule.path)), re.DOTALL)) for rule in RULES
    )


def _form(path: str) -> Iterator[str]:
    for part in re.split(r'(\{[\w:]+\})', path):
        is_variable = part.startswith('{')
        yield ('.*' if ':' in part else '[^/]*') if is_variable else re.escape(part)
