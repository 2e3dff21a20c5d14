"""Keep how far a recheck of what was paid has come, with what it found.

Both are kept in one transaction, so a recheck that is killed goes on where it was, and
opens nothing twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bureau.ledger.seen import SeenRevocation
from policy.documents import Document


@dataclass(frozen=True, slots=True)
class Recheck:
    """A recheck of what was paid from a day on."""

    id: int
    since: date
    begun_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one agency's part has come, in the order of decisions."""

    connector: str
    position: int = 0
    """Up to which decision everything was asked about."""
    is_done: bool = False
    asked: int = 0
    opened: int = 0
    unanswered: int = 0
    """Whom is still to be asked about again."""


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment, by its decision, and the certificate it relied on."""

    decision: int
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a step of a recheck found."""

    recheck: int
    connector: str
    before: int
    """The position it began at."""
    after: int
    paid: Sequence[Paid]
    answered: frozenset[int] = frozenset()
    """The decisions about which there is an answer that can be believed."""
    seen: Sequence[SeenRevocation] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    """What is known now of certificates that were paid for."""
    at: datetime


class TakenOverError(Exception):
    """Another recheck goes on with this one; one of the two is enough."""


class RecheckBook(Protocol):
    """Keeps how far rechecks came, and what they found.

    Every method raises ``StoreUnavailableError`` if the database is away.
    """

    async def begin(self, since: date, at: datetime, *, anew: bool) -> Recheck:
        """Return the recheck that is to go on, or begin one.

        ``anew`` ends one that did not come to its end.
        """

    async def progress(self, recheck: Recheck) -> Sequence[Progress]:
        """Return how far each agency's part has come, of all who were paid by."""

    async def paid(
        self, recheck: Recheck, connector: str, after: int, most: int
    ) -> Sequence[Paid]:
        """Return the next payments after a position."""

    async def unanswered(
        self, recheck: Recheck, connector: str, after: int, most: int
    ) -> Sequence[Paid]:
        """Return the next payments about which there was no answer."""

    async def keep(self, looked: Looked) -> int:
        """Keep what a step found, and open recoveries; return how many.

        Raises:
            TakenOverError: the position is another one by now.
        """

    async def finish(self, recheck: Recheck, connector: str) -> None:
        """Note that an agency's part was asked about to its end."""

    async def end(self, recheck: Recheck, at: datetime) -> bool:
        """End a recheck if nothing is left to be asked; say whether."""
