"""FastAPI reads the parameters of each endpoint once per process, not again for each of the hundreds of houses."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from importlib.util import find_spec
from types import FunctionType, MethodType
from typing import Any

import fastapi.routing
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant, get_parameterless_sub_dependant, get_typed_return_annotation
from starlette.routing import compile_path

Endpoint = Callable[..., Any]

OF_FUNCTIONS = {'_is_gen_callable', '_is_async_gen_callable', '_is_coroutine_callable', '_extract_endpoint_context'}
"""Functions of FastAPI, in some of its versions, that say of what kind a function is, and where it stands."""

read_result = cache(get_typed_return_annotation)


SAME_FOR_ALL = (get_parameterless_sub_dependant, compile_path)
"""What depends on nothing but a path and on functions that belong to no house."""


def install() -> None:
    """Give a route of a method what FastAPI found in the same method of another object; 14 of 16 ms for all of REST."""
    vars(fastapi.routing).update(get_dependant=parameters, get_typed_return_annotation=result)
    vars(fastapi.routing).update({function.__name__: cache(function) for function in SAME_FOR_ALL})
    if find_spec('sniffio') is None:
        sys.modules['sniffio'] = None  # type: ignore[assignment]  # httpx looks for it on the disk at each request
    for name in OF_FUNCTIONS & vars(fastapi.routing).keys():
        vars(fastapi.routing)[name] = partial(of_function, vars(fastapi.routing)[name])


def of_function(read: Callable[[Endpoint], Any], call: Endpoint) -> Any:
    """What `read` returns, which remembers thousands of calls with all that they refer to."""
    return read(call.__func__ if isinstance(call, MethodType) else call)


def parameters(*, path: str, call: Endpoint, scope: Any = None) -> Dependant:
    """What `get_dependant` returns."""
    if not isinstance(call, MethodType):
        return get_dependant(path=path, call=call, scope=scope)
    found = parameters_of_function(path, call.__func__, scope)
    return replace(found, call=call, dependencies=[*found.dependencies])  # FastAPI adds those of the whole application


@cache
def parameters_of_function(path: str, function: FunctionType, scope: Any) -> Dependant:
    """What `get_dependant` returns for a method, read from one of no object: none shall outlive its test."""
    return get_dependant(path=path, call=MethodType(function, object()), scope=scope)


def result(call: Endpoint) -> Any:
    """What `get_typed_return_annotation` returns."""
    return read_result(call.__func__ if isinstance(call, MethodType) else call)
