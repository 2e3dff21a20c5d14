"""Changes of our code are made as they are said to be, and none is listed in vain."""

import ast
import tomllib

import pytest

from tests.architecture.documents import ROOT
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
