"""A cell is a text, a day or a number that is known, or is refused with its address."""

from datetime import date
from pathlib import Path

import pytest

from gateway.batch.claims import claim_of
from gateway.batch.columns import Column
from gateway.batch.results import row_of
from policy.text import Text
from tests.gateway.batch import parts
from tests.gateway.batch.parts import (
    ID_NUMBER,
    JUNE,
    one,
    text,
    why,
)


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
    ("cell", "reason"),
    [
        pytest.param('<c r="F2" s="1"><v>46174.5</v></c>', "is a moment", id="noon"),
        pytest.param(
            '<c r="F2" s="1"><v>46174.000706</v></c>', "is a moment", id="61 s late"
        ),
        pytest.param(
            '<c r="F2" s="1"><v>46173.999294</v></c>', "is a moment", id="61 s early"
        ),
        pytest.param(
            '<c r="F2" t="d"><v>2026-05-31T16:00:00Z</v></c>', "is a moment", id="UTC"
        ),
        pytest.param(
            '<c r="F2" t="d"><v>12:00:00</v></c>',
            "has a value that cannot be read",
            id="a time",
        ),
        pytest.param(
            '<c r="F2" t="d"><v>2026-06-01T00:00:00-05:00</v></c>',
            "is a moment",
            id="zone",
        ),
        pytest.param(
            '<c r="F2" s="1"><v>0.25</v></c>',
            "is a time and no day",
            id="a time as a number",
        ),
        pytest.param(
            '<c r="F2" s="1"><v>60</v></c>',
            "is a time and no day",
            id="the day that never was",
        ),
        pytest.param(
            '<c r="F2" s="1"><v>-1</v></c>',
            "is a time and no day",
            id="before all days",
        ),
        pytest.param(
            '<c r="F2" s="1"><v>9E9</v></c>',
            "is a time and no day",
            id="after all days",
        ),
        pytest.param(
            '<c r="F2" s="2"><v>46174</v></c>',
            "is a time and no day",
            id="hours that passed",
        ),
        pytest.param(
            '<c r="F2" s="3"><v>46174</v></c>',
            "is a time and no day",
            id="as many, by a code",
        ),
        pytest.param(
            '<c r="F2" s="9"><v>46174</v></c>',
            "has a value that cannot be read",
            id="no such style",
        ),
        pytest.param(
            '<c r="F2" s="1"><v>1_000</v></c>',
            "has a value that cannot be read",
            id="no number",
        ),
        pytest.param(
            '<c r="F2"><v>inf</v></c>', "has a value that cannot be read", id="infinity"
        ),
        pytest.param(
            '<c r="F2"><v>1e999</v></c>',
            "has a value that cannot be read",
            id="beyond numbers",
        ),
        pytest.param(
            '<c r="F2" t="b"><v>1</v></c>', "is a truth value", id="a truth value"
        ),
        pytest.param(
            '<c r="F2" t="e"><v>#REF!</v></c>', "has the error #REF!", id="an error"
        ),
        pytest.param('<c r="F2" t="e"/>', "has the error", id="an error of no name"),
        pytest.param(
            '<c r="F2" t="s"><v>7</v></c>',
            "has a value that cannot be read",
            id="no such text",
        ),
        pytest.param(
            '<c r="F2" t="s"><v>-1</v></c>',
            "has a value that cannot be read",
            id="no such place",
        ),
        pytest.param(
            '<c r="F2" t="z"><v>1</v></c>',
            "has a value that cannot be read",
            id="no such kind",
        ),
        pytest.param(
            '<c r="F2"><f>TODAY()</f></c>',
            "is a formula without a result",
            id="a formula",
        ),
        pytest.param(
            '<c r="F2"><f>TODAY()</f><v/></c>',
            "is a formula without a result",
            id="and nothing",
        ),
        pytest.param(
            '<c r="F2" t="str"><f>A1</f></c>',
            "is a formula without a result",
            id="a text's formula",
        ),
        pytest.param(
            '<c r="F2"><f t="shared" si="0"/></c>',
            "is a formula without a result",
            id="a shared formula",
        ),
        pytest.param(
            '<c r="F2"><v>1000000000000000</v></c>',
            "is a number of over 15 digits",
            id="the first of 16 digits",
        ),
        pytest.param(
            '<c r="F2"><v>1234567890123456</v></c>',
            "is a number of over 15 digits",
            id="16 digits",
        ),
        pytest.param(
            text("F2", "长" * 2_001), "has over 2000 characters", id="a long text"
        ),
    ],
)
def test_what_is_no_day_is_refused_with_its_address(
    tmp_path: Path, cell: str, reason: str
) -> None:
    styles = parts.styles(0, 14, 46, 176, codes={176: "[hh]:mm"})

    found = one(tmp_path, cell, styles=styles)

    assert why(found).startswith(f"F2 {reason}")
    assert found.problem is not None
    assert found.problem.zh.startswith("F2 ")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<c r="F2" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="F2" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="F2" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="F2"><f>TODAY()</f></c>', "'=TODAY()"),
        ('<c r="F2" s="1"><v>46174.5</v></c>', "2026-06-01 12:00:00"),
        ('<c r="F2" t="d"><v>2026-05-31T16:00:00Z</v></c>', "2026-05-31 16:00:00Z"),
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
        ("A", '<c r="A2"><v>999999999999999</v></c>', "999999999999999"),
        ("A", '<c r="A2" s="1"><v>46174.5</v></c>', "2026-06-01 12:00:00"),
        ("E", '<c r="E2"><v>4.0</v></c>', "4"),
        ("F", '<c r="F2"><v>2.0260601E7</v></c>', "20260601"),
        ("F", '<c r="F2" t="d"><v>2026-06-01</v></c>', "2026-06-01"),
        ("F", '<c r="F2" s="1"><v>61</v></c>', "1900-03-01"),
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
