"""One certificate before the clauses: the evidence, its row and the day's figures."""

from collections.abc import Callable
from dataclasses import dataclass

from policy.evidence import Claim, Evidence
from policy.finding import FindingOutcome
from policy.parameters import Figures
from policy.row import Row
from policy.text import Text


@dataclass(frozen=True, slots=True)
class Case:
    """What every clause is handed."""

    evidence: Evidence
    row: Row
    figures: Figures


Ruling = tuple[FindingOutcome, Text]
Clause = Callable[[Case], Ruling]
# A clause of notice 17 cannot be run without a claim, and its type says so.
ClaimClause = Callable[[Case, Claim], Ruling]
