"""The check that a request has no query parameter that its route does not have."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from cpo.rest_api.errors import InvalidQuery


async def known_query(asked: HTTPConnection) -> None:
    """A dependency of every route below `/api`: raises InvalidQuery for a query parameter that it does not have.

    Otherwise a filter that is misspelt would be answered with everything.
    """
    is_rest = asked.scope['type'] == 'http' and asked.scope['route'].path.startswith('/api/')
    if not is_rest or not asked.scope['query_string']:
        return
    names = [field.alias for field in asked.scope['route'].dependant.query_params]
    unknown = asked.query_params.keys() - {*names}
    if unknown:
        known = f'there are {", ".join(names)}' if names else 'this path has none'
        raise InvalidQuery(f'{", ".join(repr(name[:40]) for name in sorted(unknown)[:5])} is not known here; {known}.')
