"""Cells as a sheet has them, whatever the file says besides; or where they are not."""

import tracemalloc
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from gateway.batch.claims import claim_of
from gateway.batch.columns import Column
from gateway.batch.results import row_of
from gateway.batch.tables import MAX_COLUMNS, Row, read_rows
from gateway.errors import StartError
from policy.text import Text
from tests.gateway.batch import parts
from tests.gateway.batch.parts import ID_NUMBER, package, row, sheet, text, write

JUNE = "46174"
"""2026-06-01 as Excel counts days."""


def read(folder: Path, sheet_part: str, **others: str) -> list[Row]:
    return read_rows(write(folder / "claims.xlsx", package(sheet_part, **others)))


def one(folder: Path, cell: str, **others: str) -> Row:
    """Return the row that has ``cell`` as its day of issue, or in a column named."""
    column = others.pop("column", "F")
    (found,) = read(folder, sheet(row(2, **{column: cell})), **others)
    return found


def why(found: Row) -> str:
    assert found.problem is not None
    return found.problem.en


@pytest.mark.parametrize("number", [*range(14, 23), *range(27, 37), 45, *range(50, 59)])
def test_every_format_of_dates_that_is_built_in_is_known(
    tmp_path: Path, number: int
) -> None:
    cell = f'<c r="F2" s="1"><v>{JUNE}</v></c>'

    found = one(tmp_path, cell, styles=parts.styles(0, number))

    assert (found.cells[Column.ISSUED_ON], found.problem) == ("2026-06-01", None)


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 9, 10, 11, 12, 13, 37, 44, 48, 49])
def test_a_format_of_numbers_makes_no_day(tmp_path: Path, number: int) -> None:
    cell = f'<c r="F2" s="1"><v>{JUNE}</v></c>'

    found = one(tmp_path, cell, styles=parts.styles(0, number))

    assert found.cells[Column.ISSUED_ON] == JUNE


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("yyyy\\-mm\\-dd", "2026-06-01"),
        ("[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@", "2026-06-01"),
        ("[DBNum1][$-804]m&quot;月&quot;d&quot;日&quot;", "2026-06-01"),
        ("[Red]yyyy/m/d", "2026-06-01"),
        ("General", JUNE),
        ("[Red]0", JUNE),
        ("0&quot;days&quot;", JUNE),
        ("0\\d", JUNE),
        ("0_d", JUNE),
        ("0;yyyy", JUNE),
        ("G/通用格式", JUNE),
        ("0.00E+00", JUNE),
    ],
)
def test_a_format_of_the_file_is_read(tmp_path: Path, code: str, shown: str) -> None:
    cell = f'<c r="F2" s="1"><v>{JUNE}</v></c>'

    found = one(tmp_path, cell, styles=parts.styles(0, 176, codes={176: code}))

    assert found.cells[Column.ISSUED_ON] == shown


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param('<c r="F2" s="1"><v>46174.5</v></c>', id="noon"),
        pytest.param('<c r="F2" s="1"><v>46174.000706</v></c>', id="61 s late"),
        pytest.param('<c r="F2" s="1"><v>46173.999294</v></c>', id="61 s early"),
        pytest.param('<c r="F2" t="d"><v>2026-05-31T16:00:00Z</v></c>', id="UTC"),
        pytest.param('<c r="F2" t="d"><v>12:00:00</v></c>', id="a time"),
        pytest.param('<c r="F2" t="d"><v>2026-06-01T00:00:00-05:00</v></c>', id="zone"),
        pytest.param('<c r="F2" s="1"><v>0.25</v></c>', id="a time as a number"),
        pytest.param('<c r="F2" s="1"><v>60</v></c>', id="the day that never was"),
        pytest.param('<c r="F2" s="1"><v>-1</v></c>', id="before all days"),
        pytest.param('<c r="F2" s="1"><v>9E9</v></c>', id="after all days"),
        pytest.param('<c r="F2" s="2"><v>46174</v></c>', id="hours that passed"),
        pytest.param('<c r="F2" s="3"><v>46174</v></c>', id="as many, by a code"),
        pytest.param('<c r="F2" s="9"><v>46174</v></c>', id="no such style"),
        pytest.param('<c r="F2" s="1"><v>1_000</v></c>', id="no number"),
        pytest.param('<c r="F2"><v>inf</v></c>', id="infinity"),
        pytest.param('<c r="F2"><v>1e999</v></c>', id="beyond numbers"),
        pytest.param('<c r="F2" t="b"><v>1</v></c>', id="a truth value"),
        pytest.param('<c r="F2" t="e"><v>#REF!</v></c>', id="an error"),
        pytest.param('<c r="F2" t="e"/>', id="an error of no name"),
        pytest.param('<c r="F2" t="s"><v>7</v></c>', id="no such text"),
        pytest.param('<c r="F2" t="s"><v>-1</v></c>', id="no such place"),
        pytest.param('<c r="F2" t="z"><v>1</v></c>', id="no such kind"),
        pytest.param('<c r="F2"><f>TODAY()</f></c>', id="a formula"),
        pytest.param('<c r="F2"><f>TODAY()</f><v/></c>', id="and nothing"),
        pytest.param('<c r="F2" t="str"><f>A1</f></c>', id="a text's formula"),
        pytest.param('<c r="F2"><f t="shared" si="0"/></c>', id="a shared formula"),
        pytest.param('<c r="F2"><v>1234567890123456</v></c>', id="16 digits"),
        pytest.param(text("F2", "长" * 2_001), id="a long text"),
    ],
)
def test_what_is_no_day_is_refused_with_its_address(tmp_path: Path, cell: str) -> None:
    styles = parts.styles(0, 14, 46, 176, codes={176: "[hh]:mm"})

    found = one(tmp_path, cell, styles=styles)

    assert why(found).startswith("F2 ")
    assert found.problem is not None
    assert found.problem.zh.startswith("F2 ")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<c r="F2" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="F2" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="F2"><f>TODAY()</f></c>', "'=TODAY()"),
        ('<c r="F2" s="1"><v>46174.5</v></c>', "2026-06-01 12:00:00"),
        ('<c r="F2" t="d"><v>2026-05-31T16:00:00Z</v></c>', "2026-05-31T16:00:00Z"),
        ('<c r="F2"><v>3.1019919620815E+17</v></c>', "3.1019919620815E+17"),
        (text("F2", " 2026-06-01　"), " 2026-06-01　"),
        (text("F2", "2026-06-01_x000D_\n"), "2026-06-01"),
        (text("F2", " =1+1"), "' =1+1"),
    ],
)
def test_the_result_shows_the_cell_as_it_was(
    tmp_path: Path, cell: str, shown: str
) -> None:
    found = one(tmp_path, cell)
    told = row_of(found, found.problem or Text("", ""), "en")

    assert told[1 + list(Column).index(Column.ISSUED_ON)] == shown
    assert told[1 + list(Column).index(Column.ID_NUMBER)] == ID_NUMBER


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("B", '<c r="B2"><v>1</v></c>', "name is a number in the sheet (B2)"),
        ("D", '<c r="D2"><v>9.1</v></c>', "item is a number in the sheet (D2)"),
        ("D", '<c r="D2" s="1"><v>46024</v></c>', "item is a day in the sheet (D2)"),
        ("B", '<c r="B2" s="1"><v>46024.5</v></c>', "name is a day in the sheet (B2)"),
        ("E", '<c r="E2" s="1"><v>46024</v></c>', "level is a day in the sheet (E2)"),
        ("A", '<c r="A2" t="e"><v>#NAME?</v></c>', "A2 has the error #NAME?"),
        ("H", text("H2", "8"), "8 cells found, the first line has 7"),
        ("B", text("B2", "甲_x0007_丟"), "B2 a cell has a control character"),
        ("B", text("B2", "甲_xD842_丟"), "a cell has a control character"),
        ("B", text("B2", "#N/A"), "B2 name is an error value"),
        ("B", text("B2", "甲_xFFFD_"), "a cell has a control character"),
    ],
)
def test_what_is_not_as_it_was_typed_is_refused(
    tmp_path: Path, column: str, cell: str, reason: str
) -> None:
    assert reason in why(one(tmp_path, cell, column=column))


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("C", "<c/>", "C2 id_number is empty"),
        ("D", text("D2", " "), "D2 item is empty"),
        ("B", text("B2", "长" * 101), "B2 name is over 100 characters"),
        ("E", text("E2", "高级"), "E2 no such grade"),
        ("E", '<c r="E2"><v>4.5</v></c>', "E2 no such grade"),
        ("F", text("F2", "2026-06"), "F2 no date"),
        ("F", f'<c r="F2"><v>{JUNE}</v></c>', "F2 no date"),
        ("F", '<c r="F2" s="1"><v>46175</v></c>', "F2 the day of issue is after today"),
    ],
)
def test_what_is_no_claim_is_refused_with_its_address(
    tmp_path: Path, column: str, cell: str, reason: str
) -> None:
    found = claim_of(one(tmp_path, cell, column=column), date(2026, 6, 1))

    assert isinstance(found, Text)
    assert found.en.startswith(reason)
    assert found.zh.startswith(reason[:3])


@pytest.mark.parametrize(
    ("column", "cell", "shown"),
    [
        ("A", '<c r="A2"><v>7.0</v></c>', "7"),
        ("A", '<c r="A2"><v>1.1000000000000001</v></c>', "1.1"),
        ("A", '<c r="A2" s="1"><v>46174.5</v></c>', "2026-06-01 12:00:00"),
        ("E", '<c r="E2"><v>4.0</v></c>', "4"),
        ("F", '<c r="F2"><v>2.0260601E7</v></c>', "20260601"),
        ("F", '<c r="F2" t="d"><v>2026-06-01</v></c>', "2026-06-01"),
        ("F", '<c r="F2" t="d"><v>2026-06-01T00:00:00.000Z</v></c>', "2026-06-01"),
        ("F", '<c r="F2" s="1"><f>A1</f><v>46174</v></c>', "2026-06-01"),
        ("B", '<c r="B2" t="str"><f>A1</f><v>甲</v></c>', "甲"),
        ("B", '<c r="B2" t="str"><f>A1</f><v></v></c>', ""),
        ("B", '<c r="B2" t="s"><v>0</v></c>', "甲丟"),
        ("B", '<c r="B2" t="s"><v>1</v></c>', "𠮷"),
        ("B", '<c r="B2" t="s"><v>2</v></c>', "_x000D_"),
        ("B", '<c r="B2" s="7"/>', ""),
        ("B", text("B2", "张　三"), "张　三"),
        ("B", text("B2", "张\u200b三"), "张\u200b三"),
        ("B", text("B2", "赵\U0002ebf0"), "赵\U0002ebf0"),
        ("B", text("B2", "杨\ue863"), "杨\ue863"),
    ],
)
def test_what_is_known_is_read(
    tmp_path: Path, column: str, cell: str, shown: str
) -> None:
    strings = parts.strings(
        "<r><t>甲</t></r><r><t>丟</t></r><rPh sb='0' eb='1'><t>jia</t></rPh>",
        "<t>_xD842__xdfb7_</t>",
        "<t>_x005F_x000D_</t>",
    )

    found = one(tmp_path, cell, column=column, strings=strings)

    assert found.problem is None
    place = ("reference", "name", "", "item", "level", "issued_on")[
        "ABCDEF".index(column)
    ]
    assert found.cells[Column(place)] == shown


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

    with pytest.raises(StartError, match=r"claims\.xlsx") as refused:
        read_rows(path)

    assert reason in str(refused.value)


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
    many = "<c><v/></c>" * 200_000 + f"<c r='XA2'><v>{'9' * 2_000_000}</v></c>"
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
