"""Convert arguments' values as Strawberry does, by a function made once a type.

Strawberry finds out anew for every field of every value what it is called and which
type it has: forty microseconds a person of a batch. Lists, input types, scalars and
enums are converted here as ``convert_argument`` does it; all else is left to that.
``tests/resolvers/plans/test_conversion.py`` compares them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from typing import Any, TypeAlias

from strawberry.relay.types import GlobalID
from strawberry.scalars import is_scalar
from strawberry.schema import Schema
from strawberry.types.arguments import convert_argument
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    StrawberryType,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.unset import UNSET

Conversion: TypeAlias = Callable[[Any], Any]


def conversion_of(
    schema: Schema, type_: StrawberryType | type, within: frozenset[type] = frozenset()
) -> Conversion:
    """Return what converts values of ``type_`` that graphql-core coerced.

    ``within`` are the input types that it is a part of.
    """
    if isinstance(type_, StrawberryOptional) and not isinstance(type_, StrawberryMaybe):
        return conversion_of(schema, type_.of_type, within)
    if _is_leaf(schema, type_):
        return _as_it_is
    if isinstance(type_, StrawberryList):
        return _of_list(conversion_of(schema, type_.of_type, within))
    if has_object_definition(type_) and type_ not in within:
        definition = type_.__strawberry_definition__
        if definition.is_input and definition.from_input is None:
            return _of_input(schema, type_, definition, within | {type_})
    return _by_strawberry(schema, type_)


def _is_leaf(schema: Schema, type_: StrawberryType | type) -> bool:
    if isinstance(type_, StrawberryEnumDefinition) or has_enum_definition(type_):
        return True
    registry = schema.schema_converter.scalar_registry
    return type_ is not GlobalID and is_scalar(type_, registry)


def _as_it_is(value: object) -> object:
    return value


def _of_list(convert: Conversion) -> Conversion:
    # A new one in any case: a default is the same list for all requests.
    def of_list(values: Sequence[object] | None) -> object:
        if values is None or values is UNSET:
            return values
        return [convert(value) for value in values]

    return of_list


def _of_input(
    schema: Schema,
    type_: type,
    definition: StrawberryObjectDefinition,
    within: frozenset[type],
) -> Conversion:
    named = schema.config.name_converter.from_field
    fields = [
        (
            named(field),
            field.python_name,
            conversion_of(
                schema, field.resolve_type(type_definition=definition), within
            ),
        )
        for field in definition.fields
    ]
    missing = {
        field.python_name: None
        for field in definition.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    }

    def of_input(value: Mapping[str, object] | None) -> object:
        if value is None or value is UNSET:
            return value
        given: dict[str, object] = dict(missing)
        for name, parameter, convert in fields:
            if name in value:
                given[parameter] = convert(value[name])
        return type_(**given)

    return of_input


def _by_strawberry(schema: Schema, type_: StrawberryType | type) -> Conversion:
    registry, config = schema.schema_converter.scalar_registry, schema.config

    def by_strawberry(value: object) -> object:
        return convert_argument(value, type_, registry, config)

    return by_strawberry
