"""Field expressions: a bare name is looked up, the rest is JMESPath."""

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.decoding.expression import ExpressionError, compile_expression
from connectors.errors import ManifestError

CONTENT = {"name": "张三", "dates": {"issued": "2025-06-01"}, "codes": ["4", "2"]}


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        pytest.param("name", "张三", id="a name"),
        pytest.param("absent", None, id="a name that is not there"),
        pytest.param("dates.issued", "2025-06-01", id="a path"),
        pytest.param("absent.issued", None, id="a path that is not there"),
        pytest.param("join('.', codes)", "4.2", id="a function"),
        pytest.param("'UNGRADED'", "UNGRADED", id="a constant"),
    ],
)
def test_an_expression_finds(expression: str, found: object) -> None:
    assert compile_expression(expression)(CONTENT) == found


def test_a_name_in_what_is_no_object_finds_nothing() -> None:
    assert compile_expression("name")(["name"]) is None


names = st.sampled_from(["a", "b", "_c", "a1"])
contents = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4)
    ),
)


@given(
    st.lists(names, min_size=1, max_size=4).map(".".join)
    | st.text(alphabet='ab .中"`[]@', max_size=6).map(lambda text: f"'{text}'"),
    contents,
)
def test_names_paths_and_constants_find_what_jmespath_finds(
    expression: str, content: object
) -> None:
    assert compile_expression(expression)(content) == jmespath.search(
        expression, content
    )


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        pytest.param(r"'it\'s'", "it's", id="an escape in a constant"),
        pytest.param("'a' || 'b'", "a", id="two constants"),
        pytest.param('"a"."b"', 1, id="names in quotation marks"),
        pytest.param("a.*", [1], id="a path to everything"),
    ],
)
def test_what_only_looks_like_a_path_or_a_constant_is_jmespaths(
    expression: str, found: object
) -> None:
    assert compile_expression(expression)({"a": {"b": 1}}) == found


def test_what_is_not_jmespath_is_refused() -> None:
    with pytest.raises(ManifestError, match="'dates\\[' is not JMESPath"):
        compile_expression("dates[")


def test_an_expression_nested_too_deeply_is_refused() -> None:
    with pytest.raises(ManifestError, match="is nested too deeply"):
        compile_expression("[" * 490 + "a")


@pytest.mark.parametrize(
    ("expression", "content", "kind"),
    [
        pytest.param("join(' ', a)", {"a": [7]}, "JMESPathTypeError", id="a type"),
        pytest.param("a[::0]", {"a": [7]}, "ValueError", id="a slice without steps"),
        pytest.param("ceil(a)", {"a": float("inf")}, "OverflowError", id="infinity"),
        pytest.param(
            "max_by(a, &b)", {"a": [{"b": 1}, {"b": "7"}]}, "TypeError", id="a mixture"
        ),
        pytest.param("contains(a, b)", {"a": "7"}, "TypeError", id="nothing"),
    ],
)
def test_content_an_expression_does_not_take_is_named_by_its_kind_alone(
    expression: str, content: object, kind: str
) -> None:
    with pytest.raises(ExpressionError) as raised:
        compile_expression(expression)(content)

    assert str(raised.value) == kind
