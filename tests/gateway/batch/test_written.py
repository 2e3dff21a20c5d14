"""One set of rows is read alike, whichever program wrote it down."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gateway.batch.tables import Row, read_rows
from tests.gateway.batch.sheets import HEADER, csv_of
from tests.gateway.batch.written import (
    FOLDER,
    SEEDS,
    Value,
    expected,
    rows,
    shown,
)

PROGRAMS = ("xlsxwriter", "xlsxwriter-inline", "sheetjs-utc", "sheetjs-sst")


def right(found: list[tuple[Value, ...]]) -> list[Row]:
    return [
        Row(line=line, cells=dict(expected(row)))
        for line, row in enumerate(found, start=2)
    ]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_rows_by_xlsxwriter_and_by_sheetjs_are_those_that_were_written(
    program: str, seed: int
) -> None:
    found = read_rows(FOLDER / f"{program}-{seed}.xlsx")

    assert found == right(rows(seed))


many = st.integers(0, 2**32).map(lambda seed: rows(seed, 1 + seed % 5))


@settings(deadline=None)
@given(found=many, iso_dates=st.booleans(), write_only=st.booleans())
def test_rows_by_openpyxl_and_as_csv_are_those_that_were_written(
    tmp_path_factory: pytest.TempPathFactory,
    found: list[tuple[Value, ...]],
    iso_dates: bool,
    write_only: bool,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    book = Workbook(iso_dates=iso_dates, write_only=write_only)
    sheet = book.create_sheet("一", 0)
    for row in [HEADER, *found]:
        sheet.append(row)
    book.save(folder / "random.xlsx")
    text = folder / "random.csv"
    text.write_bytes(csv_of([HEADER, *([*map(shown, row)] for row in found)]))

    assert read_rows(folder / "random.xlsx") == right(found)
    assert read_rows(text) == right(found)
