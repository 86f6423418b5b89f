"""The payload models allow the same as the JSON schemas of an independent implementation, for all Actions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from jsonschema import Draft4Validator

from cpo.ocpp.payloads import Payload, check, read, to_wire
from cpo.ocpp.v16.actions import ACTIONS
from tests.examples import examples

SCHEMAS = resources.files('ocpp') / 'v16' / 'schemas'
MODELS: list[type[Payload]] = [model for action in ACTIONS.values() for model in (action.request, action.response)]

each_model = pytest.mark.parametrize('model', MODELS, ids=lambda model: model.__name__)
few_examples = settings(
    max_examples=examples(20),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@cache
def schema_of(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f'{name}.json').read_text())
    schema = resolved(schema, schema.get('definitions', {}))
    if name == 'StopTransaction':  # MeterValues has Hertz; it is missing here (the erratum names no message)
        data = schema['properties']['transactionData']['items']['properties']
        data['sampledValue']['items']['properties']['unit']['enum'].append('Hertz')
    return schema


def resolved(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with each definition in place of the references to it, as hypothesis_jsonschema wants it."""
    if isinstance(schema, list):
        return [resolved(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if '$ref' in schema:
        return resolved(definitions[schema['$ref'].rpartition('/')[2]], definitions)
    return {key: resolved(value, definitions) for key, value in schema.items()}


def essence(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A schema reduced to what it allows: without titles, descriptions, references and order."""
    if '$ref' in schema:
        schema = definitions[schema['$ref'].rpartition('/')[2]]
    kept: dict[str, Any] = {
        key: schema[key] for key in ('type', 'maxLength', 'minItems', 'multipleOf', 'format') if key in schema
    }
    if 'enum' in schema:
        kept['enum'] = sorted(schema['enum'])
    if 'items' in schema:
        kept['items'] = essence(schema['items'], definitions)
    if schema['type'] == 'object':
        kept['required'] = sorted(schema.get('required', ()))
        kept['open'] = schema.get('additionalProperties', True)
        kept['members'] = {name: essence(member, definitions) for name, member in schema.get('properties', {}).items()}
    return kept


def test_there_is_an_action_for_each_schema() -> None:
    names = {entry.name.removesuffix('.json') for entry in SCHEMAS.iterdir() if entry.name.endswith('.json')}
    assert {model.__name__ for model in MODELS} == names
    assert len(MODELS) == 2 * (28 + 11)


@each_model
def test_model_and_schema_have_the_same_members_limits_and_enums(model: type[Payload]) -> None:
    ours = model.model_json_schema(by_alias=True)
    assert essence(ours, ours.get('$defs', {})) == essence(schema_of(model.__name__), {})


MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 (hypothesis wants them naive)


@st.composite
def written_times(draw: st.DrawFn) -> str:
    """Strategy for times as the program writes them: whole seconds, or milliseconds when these are not 0."""
    moment, millisecond = draw(MOMENTS), draw(st.integers(0, 999))
    fraction = f'.{millisecond:03}' if millisecond else ''
    return f'{moment.replace(microsecond=0).isoformat()}{fraction}Z'


TENTHS = st.integers(-10_000, 1_000_000).map(lambda tenths: tenths / 10)


def drawable(schema: Any) -> Any:
    """The schema with formats for times and tenths, which hypothesis would not draw by itself."""
    if isinstance(schema, list):
        return [drawable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get('multipleOf') == 0.1:
        return {'type': 'string', 'format': 'tenths'}
    if schema.get('format') == 'date-time':
        return {'type': 'string', 'format': 'written-time'}
    return {key: drawable(value) for key, value in schema.items()}


def with_tenths(drawn: Any) -> Any:
    if isinstance(drawn, dict):
        return {
            key: float(value) if key in ('limit', 'minChargingRate') else with_tenths(value)
            for key, value in drawn.items()
        }
    return [with_tenths(item) for item in drawn] if isinstance(drawn, list) else drawn


@pytest.mark.turns(3)
@each_model
@given(data=st.data())
@few_examples
def test_what_the_schema_allows_is_read_without_violation_and_written_back_equal(
    model: type[Payload], data: st.DataObject
) -> None:
    formats = {'written-time': written_times(), 'tenths': TENTHS.map(str)}
    drawn = with_tenths(data.draw(from_schema(drawable(schema_of(model.__name__)), custom_formats=formats)))
    payload, violations = read(model, drawn)
    assert violations == ()
    assert to_wire(payload) == drawn
    assert check(model, drawn) == payload


def values(hint: Any, limits: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Strategy for values of a member of this type."""
    if get_origin(hint) is Annotated:
        base, *metadata = get_args(hint)
        return values(base, (*limits, *metadata))
    if get_origin(hint) is tuple:
        filled = any(getattr(limit, 'metadata', None) for limit in limits)
        return st.lists(values(get_args(hint)[0]), min_size=1 if filled else 0, max_size=3).map(tuple)
    if type(None) in get_args(hint):
        return values(get_args(hint)[0])
    if issubclass(hint, Payload):
        return payloads(hint)
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    most = next((limit.max_length for limit in limits if getattr(limit, 'max_length', None)), None)
    zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=most),
        bool: st.booleans(),
        int: st.integers(),
        float: TENTHS,
        datetime: st.builds(lambda moment, zone: moment.replace(tzinfo=UTC).astimezone(zone), MOMENTS, zones),
    }
    return simple[hint]


def payloads(model: type[Payload]) -> st.SearchStrategy[Payload]:
    hints = get_type_hints(model, include_extras=True)
    fields = model.model_fields
    needed = {name: values(hints[name]) for name, field in fields.items() if field.is_required()}
    optional = {name: values(hints[name]) for name, field in fields.items() if not field.is_required()}
    return st.fixed_dictionaries(needed, optional=optional).map(lambda members: model(**members))


@each_model
@given(data=st.data())
@few_examples
def test_what_our_models_hold_is_written_as_the_schema_allows(model: type[Payload], data: st.DataObject) -> None:
    payload = data.draw(payloads(model))
    schema = json.loads(json.dumps(schema_of(model.__name__)), parse_float=Decimal)
    written = json.loads(json.dumps(to_wire(payload)), parse_float=Decimal)
    Draft4Validator(schema).validate(written)
    assert read(model, to_wire(payload))[1] == ()  # times end in Z, which the schema does not check
