"""What a resolver may return for a list or a word is told by a plan as by the core."""

import asyncio
import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
import strawberry

from tests.resolvers.plans.both_ways import BothWays


@strawberry.enum
class Colour(StrEnum):
    RED = "red"


def schema_of(returned: Any) -> strawberry.Schema:
    """Return a schema whose fields return this, of whatever type."""

    @strawberry.type
    class Query:
        @strawberry.field
        def texts(self) -> list[str]:
            return returned  # type: ignore[no-any-return]

        @strawberry.field
        def number(self) -> int:
            return returned  # type: ignore[no-any-return]

        @strawberry.field
        def colours(self) -> list[Colour]:
            return returned  # type: ignore[no-any-return]

    return strawberry.Schema(Query)


def told(returned: Any, text: str) -> tuple[bool, Any]:
    """Return whether the plan sufficed, and the answer, the same both ways."""
    both = BothWays(schema_of(returned), text, {})
    answered = asyncio.run(both.answered(lambda: None))
    assert answered.planned == answered.by_core
    return answered.is_planned, json.loads(answered.planned)


@pytest.mark.parametrize("listed", [list, tuple])
def test_a_list_or_a_tuple_is_the_plans(listed: Callable[[Any], Any]) -> None:
    texts = told(listed(["a", "b"]), "{ texts }")
    colours = told(listed([Colour.RED]), "{ colours }")

    assert texts == (True, {"data": {"texts": ["a", "b"]}, "errors": []})
    assert colours == (True, {"data": {"colours": ["RED"]}, "errors": []})


@pytest.mark.parametrize("returned", ["ab", {"a": "b"}, {"a"}, 1])
def test_what_is_no_list_is_the_cores_to_tell(returned: Any) -> None:
    is_planned, _ = told(returned, "{ texts }")

    assert not is_planned


def test_the_text_of_a_word_is_its_word_by_the_plan_too() -> None:
    assert told(["red"], "{ colours }") == (
        *(True, {"data": {"colours": ["RED"]}, "errors": []}),
    )


def test_a_text_that_is_no_word_is_the_cores_to_tell() -> None:
    is_planned, answer = told(["blue"], "{ colours }")

    assert not is_planned
    assert answer["data"] is None


@pytest.mark.parametrize(
    ("number", "is_planned"),
    [
        pytest.param(2**31 - 1, True, id="the largest"),
        pytest.param(2**31, False, id="one more"),
        pytest.param(-(2**31), True, id="the least"),
        pytest.param(-(2**31) - 1, False, id="one less"),
    ],
)
def test_a_whole_number_is_the_plans_as_far_as_graphql_has_them(
    number: int, *, is_planned: bool
) -> None:
    by_plan, answer = told(number, "{ number }")

    assert by_plan is is_planned
    assert (answer["data"] == {"number": number}) is is_planned
