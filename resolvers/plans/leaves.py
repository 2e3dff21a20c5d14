"""Write a scalar or an enum value: of the usual type, or of any other.

A leaf is an expression over ``v``. The usual Python type of a scalar needs no look
into graphql-core; everything else goes through ``coerce_output_value``, so that what
is coerced, and what is refused, is decided in one place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from graphql import GraphQLEnumType, GraphQLLeafType, Undefined

MAX_INT = 2**31 - 1
MIN_INT = -(2**31)


class UnsuitedError(Exception):
    """A plan cannot go on; graphql-core can."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An expression that writes ``v``, and the names it uses."""

    expression: str
    names: dict[str, object]


def leaf_of(type_: GraphQLLeafType) -> Leaf:
    """Return how values of ``type_`` are written."""
    coerce = _coercion(type_)
    name = type_.name
    if isinstance(type_, GraphQLEnumType):
        return _enum_leaf(type_, coerce)
    usual, written = _USUAL.get(name, ("False", "v"))
    return Leaf(
        f"{written} if {usual} else coerce_{name}(v)",
        {f"coerce_{name}": coerce, "date": date, "datetime": datetime},
    )


_USUAL = {
    "String": ("type(v) is str", "v"),
    "ID": ("type(v) is str", "v"),
    "Boolean": ("type(v) is bool", "v"),
    "Int": (f"type(v) is int and {MIN_INT} <= v <= {MAX_INT}", "v"),
    # Not so for NaN and the infinities, which are no JSON.
    "Float": ("type(v) is float and v - v == 0", "v"),
    "Date": ("type(v) is date", "v.isoformat()"),
    "DateTime": ("type(v) is datetime", "v.isoformat()"),
}


def _enum_leaf(type_: GraphQLEnumType, coerce: Callable[[Any], object]) -> Leaf:
    name = type_.name
    names: dict[str, object] = {f"coerce_{name}": coerce}
    choice = getattr(type_, "wrapped_cls", None)
    if not (isinstance(choice, type) and issubclass(choice, Enum)):
        return Leaf(f"coerce_{name}(v)", names)
    words = {member: coerce(member) for member in choice}
    return Leaf(
        f"words_{name}[v] if type(v) is choice_{name} else coerce_{name}(v)",
        {**names, f"words_{name}": words, f"choice_{name}": choice},
    )


def _coercion(type_: GraphQLLeafType) -> Callable[[Any], object]:
    def coerce(value: Any) -> object:  # noqa: ANN401 - whatever a resolver returned
        coerced = None if value is None else type_.coerce_output_value(value)
        if coerced is None or coerced is Undefined:
            raise UnsuitedError
        return coerced

    return coerce
