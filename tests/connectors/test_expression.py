"""Field expressions: a bare name is looked up, the rest is JMESPath."""

import pytest

from connectors.errors import ManifestError
from connectors.expression import ExpressionError, compile_expression

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
