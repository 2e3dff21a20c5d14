"""The input of the clauses: a certificate with its row, or a claim, and the figures."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from policy.catalogue import Catalogue
from policy.certificate import CertificateRecord
from policy.contradictions import (
    FIRST_ISSUE_IN_DOUBT,
    ISSUE_IN_DOUBT,
    LEVEL_IN_DOUBT,
    RecordWarning,
    warnings_of,
)
from policy.evidence import Claim, Evidence
from policy.finding import FindingOutcome
from policy.level import Level
from policy.parameters import Figures
from policy.row import Row
from policy.text import Text

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """The input of every clause of notice 219."""

    evidence: Evidence
    row: Row
    figures: Figures
    # What the record says against itself.
    warnings: frozenset[RecordWarning] = field(init=False)

    def __post_init__(self) -> None:
        """Look at the record once for all clauses."""
        object.__setattr__(self, "warnings", warnings_of(self.evidence.record))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCase:
    """The input of every clause of notice 17: a claim for a row at a level.

    It holds no record, since most of these clauses can be decided, and have to be
    reported, where none came.
    """

    claim: Claim
    row: Row
    level: Level | None
    first_issued_on: date | None
    issued_on: date | None
    figures: Figures
    catalogue: Catalogue

    @classmethod
    def of(
        cls,
        record: CertificateRecord,
        claim: Claim,
        *,
        row: Row,
        figures: Figures,
        catalogue: Catalogue,
    ) -> "ClaimCase":
        """Return a claim on ``record``; what that contradicts in itself is unknown."""
        warnings = warnings_of(record)

        def known(value: T, doubts: frozenset[RecordWarning]) -> T | None:
            return value if doubts.isdisjoint(warnings) else None

        return cls(
            claim=claim,
            row=row,
            level=known(record.level, LEVEL_IN_DOUBT),
            first_issued_on=known(record.first_issued_on, FIRST_ISSUE_IN_DOUBT),
            issued_on=known(record.issued_on, ISSUE_IN_DOUBT),
            figures=figures,
            catalogue=catalogue,
        )


ClauseResult = tuple[FindingOutcome, Text]
Clause = Callable[[Case], ClauseResult]
ClaimClause = Callable[[ClaimCase], ClauseResult]
