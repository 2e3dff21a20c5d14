"""The audit log in the database: written in groups, waited for, never changed.

One task writes. What comes while it commits waits together and goes into the next
commit, so that an idle gateway commits at once and a busy one seldom commits for one
look-up alone. An answer waits for its commit. When a commit fails, those who wait are
refused and the group is tried again until it is kept: the agencies were asked about
these people. Until then, and whenever too many wait, nobody may be looked up.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, delete, func, insert, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.answer import SourceOutcome
from gateway.store.database import READS
from gateway.store.tables import audit_records
from gateway.store.writer import Writer, open_writer
from resolvers.audit import (
    AuditEvent,
    AuditRecord,
    AuditSelection,
    AuditUnavailableError,
)
from resolvers.caller import Purpose

GROUP = 500
"""The most records of one commit."""
GATHER_SECONDS = 0.002
"""How long records wait for others to share a commit, where there are others."""
MAX_WAITING = 5_000
"""The most records that wait for a commit; a commit takes milliseconds."""
WAIT_SECONDS = 2.0
"""How long an answer waits for its record."""
RETRY_SECONDS = 0.5
REMOVED_AT_ONCE = 5_000
"""The most records that one transaction of the retention job removes."""


class AuditObserver(Protocol):
    """What the log reports; metrics and logs implement it."""

    def audit_written(self, records: int, seconds: float) -> None:
        """One group was committed."""

    def audit_failed(self, records: int, seconds: float, reason: str) -> None:
        """One group could not be committed and is kept for another try."""


class StoredAuditLog:
    """Implements ``resolvers.audit.AuditLog``."""

    def __init__(
        self,
        engine: AsyncEngine,
        writer: Writer,
        observer: AuditObserver | None,
        max_waiting: int,
    ) -> None:
        self._engine = engine
        self._writer = writer
        self._reading = engine.execution_options(**{READS: True})
        self._observer = observer
        self._max_waiting = max_waiting
        self._waiting: deque[tuple[AuditRecord, asyncio.Future[None] | None]] = deque()
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
            raise AuditUnavailableError

    async def write(self, record: AuditRecord) -> None:
        """See ``AuditLog``."""
        try:
            self.require_open()
        except AuditUnavailableError:
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
            raise AuditUnavailableError from None

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
        conditions = _conditions(selection)
        if before is not None:
            conditions.append(column.id < before)
        statement = (
            select(audit_records)
            .where(*conditions)
            .order_by(column.id.desc())
            .limit(first)
        )
        async with self._reading.connect() as connection:
            return [_record_of(row) for row in await connection.execute(statement)]

    async def export(
        self, from_: datetime | None, to: datetime | None
    ) -> AsyncIterator[AuditRecord]:
        """Yield the records from ``from_`` until before ``to``, oldest first."""
        statement = (
            select(audit_records)
            .where(*_conditions(AuditSelection(from_=from_, to=to)))
            .order_by(audit_records.c.id)
        )
        async with self._reading.connect() as connection:
            async for row in await connection.stream(statement):
                yield _record_of(row)

    async def looked_up_since(self, moment: datetime) -> list[tuple[str, str]]:
        """Return whom each caller looked up since ``moment``: caller, pseudonym."""
        column = audit_records.c
        statement = (
            select(column.caller, column.person)
            .where(
                column.at >= moment,
                column.event.in_([AuditEvent.LOOKED_UP, AuditEvent.ABANDONED]),
            )
            .distinct()
        )
        async with self._reading.connect() as connection:
            return [
                (row.caller, row.person) for row in await connection.execute(statement)
            ]

    async def apply_retention(self, kept_from: datetime, now: datetime) -> int:
        """Remove what is older than ``kept_from``, and say so on the log itself.

        The record comes first: the database removes nothing that no record on the
        log says is to be removed. A process that dies on the way begins anew.
        """
        column = audit_records.c
        old = column.at < kept_from
        async with self._engine.begin() as connection:
            removed = await connection.scalar(select(func.count()).where(old)) or 0
            await connection.execute(
                insert(audit_records),
                [
                    _row_of(
                        AuditRecord(
                            at=now,
                            event=AuditEvent.RETENTION_APPLIED,
                            caller=RETENTION_CALLER,
                            kept_from=kept_from,
                            removed=removed,
                        )
                    )
                ],
            )
        some = select(column.id).where(old).limit(REMOVED_AT_ONCE)
        remaining = removed
        while remaining > 0:
            async with self._engine.begin() as connection:
                done = await connection.execute(
                    delete(audit_records).where(column.id.in_(some))
                )
            remaining = remaining - done.rowcount if done.rowcount else 0
        return removed

    async def keep_writing(self) -> None:
        """Write what waits until cancelled; the log's one writer."""
        while not (self._is_closing and not self._waiting):
            await self._has_work.wait()
            self._has_work.clear()
            while self._waiting:
                await self._write_group()
                if self._waiting:
                    # Somebody came meanwhile, so there are several; a moment later
                    # more of them share a commit. Whoever is alone waits for nobody.
                    await asyncio.sleep(GATHER_SECONDS)

    async def _write_group(self) -> None:
        size = 1 if self._is_failing else min(GROUP, len(self._waiting))
        group = [self._waiting.popleft() for _ in range(size)]
        started = time.perf_counter()
        try:
            rows = [_row_of(record) for record, _ in group]
            await self._writer.add(audit_records, rows)
        # ValueError: a text that is no Unicode, found by the driver.
        except (SQLAlchemyError, sqlite3.Error, OSError, ValueError) as error:
            self._is_failing = True
            seconds = time.perf_counter() - started
            if self._observer is not None:
                self._observer.audit_failed(len(group), seconds, type(error).__name__)
            for _, kept in group:
                if kept is not None and not kept.done():
                    kept.set_exception(AuditUnavailableError())
            # A record that alone cannot be written, while the database can be, would
            # stop all others for good.
            if size > 1 or isinstance(error, (OperationalError, OSError)):
                # Nobody gets these answers; that the agencies were asked is kept.
                self._waiting.extendleft(
                    (_abandoned(record), None) for record, _ in reversed(group)
                )
                await asyncio.sleep(RETRY_SECONDS)
            return
        self._is_failing = False
        if self._observer is not None:
            self._observer.audit_written(len(group), time.perf_counter() - started)
        for _, kept in group:
            if kept is not None and not kept.done():
                kept.set_result(None)

    def close(self) -> None:
        """Take no more records, and let ``keep_writing`` end once nothing waits."""
        self._is_closing = True
        self._has_work.set()


RETENTION_CALLER = "gateway"
"""Who applies retention: no caller, the process itself."""
FLUSH_SECONDS = 3.0


@asynccontextmanager
async def open_audit_log(
    engine: AsyncEngine,
    observer: AuditObserver | None = None,
    max_waiting: int = MAX_WAITING,
) -> AsyncIterator[StoredAuditLog]:
    """Run the log's writer; at the end, write what waits."""
    async with open_writer(engine) as writer:
        log = StoredAuditLog(engine, writer, observer, max_waiting)
        writing = asyncio.create_task(log.keep_writing())
        writing.add_done_callback(lambda _: log.close())
        try:
            yield log
        finally:
            log.close()
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(writing, FLUSH_SECONDS)


def _conditions(selection: AuditSelection) -> list[ColumnElement[bool]]:
    column = audit_records.c
    equal = {
        column.event: selection.event,
        column.caller: selection.caller,
        column.request_id: selection.request_id,
        column.purpose: selection.purpose,
        column.case_number: selection.case_number,
    }
    conditions: list[ColumnElement[bool]] = [
        one == value for one, value in equal.items() if value is not None
    ]
    if selection.people is not None:
        conditions.append(column.person.in_(selection.people))
    if selection.from_ is not None:
        conditions.append(column.at >= selection.from_)
    if selection.to is not None:
        conditions.append(column.at < selection.to)
    return conditions


def _abandoned(record: AuditRecord) -> AuditRecord:
    if record.event is not AuditEvent.LOOKED_UP:
        return record
    return replace(record, event=AuditEvent.ABANDONED, certificates=None)


def _row_of(record: AuditRecord) -> dict[str, Any]:
    return {
        "at": record.at,
        "event": record.event.value,
        "caller": record.caller,
        "request_id": record.request_id,
        "person": record.person,
        "purpose": None if record.purpose is None else record.purpose.value,
        "case_number": record.case_number,
        "operation": record.operation,
        "document": record.document,
        "sources": {agency: str(end) for agency, end in record.sources.items()},
        "certificates": record.certificates,
        "kept_from": record.kept_from,
        "removed": record.removed,
    }


def _record_of(row: Row[Any]) -> AuditRecord:
    more: dict[str, Any] = row._asdict()
    purpose = more.pop("purpose")
    sources: dict[str, str] = more.pop("sources")
    return AuditRecord(
        event=AuditEvent(more.pop("event")),
        purpose=None if purpose is None else Purpose(purpose),
        sources={agency: SourceOutcome(end) for agency, end in sources.items()},
        **more,
    )
