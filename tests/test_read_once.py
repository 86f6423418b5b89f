"""What is read once for all houses of a process stays as it was read."""

from __future__ import annotations

from fastapi.routing import APIRoute

from cpo.rest_api.health import HealthResource
from cpo.rest_api.known_query import known_query
from cpo.rest_api.rest_api import create_app


def dependencies_of_new_routes() -> list[list[object]]:
    """What is called before each endpoint of an application with methods as endpoints."""
    app = create_app()
    HealthResource([]).install(app)
    return [[each.call for each in route.dependant.dependencies] for route in app.routes if isinstance(route, APIRoute)]


def test_the_routes_of_each_house_check_a_request_once() -> None:
    first, *others = (dependencies_of_new_routes() for _ in range(3))
    assert all(calls.count(known_query) == 1 for calls in first)
    assert others == [first, first]
