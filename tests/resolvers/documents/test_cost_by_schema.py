"""Whoever has ``schema.graphql`` can work out what a document costs, as its pages say.

The same sum is done here from the printed text alone: no Python value of the schema,
no variable, every list as long as it says.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_list_type,
    parse,
)
from graphql.utilities import value_from_ast_untyped
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

from resolvers.documents.cost import in_numbers
from resolvers.documents.field_costs import LARGEST, FieldCosts
from resolvers.documents.limits import Limits
from resolvers.documents.validation import read_document
from resolvers.schema import schema

TEXT = Path(__file__).parents[3] / "schema.graphql"
PRINTED = build_schema(TEXT.read_text("utf-8"), assume_valid_sdl=True)
COSTS = FieldCosts(schema.core)
SLACK = Limits(**dict.fromkeys(Limits.__struct_fields__, 1_000_000) | {"depth": 50})
"""Limits that nothing here comes near."""
QUESTIONS = from_schema(
    schema.core,
    custom_scalars={
        "Date": st.just(nodes.String("2026-01-01")),
        "DateTime": st.just(nodes.String("2026-01-01T00:00:00Z")),
        "_Any": st.just(nodes.Object([])),
    },
)


def said_of(field: GraphQLField, directive: str) -> dict[str, Any] | None:
    """Return the arguments of a directive on a printed field, if it is there."""
    assert field.ast_node is not None
    for node in field.ast_node.directives or ():
        if node.name.value == directive:
            return {
                given.name.value: value_from_ast_untyped(given.value)
                for given in node.arguments or ()
            }
    return None


def size_of(node: FieldNode, field: GraphQLField) -> int | None:
    """Return the size that an argument states; ``None`` if none can."""
    given = {
        one.name.value: value_from_ast_untyped(one.value)
        for one in node.arguments or ()
    }
    people, size = said_of(field, "looksUpPeople"), said_of(field, "listSize")
    if people and "each" in people:
        stated = given[people["each"]]
        length = len(stated) if isinstance(stated, list) else 1
        return 0 if length > people.get("most", length) else length
    if size is None or "slicingArguments" not in size:
        return None
    (argument,) = size["slicingArguments"]
    default = field.args[argument].default_value
    stated = given.get(argument)
    if stated is None:
        stated = default if isinstance(default, int) else size["assumedSize"]
    return min(max(int(stated), 0), LARGEST)


def count(
    selections: SelectionSetNode, on: Any, times: int, sized: list[str]
) -> Mapping[str, int]:
    """Count values, people and claims of ``selections``, answered ``times`` times."""
    counted: Counter[str] = Counter()
    for node in selections.selections:
        if isinstance(node, InlineFragmentNode):
            of = node.type_condition
            inner = on if of is None else PRINTED.type_map[of.name.value]
            counted.update(count(node.selection_set, inner, times, sized))
            continue
        assert isinstance(node, FieldNode)
        if node.name.value == "__typename":
            counted["values"] += times
            continue
        field = on.fields[node.name.value]
        counted["values"] += times * (said_of(field, "cost") or {"weight": 1})["weight"]
        people, size = said_of(field, "looksUpPeople"), said_of(field, "listSize") or {}
        stated = size_of(node, field)
        below = times if stated is None else times * stated
        if people is not None:
            counted["claims" if people.get("asClaims") else "people"] += below
        if node.selection_set is None:
            continue
        if is_list_type(get_nullable_type(field.type)) and stated is None:
            below *= 1 if node.name.value in sized else size["assumedSize"]
        sizing = (people or size).get("sizedFields", [])
        returned = get_named_type(field.type)
        below = min(below, LARGEST)
        counted.update(count(node.selection_set, returned, below, sizing))
    return counted


@settings(
    # Its documents are large.
    max_examples=settings().max_examples // 4,
    deadline=None,
    # Shrinking would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@example('{ evidence(certificate: "1") { ... on EvidenceBundle { digest extract } } }')
@example(
    """{ catalogue { items { name } }
      holder(idNumber: "1") { certificates(first: 9000000) { nodes {
        provenance { supersedes { supersedes { body } } } } } } }"""
)
@given(QUESTIONS)
def test_the_printed_schema_says_what_a_document_costs(text: str) -> None:
    (cost,) = read_document(text, COSTS, SLACK).costs.values()
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    root = PRINTED.get_root_type(operation.operation)

    told = count(operation.selection_set, root, 1, [])

    assert in_numbers(cost.values, {}) == told["values"]
    assert in_numbers(cost.people, {}) == told["people"]
    assert in_numbers(cost.claims, {}) == told["claims"]
