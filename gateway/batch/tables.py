"""Rows of a file of claims: CSV in UTF-8 or GB18030, or the first sheet of an .xlsx.

Each row is read by itself, so that what is wrong with one costs no other: in CSV a row
is a line, and no cell goes over lines. What Excel turned into a number or a day is
refused where that is not what was typed: 18-digit numbers beyond 15 digits, item 9.10,
which as a number is 9.1, and 1-2, which is a day.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from gateway.batch.cells import Cell, Kind
from gateway.batch.columns import Column, read_header
from gateway.batch.encodings import Encoding, decoded_lines
from gateway.batch.kinds import XLSX, refuse_other_kinds
from gateway.batch.unusable import UnusableFileError
from gateway.batch.workbook import address_of, read_sheet
from gateway.errors import StartError
from policy.text import Text

MAX_FILE_BYTES = 50_000_000
MAX_INFLATED_BYTES = 200_000_000
MAX_LINE_CHARACTERS = 2_000
MAX_COLUMNS = 30
NOT_SHOWN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd-\uffff"
    "\ue000-\ue5e4\ue5e6-\ue765\ue865-\uf8ff\U000f0000-\U0010ffff]"
)
"""No text: controls, halves of characters, what stands for a damaged one, and the
private use that GB 18030 leaves to each user. The rest of it (U+E5E5, a white space,
and up to U+E864) are characters that had no other place before 2022."""
_ERROR = re.compile(
    r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|GETTING_DATA)",
    re.IGNORECASE,
)
"""What a formula comes to that cannot be computed; saved as CSV it is a text."""
_ALLOWED: Mapping[Kind, frozenset[Column]] = MappingProxyType(
    {
        Kind.TEXT: frozenset(Column),
        Kind.NUMBER: frozenset({Column.REFERENCE, Column.LEVEL, Column.ISSUED_ON}),
        Kind.DAY: frozenset({Column.REFERENCE, Column.ISSUED_ON}),
        Kind.MOMENT: frozenset({Column.REFERENCE}),
    }
)
"""Elsewhere the digits are a name and no quantity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as it stands in the file, or what is wrong with it."""

    line: int
    cells: dict[Column, str]
    problem: Text | None = None
    addresses: Mapping[Column, str] = field(default_factory=dict, compare=False)
    """Where in a sheet the cells are; in CSV the line tells."""

    def placed(self, column: Column, problem: Text) -> Text:
        """Return a problem with the address of its cell."""
        address = self.addresses.get(column)
        if address is None:
            return problem
        return Text(f"{address} {problem.zh}", f"{address} {problem.en}")


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
        content = path.read_bytes()
    except OSError as error:
        raise StartError(str(error)) from None
    return [*rows_of(path.name, content, encoding)]


def rows_of(
    name: str,
    content: bytes,
    encoding: Encoding | None = None,
    *,
    max_inflated: int = MAX_INFLATED_BYTES,
) -> Iterator[Row]:
    """Yield the rows of a file by its name and content, at least one.

    ``max_inflated`` bytes are what a workbook may be unpacked to.

    Raises:
        UnusableFileError: the file as a whole cannot be used.
    """
    suffix = Path(name).suffix.lower()
    refuse_other_kinds(name, suffix, content)
    if suffix == XLSX:
        rows = _workbook_rows(name, content, max_inflated)
    else:
        rows = _csv_rows(content, encoding)
    first = next(rows, None)
    if first is None:
        raise UnusableFileError(
            f"{name} 首行以下没有内容", f"{name} has no rows below its first line"
        )
    yield first
    yield from rows


def _csv_rows(content: bytes, encoding: Encoding | None) -> Iterator[Row]:
    columns: tuple[Column, ...] | None = None
    for line, text in decoded_lines(content, encoding):
        cells = _cells(text)
        if columns is None:
            if isinstance(cells, Text):
                raise UnusableFileError(f"首行：{cells.zh}", f"line 1: {cells.en}")
            columns = read_header(cells)
        elif isinstance(cells, Text):
            yield Row(line=line, cells={}, problem=cells)
        elif any(cell.strip() for cell in cells):
            yield _row(line, columns, cells)
    if columns is None:
        raise UnusableFileError("文件为空", "the file is empty")


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


def _row(
    line: int,
    columns: Sequence[Column],
    cells: Sequence[str],
    addresses: Mapping[Column, str] = MappingProxyType({}),
) -> Row:
    stated = dict(zip(columns, map(_as_it_was, cells), strict=False))
    row = Row(line=line, cells=stated, addresses=addresses)
    if len(cells) != len(columns):
        return replace(row, problem=_width(len(cells), len(columns)))
    for column, cell in stated.items():
        if NOT_SHOWN.search(cell):
            return replace(row, problem=row.placed(column, _CONTROL))
        if _ERROR.fullmatch(cell.strip()):
            return replace(row, problem=row.placed(column, _error(column)))
    return row


def _as_it_was(cell: str) -> str:
    """Return the cell; if it has breaks at its ends, without any white space there."""
    return cell.strip() if NOT_SHOWN.search(cell) else cell


def _workbook_rows(name: str, content: bytes, max_inflated: int) -> Iterator[Row]:
    columns: tuple[Column, ...] | None = None
    rows = read_sheet(name, content, max_inflated=max_inflated, max_cells=MAX_COLUMNS)
    for line, cells in rows:
        width = max(cells) + 1
        if columns is not None:
            yield _sheet_row(line, columns, cells, width)
        elif width > MAX_COLUMNS:
            raise UnusableFileError(
                f"第{line}行：超过{MAX_COLUMNS}列",
                f"line {line}: over {MAX_COLUMNS} columns",
            )
        else:
            columns = read_header(_header(cells, width))
    if columns is None:
        raise UnusableFileError("第一张表为空", "the first sheet is empty")


def _header(cells: Mapping[int, Cell], width: int) -> list[str]:
    for cell in cells.values():
        if cell.problem is not None:
            raise UnusableFileError(cell.problem.zh, cell.problem.en)
    return [cells[i].shown if i in cells else "" for i in range(width)]


def _sheet_row(
    line: int, columns: Sequence[Column], cells: Mapping[int, Cell], width: int
) -> Row:
    shown = [cells[i].shown if i in cells else "" for i in range(len(columns))]
    addresses = {c: address_of(i, line) for i, c in enumerate(columns, start=1)}
    row = _row(line, columns, shown, addresses)
    if width > len(columns):
        return replace(row, problem=_width(width, len(columns)))
    stated = ((columns[i], cells[i]) for i in sorted(cells))
    problems = (_problem(column, cell) for column, cell in stated)
    problem = next((each for each in problems if each is not None), row.problem)
    return replace(row, problem=problem)


def _problem(column: Column, cell: Cell) -> Text | None:
    """Return what is wrong with a cell in its column."""
    if column in _ALLOWED[cell.kind]:
        return cell.problem
    match cell.kind:
        case Kind.NUMBER:
            return _as_number(column, cell.address)
        case Kind.MOMENT if column is Column.ISSUED_ON:
            return _moment(cell.address)
        case _:
            return _as_day(column, cell.address)


def _width(found: int, expected: int) -> Text:
    return Text(
        f"有{found}列，首行有{expected}列",
        f"{found} cells found, the first line has {expected}",
    )


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
_CONTROL = Text(
    "含控制字符或损坏的字符", "a cell has a control character, or a damaged one"
)


def _error(column: Column) -> Text:
    return Text(f"{column} 是错误值", f"{column} is an error value")


def _as_number(column: Column, address: str) -> Text:
    return Text(
        f"{column} 在表格中（{address}）为数字，位数可能已丢失；"
        "请将该列设为文本并重新填写",
        f"{column} is a number in the sheet ({address}) and may have lost digits; "
        "format the column as text and fill it in again",
    )


def _as_day(column: Column, address: str) -> Text:
    return Text(
        f"{column} 在表格中（{address}）为日期；请将该列设为文本并重新填写",
        f"{column} is a day in the sheet ({address}); format the column as text and "
        "fill it in again",
    )


def _moment(address: str) -> Text:
    return Text(
        f"{address} 是当日某一时刻，不是日期；请写作2024-06-01",
        f"{address} is a moment and no day; write 2024-06-01",
    )
