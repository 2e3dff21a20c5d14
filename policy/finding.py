"""What one clause found: three outcomes, and a reason in two languages."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from policy.text import Text


class FindingOutcome(StrEnum):
    """Whether a clause is met; not knowing is the third answer."""

    MET = "MET"
    UNMET = "UNMET"
    UNDETERMINED = "UNDETERMINED"


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause's outcome and the reason, in words the applicant can act on."""

    clause: str
    outcome: FindingOutcome
    reason: Text


def worst(outcomes: Iterable[FindingOutcome]) -> FindingOutcome:
    """Return the outcome that decides: unmet, else undetermined, else met."""
    found = frozenset(outcomes)
    if FindingOutcome.UNMET in found:
        return FindingOutcome.UNMET
    if FindingOutcome.UNDETERMINED in found:
        return FindingOutcome.UNDETERMINED
    return FindingOutcome.MET
