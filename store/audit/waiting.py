"""What waits to be kept on the audit log, in its order.

A look-up comes in twice: when it began, so that its answer need not wait for the end,
and when it ended. One that ends at once, or before a group takes what began, comes in
once, with how it ended.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bureau.look_ups.audit import AuditEvent, AuditRecord, Intent

INTEND_SECONDS = 0.001
"""How long a look-up may take that is kept once, with how it ended."""

Kept = asyncio.Future[None]
"""Done once something is kept, or is not."""


@dataclass(slots=True)
class Waiting:
    """Something that is to be kept."""

    record: AuditRecord
    kept: Kept | None = None
    """Who waits for it."""
    begins: Intent | None = None
    """The look-up that begins; ``None`` if this is a record of the log."""
    ends: Intent | None = None
    """The look-up, kept before, of which ``record`` is how it ended."""


class WaitingRecords:
    """A queue; ``most`` is how many may wait with somebody behind them."""

    def __init__(self, most: int, next_mark: Callable[[], str]) -> None:
        self._most = most
        self._next_mark = next_mark
        self._waiting: deque[Waiting] = deque()
        self._new: dict[Intent, None] = {}
        """What began a moment ago, and may end before it need be kept."""
        self._begun: dict[Intent, Waiting] = {}
        """What began and waits to be kept, until a group takes it."""
        self.has_some = asyncio.Event()

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        """Say whether nobody else may wait."""
        return len(self._waiting) >= self._most

    def intend(self, record: Callable[[], AuditRecord]) -> Intent:
        """Let a look-up begin; it is kept in a moment, unless it ends before."""
        intent = Intent(record)
        if not self._new:
            loop = asyncio.get_running_loop()
            loop.call_later(INTEND_SECONDS, self._begin)
        self._new[intent] = None
        return intent

    def _begin(self) -> None:
        for intent in self._new:
            intent.mark = self._next_mark()
            intent.kept = self.put(intent.record(), begins=intent)
        self._new.clear()

    def put(self, record: AuditRecord, begins: Intent | None = None) -> Kept:
        """Let a record wait; return what is done once it is kept."""
        kept: Kept = asyncio.get_running_loop().create_future()
        waiting = Waiting(record, kept, begins)
        if begins is not None:
            self._begun[begins] = waiting
        self._waiting.append(waiting)
        self.has_some.set()
        return kept

    def note(self, record: AuditRecord, ends: Intent | None = None) -> None:
        """Let a record wait for which nobody does."""
        if ends is not None:
            if ends.is_ended:
                return
            ends.is_ended = True
        # Bounded even while the database is away: whoever is not admitted leaves none.
        if len(self._waiting) < 2 * self._most:
            self._waiting.append(Waiting(record, ends=ends))
            self.has_some.set()

    def never_began(self, intent: Intent) -> bool:
        """Forget a look-up if it ended at once; say whether it did."""
        is_new = intent in self._new
        self._new.pop(intent, None)
        return is_new

    def end(self, intent: Intent, record: AuditRecord) -> Kept | None:
        """Have ``record`` kept in place of what began; ``None`` if that is too late."""
        if (waiting := self._begun.pop(intent, None)) is None:
            return None
        intent.is_ended = True
        waiting.record, waiting.begins = record, None
        return waiting.kept

    def take(self, most: int) -> list[Waiting]:
        """Take out what waits longest."""
        size = min(most, len(self._waiting))
        group = [self._waiting.popleft() for _ in range(size)]
        for one in group:
            if one.begins is not None:
                self._begun.pop(one.begins, None)
            elif one.kept is not None and one.kept.done():
                # Whoever waited is gone, or was refused.
                one.record = abandoned(one.record)
        return group

    def put_back(self, group: Sequence[Waiting]) -> None:
        """Let what was not kept wait again, before all others, and nobody for it."""
        for one in reversed(group):
            record, ends = one.record, one.ends
            if ends is None:
                # Nobody gets these answers; that agencies were asked is kept.
                record = abandoned(record)
            if (begun := one.begins) is not None:
                if begun.is_ended:
                    continue
                # It may be there all the same.
                begun.is_ended, ends = True, begun
            self._waiting.appendleft(Waiting(record, ends=ends))


def abandoned(record: AuditRecord) -> AuditRecord:
    """Return the record of a look-up that was not answered."""
    if record.event not in {AuditEvent.LOOKED_UP, AuditEvent.UNCONFIRMED}:
        return record
    return replace(record, event=AuditEvent.ABANDONED, certificates=None)


def over_budget(record: AuditRecord) -> AuditRecord:
    """Return the record of a look-up for which the caller's budget had no room."""
    return replace(record, event=AuditEvent.OVER_BUDGET, certificates=None)
