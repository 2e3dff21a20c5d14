"""One sheet is read alike, whichever program wrote it down."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.batch.claims import claim_of
from gateway.batch.tables import Row, read_rows
from gateway.errors import StartError
from policy.text import Text
from tests.gateway.batch import writers
from tests.gateway.batch.drawn import TODAY, sheets
from tests.gateway.batch.filled import Right, Sheet, right_of
from tests.gateway.batch.writers import Writer, by_openpyxl, by_xlsxwriter
from tests.node import install

ZONES = ("UTC", "Asia/Shanghai")
SOURCE = Path(__file__).parent / "npm"
_ADDRESS = re.compile(r"\b[A-Z][0-9]+\b")
options = st.frozensets(st.sampled_from(writers.OPTIONS))


@pytest.fixture(scope="module", name="script")
def _script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What writes by SheetJS, with the locked packages beside it."""
    return install(SOURCE, "write.cjs", tmp_path_factory.mktemp("sheetjs"))


@pytest.fixture(scope="module", name="by_sheetjs", params=ZONES)
def _by_sheetjs(script: Path, request: pytest.FixtureRequest) -> Iterator[Writer]:
    with writers.sheetjs(script, request.param) as write:
        yield write


def assert_read(found: list[Row], sheet: Sheet) -> None:
    """Say that the rows are those of the sheet, or refused by the address."""
    expected = right_of(sheet)
    assert [row.line for row in found] == [right.line for right in expected]
    for row, right in zip(found, expected, strict=True):
        assert_right(row, right)


def assert_right(row: Row, right: Right) -> None:
    claim = claim_of(row, TODAY)
    shown = {column: row.cells[column].strip() for column in right.shown}
    assert shown == right.shown
    if not right.refused:
        assert claim == right.claim
        return
    assert isinstance(claim, Text)
    for words in claim:
        assert set(_ADDRESS.findall(words)) & right.refused


def assert_reads_what(
    write: Writer, folder: Path, sheet: Sheet, options: frozenset[str]
) -> None:
    """Say that a sheet is read as it was filled in, if there is a row."""
    path = folder / "claims.xlsx"
    write(sheet, path, options)
    if right_of(sheet):
        assert_read(read_rows(path), sheet)
        return
    with pytest.raises(StartError, match="no rows below its first line"):
        read_rows(path)


@settings(deadline=None)
@given(sheet=sheets, options=options)
def test_sheets_of_openpyxl_are_read_as_they_were_filled_in(
    tmp_path_factory: pytest.TempPathFactory, sheet: Sheet, options: frozenset[str]
) -> None:
    assert_reads_what(by_openpyxl, tmp_path_factory.getbasetemp(), sheet, options)


@settings(deadline=None)
@given(sheet=sheets, options=options)
def test_sheets_of_xlsxwriter_are_read_as_they_were_filled_in(
    tmp_path_factory: pytest.TempPathFactory, sheet: Sheet, options: frozenset[str]
) -> None:
    assert_reads_what(by_xlsxwriter, tmp_path_factory.getbasetemp(), sheet, options)


@settings(deadline=None)
@given(sheet=sheets, options=options)
def test_sheets_of_sheetjs_are_read_as_they_were_filled_in(
    by_sheetjs: Writer,
    tmp_path_factory: pytest.TempPathFactory,
    sheet: Sheet,
    options: frozenset[str],
) -> None:
    assert_reads_what(by_sheetjs, tmp_path_factory.getbasetemp(), sheet, options)
