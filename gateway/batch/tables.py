"""Rows of a file of claims: CSV in UTF-8 or GB18030, or the first sheet of an .xlsx.

Each row is read by itself, so that what is wrong with one costs no other: in CSV a row
is a line, and no cell goes over lines. What Excel turned into a number is refused
where digits may be gone: 18-digit numbers beyond 15 digits, and item 9.10, which as a
number is 9.1.
"""

import csv
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from gateway.batch.columns import Column, read_header
from gateway.batch.encodings import Encoding, decoded_lines
from gateway.errors import StartError
from policy.text import Text

MAX_FILE_BYTES = 50_000_000
MAX_INFLATED_BYTES = 200_000_000
MAX_LINE_CHARACTERS = 2_000
MAX_COLUMNS = 30
_EXACT = frozenset({Column.ID_NUMBER, Column.ITEM, Column.NUMBER})
"""Columns whose digits are a name and no quantity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as it stands in the file, or what is wrong with it."""

    line: int
    cells: dict[Column, str]
    problem: Text | None = None


def read_rows(path: Path, encoding: Encoding | None = None) -> list[Row]:
    """Return all rows below the header; empty ones are none.

    Raises:
        StartError: the file as a whole cannot be used.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise StartError(
                f"{path.name} has {size} bytes, at most {MAX_FILE_BYTES} allowed; "
                "split it"
            )
        if path.suffix.lower() == ".xlsx":
            rows = list(_workbook_rows(path))
        else:
            rows = list(_csv_rows(path.read_bytes(), encoding))
    except OSError as error:
        raise StartError(str(error)) from None
    if not rows:
        raise StartError(f"{path.name} has no rows below its first line")
    return rows


def _csv_rows(content: bytes, encoding: Encoding | None) -> Iterator[Row]:
    columns: tuple[Column, ...] | None = None
    for line, text in decoded_lines(content, encoding):
        cells = _cells(text)
        if columns is None:
            if isinstance(cells, Text):
                raise StartError(f"line 1: {cells.en}")
            columns = read_header(cells)
        elif isinstance(cells, Text):
            yield Row(line=line, cells={}, problem=cells)
        elif any(cell.strip() for cell in cells):
            yield _row(line, columns, cells)
    if columns is None:
        raise StartError("the file is empty")


def _cells(text: str | None) -> list[str] | Text:
    """Return the cells of a line, or why there are none."""
    if text is None:
        return _ENCODING
    if len(text) > MAX_LINE_CHARACTERS:
        return _LONG
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error:
        return _QUOTES
    return rows[0] if rows else []


def _row(line: int, columns: Sequence[Column], cells: Sequence[str]) -> Row:
    problem = None
    stated = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
    if len(cells) != len(columns):
        problem = Text(
            f"有{len(cells)}列，首行有{len(columns)}列",
            f"{len(cells)} cells found, the first line has {len(columns)}",
        )
    elif not all(cell.isprintable() for cell in stated.values()):
        problem = _CONTROL
    return Row(line=line, cells=stated, problem=problem)


def _workbook_rows(path: Path) -> Iterator[Row]:
    _refuse_bomb(path)
    columns: tuple[Column, ...] | None = None
    for line, values in _sheet(path):
        cells = _without_end(values)
        if not cells:
            continue
        if columns is None:
            columns = read_header([str(cell or "") for cell in cells])
            continue
        padded = [*cells, *[None] * (len(columns) - len(cells))]
        texts = [_text(value) for value in padded]
        row = _row(line, columns, texts)
        numbers = [
            column
            for column, value in zip(columns, padded, strict=False)
            if column in _EXACT and isinstance(value, int | float)
        ]
        if numbers and row.problem is None:
            row = Row(line=line, cells=row.cells, problem=_as_number(numbers[0]))
        yield row
    if columns is None:
        raise StartError("the first sheet is empty")


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            inflated = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise StartError(f"{path.name} is no .xlsx file") from None
    if inflated > MAX_INFLATED_BYTES:
        raise StartError(
            f"{path.name} would inflate to {inflated} bytes, at most "
            f"{MAX_INFLATED_BYTES} allowed"
        )


def _sheet(path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    """Yield the values of the first sheet's rows.

    openpyxl has no error of its own for a package whose parts do not fit.
    """
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            rows = book.worksheets[0].iter_rows(max_col=MAX_COLUMNS, values_only=True)
            yield from enumerate(rows, start=1)
        finally:
            book.close()
    except (
        InvalidFileException,
        ParseError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
    ):
        raise StartError(f"{path.name} is no .xlsx file that can be read") from None


def _without_end(values: Sequence[object]) -> list[object]:
    """Return the cells up to the last that has something."""
    cells = list(values)
    while cells and (cells[-1] is None or not str(cells[-1]).strip()):
        cells.pop()
    return cells


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)


_ENCODING = Text(
    "本行编码与文件其他部分不同，或不是文字",
    "the line is not in the encoding of the file, or no text",
)
_LONG = Text(
    f"本行超过{MAX_LINE_CHARACTERS}字",
    f"the line has over {MAX_LINE_CHARACTERS} characters",
)
_QUOTES = Text(
    "引号不成对；单元格内不得换行",
    "quotation marks do not pair; no cell may go over lines",
)
_CONTROL = Text("含控制字符", "a cell has a control character")


def _as_number(column: Column) -> Text:
    return Text(
        f"{column} 在表格中为数字，位数可能已丢失；请将该列设为文本并重新填写",
        f"{column} is a number in the sheet and may have lost digits; format the "
        "column as text and fill it in again",
    )
