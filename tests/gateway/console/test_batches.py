"""A file of claims is held by its session, for a while, and by nothing else."""

import gc
import io
import weakref
import zipfile
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path

import pytest

from gateway.batch.unusable import UnusableFileError
from gateway.console.batches import (
    ALL,
    KEPT_SECONDS,
    MAX_INFLATED_BYTES,
    MAX_ROWS,
    Batch,
    read_upload,
    require_place,
)
from gateway.console.language import Language
from gateway.console.sessions import Sessions
from gateway.settings.console import Console
from tests.gateway.batch.parts import package, row, sheet, strings, write
from tests.gateway.console.test_attempts import Clock

ROWS = b"id_number,item\r\n1,2\r\n3,4\r\n"


def dropped(sessions: Sessions, clock: Clock) -> tuple[str, Batch]:
    """Return the id of a session that holds a file, and what it holds."""
    id_ = sessions.begin("token")
    session = sessions.of(id_)
    assert session is not None
    session.batch = Batch(
        caller="night",
        rows=read_upload("claims.csv", ROWS),
        language=Language.EN,
        extensions={},
        today=date(2026, 12, 1),
        began_at=clock(),
    )
    return id_, session.batch


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="sessions")
def _sessions(clock: Clock) -> Sessions:
    return Sessions(Console(session_seconds=86_400), clock)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(KEPT_SECONDS - 1, True, id="the last second"),
        pytest.param(KEPT_SECONDS, False, id="held for long enough"),
    ],
)
def test_a_file_is_held_for_so_long(
    sessions: Sessions, clock: Clock, seconds: float, *, expected: bool
) -> None:
    id_, _ = dropped(sessions, clock)

    clock.now += seconds

    session = sessions.of(id_)
    assert session is not None
    assert (session.batch is not None) == expected
    assert bool(sessions.held()) == expected


def test_a_file_ends_with_its_session(sessions: Sessions, clock: Clock) -> None:
    id_, _ = dropped(sessions, clock)
    dropped(sessions, clock)

    sessions.end(id_)

    assert len(sessions.held()) == 1


@pytest.mark.parametrize(
    ("callers", "words"),
    [
        pytest.param(["night", "other"], None, id="one of one's own"),
        pytest.param(["night", "night"], "2 files of yours", id="two of one's own"),
        pytest.param([f"c{n}" for n in range(ALL - 1)], None, id="room for one"),
        pytest.param([f"c{n}" for n in range(ALL)], "too many files", id="no room"),
    ],
)
def test_so_many_files_are_held(
    sessions: Sessions, clock: Clock, callers: list[str], words: str | None
) -> None:
    for caller in callers:
        _, batch = dropped(sessions, clock)
        batch.caller = caller
    refuses = nullcontext() if words is None else refused_with(words)

    with refuses:
        require_place(sessions.held(), "night")


def refused_with(words: str) -> AbstractContextManager[object]:
    return pytest.raises(UnusableFileError, match=words)


def test_nothing_of_a_file_is_left_when_it_is_forgotten(
    sessions: Sessions, clock: Clock
) -> None:
    _, batch = dropped(sessions, clock)
    held = weakref.ref(batch.lock)
    del batch

    clock.now += KEPT_SECONDS
    # As the loop does, whoever comes back or not.
    sessions.forget()

    gc.collect()
    assert held() is None


def test_neither_people_nor_results_are_told_by_a_file(
    sessions: Sessions, clock: Clock
) -> None:
    _, batch = dropped(sessions, clock)

    assert "rows" not in repr(batch)


def test_a_file_of_too_many_rows_is_refused_and_one_of_just_so_many_is_not() -> None:
    just_so = b"id_number,item\r\n" + b"1,2\r\n" * MAX_ROWS

    assert len(read_upload("claims.csv", just_so)) == MAX_ROWS
    with pytest.raises(UnusableFileError) as refused:
        read_upload("claims.csv", just_so + b"1,2\r\n")

    assert refused.value.words.zh == "文件超过10000行；请拆分"


def test_a_workbook_that_would_grow_too_large_is_refused() -> None:
    content = zipped(b"0" * (MAX_INFLATED_BYTES + 1))

    with pytest.raises(UnusableFileError) as refused:
        read_upload("claims.xlsx", content)

    assert "40000000" in refused.value.words.zh


def test_a_workbook_whose_cells_repeat_one_long_text_is_refused(tmp_path: Path) -> None:
    # A few kilobytes.
    lines = range(2, 2_100)
    rows = [row(line, B=f'<c r="B{line}" t="s"><v>0</v></c>') for line in lines]
    content = package(sheet(*rows), strings=strings(f"<t>{'1' * 2_000}</t>"))
    book = write(tmp_path / "claims.xlsx", content)

    with pytest.raises(UnusableFileError) as refused:
        read_upload("claims.xlsx", book.read_bytes())

    assert "over 4000000 characters" in refused.value.words.en


def zipped(content: bytes) -> bytes:
    """Return an archive that inflates to ``content``."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", content)
    return file.getvalue()
