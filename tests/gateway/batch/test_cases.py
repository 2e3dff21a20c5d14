"""Sheets and CSV files that failed once, each with the right value of every row.

``tests/cases/sheets`` has them as offices' and agencies' own software writes them.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from gateway.batch.claims import claim_of
from gateway.batch.tables import read_rows
from gateway.errors import StartError
from policy.text import Text
from tests.architecture.documents import ROOT

CASES = ROOT / "tests" / "cases" / "sheets"
TODAY = date(2026, 11, 29)
DAY = {"issuedOn": "2026-06-01"}
LEVEL = {"level": "LEVEL_4"}
REFUSED_LINE = "the line is not in the encoding of the file"
Row = Mapping[str, str] | str
"""What the claim of a row has among others, or a part of why it is refused."""


def named(*names: str) -> list[Row]:
    return [{"name": name} for name in names]


def read(path: Path) -> list[dict[str, str] | Text]:
    found = [claim_of(row, TODAY) for row in read_rows(path)]
    return [claim if isinstance(claim, Text) else dict(claim) for claim in found]


SHEETS: Mapping[str, list[Row]] = {
    "x01-sheetjs-43s": [DAY, DAY, DAY],
    # 16:00 is nobody's midnight but one who counts on from there.
    "x02-iso-d": ["F2 is a moment", DAY, DAY],
    "x03-poi-float": [{**LEVEL, **DAY}, DAY, {**LEVEL, **DAY}],
    "x04-x000d": [
        {"name": "甲丟"},
        {"name": "甲丠"},
        {"idNumber": "310199196210157338"},
        {"item": "低压电工作业"},
        {"number": "T310199196212157358"},
        {"name": "甲两"},
    ],
    "x05-errors": ["B2 has the error #N/A", "G3 has the error #REF!", "B4 has"],
    "x06-formula-no-value": [
        f"{address} is a formula without a result"
        for address in ("B2", "F3", "G4", "C5")
    ],
    "x07-dimension-short": named("甲丟", "甲丠", "甲両", "甲丢", "甲丣", "甲两"),
    "x08-dimension-a1": named("甲丟", "甲丠", "甲両"),
    "x09-zh-builtin-formats": [DAY] * 4,
    "x10-1904": [DAY],
    "x11-merged": [{"name": "甲丟"}, "id_number is empty"],
    "x12-phonetic": named("甲丟", "甲丠"),
    "x13-num-id": [
        "id_number is a number in the sheet (C2)",
        "E3 is a truth value",
        "no date",
        {"idNumber": "'310199196211157348"},
        DAY,
    ],
    "x14-empty-fill": named("甲丟", "甲丠"),
}
GOOD = named("甲丟", "甲丠", "甲両", "甲丢")
TEXTS: Mapping[str, list[Row]] = {
    "c01-one-damaged-line-first": [REFUSED_LINE, *GOOD],
    "c02-cut-cell-first": [REFUSED_LINE, *GOOD],
    "c03-cut-cell-later": [*GOOD, REFUSED_LINE],
    "c04-latin1-nbsp": [REFUSED_LINE, *GOOD],
    "c11-excel-text": [
        {"idNumber": '="310199196208157312"'},
        {"idNumber": '="310199196209157322"'},
        {"idNumber": "310199196210157338"},
        {"idNumber": "'310199196211157348"},
        {"idNumber": "3.10199E+17"},
    ],
    "c12-vertical-tab-ff": [{"name": "甲丟", "item": "1.2"}],
    "c13-nel-ls": [{"name": "甲丟"}, "control character"],
    "c14-lone-cr": GOOD,
    "c15-nul": ["control character"],
    "c16-big5": ["control character"],
    "c17-gbk-euro": [REFUSED_LINE],
    "c19-quoted-gb": [{"name": "甲丟"}, "1 cells found"],
    "dates": [*[DAY] * 10, *["no date"] * 8, DAY, DAY],
    "levels": [*[LEVEL] * 8, "no such grade", *[LEVEL] * 8, *["no such grade"] * 2],
}
UNREADABLE: Mapping[str, str] = {
    "c05-sep.csv": "2 unknown columns",
    "c06-tabs.csv": "1 unknown columns.*separated by commas",
    "c07-html.xls": r"a web page \(HTML\); open it .* save it as .*\.xlsx",
    "c08-ole.xls": r"Excel 97-2003 .*\.xls.*; open it .* save it as .*\.xlsx",
    "c09-macro.xlsm": r"with macros \(\.xlsm\); open it .* save it as .*\.xlsx",
    "c10-title-first.csv": "4 unknown columns",
    "c18-trailing-commas.csv": "2 unknown columns",
}


def test_no_case_is_left_out() -> None:
    told = {f"{name}.xlsx" for name in SHEETS} | {f"{name}.csv" for name in TEXTS}

    there = {path.name for kind in ("csv", "xlsx") for path in (CASES / kind).iterdir()}

    assert there == told | set(UNREADABLE) | {"items.csv"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *((f"xlsx/{name}.xlsx", rows) for name, rows in SHEETS.items()),
        *((f"csv/{name}.csv", rows) for name, rows in TEXTS.items()),
    ],
)
def test_each_row_has_its_right_value(path: str, expected: list[Row]) -> None:
    found = read(CASES / path)

    assert len(found) == len(expected)
    for claim, right in zip(found, expected, strict=True):
        if isinstance(right, str):
            assert isinstance(claim, Text)
            assert right in claim.en
        else:
            assert isinstance(claim, dict)
            assert right.items() <= claim.items()


def test_items_are_the_gateways_to_know() -> None:
    found = read(CASES / "csv" / "items.csv")

    assert not [claim for claim in found if isinstance(claim, Text)]
    assert len(found) == 23


@pytest.mark.parametrize(("name", "why"), UNREADABLE.items())
def test_what_is_no_claims_is_named(name: str, why: str) -> None:
    with pytest.raises(StartError, match=why):
        read_rows(CASES / "csv" / name)
