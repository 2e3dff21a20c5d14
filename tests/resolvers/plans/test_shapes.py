"""A plan answers as graphql-core does, whatever resolvers return or raise."""

# mypy: disable-error-code="no-any-return"
# What resolvers return is not what they say: that is what is tested.

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import partial
from typing import Annotated, Any

import pytest
import strawberry
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes
from strawberry.types import Info

from tests.resolvers.plans.both_ways import BothWays
from tests.resolvers.plans.questions import questions


@strawberry.enum
class Colour(Enum):
    RED = "red"
    GREEN = "green"


@strawberry.interface
class Named:
    name: str | None


@strawberry.type
class Leaf(Named):
    given: strawberry.Private[Any]

    @strawberry.field
    def text(self) -> str:
        return self.given()

    @strawberry.field
    def number(self, factor: int = 1, none: int | None = None) -> int | None:
        value = self.given()
        return value * factor if type(value) is int and none is None else value

    @strawberry.field
    def ratio(self) -> float | None:
        return self.given()

    @strawberry.field
    def truth(self) -> bool:
        return self.given()

    @strawberry.field
    def id(self) -> strawberry.ID:
        return self.given()

    @strawberry.field
    def day(self) -> date | None:
        return self.given()

    @strawberry.field
    def moment(self) -> datetime | None:
        return self.given()

    @strawberry.field
    def colour(self, wanted: Colour = Colour.RED) -> Colour | None:
        value = self.given()
        return wanted if value is True else value

    @strawberry.field
    def colours(self) -> list[Colour | None] | None:
        return self.given()

    @strawberry.field
    def words(self) -> list[str]:
        return self.given()

    @strawberry.field(name="from")  # type: ignore[untyped-decorator]  # of Any above
    def keyword(self, class_: Annotated[str, strawberry.argument(name="class")]) -> str:
        return class_


@strawberry.type
class Branch(Named):
    given: strawberry.Private[Any]

    @strawberry.field
    def leaf(self) -> Leaf | None:
        return self.given()

    @strawberry.field
    def sure(self) -> Leaf:
        return self.given()

    @strawberry.field
    def leaves(self) -> list[Leaf] | None:
        return self.given()

    @strawberry.field
    def some(self) -> list[Leaf | None]:
        return self.given()

    @strawberry.field
    def any(self) -> "Annotated[Leaf | Branch, strawberry.union('Either')] | None":
        return self.given()

    @strawberry.field
    def named(self, info: Info) -> list[Named]:
        assert info.context
        return self.given()


@strawberry.type
class Query:
    @strawberry.field
    def branch(self, info: Info) -> Branch | None:
        return info.context()

    @strawberry.field
    async def slow(self, info: Info) -> Branch | None:
        await asyncio.sleep(0)
        return info.context()

    @strawberry.field
    async def slower(self, info: Info) -> list[Branch]:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return info.context()

    @strawberry.field
    def leaf(self, info: Info) -> Leaf:
        return info.context()


SCHEMA = strawberry.Schema(Query, types=[Leaf, Branch])


@dataclass(frozen=True, slots=True)
class Thing:
    """Returns or raises the same whenever it is asked, as ``rolls`` have it."""

    rolls: tuple[int, ...]
    place: int = 0

    def roll(self, sides: int) -> int:
        return self.rolls[self.place % len(self.rolls)] % sides

    def below(self, position: int) -> "Thing":
        return Thing(self.rolls, self.place * 7 + position + 1)

    def __call__(self) -> Any:
        made: list[Callable[[], Any]] = [
            lambda: "text",
            lambda: 7,
            lambda: True,
            lambda: date(2026, 2, 28),
            lambda: datetime(2026, 2, 28, tzinfo=UTC),
            lambda: Colour.GREEN,
            self.leaf,
            self.branch,
            lambda: [self.leaf(), self.leaf(1)],
            lambda: (self.leaf(), None),
            lambda: [self.branch(), self.leaf(1)],
            lambda: ["a", None],
            lambda: [Colour.RED, None],
            list,
            lambda: {"name": "a dictionary"},
            lambda: None,
            lambda: 2**40,
            lambda: 1.5,
            lambda: float("nan"),
            lambda: float("inf"),
            lambda: Colour,
            lambda: "PURPLE",
            lambda: iter(["one", "two"]),
            lambda: ValueError("raised and returned"),
            self.refuse,
        ]
        return made[self.roll(len(made))]()

    def refuse(self) -> Any:
        raise LookupError("nothing of that name")

    def leaf(self, position: int = 0) -> Leaf:
        return Leaf(name=("a", None)[self.roll(2)], given=self.below(position))

    def branch(self, position: int = 0) -> Branch:
        return Branch(name=("b", None)[self.roll(2)], given=self.below(position))


@pytest.fixture(scope="module", name="loop")
def _loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


DOCUMENTS = from_schema(
    SCHEMA.as_str(),
    custom_scalars={
        "Date": st.dates().map(lambda day: nodes.String(day.isoformat())),
        "DateTime": st.datetimes().map(lambda at: nodes.String(f"{at.isoformat()}Z")),
    },
)


def _same(value: object) -> object:
    return value


VALUES = st.lists(st.integers(0, 1000), min_size=1, max_size=40).map(tuple)


@settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    question=questions(SCHEMA._schema, DOCUMENTS, {}),
    things=st.lists(st.tuples(st.booleans(), VALUES), min_size=3, max_size=6),
)
def test_any_document_over_any_values(
    loop: asyncio.Runner,
    question: tuple[str, dict[str, Any]],
    things: list[tuple[bool, tuple[int, ...]]],
) -> None:
    asked = BothWays(SCHEMA, *question)
    for begins_well, rolls in things:
        thing = Thing(rolls)
        first = thing.branch if begins_well else thing

        answered = loop.run(asked.answered(partial(_same, first)))

        event("by the plan alone" if answered.is_planned else "graphql-core spoke")
        assert answered.planned == answered.by_core
