"""What an expression finds is said in words, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jmespath.functions import Functions
from jmespath.visitor import TreeInterpreter

from connectors.decoding import explained as words
from connectors.decoding.explained import explained
from connectors.errors import ManifestError
from tests.connectors.decoding.test_interpreter import PARTS


@pytest.mark.parametrize(
    ("expression", "zh", "en"),
    [
        ("name", "“name”", '"name"'),
        ("dates.issued", "“dates”中的“issued”", '"issued" of "dates"'),
        ("'UNGRADED'", '常量 "UNGRADED"', 'the constant "UNGRADED"'),
        (
            "join('.', [code, direction.code])",
            '以前者连接后者各文本（常量 "."、列表（“code”、“direction”中的“code”））',
            (
                'the texts, joined by the first (the constant ".", a list ("code", '
                '"code" of "direction"))'
            ),
        ),
        (
            "a[?b == `1`].c | [0]",
            "（“a”中凡“b” = 常量 1的每一项中的“c”）中的第 1 项",
            'item 1 of ("c" of each item of "a" for which "b" = the constant 1)',
        ),
        ("[-1]", "倒数第 1 项", "item 1 from the end"),
        (
            "a[1:]",
            "（“a”中的区间 [1::] 各项每一项中的其本身）",
            '(it of each item of the items [1::] of "a")',
        ),
        (
            "{a: b || c}",
            "对象（a：（“b”，为空时为“c”））",
            'an object (a: ("b", or if that is empty "c"))',
        ),
        (
            "!a && b",
            "（并非“a”，不为空时为“b”）",
            '(not "a", or if that is not empty "b")',
        ),
        ('"a\u202eb"', r"“a\u202eb”", r'"a\u202eb"'),
    ],
)
def test_an_expression_is_said_in_both_languages(
    expression: str, zh: str, en: str
) -> None:
    assert explained(expression) == (zh, en)


def test_every_function_and_every_part_has_its_words() -> None:
    kinds = {
        name.removeprefix("visit_")
        for name in dir(TreeInterpreter)
        if name.startswith("visit_")
    }
    said = {"field", "literal", "index", "slice", "comparator", "key_val_pair"}
    said |= {"function_expression", *words._PHRASES, *words._LISTS, *words._WITHIN}

    assert words._FUNCTIONS.keys() == Functions.FUNCTION_TABLE.keys()
    assert kinds == said


@given(st.lists(PARTS, min_size=1, max_size=2).map(" | ".join))
def test_any_expression_has_words_as_long_as_it_is(expression: str) -> None:
    try:
        said = explained(expression)
    except ManifestError:
        return

    assert all(0 < len(text) < 40 * len(expression) for text in said)
