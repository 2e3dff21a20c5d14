"""Check a file of claims from where the last run ended, a batch at a time."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

import orjson

from gateway.batch.asking import Checked, Gateway, Refused
from gateway.batch.claims import Claim, claim_of
from gateway.batch.encodings import Encoding
from gateway.batch.results import REFUSED, open_results, row_of
from gateway.batch.tables import Row, read_rows
from policy.stated import ClaimOutcome
from policy.text import Text

MAX_BATCH_BYTES = 300_000
"""What the claims of one question may take, so that the gateway reads all of it."""
OUTCOMES = (*ClaimOutcome, REFUSED)
NEEDS_A_LOOK = (ClaimOutcome.UNKNOWN, REFUSED)
Piece: TypeAlias = Sequence[tuple[Row, Claim | Text]]
"""Rows of one question, each with its claim, or why it is none."""
Progress = Callable[[int, int], None]
"""Takes how many rows of how many are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A file of claims to check, and one for the results."""

    claims: Path
    out: Path
    encoding: Encoding | None
    at_once: int
    today: date


@dataclass(frozen=True, slots=True)
class Summary:
    """The outcomes of all rows."""

    outcomes: Counter[str]
    before: int
    """How many of them an earlier run had done."""

    @property
    def is_settled(self) -> bool:
        """Whether no row has to be looked at again."""
        return not any(self.outcomes[outcome] for outcome in NEEDS_A_LOOK)


def check_claims(work: Work, gateway: Gateway, progress: Progress) -> Summary:
    """Check every row that has no result yet.

    Raises:
        StartError: a file cannot be used, or the gateway will not answer. What was
            answered is kept, and the same command goes on from there.
    """
    rows = read_rows(work.claims, work.encoding)
    with open_results(work.out, rows) as results:
        before = len(results.done)
        progress(before, len(rows))
        for batch in pieces(rows[before:], work.today, work.at_once):
            claims = asked_of(batch)
            answers = gateway.verify(claims) if claims else ()
            results.append(results_of(batch, answers, gateway.language))
            progress(len(results.done), len(rows))
        return Summary(Counter(results.done), before)


def pieces(rows: Sequence[Row], today: date, at_once: int) -> Iterator[Piece]:
    """Yield rows with so many claims that one question may ask about them."""
    batch: list[tuple[Row, Claim | Text]] = []
    count = size = 0
    for row in rows:
        claim = claim_of(row, today)
        weight = 0 if isinstance(claim, Text) else len(orjson.dumps(claim))
        is_asked = bool(weight)
        if count + is_asked > at_once or size + weight > MAX_BATCH_BYTES:
            yield batch
            batch, count, size = [], 0, 0
        batch.append((row, claim))
        count += is_asked
        size += weight
    if batch:
        yield batch


def asked_of(piece: Piece) -> list[Claim]:
    """Return what of ``piece`` is asked about."""
    return [claim for _, claim in piece if not isinstance(claim, Text)]


def results_of(
    piece: Piece, answers: Sequence[Checked | Refused], language: str
) -> list[list[str]]:
    """Return a row of results for each of ``piece``; ``answers`` are in their order."""
    left = iter(answers)
    return [
        row_of(row, claim if isinstance(claim, Text) else next(left), language)
        for row, claim in piece
    ]
