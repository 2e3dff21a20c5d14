"""The file of results: one row a row of claims, in order, and none of them twice.

Rows are appended a batch at a time and are on the disk before the next batch is asked
about. Whatever ends the run leaves whole rows and at most one torn one, which is cut
off when the run is continued; the rows that are there must then be those of the claims,
cell by cell. One process writes at a time.

A cell that a spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
import fcntl
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gateway.batch.asking import Checked, Refused
from gateway.batch.columns import Column
from gateway.batch.encodings import BOM
from gateway.batch.tables import NOT_SHOWN, Row
from gateway.errors import StartError
from policy.stated import FieldOutcome
from policy.text import Text

REFUSED = "REFUSED"
"""The outcome of a row that was not compared."""
HEADER = (
    "line",
    *Column,
    "outcome",
    "mismatched",
    "not_known",
    "standing",
    "sources",
    "reason",
)
OUTCOME = HEADER.index("outcome")
FORMULAS = tuple("=+-@\t\r＝＋－＠")
SECRET_MODE = 0o600


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    shown = NOT_SHOWN.sub("\ufffd", cell)
    return f"'{shown}" if shown.lstrip().startswith(FORMULAS) else shown


def row_of(row: Row, answer: Checked | Refused | Text, language: str) -> list[str]:
    """Return a row of results."""
    if isinstance(answer, Checked):
        cells = _cells(answer)
    else:
        cells = [REFUSED, "", "", "", "", _why(answer, language)]
    return [*_echo(row), *map(safe, cells)]


def _cells(answer: Checked) -> list[str]:
    asked = [
        f"{source.agency} {source.outcome}"
        for source in answer.sources
        if source.outcome != "SKIPPED"
    ]
    return [
        answer.outcome,
        _fields(answer, FieldOutcome.MISMATCH),
        _fields(answer, FieldOutcome.UNKNOWN),
        answer.standing or "",
        "; ".join(asked),
        answer.reason,
    ]


def _why(refusal: Refused | Text, language: str) -> str:
    if isinstance(refusal, Refused):
        return refusal.message
    return refusal.zh if language == "zh" else refusal.en


def _echo(row: Row) -> list[str]:
    return [str(row.line), *(safe(row.cells.get(column, "")) for column in Column)]


def _fields(answer: Checked, outcome: FieldOutcome) -> str:
    return " ".join(f.field for f in answer.fields if f.outcome is outcome)


@dataclass(slots=True)
class Results:
    """An open file of results."""

    file: BinaryIO
    done: list[str]
    """The outcomes of the rows that are in it."""

    def append(self, rows: Sequence[Sequence[str]]) -> None:
        """Add rows; they are on the disk afterwards.

        Raises:
            StartError: they are not, or not known to be.
        """
        try:
            self.file.write(_csv(rows))
            self.file.flush()
            os.fsync(self.file.fileno())
        except OSError as error:
            raise StartError(f"the results cannot be written: {error}") from None
        self.done += [row[OUTCOME] for row in rows]


@contextmanager
def open_results(path: Path, rows: Sequence[Row]) -> Iterator[Results]:
    """Open the results of ``rows``, new or as far as they got.

    Raises:
        StartError: the file is of other claims, or another process writes it.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, SECRET_MODE)
    except OSError as error:
        raise StartError(str(error)) from None
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StartError(f"{path}: another process writes it") from None
        yield _continued(file, path, rows)


def _continued(file: BinaryIO, path: Path, rows: Sequence[Row]) -> Results:
    content = file.read()
    head = BOM + _csv([HEADER])
    if head.startswith(content):
        # New, or cut before the first row.
        file.seek(0)
        results = Results(file, [])
        file.write(head)
        return results
    if not content.startswith(head):
        raise StartError(f"{path} is no file of results; state another --out")
    whole = content[: content.rfind(b"\n") + 1]
    try:
        text = whole.removeprefix(head).decode()
        found = list(csv.reader(io.StringIO(text), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise StartError(f"{path} was changed; state another --out") from None
    if len(found) > len(rows) or any(
        len(result) != len(HEADER) or result[:OUTCOME] != _echo(row)
        for result, row in zip(found, rows, strict=False)
    ):
        raise StartError(f"{path} is of other claims; state another --out")
    file.seek(len(whole))
    file.truncate()
    return Results(file, [result[OUTCOME] for result in found])


def table_of(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a whole file of results."""
    return BOM + _csv([HEADER, *rows])


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
