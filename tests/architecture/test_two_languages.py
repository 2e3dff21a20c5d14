"""Whatever is said to people is said in Chinese and in English."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.test_layers import PACKAGES, sources

CHINESE = re.compile("[\u4e00-\u9fff]")
SAID = ("zh", "en")


def said(tree: ast.AST) -> Iterator[dict[str, str]]:
    """Give the words of every ``Text`` that is written out."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Text"), args=args, keywords=keywords):
                given = dict(zip(SAID, args, strict=False))
                given |= {one.arg: one.value for one in keywords if one.arg is not None}
                yield {name: words_of(given[name]) for name in given}
            case _:
                pass


def words_of(node: ast.expr) -> str:
    """Return the words that are written out; of any other expression, its source."""
    match node:
        case ast.Constant(value=str() as words):
            return words
        case ast.JoinedStr(values=values):
            return "".join(map(words_of, values))
        case _:
            return f"{{字 {ast.unparse(node)}}}"


def test_a_text_has_words_in_both_languages() -> None:
    found = 0
    for path in sources(*PACKAGES):
        for text in said(ast.parse(path.read_text("utf-8"))):
            found += 1
            assert text.keys() == set(SAID), path
            assert CHINESE.search(text["zh"]), (path, text)
            assert text["en"].strip(), (path, text)
    assert found
