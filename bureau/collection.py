"""The progress of an agency's streams, and the outcomes of their lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of one line."""

    ACCEPTED = "ACCEPTED"
    ALREADY_KNOWN = "ALREADY_KNOWN"
    SUPERSEDED = "SUPERSEDED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Gap:
    """Sequence numbers that never came, both ends included."""

    first: int
    last: int

    def shown(self) -> dict[str, int]:
        """Return it as JSON has it."""
        return {"first": self.first, "last": self.last}


@dataclass(frozen=True, slots=True)
class Position:
    """The progress of one stream of a connector."""

    sequence: int
    """The highest sequence number that was acknowledged; 0 before the first."""
    gaps: Sequence[Gap] = ()
    """The first of what is missing below it."""
    missing: int = 0
    """How many numbers are missing in all."""

    def shown(self) -> dict[str, object]:
        """Return it as JSON has it."""
        return {
            "lastSequence": self.sequence,
            "missing": self.missing,
            "gaps": [gap.shown() for gap in self.gaps],
        }
