"""The finding of one clause: three outcomes, and a reason in two languages."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from policy.text import Text


class FindingOutcome(StrEnum):
    """Whether a clause is met; not knowing is the third answer."""

    MET = "MET"
    UNMET = "UNMET"
    UNDETERMINED = "UNDETERMINED"


# A tuple: seven are made a certificate, and a tuple takes half as long to make.
class Finding(NamedTuple):
    """One clause's outcome and the reason, in words the applicant can act on."""

    clause: str
    outcome: FindingOutcome
    reason: Text


_UNMET = FindingOutcome.UNMET
_UNDETERMINED = FindingOutcome.UNDETERMINED


def worst(outcomes: Iterable[FindingOutcome]) -> FindingOutcome:
    """Return the outcome that decides: unmet, else undetermined, else met."""
    found = tuple(outcomes)
    if _UNMET in found:
        return _UNMET
    if _UNDETERMINED in found:
        return _UNDETERMINED
    return FindingOutcome.MET
