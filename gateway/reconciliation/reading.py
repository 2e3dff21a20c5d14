"""Read a list some rows at a time: what is in memory is those rows and one piece.

Everything here waits for a disk, and runs in a thread.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO

from bureau.ledger.reconciliation import Listed
from gateway.batch.encodings import BOM, UTF_16, Encoding, decoded, encoding_of
from gateway.collection.inflate import InflationError, Limits, inflated
from gateway.collection.lines import OVERLONG, lines_of
from gateway.collection.results import End
from gateway.errors import StartError
from gateway.reconciliation.asked import Asked, Form
from gateway.reconciliation.rows import (
    CsvReader,
    HeaderError,
    Reader,
    RowError,
    RowProblem,
    listed_of,
    read_header,
    read_json,
)
from gateway.settings.reconciliation import Reconciliation
from policy.identity import Identity
from store.ledger.listed_claims import SeenClaims

ROWS = 1_000
SAMPLE = 2_000
"""How many lines are looked at for their encoding."""


class UnreadableListError(Exception):
    """A list as a whole cannot be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not compared."""

    line: int
    problem: RowProblem
    first_line: int | None = None
    """Where its claim stood before."""


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row to compare."""

    line: int
    listed: Listed


Row = RefusedRow | ListedRow


class ListReader:
    """Reads one list whose body is on disk."""

    def __init__(
        self,
        file: IO[bytes],
        asked: Asked,
        limits: Reconciliation,
        people_of: Callable[[Identity], Sequence[str]],
    ) -> None:
        """Look at its beginning.

        Raises:
            UnreadableListError: it is neither, or names no columns.
        """
        self._file = file
        self._asked = asked
        self._limits = limits
        self._people_of = people_of
        self.end: End | None = None
        """Why it ended before its end."""
        self._lines = self._numbered()
        self._refuse_utf_16()
        self._read = read_json if asked.form is Form.NDJSON else self._csv_reader()

    def rows(self, seen: SeenClaims) -> list[Row]:
        """Return the next rows; none at the end. Claims are added to ``seen``."""
        rows: list[Row] = []
        try:
            for line, text in self._lines:
                row = self._row(line, text)
                if row is not None:
                    rows.append(row)
                if len(rows) == ROWS:
                    break
        except InflationError as error:
            self.end = error.end
        listed = [row for row in rows if isinstance(row, ListedRow)]
        stood = iter(seen.add([(row.listed.claim, row.line) for row in listed]))
        return [
            row
            if isinstance(row, RefusedRow) or (first := next(stood)) is None
            else RefusedRow(row.line, RowProblem.DUPLICATE_CLAIM, first)
            for row in rows
        ]

    def _row(self, line: int, text: bytes | None) -> Row | None:
        if text is OVERLONG:
            return RefusedRow(line, RowProblem.LINE_TOO_LONG)
        try:
            stated = self._read(text)
            if stated is None:
                return None
            return ListedRow(line, listed_of(stated, self._people_of))
        except RowError as error:
            return RefusedRow(line, error.problem)

    def _numbered(self) -> Iterator[tuple[int, bytes | None]]:
        self._file.seek(0)
        limits = self._limits
        within = Limits(limits.max_inflated_bytes, limits.max_inflation)
        pieces = inflated(self._file, self._asked.encoding, within)
        for line, text in enumerate(lines_of(pieces, limits.max_line_bytes), start=1):
            if line == 1 and text is not OVERLONG:
                yield line, text.removeprefix(BOM)
            else:
                yield line, text

    def _csv_reader(self) -> Reader:
        encoding = self._characters()
        # Anew, from the beginning.
        self._lines = self._numbered()
        try:
            _, header = next(self._lines, (1, b""))
            if decoded(header or b"", encoding) is None:
                raise UnreadableListError(
                    f"首行不是 {encoding.value} 编码；请在 Content-Type 中如实写明 "
                    "charset，或另存为 CSV UTF-8 / "
                    f"the first line is not in {encoding.value}; state charset in "
                    "Content-Type as the list is, or save it as CSV UTF-8"
                )
            return CsvReader(read_header(header or b"", encoding), encoding)
        except (HeaderError, InflationError):
            raise UnreadableListError(
                "首行的列名无法识别、有重复，或没有申领编号一列（申领编号、claim） / "
                "the first line names no columns that are known, or one twice, or "
                "there is none of claims (申领编号, claim)"
            ) from None

    def _refuse_utf_16(self) -> None:
        """Refuse a list that says by its mark that it is UTF-16."""
        try:
            _, first = next(self._numbered(), (1, b""))
        except InflationError:
            return
        if first is not OVERLONG and first.startswith(UTF_16):
            raise UnreadableListError(
                "清单是 UTF-16 编码；请另存为 CSV UTF-8 / "
                "the list is UTF-16; save it as CSV UTF-8"
            )

    def _characters(self) -> Encoding:
        stated = self._asked.characters
        self._file.seek(0)
        if stated is not None:
            return stated
        sample: list[bytes] = []
        try:
            lines = (text for _, text in islice(self._numbered(), SAMPLE))
            sample += (text for text in lines if text is not None)
        except InflationError:
            """What came before is enough, or its header is refused."""
        try:
            return encoding_of(sample)
        except StartError:
            raise UnreadableListError(
                "无从判断清单是 UTF-8 还是 GB18030；请在 Content-Type 中写明 charset / "
                "no line tells whether the list is UTF-8 or GB18030; state charset in "
                "Content-Type"
            ) from None
