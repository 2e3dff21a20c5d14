"""A request's variables: read at once where they are plain, by graphql-core elsewhere.

A string for a String is itself; to find that out graphql-core takes as long as a
certificate takes to be judged. Whatever is not so plain is graphql-core's to coerce,
and so is what does not fit, since it says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeNode,
    VariableDefinitionNode,
)
from graphql.execution.values import VariableValues, get_variable_values

PLAIN: Mapping[str, type] = {"String": str, "ID": str, "Boolean": bool}
"""Scalars whose values are taken as they are, if they are of this type."""


class UnfitVariablesError(Exception):
    """The variables are none of the operation's; ``errors`` say what is wrong."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


@dataclass(slots=True)
class Variables:
    """The values that one request gives to an operation's variables."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    given: Mapping[str, Any]
    hide_suggestions: bool
    _plain: Mapping[str, object] | None = None
    _full: VariableValues | None = None

    def __post_init__(self) -> None:
        """Read what is plain, or coerce everything.

        Raises:
            UnfitVariablesError: they do not fit.
        """
        self._plain = _plain(self.operation.variable_definitions or (), self.given)
        if self._plain is None:
            self._full = self._coerced()

    @property
    def coerced(self) -> Mapping[str, object]:
        """The values by name; what was not given and has no default is not there."""
        return self.full.coerced if self._plain is None else self._plain

    @property
    def full(self) -> VariableValues:
        """The values as graphql-core has them."""
        if self._full is None:
            self._full = self._coerced()
        return self._full

    def _coerced(self) -> VariableValues:
        values = get_variable_values(
            self.schema,
            self.operation.variable_definitions or (),
            dict(self.given),
            hide_suggestions=self.hide_suggestions,
        )
        if isinstance(values, list):
            raise UnfitVariablesError(values)
        return values


def _plain(
    definitions: Sequence[VariableDefinitionNode], given: Mapping[str, object]
) -> Mapping[str, object] | None:
    """Return the values if each is given, and plain; ``None`` if one is not."""
    values: dict[str, object] = {}
    for definition in definitions:
        name = definition.variable.name.value
        value = given.get(name)
        if type(value) is not PLAIN.get(named(definition.type)):
            return None
        values[name] = value
    return values


def named(type_: TypeNode) -> str:
    """Return the name of a type that is no list; "" if it is one."""
    if isinstance(type_, NonNullTypeNode):
        type_ = type_.type
    return type_.name.value if isinstance(type_, NamedTypeNode) else ""
