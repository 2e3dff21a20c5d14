"""The table of docs/operating.md: of each fault what callers saw, and for how long.

The Chinese page has it too, by ``tests/faults/chinese.py``.

``make faults OPTIONS=--publish`` tries every fault for longer, and writes it; without
the option it is printed. ``python -m tests.faults.table FILE`` does that with what was
measured (``tests/faults/measured.py``).
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.faults.chinese import in_chinese
from tests.faults.faults import FAULTS, Fault
from tests.faults.measured import Measured

PAGE = Path("docs/operating.md")
CHINESE_PAGE = Path("docs/zh/operating.md")
BEGIN = "<!-- written by make faults OPTIONS=--publish -->\n"
END = "<!-- to here -->\n"
HEAD = """
| where | fault | callers of the struck gateway saw | of the other | longest | lost | whole after |
|---|---|---|---|---|---|---|
"""  # noqa: E501 - a line of a table


def measured_in(file: Path) -> list[Measured]:
    """Return what was measured, a line a fault, in the order of the faults."""
    lines = file.read_text("utf-8").splitlines()
    found = {
        (one.where, one.name): one
        for one in (Measured(**json.loads(line)) for line in lines)
    }
    return [found[fault.where, fault.name] for fault in in_order()]


def in_order() -> list[Fault]:
    """Return the faults by where they are."""
    places = list(dict.fromkeys(fault.where for fault in FAULTS))
    return sorted(FAULTS, key=lambda fault: places.index(fault.where))


def table(measured: Iterable[Measured]) -> str:
    """Return a row a fault."""
    return HEAD + "".join(f"{_row(one)}\n" for one in measured) + "\n"


def rows_of_the_page() -> list[tuple[str, str]]:
    """Return where and what the page says was tried."""
    lines = table_of(PAGE).strip().splitlines()[2:]
    cells = ([cell.strip() for cell in line.split("|")] for line in lines)
    return [(where, name) for _, where, name, *_ in cells]


def table_of(page: Path) -> str:
    """Return what stands between the marks."""
    return page.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]


def _row(one: Measured) -> str:
    cells = (
        *(one.where, one.name, _kinds(one.first), _kinds(one.second)),
        f"{one.longest_seconds:.1f} s",
        f"{one.lost}" if one.lost else "nothing",
        f"{one.recovered_seconds:.1f} s",
    )
    return f"| {' | '.join(cells)} |"


def _kinds(seen: Mapping[str, int]) -> str:
    most_first = sorted(seen.items(), key=lambda one: -one[1])
    return ", ".join(f"{times} {kind}" for kind, times in most_first)


def publish(text: str) -> None:
    """Put the table between its marks, in both languages."""
    for page, rows in ((PAGE, text), (CHINESE_PAGE, in_chinese(text))):
        before, _, rest = page.read_text("utf-8").partition(BEGIN)
        page.write_text(f"{before}{BEGIN}{rows}{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    file, *options = sys.argv[1:]
    written = table(measured_in(Path(file)))
    if "--publish" in options:
        publish(written)
    else:
        print(written)  # noqa: T201 - its output
