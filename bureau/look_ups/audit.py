"""Records of look-ups of people, and the promises of the log that keeps them.

The log is append-only: whoever was answered about a person is on it, and stays on it
until the retention period has passed. No number, no name and no answer is in it; the
person is a pseudonym.

That a look-up began is kept while agencies are asked, so that an answer waits for
nothing more; how it ended follows. What is never said to have ended is UNCONFIRMED.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bureau.caller import Purpose
from bureau.look_ups.budget import account_of
from connectors.answer import SourceOutcome
from connectors.elements import NOT_STATED, Elements


class AuditEvent(StrEnum):
    """The kind of event that a record is about."""

    LOOKED_UP = "LOOKED_UP"
    # The agencies may have been asked; the caller was not answered.
    ABANDONED = "ABANDONED"
    # Agencies were asked, and the caller may have been answered: the gateway ended
    # before it said how it ended.
    UNCONFIRMED = "UNCONFIRMED"
    # The agencies were asked; then it showed that other gateways on this log had spent
    # the caller's budget of people. The caller was not answered.
    OVER_BUDGET = "OVER_BUDGET"
    READ = "READ"
    RETENTION_APPLIED = "RETENTION_APPLIED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One thing that was done with personal data."""

    id: int | None = None
    """Its place in the log; ``None`` until it is on it."""
    at: datetime
    event: AuditEvent
    caller: str
    districts: tuple[str, ...] | None = None
    """The districts the caller acted for, in order; ``None`` for all."""
    request_id: str | None = None
    person: str | None = None
    """The pseudonym of whom it was about."""
    purpose: Purpose | None = None
    case_number: str | None = None
    elements: Elements = NOT_STATED
    """The five elements; the officer is a pseudonym."""
    operation: str | None = None
    """The operation's name in the caller's document."""
    document: str | None = None
    """The mark of the caller's document."""
    sources: Mapping[str, SourceOutcome] = field(default_factory=dict)
    """How each agency's answer ended."""
    certificates: int | None = None
    """How many certificates came with the answer."""
    kept_from: datetime | None = None
    """RETENTION_APPLIED: records before this moment were removed."""
    removed: int | None = None
    """RETENTION_APPLIED: how many that were."""

    @property
    def account(self) -> str:
        """Return by what the caller's people are counted."""
        return account_of(self.caller, self.districts)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSelection:
    """A selection of records; what is ``None`` does not select."""

    event: AuditEvent | None = None
    caller: str | None = None
    request_id: str | None = None
    purpose: Purpose | None = None
    case_number: str | None = None
    elements: Elements = NOT_STATED
    """Of these, what is stated selects; the officers are ``officers``."""
    officers: Sequence[str] | None = None
    """Pseudonyms of officers, one of which fits."""
    people: Sequence[str] | None = None
    """Pseudonyms, one of which fits."""
    from_: datetime | None = None
    """The first moment."""
    to: datetime | None = None
    """The first moment no more."""


@dataclass(slots=True, eq=False)
class Intent:
    """A look-up that began, and how far the log is with it."""

    record: Callable[[], AuditRecord]
    """Returns what is on the log of it if nothing more is said: UNCONFIRMED. Most end
    before that is needed."""
    kept: asyncio.Future[None] | None = None
    """Done once it is on the log, or is not; ``None`` while it need not be yet."""
    mark: str = ""
    """By which the log knows it."""
    is_ended: bool = False
    """Whether how it ended was said."""


class AuditLog(Protocol):
    """Keeps records. Usable by many requests at once.

    While it takes no record, nobody may be looked up.
    """

    def require_open(self) -> None:
        """Make sure that a record would be taken now.

        Raises:
            StoreUnavailableError: too many wait, or the last one could not be kept.
        """

    def intend(self, record: Callable[[], AuditRecord]) -> Intent:
        """Begin to keep that a look-up began, unless it ends at once.

        ``record`` is asked for if it does not.
        """

    async def write(self, record: AuditRecord, intent: Intent | None = None) -> None:
        """Return once ``record`` is kept, so that losing the process loses nothing.

        Of a look-up that was intended, return once that is kept: ``record``, which
        says how it ended, follows.

        Raises:
            StoreUnavailableError: it is not kept, or not known to be.
            OverBudgetError: it is kept, as a look-up of somebody for whom the caller's
                budget had no room any more.
        """

    def note(self, record: AuditRecord, intent: Intent | None = None) -> None:
        """Keep ``record`` without waiting; it is lost if the process dies at once.

        Of a look-up that was intended, it is how that ended.
        """

    async def page(
        self, selection: AuditSelection, *, first: int, before: int | None
    ) -> Sequence[AuditRecord]:
        """Return at most ``first`` records, newest first, after the one ``before``.

        Raises:
            StoreUnavailableError: the database is away.
        """
