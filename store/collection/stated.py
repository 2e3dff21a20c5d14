"""A record on its way into the database, and what became of it there."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from bureau.collection import Gap, Outcome
from bureau.ledger.seen import SeenRevocation
from bureau.versions.memory import Seen
from connectors.quality import Alteration, Version
from policy.documents import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRecord:
    """A record that verified, ready to be kept."""

    sequence: int | None
    """``None`` for the next one that is free."""
    digest: str
    certificate: str
    """The sealed id."""
    people: tuple[str, ...]
    """The holder's pseudonyms, the present one first."""
    document: str
    """A mark of agency and number: what stays the same when a record is altered."""
    envelope: str
    key_id: str
    signed_at: datetime
    item: str | None
    level: str | None
    issued_on: date | None
    first_issued_on: date | None
    verified: str | None = None
    """A mark that its signature was verified; ``None`` if none was made."""
    known_as: Document | None = None
    """What a change of its state finds it by."""
    revocation: SeenRevocation | None = None
    """What it says, if it is that the certificate is revoked."""
    seen: Seen = field(default_factory=dict)
    """The version that it is, under the marks of its certificate."""

    @property
    def version(self) -> Version:
        """Return what an alteration is found by."""
        people = frozenset(self.people)
        return Version(people, self.issued_on, self.first_issued_on)


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A line whose bytes were collected before; only its number is looked at."""

    sequence: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The outcome of one record."""

    outcome: Outcome
    sequence: int | None
    """Under which number; ``None`` for bytes that are known and came without one."""
    gap: Gap | None = None
    altered: Alteration | None = None
    is_news: bool = False
    """Whether it is the first of its document, issued since the agency began to send;
    what is older could not have come sooner."""


class CollectedRow(NamedTuple):
    """A record as it is found again."""

    envelope: str
    collected_at: datetime
    sequence: int
    is_newest: bool
    verified: str | None = None
    """What stands there as the mark of its signature."""
    id: int | None = None
    """The row's number, by which the log knows it."""
