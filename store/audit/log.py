"""The audit log in the database: written in groups, waited for, never changed.

One task writes. What comes while it commits waits together and goes into the next
commit, so that an idle gateway commits at once and a busy one seldom commits for one
look-up alone. An answer waits for its commit: of a look-up that began while agencies
were asked (``intents``), or, where nothing had to be waited for, of its record. When a
commit fails, those who wait are refused and the group is tried again until it is kept:
the agencies were asked about these people. Until then, and whenever too many wait,
nobody may be looked up.

The same transaction counts people for the budget that gateways on one database share
(``logged_people``); a log that is idle looks once a second what others wrote.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol

from sqlalchemy import Connection, Row, select

from bureau.look_ups.audit import AuditRecord, AuditSelection, Intent
from bureau.look_ups.budget import OverBudgetError, PeopleBudget
from connectors.errors import StoreUnavailableError
from connectors.spans import Part, part
from store.audit.intents import Intents
from store.audit.pages import Place, pages_of
from store.audit.patience import Patience
from store.audit.people import Draft, LoggedPeople, Person, day_of, newest
from store.audit.rows import record_of, row_of
from store.audit.tables import audit_records
from store.audit.waiting import Kept, Waiting, WaitingRecords, abandoned, over_budget
from store.commits import UntilCommitted
from store.connections import Reader
from store.errors import RefusedRowsError
from store.prepared import PreparedInsert
from store.spans import Operation, note
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
SETTLE_SECONDS = 30.0
"""How often the log takes up what nobody ended."""
NOT_OPEN = "the audit log takes no record"


class AuditObserver(Protocol):
    """The observer of the log; metrics and logs implement it."""

    def audit_written(self, records: int, seconds: float) -> None:
        """Note that one group was committed."""

    def audit_failed(self, records: int, seconds: float, reason: str) -> None:
        """Note that a group was not committed and is kept for another try."""

    def audit_unconfirmed(self, records: int) -> None:
        """Note that look-ups went onto the log of which nobody said how they ended."""


class StoredAuditLog:
    """Implements ``bureau.look_ups.audit.AuditLog``."""

    def __init__(
        self,
        store: Store,
        observer: AuditObserver | None,
        max_waiting: int,
        budget: PeopleBudget | None = None,
    ) -> None:
        self._system = store.engine.dialect.name
        self._writer = store.writer
        self._others = UntilCommitted[Draft](store.commits)
        self._reader = Reader(store.engine)
        self._insert = PreparedInsert(audit_records, store.engine.dialect)
        self._observer = observer
        self._budget = budget
        self._intents = Intents(store.engine.dialect, secrets.token_hex(8))
        self._people = (
            None if budget is None else LoggedPeople(budget.allowed, self._intents)
        )
        self._waiting = WaitingRecords(max_waiting, self._intents.next_mark)
        self._patience = Patience(WAIT_SECONDS)
        self._settled_at = -SETTLE_SECONDS
        self._is_failing = False
        self._is_closing = False

    def require_open(self) -> None:
        """See ``AuditLog``."""
        if self._is_failing or self._is_closing or self._waiting.is_full:
            raise StoreUnavailableError(NOT_OPEN)

    def intend(self, record: Callable[[], AuditRecord]) -> Intent:
        """See ``AuditLog``."""
        return self._waiting.intend(record)

    async def write(self, record: AuditRecord, intent: Intent | None = None) -> None:
        """See ``AuditLog``."""
        if intent is None or self._waiting.never_began(intent):
            try:
                self.require_open()
            except StoreUnavailableError:
                # It was open when the agencies were asked, and they were.
                self.note(abandoned(record))
                raise
            await self._kept(self._waiting.put(record))
        elif (kept := self._waiting.end(intent, record)) is not None:
            await self._kept(kept)
        else:
            await self._follow(record, intent)

    async def _kept(self, kept: Kept | None) -> None:
        """Wait until something is kept.

        Raises:
            StoreUnavailableError: it is not, or not in time.
            OverBudgetError: it is, as what the caller's budget has no room for.
        """
        with part(Part.STORE) as span:
            note(span, self._system, Operation.COMMIT)
            if kept is not None:
                self._patience.limit(kept)
                await kept

    async def _follow(self, record: AuditRecord, intent: Intent) -> None:
        """Wait until what began is kept; ``record`` says how it ended."""
        try:
            await self._kept(intent.kept)
        except OverBudgetError:
            record = over_budget(record)
            raise
        except StoreUnavailableError:
            record = abandoned(record)
            raise
        finally:
            self._waiting.note(record, intent)

    def note(self, record: AuditRecord, intent: Intent | None = None) -> None:
        """See ``AuditLog``."""
        if intent is None or self._waiting.never_began(intent):
            self._waiting.note(record)
        elif self._waiting.end(intent, record) is None:
            self._waiting.note(record, intent)

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
                    await self._waiting.has_some.wait()
            except TimeoutError:
                await self._look()
                await self._settle_now_and_then()
                continue
            self._waiting.has_some.clear()
            while self._waiting:
                await self._write_group()
                if self._waiting:
                    # Somebody came meanwhile, so there are several; a moment later
                    # more of them share a commit. Whoever is alone waits for nobody.
                    await asyncio.sleep(GATHER_SECONDS)
            await self._settle_now_and_then()

    async def settle(self) -> None:
        """Put on the log what a gateway that is gone did not say the end of."""
        # What goes wrong here goes wrong with the next record, where it is reported.
        with contextlib.suppress(StoreUnavailableError):
            if await self._writer.read(self._intents.lost):
                records = await self._writer.write(self._intents.settle, is_urgent=True)
                if self._observer is not None:
                    self._observer.audit_unconfirmed(records)

    async def _settle_now_and_then(self) -> None:
        now = time.monotonic()
        if now >= self._settled_at + SETTLE_SECONDS:
            self._settled_at = now
            await self.settle()

    async def _look(self) -> None:
        """Learn what other gateways wrote."""
        people = self._people
        if people is None:
            return
        read = partial(self._writer.read, people.draft)
        # What goes wrong here goes wrong with the next record, where it is reported.
        with contextlib.suppress(StoreUnavailableError):
            # Where nobody committed anything, nobody wrote.
            self._take(await self._others.get(None, read))

    async def _write_group(self) -> None:
        group = self._waiting.take(1 if self._is_failing else GROUP)
        records = sum(one.begins is None for one in group)
        started = time.perf_counter()
        try:
            # Every answer waits for its record, and no office's decision for these.
            draft = await self._writer.write(
                lambda connection: self._keep(connection, group),
                is_urgent=True,
            )
        except StoreUnavailableError as error:
            await self._failed(group, time.perf_counter() - started, error)
            return
        self._is_failing = False
        if self._observer is not None:
            self._observer.audit_written(records, time.perf_counter() - started)
        self._take(draft)
        for place, one in enumerate(group):
            over = self._over(draft, place, one.record)
            if one.kept is None or one.kept.done():
                continue
            if over is None:
                one.kept.set_result(None)
            else:
                _refuse(one.kept, over)

    async def _failed(
        self, group: Sequence[Waiting], seconds: float, error: StoreUnavailableError
    ) -> None:
        """Refuse who waits for ``group``, and see to it that it is kept later."""
        self._is_failing = True
        if self._observer is not None:
            self._observer.audit_failed(len(group), seconds, str(error))
        for one in group:
            if one.kept is not None and not one.kept.done():
                _refuse(one.kept, StoreUnavailableError(str(error)))
        # A record that alone cannot be written, while the database can be, would stop
        # all others for good.
        if len(group) > 1 or not isinstance(error, RefusedRowsError):
            self._waiting.put_back(group)
            await asyncio.sleep(RETRY_SECONDS)

    def _over(
        self, draft: Draft | None, place: int, record: AuditRecord
    ) -> OverBudgetError | None:
        """Return why a record of the group is no answer; ``None`` if it is one."""
        if draft is None or self._budget is None or place not in draft.refused:
            return None
        found = draft.refused[place]
        return self._budget.refused(record.account, record.person, found)

    def _keep(self, connection: Connection, group: Sequence[Waiting]) -> Draft | None:
        """Judge a group, and keep it; runs where the database is spoken to."""
        draft = None if self._people is None else self._people.draft(connection)
        begun, ended, records = [], [], []
        for place, one in enumerate(group):
            record = one.record
            if one.ends is not None:
                # It was judged when it began.
                ended.append(one.ends.mark)
            elif draft is not None:
                record = draft.judged(place, record)
            if one.begins is None:
                records.append(row_of(record))
            else:
                begun.append((one.begins.mark, record))
        self._intents.end(connection, ended)
        self._intents.begin(connection, begun)
        self._insert.run(connection, records)
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
        self._waiting.has_some.set()


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


def _refuse(kept: Kept, error: Exception) -> None:
    kept.set_exception(error)
    # Whoever waited may have gone; nobody has to be told of that.
    kept.exception()
