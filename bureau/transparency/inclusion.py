"""Say whether the record that an answer shows is in the transparency log.

Each is told by the row under which it is kept: rows of a table get to the log in the
order of their numbers, so one number a table says which of them a checkpoint covers.
An answer waits for no log. Of what has just come nothing is known yet, which is not the
same as that it is missing, and nothing here ever says that something is.
"""

from enum import StrEnum
from typing import NamedTuple, Protocol

from connectors.answer import AttestedCertificate

NOT_WRITTEN = (1 << 63) - 1
"""Stands for the number of a row that is going to be written: above all there are."""


class Inclusion(StrEnum):
    """What is known of a record in the log."""

    INCLUDED = "INCLUDED"
    """A published checkpoint covers the row under which it is kept."""
    PENDING = "PENDING"
    """Its row is queued, or about to be, and no checkpoint covers it yet."""
    NOT_LOGGED = "NOT_LOGGED"
    """No row is kept of it that the log would have: an answer given once."""
    NOT_SIGNED = "NOT_SIGNED"
    """Nobody signs here how long the log is, so nothing is covered."""
    AWAY = "AWAY"
    """Nobody can say now: the log cannot be read, or is not what was signed."""


class Reach(NamedTuple):
    """How far the newest published checkpoint reaches."""

    size: int
    """How many entries it has; 0 if there is none."""
    records: int = 0
    """The last collected record that it covers, and all before it."""
    versions: int = 0
    """The last seen version that it covers, and all before it."""


NOTHING = Reach(0)


class Inclusions(Protocol):
    """Knows which records are in the log."""

    def of(self, certificate: AttestedCertificate) -> Inclusion:
        """Return what is known of the bytes that are shown; without I/O."""


class NoLog:
    """There is no log that is signed."""

    def of(self, certificate: AttestedCertificate) -> Inclusion:  # noqa: ARG002 - the contract
        """Return that nothing is covered."""
        return Inclusion.NOT_SIGNED


class KeptVersions(Protocol):
    """Knows under which row the version that was answered is kept."""

    def row_of(self, certificate: AttestedCertificate) -> int | None:
        """Return a number that its row has at most; ``None`` if it has no row.

        ``NOT_WRITTEN`` while it waits to be written.
        """


def is_covered(
    certificate: AttestedCertificate, reach: Reach, versions: KeptVersions
) -> bool | None:
    """Say whether a checkpoint covers a record; ``None`` if no row is kept of it."""
    collected = certificate.collected
    if collected is not None:
        return None if collected.row is None else collected.row <= reach.records
    row = versions.row_of(certificate)
    return None if row is None else row <= reach.versions
