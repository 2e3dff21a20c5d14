"""A field's arguments as its resolver takes them.

What they are does not depend on the object they are asked of, so they are read once a
request, or once for good where no variable stands in them. Reading is graphql-core's
and Strawberry's, as it is without a plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Self

from graphql import (
    FieldNode,
    GraphQLField,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
)
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.schema import Schema
from strawberry.types.field import StrawberryField

from resolvers.plans.conversion import Conversion, conversion_of
from resolvers.plans.variables import PLAIN, Variables

LASTING = (type(None), str, int, float, bool, Enum, date)
"""Arguments that nobody can change, so that all requests may share them."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """One field's arguments in one document."""

    definition: GraphQLField
    node: FieldNode
    conversions: tuple[tuple[str, str, Conversion], ...]
    """By name: the resolver's parameter, and what Strawberry makes of a value."""
    plain: tuple[tuple[str, str], ...] | None = None
    """By parameter the variable that is its value, where all variables are so."""
    constants: tuple[tuple[str, object], ...] = ()
    """The other arguments then."""

    @classmethod
    def of(
        cls,
        schema: Schema,
        definition: GraphQLField,
        field: StrawberryField,
        node: FieldNode,
        variables: VariableValues,
    ) -> Self:
        """Return the arguments of ``node``, as cheap to read as they can be."""
        plain = _plain(field, definition, node)
        conversions = tuple(
            (name, argument.python_name, conversion_of(schema, argument.type))
            for name, argument in zip(definition.args, field.arguments, strict=True)
        )
        arguments = cls(definition, node, conversions)
        if plain is None:
            return arguments
        try:
            values = arguments.read_with(variables)
        except Exception:  # noqa: BLE001 - said by graphql-core when they are asked for
            return arguments
        parameters = {parameter for parameter, _ in plain}
        constants = {n: v for n, v in values.items() if n not in parameters}
        if not _are_lasting(constants):
            return arguments
        others = tuple(constants.items())
        return cls(definition, node, conversions, plain, others)

    def read(self, variables: Variables) -> dict[str, Any]:
        """Return them by the names of the resolver's parameters.

        Raises:
            Exception: what graphql-core or Strawberry has against them; it is theirs
                to say, by running the field.
        """
        if self.plain is not None:
            coerced = variables.coerced
            values = dict(self.constants)
            for parameter, variable in self.plain:
                value = coerced.get(variable)
                if value is None:
                    break
                values[parameter] = value
            else:
                return values
        return self.read_with(variables.full)

    def read_with(self, variables: VariableValues) -> dict[str, Any]:
        """Return them as Strawberry's own resolvers get them; raises as ``read``."""
        values = get_argument_values(self.definition, self.node, variables)
        return {
            parameter: convert(values[name])
            for name, parameter, convert in self.conversions
            if name in values
        }

    def read_once(self, variables: VariableValues) -> dict[str, Any] | None:
        """Return them if they are the same for all requests, and ``None`` if not."""
        arguments = self.node.arguments or ()
        if any(_has_variable(argument.value) for argument in arguments):
            return None
        try:
            values = self.read_with(variables)
        except Exception:  # noqa: BLE001 - as above
            return None
        return values if _are_lasting(values) else None


def _are_lasting(values: Mapping[str, object]) -> bool:
    return all(isinstance(value, LASTING) for value in values.values())


def _plain(
    field: StrawberryField, definition: GraphQLField, node: FieldNode
) -> tuple[tuple[str, str], ...] | None:
    """Return which variables are the values of which parameters, if that is all."""
    parameters = {
        name: argument.python_name
        for name, argument in zip(definition.args, field.arguments, strict=True)
    }
    found = []
    for argument in node.arguments or ():
        name, value = argument.name.value, argument.value
        if isinstance(value, VariableNode):
            if str(definition.args[name].type).removesuffix("!") not in PLAIN:
                return None
            found.append((parameters[name], value.name.value))
        elif _has_variable(value):
            return None
    return tuple(found)


def _has_variable(value: ValueNode) -> bool:
    """Say whether a variable stands in ``value``, at any depth."""
    match value:
        case VariableNode():
            return True
        case ListValueNode(values=values):
            return any(map(_has_variable, values))
        case ObjectValueNode(fields=fields):
            return any(_has_variable(field.value) for field in fields)
        case _:
            return False
