"""``docs/attacks.md`` and the tests it names are one: no row can rot."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TESTS = Path("tests")
PAGE = Path("docs/attacks.md").read_text("utf-8")
CHINESE_PAGE = Path("docs/zh/attacks.md").read_text("utf-8")
HEADS = ("| Attack |", "| 攻击 |")
SECTION = re.compile(r"^## (\d+) .*$", re.MULTILINE)
CODE = re.compile(
    r"(?<![A-Za-z])[A-Z][A-Z_]{3,}(?![A-Za-z])|(?<![\d,])[1245]\d\d\d?(?!\d|,\d)"
)
"""The codes of answers, and statuses of HTTP and of websockets."""
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)(?:\[([^\]]+)\])?`")
ROWS = {
    "1": 25,
    "2": 6,
    "3": 7,
    "4": 21,
    "5": 6,
    "6": 15,
    "7": 25,
    "8": 19,
    "9": 12,
    "10": 24,
    "11": 16,
    "12": 5,
    "13": 14,
    "14": 9,
}
"""How many attacks each section has: a row is not dropped by mistake."""


@dataclass(frozen=True, slots=True)
class Row:
    """One attack."""

    section: str
    attack: str
    outcome: str
    tests: str

    def __str__(self) -> str:
        return f"{self.section}: {self.attack}"


def rows(page: str = PAGE) -> list[Row]:
    """Return the rows of every section, in order."""
    _, *parts = SECTION.split(page)
    return [
        Row(section, *(cell.strip() for cell in line.strip("|").split("|")))
        for section, text in zip(parts[::2], parts[1::2], strict=True)
        for line in text.splitlines()
        if line.startswith("| ") and not line.startswith(HEADS)
    ]


@cache
def functions(path: Path) -> frozenset[str]:
    """Return the names of a file's tests."""
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )


@cache
def words(folder: Path) -> frozenset[str]:
    """Return every string of the files in a folder: cases may stand beside tests."""
    return frozenset(
        node.value
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_every_section_has_its_attacks() -> None:
    found = dict.fromkeys(ROWS, 0)
    for row in rows():
        found[row.section] += 1

    assert found == ROWS


def test_an_attack_has_tests_that_exist() -> None:
    for row in rows():
        named = NAMED.findall(row.tests)

        assert row.outcome, row
        assert named, row
        assert len(named) == row.tests.count("::"), row
        for file, name, case in named:
            path = TESTS / file
            assert name in functions(path), f"{row}: {file} has no {name}"
            is_there = not case or case in words(path.parent)
            assert is_there, f"{row}: {file} has no case {case!r}"


def test_the_chinese_page_has_the_same_attacks_and_tests() -> None:
    english, chinese = (
        [
            (row.section, NAMED.findall(row.tests), sorted(CODE.findall(row.outcome)))
            for row in rows(page)
        ]
        for page in (PAGE, CHINESE_PAGE)
    )

    assert len(english) == sum(ROWS.values())
    assert chinese == english


def test_every_file_of_attacks_stands_on_the_page() -> None:
    files = {
        path.relative_to(TESTS).as_posix() for path in TESTS.glob("attacks/test_*")
    }
    files |= {path.relative_to(TESTS).as_posix() for path in TESTS.glob("fuzz/test_*")}
    named = {file for file, _, _ in NAMED.findall(PAGE)}

    assert files - named == {
        "attacks/test_index.py",
        # Not an attack on the gateway, but on who builds it: see the threat model.
        "attacks/test_dependency_audit.py",
    }
