"""Sheets as openpyxl, XlsxWriter and SheetJS write them."""

import json
import os
import select
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped] # nobody has written its types
from openpyxl import Workbook
from openpyxl.cell import Cell as OpenpyxlCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from gateway.batch.columns import NAMES, Column
from tests.gateway.batch.filled import (
    Cell,
    Day,
    Failure,
    Formula,
    Moment,
    Number,
    Sheet,
    Truth,
    Words,
)
from tests.nursery import STOP_SECONDS

Writer = Callable[[Sheet, Path, frozenset[str]], None]
"""Writes a sheet to a file, with some of the program's options."""
OPTIONS = ("days as ISO 8601", "texts of their own", "row by row", "since 1904")
ISO, OWN_TEXTS, ROW_BY_ROW, SINCE_1904 = OPTIONS
SECONDS = 30
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet has no zones
_BLANK = tuple(None for _ in Column)


def _cells(sheet: Sheet) -> list[Sequence[Cell]]:
    """Return all lines, the names of the columns among them."""
    header = [tuple(Words(names[0]) for names in NAMES.values())]
    below = [_BLANK] if sheet.is_merged else []
    return [*header, *below, *(tuple(f.cell for f in row) for row in sheet.rows)]


def _escaped(text: str) -> str:
    """Return a text as it has to stand in the file, of what does not escape it."""
    return text.replace("_x", "_x005F_x").replace("\r", "_x000D_")


def by_openpyxl(sheet: Sheet, path: Path, options: frozenset[str]) -> None:
    """Write a sheet by openpyxl."""
    is_streamed = ROW_BY_ROW in options and not sheet.is_merged
    book = Workbook(iso_dates=ISO in options, write_only=is_streamed)
    if SINCE_1904 in options:
        book.epoch = CALENDAR_MAC_1904
    page: Any = book.create_sheet("一", 0)
    for row in _cells(sheet):
        page.append([_openpyxl_cell(page, cell) for cell in row])
    if sheet.is_merged:
        for column in range(1, len(Column) + 1):
            page.merge_cells(None, 1, column, 2, column)
    book.save(path)


def _openpyxl_cell(page: Any, cell: Cell) -> OpenpyxlCell | None:
    written: Any = WriteOnlyCell(page)
    match cell:
        case None:
            return None
        case Words(text):
            written.value = _escaped(text)
            written.data_type = "s"
        case Day(value, form) | Moment(value, form):
            written.value = value
            if isinstance(form, str):
                written.number_format = form
            else:
                written._style.numFmtId = form
        case Formula(text):
            written.value = f"={text}"
        case Number(value) | Truth(value) | Failure(value):
            written.value = value
    return written  # type: ignore[no-any-return]


def by_xlsxwriter(sheet: Sheet, path: Path, options: frozenset[str]) -> None:
    """Write a sheet by XlsxWriter."""
    stated = {
        "constant_memory": ROW_BY_ROW in options and not sheet.is_merged,
        "date_1904": SINCE_1904 in options,
    }
    with xlsxwriter.Workbook(path, stated) as book:
        page = book.add_worksheet("一")
        for line, row in enumerate(_cells(sheet)):
            for column, cell in enumerate(row):
                _write_by_xlsxwriter(book, page, (line, column), cell)
        if sheet.is_merged:
            for column, names in enumerate(NAMES.values()):
                page.merge_range(0, column, 1, column, names[0])


def _write_by_xlsxwriter(
    book: Any, page: Any, place: tuple[int, int], cell: Cell
) -> None:
    match cell:
        case None:
            page.write_blank(*place, None, book.add_format({"num_format": 14}))
        case Words(text):
            page.write_string(*place, text)
        case Day(value, form) | Moment(value, form):
            page.write_datetime(*place, value, book.add_format({"num_format": form}))
        case Number(value):
            page.write_number(*place, value)
        case Truth(value):
            page.write_boolean(*place, value)
        case Failure(code):
            page.write_formula(*place, "=NA()", None, code)
        case Formula(text):
            page.write_formula(*place, f"={text}")


@contextmanager
def sheetjs(script: Path, zone: str) -> Iterator[Writer]:
    """Run SheetJS in a time zone, once for many sheets."""
    with subprocess.Popen(
        ["node", str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TZ": zone},
    ) as process:

        def write(sheet: Sheet, path: Path, options: frozenset[str]) -> None:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(_asked_of_sheetjs(sheet, path, options))
            process.stdin.flush()
            is_told, _, _ = select.select([process.stdout], [], [], SECONDS)
            assert is_told, "SheetJS does not answer"
            assert process.stdout.readline() == b"written\n"

        yield write
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(STOP_SECONDS) == 0


def _asked_of_sheetjs(sheet: Sheet, path: Path, options: frozenset[str]) -> bytes:
    asked = {
        "target": str(path),
        "rows": [[_sheetjs_cell(cell) for cell in row] for row in _cells(sheet)],
        "merged": [[0, c, 1, c] for c in range(len(Column)) if sheet.is_merged],
        "options": {
            "compression": True,
            "bookSST": OWN_TEXTS not in options,
            "cellDates": ISO in options,
        },
    }
    return json.dumps(asked).encode() + b"\n"


def _sheetjs_cell(cell: Cell) -> dict[str, object] | None:
    """Return what ``npm/write.cjs`` takes for a cell."""
    asked: dict[str, object] | None
    match cell:
        case None:
            asked = None
        case Words(text):
            asked = {"kind": "text", "value": _escaped(text)}
        case Day(day, form):
            asked = {"kind": "day", "value": _parts(day), "format": form}
        case Moment(moment, form):
            days = (moment - _EPOCH).total_seconds() / 86_400
            asked = {"kind": "serial", "value": days, "format": form}
        case Number(value):
            asked = {"kind": "number", "value": value}
        case Truth(value):
            asked = {"kind": "truth", "value": value}
        case Failure(value):
            asked = {"kind": "error", "value": value}
        case Formula(value):
            asked = {"kind": "formula", "value": value}
    return asked


def _parts(day: date) -> list[int]:
    """Return what ``new Date`` takes; its months begin with 0."""
    return [day.year, day.month - 1, day.day]
