"""Ask whether what was signed is in the transparency log.

An answer waits for no log: of what has just come, or of everything where there is no
log, nothing is known yet, which is not the same as that it is missing.
"""

from enum import StrEnum
from typing import Protocol


class Inclusion(StrEnum):
    """What is known of a leaf in the log."""

    INCLUDED = "INCLUDED"
    """A published checkpoint covers it."""
    PENDING = "PENDING"
    """It was handed to the log, and no checkpoint covers it yet."""
    NOT_LOGGED = "NOT_LOGGED"
    """It was not handed to a log, or nobody can say now."""


class Inclusions(Protocol):
    """Knows which records are in the log."""

    def of(self, digest: bytes) -> Inclusion:
        """Return what is known of the envelope of ``digest``; without I/O."""


class NoLog:
    """There is no log."""

    def of(self, digest: bytes) -> Inclusion:  # noqa: ARG002 - the contract
        """Return that nothing is known."""
        return Inclusion.NOT_LOGGED
