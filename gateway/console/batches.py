"""Files of claims that were dropped into the page, each checked piece by piece.

A file is held in memory, by the session of who dropped it, and goes with it; nothing of
it is on the disk. What asks the next piece is the page itself, in the name of who reads
it: nobody's question goes on after they left, and whoever loses a right meanwhile is
asked for nothing more. So a gateway that ends takes all of it along, and a file that
was half done is dropped in again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Protocol

from gateway.batch.results import OUTCOME, table_of
from gateway.batch.run import Piece, pieces
from gateway.batch.tables import Row, rows_of
from gateway.batch.unusable import UnusableFileError
from gateway.console.language import Language

MAX_ROWS = 10_000
MAX_INFLATED_BYTES = 40_000_000
"""What a workbook may be unpacked to."""
MAX_CHARACTERS = 4_000_000
"""Of all cells together, which the results repeat: as many as a CSV file can have. A
workbook has a text once that stands in every cell, so that its bytes are no bound."""
KEPT_SECONDS = 1_800.0
"""How long a file and its results are held, from when it came."""
A_CALLER = 2
"""Files of one caller that are held at a time, over all of its sessions."""
ALL = 16
"""Files of everybody."""


@dataclass(slots=True, kw_only=True)
class Batch:
    """A file that is being checked, as far as that got."""

    caller: str
    rows: Sequence[Row] = field(repr=False)
    language: Language
    """Of the reasons, chosen when it came."""
    extensions: Mapping[str, object]
    """Why its people are looked up."""
    today: date
    began_at: float
    done: list[list[str]] = field(default_factory=list, repr=False)
    """Rows of results."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by who asks the next piece: two pages may show one file."""

    @property
    def is_done(self) -> bool:
        """Whether every row has its result."""
        return len(self.done) == len(self.rows)

    def is_over(self, now: float) -> bool:
        """Say whether it was held for long enough."""
        return now >= self.began_at + KEPT_SECONDS

    def next_piece(self, at_once: int) -> Piece:
        """Return the rows to ask about next; none if all are done."""
        left = pieces(self.rows[len(self.done) :], self.today, at_once)
        return next(left, ())

    def outcomes(self, *of: str) -> list[list[str]]:
        """Return the rows of results that have one of these outcomes."""
        return [row for row in self.done if row[OUTCOME] in of]

    @property
    def table(self) -> bytes:
        """Return what there is of the results, as ``gateway check`` writes them."""
        return table_of(self.done)


class Held(Protocol):
    """A file, or what came of one."""

    @property
    def caller(self) -> str:
        """Whose it is."""


def require_place(held: Sequence[Held], caller: str) -> None:
    """Refuse another file of ``caller`` beside those that are held.

    Raises:
        UnusableFileError: it has as many as it may have, or all have.
    """
    if sum(one.caller == caller for one in held) >= A_CALLER:
        raise UnusableFileError(
            f"您已有{A_CALLER}个文件正在核验；请先结束其中一个",
            f"{A_CALLER} files of yours are held already; end one of them first",
        )
    if len(held) >= ALL:
        raise UnusableFileError(
            "网关正在核验的文件过多；请稍后再试",
            "the gateway holds too many files now; try again in a while",
        )


def read_upload(name: str, content: bytes) -> Sequence[Row]:
    """Return the rows of a file. It takes a while: not for the loop of events.

    Raises:
        UnusableFileError: it cannot be used as a whole, or has too many rows, or too
            much in them.
    """
    rows: list[Row] = []
    characters = 0
    found = rows_of(name, content, max_inflated=MAX_INFLATED_BYTES)
    for row in islice(found, MAX_ROWS + 1):
        characters += sum(map(len, row.cells.values()))
        if characters > MAX_CHARACTERS:
            raise UnusableFileError(
                f"表格内容超过{MAX_CHARACTERS}字；请拆分",
                f"the cells have over {MAX_CHARACTERS} characters; split the file",
            )
        rows.append(row)
    if len(rows) > MAX_ROWS:
        raise UnusableFileError(
            f"文件超过{MAX_ROWS}行；请拆分",
            f"the file has over {MAX_ROWS} rows; split it",
        )
    return rows
