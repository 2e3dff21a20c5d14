"""One row of results a row of claims, wherever a run was cut, and no formulas."""

import csv
import io
import os
import resource
import stat
from contextlib import ExitStack
from pathlib import Path

import pytest

from gateway.batch.asking import Checked, FieldResult, Refused, SourceResult
from gateway.batch.columns import Column
from gateway.batch.results import HEADER, open_results, row_of, safe
from gateway.batch.tables import Row
from gateway.errors import StartError
from policy.stated import ClaimOutcome, FieldOutcome, StatedField
from policy.text import Text
from resolvers.claims.enums import ClaimProblem

ROWS = [
    Row(
        line=line,
        cells={
            Column.NAME: name,
            Column.ID_NUMBER: f"31010119900101001{line}",
            Column.ITEM: "1.2",
        },
    )
    for line, name in ((2, "王小明"), (3, "=1+1"), (5, 'a"b,c'))
]
MISMATCHING = Checked(
    outcome=ClaimOutcome.MISMATCH,
    standing=None,
    reason="不一致",
    fields=(
        FieldResult(field=StatedField.NAME, outcome=FieldOutcome.MISMATCH),
        FieldResult(field=StatedField.LEVEL, outcome=FieldOutcome.UNKNOWN),
    ),
    sources=(
        SourceResult(agency="transport", outcome="ANSWERED"),
        SourceResult(agency="fire-rescue", outcome="SKIPPED"),
    ),
)
REFUSED = Refused(problem=ClaimProblem.UNKNOWN_ITEM, message="项目不明")


def told(path: Path) -> list[dict[str, str]]:
    text = path.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def write(path: Path, upto: int) -> None:
    """Write what is missing of the first rows, as a run does."""
    with open_results(path, ROWS) as results:
        done = len(results.done)
        results.append([row_of(row, MISMATCHING, "zh") for row in ROWS[done:upto]])


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        pytest.param("=1+1", "'=1+1", id="="),
        pytest.param("+1", "'+1", id="+"),
        pytest.param("-1", "'-1", id="-"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="@"),
        pytest.param("＝1+1", "'＝1+1", id="full width"),
        pytest.param("\t=1+1", "\ufffd=1+1", id="a control character before it"),
        pytest.param(" =1+1", "' =1+1", id="after a blank"),
        pytest.param("　＝1", "'　＝1", id="after a wide one"),
        pytest.param("1=1", "1=1", id="not at the beginning"),
        pytest.param("张　三", "张　三", id="a wide blank"),
        pytest.param("张\u200b三\u00a0", "张\u200b三\u00a0", id="what is not seen"),
        pytest.param("赵\U0002ebf0", "赵\U0002ebf0", id="newer than Python"),
        pytest.param("杨\ue863", "杨\ue863", id="a private place of GB 18030"),
        pytest.param("杨\ue000", "杨\ufffd", id="a private place of anybody"),
        pytest.param("a\nb", "a\ufffdb", id="a break"),
        pytest.param("王", "王", id="a name"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_no_cell_begins_a_formula(cell: str, shown: str) -> None:
    assert safe(cell) == shown


def test_a_row_says_what_was_asked_and_how_it_came_out() -> None:
    row = dict(zip(HEADER, row_of(ROWS[0], MISMATCHING, "zh"), strict=True))

    assert (row["line"], row["name"], row["outcome"]) == ("2", "王小明", "MISMATCH")
    assert (row["mismatched"], row["not_known"]) == ("NAME", "LEVEL")
    assert (row["sources"], row["reason"]) == ("transport ANSWERED", "不一致")


@pytest.mark.parametrize(
    ("answer", "reason"), [(REFUSED, "项目不明"), (Text("坏", "bad"), "坏")]
)
def test_a_refused_row_has_its_reason(answer: Refused | Text, reason: str) -> None:
    row = dict(zip(HEADER, row_of(ROWS[0], answer, "zh"), strict=True))

    assert (row["outcome"], row["reason"]) == ("REFUSED", reason)


def test_a_run_that_was_cut_anywhere_ends_as_one_that_was_not(tmp_path: Path) -> None:
    whole = tmp_path / "whole.csv"
    write(whole, 3)
    content = whole.read_bytes()

    for length in range(len(content) + 1):
        cut = tmp_path / "cut.csv"
        cut.write_bytes(content[:length])
        write(cut, 2)
        write(cut, 3)
        assert cut.read_bytes() == content, length

    assert [row["line"] for row in told(whole)] == ["2", "3", "5"]


def test_results_are_read_by_their_owner_alone(tmp_path: Path) -> None:
    write(tmp_path / "out.csv", 1)

    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"line,", b"row,", id="another header"),
        pytest.param("王小明".encode(), "王晓明".encode(), id="another person"),
        pytest.param(b"\r\n2,", b"\r\n3,", id="another line"),
        pytest.param(b"MISMATCH,", b"MISMATCH", id="a cell less"),
        pytest.param("不一致".encode(), b"\xff", id="no UTF-8"),
    ],
)
def test_results_of_other_claims_are_not_continued(
    tmp_path: Path, old: bytes, new: bytes
) -> None:
    path = tmp_path / "out.csv"
    write(path, 2)
    changed = path.read_bytes().replace(old, new, 1)
    path.write_bytes(changed)

    with pytest.raises(StartError, match="state another --out"):
        write(path, 3)

    assert path.read_bytes() == changed


def test_more_results_than_claims_are_not_continued(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write(path, 3)

    with (
        pytest.raises(StartError, match="other claims"),
        open_results(path, ROWS[:2]),
    ):
        pass


def test_rows_are_whole_when_the_disk_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, on_disk = tmp_path / "out.csv", []
    monkeypatch.setattr(os, "fsync", lambda _: on_disk.append(len(told(path))))

    with open_results(path, ROWS) as results:
        results.append([row_of(row, MISMATCHING, "zh") for row in ROWS[:2]])
        results.append([row_of(ROWS[2], REFUSED, "zh")])

    assert on_disk == [2, 3]
    assert results.done == ["MISMATCH", "MISMATCH", "REFUSED"]


def test_results_that_cannot_be_written_are_told_and_not_counted(
    tmp_path: Path,
) -> None:
    path, allowed = tmp_path / "out.csv", resource.getrlimit(resource.RLIMIT_FSIZE)
    write(path, 1)
    left = ExitStack()
    results = left.enter_context(open_results(path, ROWS))
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, allowed[1]))
        with pytest.raises(StartError, match=r"cannot be written: .*too large"):
            results.append([row_of(ROWS[1], MISMATCHING, "zh")])
        # What is left to be written at the file's end cannot be written either.
        with pytest.raises(OSError, match="too large"):
            left.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)

    assert results.done == ["MISMATCH"]
    with (
        pytest.raises(StartError, match="No such file"),
        open_results(tmp_path / "none/out.csv", ROWS),
    ):
        pass


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    with (
        open_results(path, ROWS),
        pytest.raises(StartError, match="another process"),
        open_results(path, ROWS),
    ):
        pass

    write(path, 3)
    assert len(told(path)) == 3
