"""What a plan reads by itself, what it leaves to graphql-core, and what has no plan."""

import asyncio
import json
from collections import Counter
from datetime import date
from enum import StrEnum
from typing import Any

import pytest
import strawberry
from strawberry.extensions import FieldExtension

from resolvers.plans import arguments, variables
from tests.resolvers.plans.both_ways import BothWays


@strawberry.enum
class Colour(StrEnum):
    RED = "red"


@strawberry.input
class Part:
    name: str


class Extension(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Any, **given: Any) -> Any:
        return next_(source, info, **given)


@strawberry.type
class Leaf:
    @strawberry.field
    async def waits(self) -> int:
        return 1

    @strawberry.field(  # type: ignore[untyped-decorator]  # of Any above
        extensions=[Extension()]
    )
    def extended(self) -> int:
        return 1

    @strawberry.field
    def of_its_parent(self, parent: strawberry.Parent["Leaf"]) -> int:
        return len(type(parent).__name__)

    @strawberry.field
    def lists(self) -> list[list[int]]:
        return [[1]]

    @strawberry.field
    def works(self) -> int:
        return 1

    @strawberry.field
    def says(self, info: strawberry.Info, text: str, number: int = 1) -> str:
        return f"{text} {number} {info.context}"


@strawberry.type
class Query:
    @strawberry.field
    def asked(  # noqa: PLR0913, PLR0917 - an argument of every kind
        self,
        text: str | None = None,
        ident: strawberry.ID | None = None,
        truth: bool | None = None,
        number: int = 1,
        day: date | None = None,
        texts: list[str] | None = None,
        part: Part | None = None,
        colour: Colour = Colour.RED,
    ) -> str:
        return repr(
            [text, ident, truth, number, day, texts, part and part.name, colour]
        )

    @strawberry.field
    def leaf(self) -> Leaf:
        return Leaf()


SCHEMA = strawberry.Schema(Query)
NAMED = {"t": "a", "i": "b", "b": True, "n": 2, "d": "2026-01-31", "l": ["a"]}


def answered(question: BothWays) -> tuple[bool, Any]:
    both = asyncio.run(question.answered(lambda: None))
    assert both.planned == both.by_core
    return both.is_planned, json.loads(both.planned)["data"]


@pytest.mark.parametrize(
    ("declared", "given", "is_plain"),
    [
        pytest.param("$t: String!", "text: $t", True, id="a text"),
        pytest.param("$t: String", "text: $t", True, id="a text that may be none"),
        pytest.param("$i: ID!", "ident: $i", True, id="an id"),
        pytest.param("$b: Boolean!", "truth: $b", True, id="a truth"),
        pytest.param(
            "$t: String!, $b: Boolean", "text: $t, truth: $b, number: 5", True, id="two"
        ),
        pytest.param("$n: Int!", "number: $n", False, id="a number"),
        pytest.param("$d: Date", "day: $d", False, id="a day"),
        pytest.param("$l: [String!]", "texts: $l", False, id="a list"),
        pytest.param("$t: String!", "texts: [$t]", False, id="within a list"),
        pytest.param("$t: String!", "part: {name: $t}", False, id="within an input"),
        pytest.param(
            "$t: String!", 'text: $t, texts: ["a"]', False, id="beside a list"
        ),
        pytest.param("$t: String, $n: Int!", "text: $t", False, id="beside a number"),
    ],
)
def test_variables_that_are_plain_are_read_without_graphql_core(
    monkeypatch: pytest.MonkeyPatch, declared: str, given: str, is_plain: bool
) -> None:
    names = {part.split(":")[0].strip(" $") for part in declared.split(",")}
    stated = {name: NAMED[name] for name in names}
    question = BothWays(SCHEMA, f"query({declared}) {{ asked({given}) }}", stated)
    assert question.plan is not None
    asked: Counter[str] = Counter()

    def noting(name: str, do: Any) -> Any:
        def noted(*args: Any, **more: Any) -> Any:
            asked[name] += 1
            return do(*args, **more)

        return noted

    for module, name in (
        (arguments, "get_argument_values"),
        (variables, "get_variable_values"),
    ):
        monkeypatch.setattr(module, name, noting(name, getattr(module, name)))
    given_now = variables.Variables(
        SCHEMA._schema, question._given.operation, stated, hide_suggestions=True
    )
    values = [one.read(given_now) for one in question.plan.arguments]

    assert (not asked) is is_plain, asked
    assert len(values) == 1
    assert answered(question)[0]


def test_a_text_that_is_null_is_graphql_cores_to_read() -> None:
    text = "query($t: String, $b: Boolean) { asked(text: $t, truth: $b) }"

    for stated in ({"t": None, "b": True}, {"b": False}, {"t": "a"}, {}):
        is_planned, found = answered(BothWays(SCHEMA, text, stated))

        assert is_planned
        assert found["asked"].startswith(f"[{stated.get('t')!r}, None, ")


def test_whoever_asks_by_a_plan_is_answered_with_their_own_values() -> None:
    text = """query($t: String!, $b: Boolean) {
      asked(text: $t, truth: $b, number: 5) leaf { says(text: $t, number: 7) } }"""
    first = BothWays(SCHEMA, text, {"t": "a", "b": True})
    second = BothWays(SCHEMA, text, {"t": "b", "b": False})
    second.plan = first.plan

    assert answered(second) == (
        True,
        {
            "asked": "['b', None, False, 5, None, None, None, <Colour.RED: 'red'>]",
            "leaf": {"says": "b 7 None"},
        },
    )


@pytest.mark.parametrize(
    ("given", "is_once"),
    [
        pytest.param("text: null, number: 7", True, id="a text and a number"),
        pytest.param('day: "2026-01-31", colour: RED', True, id="a day and a word"),
        pytest.param('texts: ["a"]', False, id="a list, which a resolver may change"),
        pytest.param('part: {name: "a"}', False, id="an input likewise"),
    ],
)
def test_arguments_that_nobody_can_change_are_read_once(
    given: str, is_once: bool
) -> None:
    question = BothWays(SCHEMA, f"{{ asked({given}) }}", {})

    assert question.plan is not None
    assert (len(question.plan.arguments) == 0) is is_once
    assert answered(question)[0]


@pytest.mark.parametrize(
    ("selected", "has_plan"),
    [
        pytest.param("works", True, id="a field"),
        pytest.param("__typename", True, id="its type's name"),
        pytest.param('says(text: "a")', True, id="that looks at the request"),
        pytest.param("waits", False, id="that waits"),
        pytest.param("extended", False, id="with an extension"),
        pytest.param("ofItsParent", False, id="that asks for what it is in"),
        pytest.param("lists", False, id="a list of lists"),
    ],
)
def test_what_a_plan_cannot_do_has_none(selected: str, has_plan: bool) -> None:
    question = BothWays(SCHEMA, f"{{ leaf {{ works {selected} }} }}", {})

    assert (question.plan is not None) is has_plan
    assert answered(question)[0] is has_plan


def test_of_what_does_not_fit_it_is_said_what_does_not() -> None:
    with pytest.raises(variables.UnfitVariablesError) as refused:
        BothWays(SCHEMA, "query($n: Int!, $d: Date!) { leaf { works } }", {"n": "x"})

    assert len(refused.value.errors) == 2
    assert str(refused.value) == "; ".join(e.message for e in refused.value.errors)


def test_a_variable_within_a_literal_of_a_list_is_named_by_no_type() -> None:
    text = "query($l: [String!]!, $t: String!) { asked(text: $t, texts: $l) }"
    given = {"l": ["b"], "t": "a"}

    assert answered(BothWays(SCHEMA, text, given)) == (
        *(
            True,
            {"asked": "['a', None, None, 1, None, ['b'], None, <Colour.RED: 'red'>]"},
        ),
    )
