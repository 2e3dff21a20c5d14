"""Rows as a sheet has them, whatever the file says besides; or why there are none."""

import tracemalloc
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from gateway.batch.columns import Column
from gateway.batch.elements import MAX_TEXT
from gateway.batch.tables import MAX_COLUMNS, Row, read_rows
from gateway.errors import StartError
from tests.gateway.batch import parts
from tests.gateway.batch.parts import (
    JUNE,
    one,
    package,
    read,
    row,
    sheet,
    text,
    why,
    write,
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('<dimension ref="A1"/>', "", id="one cell"),
        pytest.param('<dimension ref="A1:G2"/>', "", id="two rows"),
        pytest.param('<dimension ref="A1:B9"/>', "", id="two columns"),
        pytest.param('<dimension ref="D4:XFD1048576"/>', "", id="a part of it"),
        pytest.param('<dimension ref="nonsense"/>', "", id="no range"),
        pytest.param("", '<autoFilter ref="A1:G2"/>', id="a filter"),
        pytest.param('<cols><col min="1" max="2"/></cols>', "", id="two columns wide"),
        pytest.param(
            "", "<extLst><ext><c><v>1</v></c></ext></extLst>", id="an extension"
        ),
        pytest.param("", "<row r='9'><c><v>9</v></c></row>", id="a row elsewhere"),
    ],
)
def test_nothing_that_a_file_says_of_itself_bounds_its_rows(
    tmp_path: Path, before: str, after: str
) -> None:
    rows = [row(line, B=text(f"B{line}", f"甲{line}")) for line in range(2, 8)]

    found = read(tmp_path, sheet(*rows, before=before, after=after))

    assert [each.line for each in found] == [2, 3, 4, 5, 6, 7]
    assert [each.cells[Column.NAME] for each in found] == [
        f"甲{line}" for line in range(2, 8)
    ]


def test_cells_without_addresses_are_counted(tmp_path: Path) -> None:
    names = "".join(f'<c t="inlineStr"><is><t>{n}</t></is></c>' for n in parts.HEADER)
    cells = "<c/><c/><c t='str'><v>1</v></c><c t='str'><v>1.2</v></c>"
    data = f"<row>{names}</row><row/><row>{cells}</row>"
    part = f'<worksheet xmlns="{parts.MAIN}"><sheetData>{data}</sheetData></worksheet>'

    (found,) = read(tmp_path, part)

    assert found.line == 3
    assert (found.cells[Column.ID_NUMBER], found.cells[Column.ITEM]) == ("1", "1.2")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(parts.MAIN, parts.STRICT, id="the strict form of Excel"),
        pytest.param(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
            id="the strict form's relations",
        ),
        pytest.param('Target="', 'Target="/xl/', id="absolute names"),
        pytest.param('Target="sty', 'Target="./sty', id="names with a dot"),
        pytest.param('Target="sty', 'Target="STY', id="capitals"),
    ],
)
def test_a_package_of_another_form_is_read(tmp_path: Path, old: str, new: str) -> None:
    plain = package(sheet(row(2, F=f'<c r="F2" s="1"><v>{JUNE}</v></c>')))
    others = {
        name: content
        if name.startswith("_rels") and "Target" in old
        else content.replace(old, new)
        for name, content in plain.items()
    }

    (found,) = read_rows(write(tmp_path / "claims.xlsx", others))

    assert found.cells[Column.ISSUED_ON] == "2026-06-01"


def test_names_of_parts_may_have_the_bars_of_windows(tmp_path: Path) -> None:
    plain = package(sheet(row(2, F=f'<c r="F2" s="1"><v>{JUNE}</v></c>')))
    others = {name.replace("/", "\\"): content for name, content in plain.items()}

    (found,) = read_rows(write(tmp_path / "claims.xlsx", others))

    assert found.cells[Column.ISSUED_ON] == "2026-06-01"


@pytest.mark.parametrize(
    ("stated", "shown"),
    [('date1904="1"', "2030-06-02"), ('date1904="0"', "2026-06-01")],
)
def test_days_are_counted_from_where_the_book_says(
    tmp_path: Path, stated: str, shown: str
) -> None:
    book = parts.workbook_part(before=f"<workbookPr {stated}/>")

    found = one(tmp_path, f'<c r="F2" s="1"><v>{JUNE}</v></c>', workbook=book)

    assert found.cells[Column.ISSUED_ON] == shown


def test_the_first_day_of_a_book_of_1904_is_one(tmp_path: Path) -> None:
    book = parts.workbook_part(before='<workbookPr date1904="1"/>')

    found = one(tmp_path, '<c r="F2" s="1"><v>0</v></c>', workbook=book)

    assert (found.cells[Column.ISSUED_ON], found.problem) == ("1904-01-01", None)


def test_blanks_between_the_elements_of_a_cell_are_no_text(tmp_path: Path) -> None:
    cell = '<c r="B2" t="inlineStr">\n  <is>\n    <t>甲</t>\n  </is>\n</c>'

    assert one(tmp_path, cell, column="B").cells[Column.NAME] == "甲"


def without(folder: Path, kind: str, cell: str, left: str | None = None) -> Row:
    """Return the row of a workbook that refers to no part of a kind, or to another."""
    plain = package(sheet(row(2, A=cell)))
    relations, name = "xl/_rels/workbook.xml.rels", f"xl/{kind}.xml"
    if left is None:
        stated = parts.relation(
            {"styles": "rId2", "sharedStrings": "rId3"}[kind], kind, f"{kind}.xml"
        )
        plain[relations] = plain[relations].replace(stated, "")
        del plain[name]
    else:
        plain[name] = left
    (found,) = read_rows(write(folder / "claims.xlsx", plain))
    return found


def test_a_book_without_styles_or_shared_texts_is_read_as_plain(tmp_path: Path) -> None:
    number, shared = '<c r="A2"><v>7</v></c>', '<c r="A2" t="s"><v>0</v></c>'

    assert without(tmp_path, "styles", number).cells[Column.REFERENCE] == "7"
    empty = without(tmp_path, "styles", number, left=parts.styles())
    assert empty.cells[Column.REFERENCE] == "7"
    assert "cannot be read" in why(without(tmp_path, "sharedStrings", shared))


@pytest.mark.parametrize(("stated", "is_refused"), [("1", True), ("0", False)])
def test_results_that_are_to_be_computed_anew_are_not_believed(
    tmp_path: Path, stated: str, is_refused: bool
) -> None:
    # XlsxWriter has 0 for what it did not compute, and this beside.
    book = parts.workbook_part(after=f'<calcPr fullCalcOnLoad="{stated}"/>')

    found = one(tmp_path, '<c r="A2"><f>A1</f><v>0</v></c>', column="A", workbook=book)

    assert (found.problem is not None) is is_refused


def test_the_first_sheet_is_the_first_that_is_seen(tmp_path: Path) -> None:
    sheets = (
        '<sheet name="字典" sheetId="2" state="veryHidden" r:id="rId9"/>'
        '<sheet name="一" sheetId="1" r:id="rId1"/>'
    )
    plain = package(sheet(row(2)), workbook=parts.workbook_part(sheets=sheets))
    relations = plain["xl/_rels/workbook.xml.rels"].replace(
        "<Relationship ",
        parts.relation("rId9", "worksheet", "worksheets/sheet9.xml") + "<Relationship ",
        1,
    )
    others = {
        **plain,
        "xl/_rels/workbook.xml.rels": relations,
        "xl/worksheets/sheet9.xml": sheet(),
    }

    assert len(read_rows(write(tmp_path / "claims.xlsx", others))) == 1

    # If nobody sees any, the first of those that are there.
    unseen = plain["xl/workbook.xml"].replace(
        ' r:id="rId1"', ' state="hidden" r:id="rId1"'
    )
    with pytest.raises(StartError, match=r"claims\.xlsx has no rows below"):
        read_rows(
            write(tmp_path / "claims.xlsx", {**others, "xl/workbook.xml": unseen})
        )


def changed(name: str, content: str | None) -> dict[str, str]:
    """Return a workbook with another part, or without it."""
    plain = package(sheet(row(2)))
    del plain[name]
    return plain if content is None else plain | {name: content}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("xl/worksheets/sheet1.xml", None, "there is no xl/worksheets/sheet1.xml"),
        ("xl/sharedStrings.xml", None, "there is no xl/sharedStrings.xml"),
        ("_rels/.rels", None, "there is no _rels/.rels"),
        ("xl/workbook.xml", parts.workbook_part(sheets="<x/>"), "it has no sheet"),
        (
            "[Content_Types].xml",
            f'<Types xmlns="{parts.PACKAGE}/content-types"/>',
            "it has no workbook",
        ),
        (
            "_rels/.rels",
            f'<Relationships xmlns="{parts.PACKAGE}/relationships"/>',
            "it has no workbook",
        ),
        (
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{parts.MAIN}"/>',
            "the first sheet is empty",
        ),
        ("xl/styles.xml", parts.styles().replace('"9"', '"x"'), "a format has no num"),
        ("xl/styles.xml", "<styleSheet", "claims.xlsx"),
        ("xl/worksheets/sheet1.xml", "<?xml version='1.0' encoding='x-no'?><a/>", ""),
        (
            "xl/sharedStrings.xml",
            "<!DOCTYPE sst [<!ENTITY a 'b'>]><sst/>",
            "a document type",
        ),
        (
            "xl/worksheets/sheet1.xml",
            sheet(row(2), row(2)),
            "row 2 comes after row 2",
        ),
        (
            "xl/worksheets/sheet1.xml",
            sheet(row(2, text("C2", "1"))),
            "C stands twice in a row",
        ),
        ("xl/worksheets/sheet1.xml", sheet(row(2, text("2C", "1"))), "is no address"),
        ("xl/worksheets/sheet1.xml", sheet(f"<row r='{'9' * 5000}'/><row/>"), ""),
        ("xl/worksheets/sheet1.xml", sheet(f"<row r='x'>{text('A1', '')}</row>"), "x"),
    ],
)
def test_a_package_that_does_not_fit_is_refused_in_words(
    tmp_path: Path, name: str, content: str | None, reason: str
) -> None:
    path = write(tmp_path / "claims.xlsx", changed(name, content))

    with pytest.raises(StartError) as refused:
        read_rows(path)

    assert reason in str(refused.value)


def test_a_package_of_another_packing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        for name, content in package(sheet(row(2))).items():
            archive.writestr(name, content)

    with pytest.raises(StartError, match="packed in a way that is not known"):
        read_rows(path)


def cells_from(column: str, count: int) -> Sequence[str]:
    return [f"<c><v>{number}</v></c>" for number in range(count)] + [
        text(f"{column}2", "1")
    ]


def test_columns_beyond_what_is_read_are_not_left_out(tmp_path: Path) -> None:
    wide = sheet(row(2, *cells_from("XFD", MAX_COLUMNS * 2)))

    (found,) = read(tmp_path, wide)

    assert "cells found, the first line has 7" in why(found)


def test_blank_cells_take_no_place_of_others(tmp_path: Path) -> None:
    blank = '<c t="s"><v>0</v></c>' * MAX_COLUMNS
    part = sheet(f'<row r="2">{blank}{text("C2", "1")}{text("D2", "1.2")}</row>')
    part = part.replace(blank, '<c r="AZ2" t="s"><v>0</v></c>' + blank)

    (found,) = read(tmp_path, part, strings=parts.strings("<t> </t>"))

    assert "comes after too many cells" in why(found)


def test_a_header_that_is_too_wide_is_refused(tmp_path: Path) -> None:
    wide = sheet(row(2)).replace("</row>", f"{text('AE1', 'item')}</row>", 1)

    with pytest.raises(StartError, match="over 30 columns"):
        read(tmp_path, wide)


def test_a_header_that_is_no_text_is_refused_by_its_address(tmp_path: Path) -> None:
    broken = sheet(row(2)).replace(
        text("B1", "name"), '<c r="B1" t="e"><v>#N/A</v></c>', 1
    )

    with pytest.raises(StartError, match="B1 has the error #N/A"):
        read(tmp_path, broken)


def test_cells_that_are_empty_are_read_in_the_memory_of_a_few(tmp_path: Path) -> None:
    many = "<c><v/></c>" * 50_000 + f"<c r='XA2'><v>{'9' * 2_000_000}</v></c>"
    path = write(tmp_path / "claims.xlsx", package(sheet(row(2, many))))

    tracemalloc.start()
    (found,) = read_rows(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "cells found" in why(found)
    assert most < 3_000_000


def test_a_text_of_entities_is_refused_unread(tmp_path: Path) -> None:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {"ab"[n % 2]}{n} "{"&" + "ab"[(n + 1) % 2] + str(n - 1) + ";"}">'
        for n in range(1, 9)
    )
    laughs = f"<!DOCTYPE sst [{entities}]>{parts.strings('<t>&a8;</t>')}"

    with pytest.raises(StartError, match="a document type"):
        read(tmp_path, sheet(row(2)), strings=laughs)


@pytest.mark.parametrize("place", ["in the cell", "shared"])
def test_the_longest_text_is_read_and_a_longer_one_refused(
    tmp_path: Path, place: str
) -> None:
    def found(words: str) -> Row:
        if place == "shared":
            shared = parts.strings(f"<t>{words}</t>")
            cell = '<c r="B2" t="s"><v>0</v></c>'
            return one(tmp_path, cell, column="B", strings=shared)
        return one(tmp_path, text("B2", words), column="B")

    longest = "字" * MAX_TEXT

    assert found(longest).cells[Column.NAME] == longest
    assert "B2" in why(found(f"{longest}字"))
