"""Every document of the pages is answered, with what its page is about."""

from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    type_from_ast,
)

from resolvers.schema import schema
from tests.architecture.documents import Block
from tests.pages.asked import ASKED, OF_STEPS, name_of, operation_of
from tests.pages.callers import ANYBODY
from tests.pages.story import ANSWERED, Story
from tests.running import Gateway


def kind_of(data: Any, place: str) -> str:
    """Return the ``__typename`` of what stands at a place of an answer."""
    *fields, _ = place.split(".")
    for name in fields:
        data = data[name]
        data = data[0] if isinstance(data, list) else data
    return ".".join((*fields, data["__typename"]))


@pytest.mark.parametrize("block", ASKED, ids=str)
def test_a_document_is_answered(block: Block, story: Story) -> None:
    status, answer = story.answers[str(block)]
    name = name_of(block)

    assert (status, answer.get("errors")) == (200, None), answer
    assert ("__typename" in block.text) is (name in ANSWERED)
    if name in ANSWERED:
        assert kind_of(answer["data"], ANSWERED[name]) == ANSWERED[name], answer


def sample(type_: object) -> object:
    """Return a value of an input's type; of what nobody has, where it names one."""
    match type_:
        case GraphQLNonNull():
            return sample(type_.of_type)
        case GraphQLList():
            return [sample(type_.of_type)]
        case GraphQLEnumType():
            return next(iter(type_.values))
        case GraphQLInputObjectType():
            needed = {
                name: one.type
                for name, one in type_.fields.items()
                if isinstance(one.type, GraphQLNonNull)
            }
            return {name: sample(one) for name, one in needed.items()}
        case GraphQLScalarType():
            return SAMPLES[type_.name]
        case _:
            raise AssertionError(f"no input: {type_}")


SAMPLES = {
    "ID": "nobody",
    "String": "nobody",
    "Int": 1,
    "Boolean": False,
    "Date": "2026-12-31",
    "DateTime": "2026-12-31T00:00:00Z",
}


@pytest.mark.parametrize("block", OF_STEPS, ids=str)
def test_a_step_is_answered(block: Block, gateway: Gateway) -> None:
    """On a connector that nobody has: what steps come to is for ``gateway`` tests."""
    types = schema._schema
    variables = {
        one.variable.name.value: sample(type_from_ast(types, one.type))
        for one in operation_of(block).variable_definitions or ()
    }

    status, answer, _ = gateway.post(
        {"query": block.text, "variables": variables}, ANYBODY
    )

    assert (status, answer.get("errors")) == (200, None), answer
    assert answer["data"].keys() == {
        one.name.value
        for one in operation_of(block).selection_set.selections
        if isinstance(one, FieldNode)
    }
