"""A field's arguments as its resolver takes them.

What they are does not depend on the object they are asked of, so they are read once a
request, or once for good where no variable stands in them. Reading is graphql-core's
and Strawberry's, as it is without a plan.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

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
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

LASTING = (type(None), str, int, float, bool, Enum, date)
"""Arguments that nobody can change, so that all requests may share them."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """One field's arguments in one document."""

    schema: Schema
    definition: GraphQLField
    field: StrawberryField
    node: FieldNode

    def read(self, variables: VariableValues) -> dict[str, Any]:
        """Return them by the names of the resolver's parameters.

        Raises:
            Exception: what graphql-core or Strawberry has against them; it is theirs
                to say, by running the field.
        """
        values = get_argument_values(self.definition, self.node, variables)
        return convert_arguments(
            values,
            self.field.arguments,
            scalar_registry=self.schema.schema_converter.scalar_registry,
            config=self.schema.config,
        )

    def read_once(self, variables: VariableValues) -> dict[str, Any] | None:
        """Return them if they are the same for all requests, and ``None`` if not."""
        arguments = self.node.arguments or ()
        if any(_has_variable(argument.value) for argument in arguments):
            return None
        try:
            values = self.read(variables)
        except Exception:  # noqa: BLE001 - said by graphql-core when they are asked for
            return None
        lasting = all(isinstance(value, LASTING) for value in values.values())
        return values if lasting else None


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
