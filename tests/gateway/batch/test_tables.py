"""Rows of CSV and Excel files, each by itself; what is wrong is told by line."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from gateway.batch import tables
from gateway.batch.columns import Column
from gateway.batch.tables import Row, read_rows
from gateway.errors import StartError
from tests.gateway.batch.sheets import HEADER, csv_of, workbook

ROW = ("7", "王小明", "310101199001010012", "1.2", "不区分等级", "2024-06-01", "T1")
CELLS = {
    Column.REFERENCE: "7",
    Column.NAME: "王小明",
    Column.ID_NUMBER: "310101199001010012",
    Column.ITEM: "1.2",
    Column.LEVEL: "不区分等级",
    Column.ISSUED_ON: "2024-06-01",
    Column.NUMBER: "T1",
}
SMALL = b"id_number,item\n"


def read(tmp_path: Path, content: bytes) -> list[Row]:
    path = tmp_path / "claims.csv"
    path.write_bytes(content)
    return read_rows(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_is_read(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, csv_of([HEADER, ROW], encoding)) == [Row(line=2, cells=CELLS)]


def test_a_workbook_is_read(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "claims.xlsx",
        [HEADER, ROW, [], [*ROW[:5], datetime(2024, 6, 1), *ROW[6:]]],  # noqa: DTZ001 - Excel's
    )

    assert read_rows(path) == [Row(line=2, cells=CELLS), Row(line=4, cells=CELLS)]


def test_a_moment_of_a_day_is_no_day(tmp_path: Path) -> None:
    noon = [*ROW[:5], datetime(2024, 6, 1, 12), *ROW[6:]]  # noqa: DTZ001 - Excel's

    (found,) = read_rows(workbook(tmp_path / "claims.xlsx", [HEADER, noon]))

    assert found.cells[Column.ISSUED_ON] == "2024-06-01 12:00:00"
    assert found.problem is not None
    assert found.problem.en.startswith("F2 is a moment")


def test_a_workbooks_dates_and_missing_cells_are_read(tmp_path: Path) -> None:
    rows = [("证件号码", "项目", "发证日期", "等级"), ("1", "1.2", date(2024, 6, 1))]

    (row,) = read_rows(workbook(tmp_path / "claims.xlsx", rows))

    assert row.cells[Column.ISSUED_ON] == "2024-06-01"
    assert row.cells[Column.LEVEL] == ""
    assert row.problem is None


@pytest.mark.parametrize(
    ("row", "column"),
    [
        pytest.param((310101199001010012, "1.2", "1"), "id_number", id="id number"),
        pytest.param(("1", 9.1, "1"), "item", id="9.10 or 9.1"),
        pytest.param(("1", "1.2", 2409000000300001), "number", id="number"),
    ],
)
def test_what_excel_made_a_number_is_refused(
    tmp_path: Path, row: tuple[object, ...], column: str
) -> None:
    rows = [("证件号码", "项目", "证书编号"), row]

    (found,) = read_rows(workbook(tmp_path / "claims.xlsx", rows))

    assert found.problem is not None
    assert found.problem.en.startswith(f"{column} is a number")


def test_a_white_space_of_gbk_is_one(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "证件号码,项目\n1\ue5e5,1.2\n".encode("gb18030"))

    assert row.problem is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param("王,1.2".encode("gb18030"), "encoding", id="another encoding"),
        pytest.param(b"1,1.2,3", "3 cells", id="too many cells"),
        pytest.param(b"1", "1 cells", id="too few cells"),
        pytest.param(b'"1,1.2', "quotation marks", id="an open quotation mark"),
        pytest.param(b'"1"x,1.2', "quotation marks", id="text after quotation"),
        pytest.param(b"1\x00,1.2", "control", id="a control character"),
        pytest.param(b"1,#N/A", "item is an error", id="an error value"),
        pytest.param(b" #name? ,1.2", "id_number is an error", id="another"),
        pytest.param("1,\ufffd".encode(), "damaged", id="a character that was lost"),
        pytest.param("1,\ue000".encode(), "damaged", id="a private character"),
        pytest.param(b"1," + b"2" * 2_000, "2000", id="a long line"),
        pytest.param(b"1," + b"2" * 9_000_000, "2000", id="a line of megabytes"),
    ],
)
def test_a_bad_line_is_refused_and_those_around_it_are_read(
    tmp_path: Path, line: bytes, why: str
) -> None:
    content = "证件号码,项目\n1,1.1\n".encode() + line + b"\n2,1.2\n"

    rows = read(tmp_path, content)

    assert [row.line for row in rows] == [2, 3, 4]
    assert [row.problem is None for row in rows] == [True, False, True]
    assert why in (rows[1].problem.en if rows[1].problem else "")
    assert rows[1].problem
    assert not rows[1].problem.zh.isascii()


def test_empty_lines_are_no_rows(tmp_path: Path) -> None:
    rows = read(tmp_path, SMALL + b"\r\n1,1.1\r\n , \r\n,\r\n2,1.2\r\n\r\n")

    assert [row.line for row in rows] == [3, 6]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        pytest.param("id_number,item,姓氏", "unknown columns", id="unknown"),
        pytest.param(
            "id_numbr,item",
            r"1 unknown columns; perhaps the column 证件号码 \(id_number\)\. Known, .*"
            r": 序号 \(reference\), 姓名 \(name\), ",
            id="a typing error",
        ),
        pytest.param("id_number,item,项目", "twice", id="one twice"),
        pytest.param("id_number,name", "item", id="no item"),
        pytest.param("姓名,项目", "id_number", id="no number"),
        pytest.param("id_number;item", "commas", id="semicolons"),
        pytest.param("310101199001010012,1.2", "unknown", id="no header at all"),
    ],
)
def test_wrong_columns_are_refused_with_what_is_known(
    tmp_path: Path, header: str, why: str
) -> None:
    with pytest.raises(StartError, match=why) as refused:
        read(tmp_path, f"{header}\n1,1.2\n".encode())

    assert str(refused.value).startswith("line 1: ")
    assert "310101199001010012" not in str(refused.value)


@pytest.mark.parametrize(
    "header",
    [
        "身份证号,项目代码",
        "ID Number,Item",
        "ID-NUMBER,ITEM CODE",
        " 证件号码 ,证书项目",
        "certificate_number,id_number,item",
    ],
)
def test_columns_go_by_several_names(tmp_path: Path, header: str) -> None:
    row = ",".join("1" for _ in header.split(","))

    assert read(tmp_path, f"{header}\n{row}\n".encode())[0].problem is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(SMALL, r"claims\.csv has no rows below", id="no rows"),
        pytest.param(b"\xff\n1\n", "line 1: the line is not in", id="no header"),
    ],
)
def test_a_file_without_rows_is_refused(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(StartError, match=reason):
        read(tmp_path, content)


def test_the_longest_line_and_cell_are_read(tmp_path: Path) -> None:
    line = b"1," + b" " * (tables.MAX_LINE_CHARACTERS - 5) + b"1.2"

    (row,) = read(tmp_path, SMALL + line + b"\n")

    assert row.problem is None


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    with path.open("wb") as file:
        file.truncate(tables.MAX_FILE_BYTES + 1)

    with pytest.raises(StartError, match="split it"):
        read_rows(path)


def altered(path: Path, name: str, content: bytes) -> Path:
    """Put another part into a workbook."""
    with zipfile.ZipFile(path) as book:
        parts = {part: book.read(part) for part in book.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for part, old in parts.items():
            book.writestr(part, content if part == name else old)
    return path


@pytest.mark.parametrize(
    ("part", "content"),
    [
        pytest.param("xl/workbook.xml", b"<workbook", id="cut XML"),
        pytest.param("xl/worksheets/sheet1.xml", b"<worksheet><row", id="cut sheet"),
        pytest.param("[Content_Types].xml", b"<Types/>", id="no types"),
        pytest.param("xl/workbook.xml", b"not xml", id="no XML"),
        pytest.param(
            "xl/worksheets/sheet1.xml",
            b"\x00" * (tables.MAX_INFLATED_BYTES + 1),
            id="a bomb",
        ),
    ],
)
def test_a_broken_workbook_is_refused(
    tmp_path: Path, part: str, content: bytes
) -> None:
    path = workbook(tmp_path / "claims.xlsx", [HEADER, ROW])

    with pytest.raises(StartError, match=r"claims\.xlsx"):
        read_rows(altered(path, part, content))


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.xlsx"
    path.write_bytes(csv_of([HEADER, ROW]))

    with pytest.raises(StartError, match=r"no \.xlsx"):
        read_rows(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"nowhere\.csv"):
        read_rows(tmp_path / "nowhere.csv")
