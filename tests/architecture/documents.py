"""The project's Markdown pages, as far as tests compare them with the code."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)


FENCED = re.compile(r"^```([\w{}]*) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced code block; ``about`` is what follows the language."""

    page: str
    line: int
    language: str
    about: str
    text: str

    def __str__(self) -> str:
        """Return where it stands."""
        return f"{self.page}:{self.line}"


def blocks(language: str) -> list[Block]:
    """Return every block in ``language``, page by page.

    Those of Chinese pages are left out: they are the English pages' byte for byte.
    """
    return [block for block in every_block() if block.language == language]


def every_block() -> list[Block]:
    """Return every block of the English pages, page by page."""
    return [
        block
        for page in PAGES
        if page.parent.name != "zh"
        for block in _blocks_of(page)
    ]


@cache
def _blocks_of(page: Path) -> tuple[Block, ...]:
    text = page.read_text("utf-8")
    return tuple(
        Block(
            page.relative_to(ROOT).as_posix(),
            text.count("\n", 0, match.start()) + 1,
            *match.groups(),
        )
        for match in FENCED.finditer(text)
    )


def with_part(manifest: str, part: str) -> str:
    """Return a manifest with a part in its place, table by table."""
    for table_ in re.split(r"^(?=\[)", part, flags=re.MULTILINE)[1:]:
        header, _, lines = table_.partition("\n")
        if f"{header}\n" in manifest:
            manifest = manifest.replace(f"{header}\n", f"{header}\n{lines}", 1)
        else:
            manifest += f"\n{table_}"
    return manifest


def table(page: str, heading: str) -> list[list[str]]:
    """Return the rows of the one table whose first column is called ``heading``.

    Raises:
        LookupError: there is none, or more than one.
    """
    lines = (ROOT / page).read_text("utf-8").splitlines()
    starts = [
        number
        for number, line in enumerate(lines)
        if line.startswith("|") and _cells(line)[0].strip("`") == heading
    ]
    if len(starts) != 1:
        raise LookupError(f"{len(starts)} tables of {heading} in {page}")
    rows = []
    for line in lines[starts[0] + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(_cells(line))
    return rows


def names(page: str, heading: str) -> list[str]:
    """Return the first column of a table, without its code marks."""
    return [row[0].strip("`") for row in table(page, heading)]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
