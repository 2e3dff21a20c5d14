"""Random rows as programs write them, and what has to be read.

``python -m tests.gateway.batch.written FOLDER`` writes ``tests/cases/sheets/written``
anew; in FOLDER are XlsxWriter's wheel and the unpacked ``package`` of npm's ``xlsx``.
"""

import importlib
import io
import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from gateway.batch.columns import Column
from tests.architecture.documents import ROOT
from tests.gateway.batch.sheets import HEADER

FOLDER = ROOT / "tests" / "cases" / "sheets" / "written"
SEEDS = (1, 2, 3)
COLUMNS = (
    Column.REFERENCE,
    Column.NAME,
    Column.ID_NUMBER,
    Column.ITEM,
    Column.LEVEL,
    Column.ISSUED_ON,
    Column.NUMBER,
)
NAMES = (
    "王小明",
    "张　三",
    "阿卜杜拉·买买提",
    "㐂𠮷",
    "赵\U0002ebf0",
    "O'Brien <&>",
    "  =1+1",
    '"引"',
)
ITEMS = ("1.2", "低压电工作业", "4-02-01-01", "9.10")
LEVELS = (4, 4.0, 1, "四级", "四级/中级工", "不区分等级", None)
Value = str | int | float | date | None


def random_row(chance: random.Random) -> tuple[Value, ...]:
    """Return a row of claims."""
    day = date.fromordinal(chance.randrange(date(2000, 1, 1).toordinal(), 739_000))
    written: Sequence[Value] = (day, day.isoformat(), int(day.strftime("%Y%m%d")), None)
    return (
        chance.choice(
            (chance.randrange(10_000), chance.randrange(99) / 4, "甲-1", None)
        ),
        chance.choice(NAMES),
        str(chance.randrange(10**17, 10**18)),
        chance.choice(ITEMS),
        chance.choice(LEVELS),
        chance.choice(written),
        f"T{chance.randrange(10**17)}" if chance.random() < 0.5 else None,
    )


def shown(value: Value) -> str:
    """Return how a cell shows."""
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
        case int() | float() if float(value).is_integer():
            return str(int(value))
        case _:
            return str(value)


def expected(row: Sequence[Value]) -> Mapping[Column, str]:
    """Return the cells of a row as they are to be read."""
    return dict(zip(COLUMNS, map(shown, row), strict=True))


def rows(seed: int, count: int = 40) -> list[tuple[Value, ...]]:
    """Return the rows of a seed."""
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    return [random_row(chance) for _ in range(count)]


def _written_by_xlsxwriter(
    library: ModuleType, found: Sequence[Sequence[Value]], **options: bool
) -> bytes:
    file = io.BytesIO()
    options["strings_to_formulas"] = False
    book: Any = library.Workbook(file, options)
    book.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC)})
    sheet = book.add_worksheet("一")
    style = book.add_format({"num_format": "yyyy/m/d"})
    for line, row in enumerate([HEADER, *found]):
        for column, value in enumerate(row):
            match value:
                case date():
                    sheet.write_datetime(line, column, value, style)
                case None:
                    sheet.write_blank(line, column, None, style)
                case _:
                    sheet.write(line, column, value)
    book.close()
    return file.getvalue()


SHEETJS = """
const XLSX = require(process.argv[1]);
const [target, rows] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const cells = rows.map(row => row.map(cell =>
  cell && cell.day ? new Date(...cell.day) : cell));
const sheet = XLSX.utils.aoa_to_sheet(cells, {dateNF: 'yyyy-mm-dd'});
const all = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(all, sheet, '一');
XLSX.writeFile(all, target, {compression: true, bookSST: target.includes('sst')});
"""


def _write_by_sheetjs(
    library: Path, path: Path, found: Sequence[Sequence[Value]], zone: str
) -> None:
    cells = [
        [
            {"day": [v.year, v.month - 1, v.day]} if isinstance(v, date) else v
            for v in row
        ]
        for row in [HEADER, *found]
    ]
    subprocess.run(
        ["node", "-e", SHEETJS, str(library)],
        input=json.dumps([str(path), cells]).encode(),
        env={**os.environ, "TZ": zone},
        check=True,
    )


def main(folder: Path) -> None:
    """Write all anew."""
    (wheel,) = folder.glob("xlsxwriter-*.whl")
    sys.path.insert(0, str(wheel))
    library = importlib.import_module("xlsxwriter")
    for seed in SEEDS:
        found = rows(seed)
        for name, in_memory in (("xlsxwriter", False), ("xlsxwriter-inline", True)):
            content = _written_by_xlsxwriter(library, found, constant_memory=in_memory)
            (FOLDER / f"{name}-{seed}.xlsx").write_bytes(content)
        for name, zone in (("sheetjs-utc", "UTC"), ("sheetjs-sst", "Asia/Shanghai")):
            target = FOLDER / f"{name}-{seed}.xlsx"
            _write_by_sheetjs(folder / "package", target, found, zone)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
