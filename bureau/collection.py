"""The progress of an agency's streams, and the outcomes of their lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from policy.identity import Identity


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


@dataclass(frozen=True, slots=True)
class KeptLines:
    """Some of the lines that a stream has, in the order of their numbers."""

    after: int
    """The number after which they begin."""
    lines: Sequence[tuple[int, str]]
    """Of each its number, and the digest of the bytes it came with."""
    is_to_end: bool
    """Whether nothing is kept under a higher number."""

    def shown(self) -> dict[str, object]:
        """Return it as JSON has it."""
        return {
            "after": self.after,
            "lines": [list(line) for line in self.lines],
            "isToEnd": self.is_to_end,
        }


class CollectedByOthers(Protocol):
    """Knows what other gateways collected, as of the last look."""

    async def refresh(self) -> None:
        """Look, so that no answer is older than what was committed before now.

        Raises:
            StoreUnavailableError: that cannot be known.
        """

    async def read_ahead(self, holder: Identity, deadline: float) -> None:
        """Have at hand what was sent of ``holder``, for all agencies together.

        Until ``deadline``, by the event loop's clock; if it cannot be had, whoever is
        asked reads it and says why.
        """
