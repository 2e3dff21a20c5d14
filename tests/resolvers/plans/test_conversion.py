"""A conversion made once gives what Strawberry's own way gives each time."""

from datetime import date
from enum import Enum
from typing import Any, Optional

import pytest
import strawberry
from strawberry.relay import GlobalID
from strawberry.types.arguments import convert_argument
from strawberry.types.unset import UNSET

from resolvers.plans.conversion import conversion_of


@strawberry.enum
class Colour(Enum):
    RED = "red"


@strawberry.input
class Part:
    name: str
    size: int | None
    colour: Colour | None = Colour.RED


@strawberry.input
class Whole:
    part: Part
    parts: list[Part]
    maybe: strawberry.Maybe[int]
    id: strawberry.ID = strawberry.ID("none")
    lists: list[list[Part | None]] | None = None
    days: list[date] = strawberry.field(default_factory=list)
    renamed: bool | None = strawberry.field(name="other", default=None)
    within: Optional["Whole"] = None
    node: GlobalID | None = None


@strawberry.type
class Query:
    @strawberry.field
    def whole(self, asked: Whole, whole: list[Whole] | None = None) -> bool:
        return whole is None or asked in whole


SCHEMA = strawberry.Schema(Query)
PART = {"name": "a", "size": None}
WHOLE: dict[str, Any] = {"part": PART, "parts": [PART, {"name": "b", "colour": None}]}
VALUES: dict[str, Any] = {
    "what must be there": WHOLE,
    "lists": WHOLE | {"parts": [], "lists": [[PART, None], None, []], "days": None},
    "scalars": WHOLE | {"id": "x", "days": [date(2026, 1, 1)], "maybe": 1},
    "another name": WHOLE | {"other": True, "renamed": False},
    "itself within": WHOLE | {"within": WHOLE | {"within": WHOLE}},
    "a global id": WHOLE | {"node": "VXNlcjox"},
    "nothing where something has to be": {"parts": []},
    "null": None,
    "nothing": UNSET,
}
FIELD = SCHEMA.get_field_for_type("whole", "Query")


def both_ways(type_: Any, value: object) -> tuple[object, object]:
    registry = SCHEMA.schema_converter.scalar_registry
    by_strawberry = convert_argument(value, type_, registry, SCHEMA.config)
    return conversion_of(SCHEMA, type_)(value), by_strawberry


@pytest.mark.parametrize("value", VALUES)
def test_an_input_is_what_strawberry_makes_of_it(value: str) -> None:
    assert FIELD is not None
    one, many = (argument.type for argument in FIELD.arguments)

    converted, by_strawberry = both_ways(one, VALUES[value])
    assert converted == by_strawberry
    assert type(converted) is type(by_strawberry)

    converted, by_strawberry = both_ways(many, [VALUES[value]] * 2)
    assert converted == by_strawberry


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(WHOLE | {"node": "no id"}, id="no global id"),
        pytest.param(WHOLE | {"maybe": None}, id="null where none may be"),
    ],
)
def test_what_strawberry_refuses_is_refused_in_the_same_way(value: Any) -> None:
    assert FIELD is not None
    type_ = FIELD.arguments[0].type
    registry = SCHEMA.schema_converter.scalar_registry
    with pytest.raises(Exception) as refusal:  # noqa: PT011 - whatever it is
        convert_argument(value, type_, registry, SCHEMA.config)

    with pytest.raises(refusal.type) as same:
        conversion_of(SCHEMA, type_)(value)

    assert str(same.value) == str(refusal.value)


def test_a_default_is_shared_by_no_two_requests() -> None:
    assert FIELD is not None
    default: list[object] = []

    converted = conversion_of(SCHEMA, FIELD.arguments[1].type)(default)

    assert converted == default
    assert converted is not default
