"""A document's plans: written when it is asked again, and few of them.

A document that is asked once costs more to plan than to run, and there may be many of
those. What @skip and @include take from the variables changes what is selected, so
there is a plan for each combination that occurs, up to a bound.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    collect_fields,
)
from graphql.execution.values import VariableValues
from strawberry.schema import Schema

from resolvers.plans.declared import NoPlanError, strawberry_field
from resolvers.plans.plan import Plan, Root
from resolvers.plans.variables import Variables
from resolvers.plans.writer import Writer

WORTH_A_PLAN = 2
"""How often an operation is asked before a plan is written for it."""
MAX_PLANS = 8
"""The most plans of one document; conditions beyond them are graphql-core's."""

ENTITIES = "_entities"

Key = tuple[str | None, tuple[object, ...]]


@dataclass(slots=True)
class Plans:
    """The plans of one valid document."""

    document: DocumentNode
    _asked: int = 0
    _conditions: tuple[str, ...] | None = None
    _written: dict[Key, Plan | None] = field(default_factory=dict)

    def plan_of(
        self,
        operation: OperationDefinitionNode,
        variables: Variables,
        schema: Schema,
    ) -> Plan | None:
        """Return the plan for a request; ``None`` if graphql-core is to run it."""
        self._asked += 1
        if self._asked < WORTH_A_PLAN:
            return None
        if self._conditions is None:
            self._conditions = tuple(sorted(set(_conditions_of(self.document))))
        coerced = variables.coerced
        name = operation.name.value if operation.name else None
        key = (name, tuple(coerced.get(one) for one in self._conditions))
        if key not in self._written:
            if len(self._written) >= MAX_PLANS:
                return None
            self._written[key] = write_plan(
                self.document, operation, variables.full, schema
            )
        return self._written[key]


def write_plan(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: VariableValues,
    schema: Schema,
) -> Plan | None:
    """Return the plan of ``operation``; ``None`` if there can be none."""
    core = schema._schema  # noqa: SLF001 - graphql-core's own
    root = core.query_type
    if operation.operation is not OperationType.QUERY or operation.directives:
        return None
    assert root is not None  # noqa: S101 - a schema has a query type
    fragments = {
        definition.name.value: FragmentDetails(definition)
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    selected = collect_fields(core, fragments, variables, root, operation)
    writer = Writer(schema, fragments, operation, variables)
    try:
        return _plan(writer, root, selected.grouped_field_set)
    except NoPlanError:
        return None


def _plan(
    writer: Writer, root: GraphQLObjectType, selected: dict[str, FieldDetailsList]
) -> Plan:
    names = {
        key: root.name
        for key, details in selected.items()
        if details[0].node.name.value == "__typename"
    }
    fields = []
    for key, details in selected.items():
        if key in names:
            continue
        node = details[0].node
        definition = root.fields.get(node.name.value)
        if definition is None:
            # Introspection.
            raise NoPlanError
        fields.append((key, definition, details))
    calls = [writer.call_of(definition, d[0].node) for _, definition, d in fields]
    renderings = writer.renderings(
        [(definition.type, d) for _, definition, d in fields]
    )
    return Plan(
        roots=tuple(
            Root(key, call, _waits(definition), rendering)
            for (key, definition, _), call, rendering in zip(
                fields, calls, renderings, strict=True
            )
        ),
        arguments=tuple(writer.arguments),
        names=names,
        keys=tuple(selected),
    )


def _waits(definition: GraphQLField) -> bool:
    field_ = strawberry_field(definition)
    # The entities are found one by one, each by a resolver that waits.
    return field_.is_async or field_.python_name == ENTITIES


def _conditions_of(document: DocumentNode) -> Iterator[str]:
    """Yield the variables that decide what is selected."""
    found: list[str] = []

    class Conditions(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: object) -> None:
            found.extend(
                argument.value.name.value
                for argument in node.arguments or ()
                if isinstance(argument.value, VariableNode)
            )

    visit(document, Conditions())
    return iter(found)
