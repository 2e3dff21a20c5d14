"""Every code block of the pages belongs to one test; none is left to be believed."""

import ast
import re

import pytest

from tests.architecture.documents import PAGES, ROOT, Block, every_block
from tests.pages.registry import EXECUTORS, ILLUSTRATIONS

FENCE = re.compile(r"^\s*(?:```|~~~)", re.MULTILINE)
OF_NOBODY = Block("docs/operating.md", 1, "text", "", "a form that nobody knows\n")


def takers(block: Block) -> list[str]:
    """Return the tests that take a block, or why none can."""
    known = {**EXECUTORS, **ILLUSTRATIONS}
    return [name for name, takes in known.items() if takes(block)]


@pytest.mark.parametrize("block", every_block(), ids=str)
def test_one_test_takes_a_block(block: Block) -> None:
    assert len(takers(block)) == 1, f"{block}: {takers(block)}"


def test_a_block_that_nobody_takes_is_seen() -> None:
    assert takers(OF_NOBODY) == []


def test_every_fence_of_the_pages_is_a_block() -> None:
    """An indented fence, or one of tildes, would be overlooked."""
    fences = {
        page.relative_to(ROOT).as_posix(): len(FENCE.findall(page.read_text("utf-8")))
        for page in PAGES
        if page.parent.name != "zh"
    }

    for page, found in fences.items():
        assert found == 2 * sum(one.page == page for one in every_block()), page


def test_every_block_says_its_language() -> None:
    assert [str(one) for one in every_block() if not one.language] == []


@pytest.mark.parametrize("name", EXECUTORS)
def test_a_test_that_takes_blocks_is_there_and_takes_one(name: str) -> None:
    file, _, test = name.partition("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))

    assert test in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
    assert any(EXECUTORS[name](block) for block in every_block())


def test_what_cannot_be_run_is_there() -> None:
    for why, takes in ILLUSTRATIONS.items():
        assert any(takes(block) for block in every_block()), why
