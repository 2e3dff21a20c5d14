"""Changes of our code are made as they are said to be, and none is listed in vain."""

import ast
import shutil
import tomllib
from pathlib import Path

import pytest

from tests.architecture.documents import ROOT
from tools.mutants import DOCS, PAGES, TABLE, Tried, in_chinese, publish
from tools.mutations import IMPORTED, mutations, telling_reached

FUNCTION = '''
"""What it is."""
LIMIT: int = 3


def allowed(ages: list[int], name: str = "you") -> bool:
    """Say whether."""
    if not ages:
        raise ValueError(f"no {name}")
    note(ages)
    return min(ages) > LIMIT and name != ""
'''


def changes(source: str) -> set[str]:
    return {made.change for of_one in mutations("a.py", source) for made in of_one}


def test_every_kind_of_change_is_made() -> None:
    assert changes(FUNCTION) == {
        "3 → (4)",
        "3 → (2)",
        "'you' → ('')",
        "not ages → (ages)",
        "raise ValueError(f'no {name}') → pass",
        "f'no {name}' → ('')",
        "note(ages) → pass",
        "return min(ages) > LIMIT and name != '' → return None",
        "min(ages) > LIMIT and name != '' → (min(ages) > LIMIT or name != '')",
        "min(ages) > LIMIT → (min(ages) <= LIMIT)",
        "min(ages) > LIMIT → (min(ages) >= LIMIT)",
        "name != '' → (name == '')",
    }


@pytest.mark.parametrize(
    "left_alone",
    [
        'x: Literal["a"]',
        'T = TypeVar("T")',
        "@dataclass(frozen=True, slots=True)\nclass A: ...",
        "zip(a, b, strict=True).x",
        'def f() -> "Other": ...',
        "class A:\n    x: int\n    'A text about it.'",
        "return_ = [y for y in z]",
    ],
)
def test_what_a_type_checker_holds_is_left_alone(left_alone: str) -> None:
    assert changes(left_alone) == set()


def test_a_change_stands_where_its_node_stood_and_all_else_stays() -> None:
    source = "a = b(  # of 字\n    '字', c < 1)\n"

    (of_one,) = mutations("a.py", source)

    assert {made.source for made in of_one} == {
        "a = b(  # of 字\n    (''), c < 1)\n",
        "a = b(  # of 字\n    '字', (c >= 1))\n",
        "a = b(  # of 字\n    '字', (c <= 1))\n",
        "a = b(  # of 字\n    '字', c < (2))\n",
        "a = b(  # of 字\n    '字', c < (0))\n",
    }


def test_a_block_tells_that_it_was_reached() -> None:
    source = FUNCTION.replace("from __future__", "")
    told = telling_reached("a.py", source)
    blocks = {made.block for of_one in mutations("a.py", source) for made in of_one} - {
        IMPORTED
    }

    assert {block for block in blocks if f"_reached_('{block}')" in told} == blocks
    assert ast.get_docstring(ast.parse(told)) == "What it is."


def test_every_change_that_nobody_could_see_is_one_still() -> None:
    listed = tomllib.loads((ROOT / "tools/mutants-equal.toml").read_text("utf-8"))
    gone = []
    for entry in listed.get("equal", []):
        assert entry.keys() == {"path", "change", "why"}
        source = (ROOT / entry["path"]).read_text("utf-8")
        made = mutations(entry["path"], source)
        if not any(
            " ".join(one.change.split()) == " ".join(entry["change"].split())
            for of_one in made
            for one in of_one
        ):
            gone.append((entry["path"], entry["change"]))

    assert gone == []


def table_of(page: Path) -> str:
    return page.read_text("utf-8").partition(TABLE)[2]


def test_the_chinese_page_has_the_same_table() -> None:
    english, chinese = (table_of(DOCS / page) for page in PAGES)

    assert "| policy |" in english
    assert chinese == in_chinese(english), "run: make mutants OPTIONS=--publish"


def test_a_row_is_published_in_both_languages(tmp_path: Path) -> None:
    for page in PAGES:
        (tmp_path / page).parent.mkdir(exist_ok=True)
        shutil.copy(DOCS / page, tmp_path / page)
    ((survivor, *_), *_) = mutations("bureau/a.py", "a = b < 1\n")
    row = "| bureau | 1234567 | 7 | 1 | 0 | 1 | 0 % |"

    publish("bureau", row, [Tried(survivor, "")], tmp_path)

    english, chinese = PAGES
    for page, head, word in (
        (english, "| package |", "Survived:"),
        (chinese, "| 包 |", "存活："),
    ):
        told = table_of(tmp_path / page)
        lines = told.splitlines()
        assert lines[1].startswith(head)
        assert row in lines
        assert sum(line.startswith("| bureau |") for line in lines) == 1
        assert any(line.startswith("| policy |") for line in lines)
        assert [word, f"- `{Tried(survivor, '')}`"] == [
            line for line in lines if line == word or "`bureau/" in line
        ]
