"""The audit log in the database: written in groups, waited for, never changed.

One task writes. What comes while it commits waits together and goes into the next
commit, so that an idle gateway commits at once and a busy one seldom commits for one
look-up alone. An answer waits for its commit. When a commit fails, those who wait are
refused and the group is tried again until it is kept: the agencies were asked about
these people. Until then, and whenever too many wait, nobody may be looked up.

The same transaction counts people for the budget that gateways on one database share
(``logged_people``); a log that is idle looks once a second what others wrote.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, select

from bureau.look_ups.audit import AuditEvent, AuditRecord, AuditSelection
from bureau.look_ups.budget import OverBudgetError, PeopleBudget
from connectors.errors import StoreUnavailableError
from store.audit.pages import Place, pages_of
from store.audit.people import Draft, LoggedPeople, Person, day_of, newest
from store.audit.rows import record_of, row_of
from store.audit.tables import audit_records
from store.connections import Reader
from store.errors import RefusedRowsError
from store.prepared import PreparedInsert
from store.store import Store

GROUP = 500
"""The most records of one commit."""
GATHER_SECONDS = 0.002
"""How long records wait for others to share a commit, where there are others."""
MAX_WAITING = 5_000
"""The most records that wait for a commit; a commit takes milliseconds."""
WAIT_SECONDS = 2.0
"""How long an answer waits for its record."""
RETRY_SECONDS = 0.5
LEARN_SECONDS = 1.0
"""How long an idle log does not know what other gateways wrote."""
NOT_OPEN = "the audit log takes no record"
TOO_LATE = "the audit log took too long"

Waiting = tuple[AuditRecord, asyncio.Future[None] | None]
"""A record, and who waits for it."""


class AuditObserver(Protocol):
    """The observer of the log; metrics and logs implement it."""

    def audit_written(self, records: int, seconds: float) -> None:
        """Note that one group was committed."""

    def audit_failed(self, records: int, seconds: float, reason: str) -> None:
        """Note that a group was not committed and is kept for another try."""


class StoredAuditLog:
    """Implements ``bureau.look_ups.audit.AuditLog``."""

    def __init__(
        self,
        store: Store,
        observer: AuditObserver | None,
        max_waiting: int,
        budget: PeopleBudget | None = None,
    ) -> None:
        self._writer = store.writer
        self._reader = Reader(store.engine)
        self._insert = PreparedInsert(audit_records, store.engine.dialect)
        self._observer = observer
        self._budget = budget
        self._people = None if budget is None else LoggedPeople(budget.allowed)
        self._max_waiting = max_waiting
        self._waiting: deque[Waiting] = deque()
        self._has_work = asyncio.Event()
        self._is_failing = False
        self._is_closing = False

    def require_open(self) -> None:
        """See ``AuditLog``."""
        if (
            self._is_failing
            or self._is_closing
            or len(self._waiting) >= self._max_waiting
        ):
            raise StoreUnavailableError(NOT_OPEN)

    async def write(self, record: AuditRecord) -> None:
        """See ``AuditLog``."""
        try:
            self.require_open()
        except StoreUnavailableError:
            # It was open when the agencies were asked, and they were.
            self.note(_abandoned(record))
            raise
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((record, kept))
        self._has_work.set()
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await kept
        except TimeoutError:
            raise StoreUnavailableError(TOO_LATE) from None

    def note(self, record: AuditRecord) -> None:
        """See ``AuditLog``."""
        # Bounded even while the database is away: whoever is not admitted leaves none.
        if len(self._waiting) < 2 * self._max_waiting:
            self._waiting.append((record, None))
            self._has_work.set()

    async def page(
        self, selection: AuditSelection, *, first: int, before: int | None
    ) -> Sequence[AuditRecord]:
        """See ``AuditLog``."""
        column = audit_records.c
        place: Place | None = None
        found: list[Row[*tuple[Any, ...]]] = []
        async with self._reader.connect() as connection:
            if before is not None:
                at = await connection.scalar(
                    select(column.at).where(column.id == before)
                )
                if at is None:
                    # Retention removed it, and so all that was before it.
                    return []
                place = at, before
            for statement in pages_of(selection, first, place):
                found += await connection.execute(statement)
        found.sort(key=lambda row: (row.at, row.id), reverse=True)
        return [record_of(row) for row in found[:first]]

    async def export(
        self, from_: datetime | None, to: datetime | None
    ) -> AsyncIterator[AuditRecord]:
        """Yield the records from ``from_`` until before ``to``, oldest first."""
        at = audit_records.c.at
        statement = select(audit_records).order_by(at, audit_records.c.id)
        if from_ is not None:
            statement = statement.where(at >= from_)
        if to is not None:
            statement = statement.where(at < to)
        async with self._reader.connect() as connection:
            async for row in await connection.stream(statement):
                yield record_of(row)

    async def restore(self, now: datetime) -> None:
        """Count whom callers looked up on the day of ``now``, by whatever gateway."""
        people = self._people
        if people is None:
            return
        today = day_of(now)
        await self._writer.read(lambda connection: people.restore(connection, today))
        self._learn(*people.today)

    async def keep_writing(self) -> None:
        """Write what waits until cancelled; the log's one writer."""
        while not (self._is_closing and not self._waiting):
            try:
                async with asyncio.timeout(LEARN_SECONDS):
                    await self._has_work.wait()
            except TimeoutError:
                await self._look()
                continue
            self._has_work.clear()
            while self._waiting:
                await self._write_group()
                if self._waiting:
                    # Somebody came meanwhile, so there are several; a moment later
                    # more of them share a commit. Whoever is alone waits for nobody.
                    await asyncio.sleep(GATHER_SECONDS)

    async def _look(self) -> None:
        """Learn what other gateways wrote."""
        people = self._people
        if people is None:
            return
        # What goes wrong here goes wrong with the next record, where it is reported.
        with contextlib.suppress(StoreUnavailableError):
            self._take(await self._writer.read(people.draft))

    async def _write_group(self) -> None:
        size = 1 if self._is_failing else min(GROUP, len(self._waiting))
        group = [self._waiting.popleft() for _ in range(size)]
        started = time.perf_counter()
        try:
            # Every answer waits for its record, and no office's decision for these.
            draft = await self._writer.write(
                lambda connection: self._write(connection, [one for one, _ in group]),
                is_urgent=True,
            )
        except StoreUnavailableError as error:
            await self._failed(group, time.perf_counter() - started, error)
            return
        self._is_failing = False
        if self._observer is not None:
            self._observer.audit_written(len(group), time.perf_counter() - started)
        self._take(draft)
        for place, (record, kept) in enumerate(group):
            over = self._over(draft, place, record)
            if kept is None or kept.done():
                continue
            if over is None:
                kept.set_result(None)
            else:
                kept.set_exception(over)

    async def _failed(
        self, group: Sequence[Waiting], seconds: float, error: StoreUnavailableError
    ) -> None:
        """Refuse who waits for ``group``, and see to it that it is kept later."""
        self._is_failing = True
        if self._observer is not None:
            self._observer.audit_failed(len(group), seconds, str(error))
        for _, kept in group:
            if kept is not None and not kept.done():
                kept.set_exception(StoreUnavailableError(str(error)))
        # A record that alone cannot be written, while the database can be, would stop
        # all others for good.
        if len(group) > 1 or not isinstance(error, RefusedRowsError):
            # Nobody gets these answers; that the agencies were asked is kept.
            self._waiting.extendleft(
                (_abandoned(record), None) for record, _ in reversed(group)
            )
            await asyncio.sleep(RETRY_SECONDS)

    def _over(
        self, draft: Draft | None, place: int, record: AuditRecord
    ) -> OverBudgetError | None:
        """Return why a record of the group is no answer; ``None`` if it is one."""
        if draft is None or self._budget is None or place not in draft.refused:
            return None
        found = draft.refused[place]
        return self._budget.refused(record.account, record.person, found)

    def _write(
        self, connection: Connection, records: Sequence[AuditRecord]
    ) -> Draft | None:
        """Add ``records``, and judge them; runs where the database is spoken to."""
        draft = None
        if self._people is not None:
            draft = self._people.draft(connection)
            records = [draft.judged(place, one) for place, one in enumerate(records)]
        self._insert.run(connection, map(row_of, records))
        if draft is not None:
            draft.seen = newest(connection)
        return draft

    def _take(self, draft: Draft | None) -> None:
        if draft is not None and self._people is not None:
            self._people.take(draft)
            self._learn(draft.day, draft.found)

    def _learn(self, day: date, found: Sequence[Person]) -> None:
        if self._budget is not None:
            self._budget.learn(day, found)

    def close(self) -> None:
        """Take no more records, and let ``keep_writing`` end once nothing waits."""
        self._is_closing = True
        self._has_work.set()


FLUSH_SECONDS = 3.0


@asynccontextmanager
async def open_audit_log(
    store: Store,
    observer: AuditObserver | None = None,
    max_waiting: int = MAX_WAITING,
    budget: PeopleBudget | None = None,
) -> AsyncIterator[StoredAuditLog]:
    """Run the log's writer; at the end, write what waits.

    Look-ups are counted against ``budget``, if there is one.
    """
    log = StoredAuditLog(store, observer, max_waiting, budget)
    writing = asyncio.create_task(log.keep_writing())
    writing.add_done_callback(lambda _: log.close())
    try:
        yield log
    finally:
        log.close()
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(writing, FLUSH_SECONDS)


def _abandoned(record: AuditRecord) -> AuditRecord:
    if record.event is not AuditEvent.LOOKED_UP:
        return record
    return replace(record, event=AuditEvent.ABANDONED, certificates=None)
