"""What an expression may be, and how far its evaluation may go."""

import json
from itertools import repeat

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.decoding.expression import ExpressionError, compile_expression
from connectors.decoding.interpreter import FIELD_STEPS, Allowance
from connectors.errors import ManifestError, UnreadableError
from connectors.manifest_endpoint import Response
from connectors.protocols.envelopes import MAX_RESULTS, EnvelopeFinder

DOUBLING = " | ".join(["results", *repeat("[@,@][]", 25)])
LONG = list(range(FIELD_STEPS))


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        pytest.param(DOUBLING, "one layer of", id="a list doubled 25 times"),
        pytest.param("[[a, b]]", "one layer of", id="a list of lists"),
        pytest.param("[a, b].{c: @}", "one layer of", id="objects of a list"),
        pytest.param("map(&[@, @], [a, b])", "one layer of", id="by a function"),
        pytest.param("a[?[b]].[c]", "one layer of", id="beside a condition"),
        pytest.param("joined(a)", "calls joined, which is no", id="no function"),
        pytest.param("a[?f(b) == 'c']", "calls f, which is no", id="in a condition"),
        pytest.param("join(a)", "join 1 arguments; it takes 2", id="too few arguments"),
        pytest.param(
            "length(a, b)", "2 arguments; it takes 1", id="too many arguments"
        ),
        pytest.param("merge()", "it takes at least 1", id="no arguments"),
        pytest.param("||".join(repeat("a", 33)), "has 65 parts", id="many parts"),
    ],
)
def test_what_might_take_long_or_never_works_is_refused_by_name(
    expression: str, why: str
) -> None:
    with pytest.raises(ManifestError) as refused:
        compile_expression(expression)

    assert why in str(refused.value)


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("join('-', [a, b]) || join('-', [c, d])", id="one or another"),
        pytest.param("join('-', not_null([a], [b]))", id="of two lists, one"),
        pytest.param("results[*].{number: a, records: b}", id="an object a result"),
        pytest.param("merge({a: b}, {c: d})", id="two objects into one"),
        pytest.param("||".join(repeat("a", 32)), id="as many parts as may be"),
    ],
)
def test_what_is_made_once_is_taken(expression: str) -> None:
    assert callable(compile_expression(expression))


@pytest.mark.parametrize(
    ("expression", "content"),
    [
        pytest.param("a[*].b", {"a": LONG}, id="elements"),
        pytest.param("a.*.b", {"a": dict.fromkeys(map(str, LONG), 0)}, id="values"),
        pytest.param("a[]", {"a": [LONG]}, id="a list copied"),
        pytest.param("a[::2]", {"a": LONG * 2}, id="a part of a list copied"),
        pytest.param("reverse(a)", {"a": LONG}, id="a function's list"),
        pytest.param("keys(a)", {"a": dict.fromkeys(map(str, LONG))}, id="an object"),
        pytest.param("map(&`[1]`, a)", {"a": [1, 2, 3, 4]}, id="a constant, often"),
        pytest.param("join(a, b)", {"a": "-" * 1000, "b": ["", "a"] * 6}, id="joined"),
        pytest.param("to_string([a, a])", {"a": ["b" * 5000]}, id="written"),
    ],
)
def test_an_evaluation_ends_with_its_steps(expression: str, content: object) -> None:
    find = compile_expression(expression)

    for _ in range(2):
        with pytest.raises(ExpressionError, match="TooManyStepsError"):
            find(content)


def test_steps_are_an_evaluations_own() -> None:
    find = compile_expression("a[*].b")

    for _ in range(5):
        assert find({"a": [{"b": 1}] * 200}) == [1] * 200


def test_steps_are_shared_until_they_are_renewed() -> None:
    steps = Allowance(20)
    find = compile_expression("a[*].b", steps)
    assert find({"a": [{"b": 1}] * 10}) == [1] * 10
    with pytest.raises(ExpressionError):
        find({"a": [{"b": 1}] * 10})

    steps.renew()

    assert find({"a": [{"b": 1}] * 10}) == [1] * 10


def test_all_expressions_of_an_answer_share_their_steps() -> None:
    finder = EnvelopeFinder(Response(results="a[*]", records="b[*].c"))
    answer = {"a": [{"b": list(range(200))}] * 300}

    with pytest.raises(UnreadableError, match="TooManyStepsError"):
        finder.find(answer, [])
    assert finder.find({"a": [{"b": [{"c": "jws"}]}] * 300}, []) == []


def test_an_answer_of_more_results_than_anybody_asked_for_is_not_read() -> None:
    finder = EnvelopeFinder(Response())

    with pytest.raises(UnreadableError, match="1001 results, at most 1000 allowed"):
        finder.find({"results": [{}] * (MAX_RESULTS + 1)}, [])
    assert finder.find({"results": [{}] * MAX_RESULTS}, []) == []


CONTENTS = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text("ab", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
)
PARTS = st.sampled_from(
    (
        *("a", "b[0]", "a[*].b", "a[?b == `1`]", "[a, b]", "{a: b}", "a || b", "a[]"),
        *("@", "*.a", "a[::-1]", "a[1:]", "!a", "a && b", "a | b", "`[1]`", "'a'"),
        *(f"{name}(a)" for name in ("to_string", "length", "keys", "type", "reverse")),
        *("join('-', a)", "map(&b, a)", "sort_by(a, &b)", "not_null(a, b)"),
    )
)


@given(st.lists(PARTS, min_size=1, max_size=3).map(" | ".join), CONTENTS)
def test_within_its_bounds_it_is_jmespath(expression: str, content: object) -> None:
    try:
        find = compile_expression(expression)
    except ManifestError:
        return
    try:
        found = find(content)
    except ExpressionError:
        return

    assert found == jmespath.search(expression, content)


def test_a_value_is_written_as_jmespath_writes_it() -> None:
    value = {"a": [1, "二", None, {"b": 0.5}]}

    assert compile_expression("to_string(@)")(value) == json.dumps(
        value, separators=(",", ":")
    )
