"""The input of the clauses: a certificate with its row, or a claim, and the figures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from policy.catalogue import Catalogue
from policy.evidence import Claim, Evidence
from policy.finding import FindingOutcome
from policy.level import Level
from policy.parameters import Figures
from policy.row import Row
from policy.text import Text


@dataclass(frozen=True, slots=True)
class Case:
    """The input of every clause of notice 219."""

    evidence: Evidence
    row: Row
    figures: Figures


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


ClauseResult = tuple[FindingOutcome, Text]
Clause = Callable[[Case], ClauseResult]
ClaimClause = Callable[[ClaimCase], ClauseResult]
