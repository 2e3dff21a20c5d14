"""Cells of the first sheet of an .xlsx, as they stand in it.

Read from the parts themselves, since openpyxl believes a sheet's ``dimension``, has no
formula beside its value and takes no file whose styles are unusual
(docs/decisions/sheets-read-from-their-parts.md). A file may say how large it is, in
which order its parts come and how they are called; nothing of that is relied on.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date

from gateway.batch.cells import (
    EPOCH_1900,
    EPOCH_1904,
    Book,
    Cell,
    cell_of,
    refused,
    unescaped,
)
from gateway.batch.elements import Element, NoElementsError, read_elements
from gateway.batch.formats import Format, format_of
from gateway.batch.unusable import UnusableFileError
from policy.text import Text

_MAIN = re.compile(
    r"application/vnd\.(openxmlformats-officedocument\.spreadsheetml\.(sheet|template)"
    r"|ms-excel\.(sheet|template)\.macroEnabled)\.main\+xml",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
MAX_ROW = 1_048_576
"""The last row of a sheet in Excel; a number beyond is no row, but work without end."""
MAX_TEXTS = 1_000_000
MAX_TEXTS_CHARACTERS = 20_000_000
"""The most texts of a workbook, which are held while it is read, and their extent."""
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x61
"""Flags of a zip: encrypted, or a patch, or encrypted strongly."""
_MANY = Text("之前的单元格过多", "comes after too many cells")
_TRUE = frozenset({"1", "true", "on"})
_VISIBLE = "visible"


class _NotReadError(Exception):
    """A part is missing, or says what cannot be."""


def read_sheet(
    name: str, content: bytes, *, max_inflated: int, max_cells: int
) -> Iterator[tuple[int, dict[int, Cell]]]:
    """Yield the cells that have something, by row and column; rows without are none.

    Of a row no more than ``max_cells`` are read; that there are more is told.

    Raises:
        UnusableFileError: it is no workbook, or one that cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inflated = sum(entry.file_size for entry in archive.infolist())
            if inflated > max_inflated:
                raise UnusableFileError(
                    f"{name} 解压后为{inflated}字节，至多{max_inflated}字节",
                    f"{name} would inflate to {inflated} bytes, at most "
                    f"{max_inflated} allowed",
                )
            yield from _rows(_Parts(archive), max_cells)
    except zipfile.BadZipFile:
        raise UnusableFileError(
            f"{name} 不是 .xlsx 文件，或已损坏；若为 CSV，请将文件名改为以 .csv 结尾",
            f"{name} is no .xlsx file, or was cut; if it is CSV, give it a name that "
            "ends in .csv",
        ) from None
    except (_NotReadError, NoElementsError) as error:
        raise UnusableFileError(
            f"{name} 不是可读取的 .xlsx 文件；请用 Excel 或 WPS 打开后另存",
            f"{name} is no .xlsx file that can be read: {error}",
        ) from None
    except (zlib.error, EOFError, OSError, NotImplementedError, ValueError):
        # zipfile raises the last two for versions and places that cannot be.
        raise UnusableFileError(
            f"{name} 不是可解压的 .xlsx 文件；请用 Excel 或 WPS 打开后另存",
            f"{name} is no .xlsx file that can be unpacked",
        ) from None


class _Parts:
    """The parts of a package by their names, in which case does not count."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = {
            name.replace("\\", "/").lower(): name for name in archive.namelist()
        }

    def elements(self, part: str, *names: str) -> Iterator[Element]:
        name = self.names.get(part.lower())
        if name is None:
            raise _NotReadError(f"there is no {part}")
        entry = self.archive.getinfo(name)
        if entry.compress_type not in _PACKED or entry.flag_bits & _ENCRYPTED:
            raise _NotReadError(f"{part} is packed in a way that is not known")
        with self.archive.open(entry) as stream:
            yield from read_elements(stream, *names)

    def related(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Yield the ids, kinds and names of the parts that ``part`` refers to."""
        folder, file = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{file}.rels")
        for element in self.elements(relations, "Relationship"):
            stated = element.attributes
            target = posixpath.join("/", folder, stated.get("Target", ""))
            kind = stated.get("Type", "").rpartition("/")[2]
            yield stated.get("Id", ""), kind, posixpath.normpath(target).lstrip("/")


def _rows(parts: _Parts, max_cells: int) -> Iterator[tuple[int, dict[int, Cell]]]:
    types = parts.elements("[Content_Types].xml", "Override", "Default")
    if not any(
        _MAIN.fullmatch(each.attributes.get("ContentType", "")) for each in types
    ):
        raise _NotReadError("it has no workbook")
    main = next(
        (p for _, kind, p in parts.related("") if kind == "officeDocument"), None
    )
    if main is None:
        raise _NotReadError("it has no workbook")
    related = tuple(parts.related(main))
    named = {kind: part for _, kind, part in related}
    sheets = {id_: part for id_, kind, part in related if kind == "worksheet"}
    epoch, is_stale, sheet = _workbook(parts, main, sheets)
    book = Book(
        texts=_texts(parts, named.get("sharedStrings")),
        formats=_formats(parts, named.get("styles")),
        epoch=epoch,
        is_stale=is_stale,
    )
    yield from _sheet(parts, sheet, book, max_cells)


def _workbook(
    parts: _Parts, main: str, sheets: Mapping[str, str]
) -> tuple[date, bool, str]:
    """Return the first day, whether results are out of date, and the sheet's part."""
    epoch, is_stale, first, hidden = EPOCH_1900, False, None, None
    for element in parts.elements(main, "sheet", "workbookPr", "calcPr"):
        stated = element.attributes
        if element.name == "workbookPr" and stated.get("date1904") in _TRUE:
            epoch = EPOCH_1904
        elif element.name == "calcPr" and stated.get("fullCalcOnLoad") in _TRUE:
            is_stale = True
        elif element.name == "sheet":
            part = sheets.get(stated.get("id", ""))
            if stated.get("state", _VISIBLE) == _VISIBLE:
                first = first or part
            else:
                hidden = hidden or part
    sheet = first or hidden
    if sheet is None:
        raise _NotReadError("it has no sheet")
    return epoch, is_stale, sheet


def _texts(parts: _Parts, part: str | None) -> list[str]:
    found: list[str] = []
    if part is None:
        return found
    size = 0
    for element in parts.elements(part, "si"):
        text = unescaped(element.texts.get("t", ""))
        size += len(text)
        if len(found) == MAX_TEXTS or size > MAX_TEXTS_CHARACTERS:
            raise _NotReadError(
                f"it has over {MAX_TEXTS} texts, or {MAX_TEXTS_CHARACTERS} characters "
                "in them; split it"
            )
        found.append(text)
    return found


def _formats(parts: _Parts, part: str | None) -> dict[int, Format]:
    """Return the formats of the styles by their numbers; without any, all are plain."""
    if part is None:
        return {0: Format.NUMBER}
    codes: dict[int, str] = {}
    styles: list[int] = []
    for element in parts.elements(part, "numFmt", "xf"):
        number = element.attributes.get("numFmtId", "0")
        if not number.isdecimal():
            raise _NotReadError("a format has no number")
        if element.name == "xf" and element.parent == "cellXfs":
            styles.append(int(number))
        elif element.parent == "numFmts":
            codes[int(number)] = element.attributes.get("formatCode", "")
    formats = [format_of(number, codes.get(number)) for number in styles]
    return dict(enumerate(formats)) or {0: Format.NUMBER}


def _sheet(
    parts: _Parts, part: str, book: Book, max_cells: int
) -> Iterator[tuple[int, dict[int, Cell]]]:
    line = column = beyond = 0
    cells: dict[int, Element] = {}
    for element in parts.elements(part, "row", "c"):
        stated = element.attributes
        if element.name == "c" and element.parent == "row":
            column = _column(stated.get("r")) or column + 1
            if column in cells:
                raise _NotReadError(f"{_letters(column)} stands twice in a row")
            if _is_empty(element):
                continue
            if len(cells) < max_cells:
                cells[column] = element
            else:
                beyond = column
        elif element.name == "row" and element.parent == "sheetData":
            line, column = _line(stated.get("r", str(line + 1)), line), 0
            row = {
                place - 1: cell_of(address_of(place, line), each, book)
                for place, each in cells.items()
            }
            if beyond:
                row[beyond - 1] = refused(address_of(beyond, line), "", _MANY)
            cells, beyond = {}, 0
            some = {k: c for k, c in row.items() if c.problem or c.shown.strip()}
            if some:
                yield line, some


def _line(number: str, before: int) -> int:
    if not number.isdecimal() or int(number) <= before:
        raise _NotReadError(f"row {number[:10]} comes after row {before}")
    if int(number) > MAX_ROW:
        raise _NotReadError(f"row {number[:10]} is beyond the last, {MAX_ROW}")
    return int(number)


def _is_empty(element: Element) -> bool:
    texts = element.texts
    is_error = element.attributes.get("t") == "e"
    return "f" not in texts and not is_error and not any(texts.values())


def _column(address: str | None) -> int | None:
    if address is None:
        return None
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise _NotReadError(f"{address[:10]} is no address")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def address_of(column: int, line: int) -> str:
    """Return C7 for the third column of row 7."""
    return f"{_letters(column)}{line}"


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
