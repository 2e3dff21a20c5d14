"""Read what was collected about people, for all who ask at one time in one go.

What is read of a person is what every agency sent; a busy gateway has many questions
under way. While one reading is under way, those who come wait, and the next one is for
all of them: one statement, and one hop to a thread or one round trip, however many
questions there are. So one connection is enough, beside the
pool that others take theirs from: SQLite's in a thread of its own, with statements that
its driver compiles once; PostgreSQL's with a statement that the server prepared.

Nobody waits without a bound: a reading that takes too long is given up for all who
wait for it, and beyond so many who wait nobody may.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.errors import StoreUnavailableError
from store.collection.stated import CollectedRow
from store.collection.tables import collected_records
from store.driver_errors import as_store_errors
from store.store import Store

OLDER = 9
"""How many versions are read beside the current one: the last ones before it."""
READ_SECONDS = 2.0
"""How long one reading may take."""
PEOPLE_AT_ONCE = 500
"""About so many people at most is one reading."""
MAX_WAITING = 2_000
"""So many questions to agencies may wait for the next reading."""
PLAIN_ROWS = 500
"""Who has more rows than this has their versions counted by the database."""
TOO_LATE = "reading what was collected took too long"
TOO_MANY = "too many wait to read what was collected"

_COLUMNS = "id, person, connector, envelope, collected_at, sequence, verified"
_PLAIN = f"""SELECT {_COLUMNS}, is_current FROM collected_records WHERE person = ?
  ORDER BY id LIMIT {PLAIN_ROWS}"""  # noqa: S608 - of what stands here
_VERSIONS = f"""SELECT {_COLUMNS}, place = 1 FROM (
    SELECT {_COLUMNS},
      row_number() OVER (
        PARTITION BY person, document ORDER BY signed_at DESC, sequence DESC
      ) AS place,
      max(CASE WHEN is_current THEN 1 ELSE 0 END) OVER (
        PARTITION BY person, document
      ) AS has_current
    FROM collected_records WHERE person %s
  ) AS versions WHERE has_current = 1 AND place <= {OLDER + 1} ORDER BY id"""  # noqa: S608 - as above
VERSIONS_OF_ONE = _VERSIONS % "= ?"
VERSIONS_OF_ALL = _VERSIONS % "= ANY($1)"

Row = Sequence[Any]
Sent = Mapping[str, Sequence[CollectedRow]]
"""The records of a person, by the connector that sent them."""
Found = Mapping[str, Sent]
"""The records of people, by pseudonym."""


class ReadingObserver(Protocol):
    """An observer of readings; metrics implement it."""

    def collected_read(self, people: int, seconds: float) -> None:
        """One reading about so many people came to an end."""

    def collected_unread(self, reason: str) -> None:
        """One failed, or somebody was not let wait for the next."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ask:
    """Somebody who waits for the next reading."""

    people: Sequence[str]
    found: asyncio.Future[Found]


class CollectedReader:
    """Reads the current records of people, and the versions before them."""

    def __init__(
        self,
        rows: "_Rows",
        moment: Callable[[Any], datetime],
        observer: ReadingObserver | None = None,
        *,
        seconds: float,
        max_waiting: int,
    ) -> None:
        self._rows = rows
        self._moment = moment
        self._observer = observer
        self._seconds = seconds
        self._max_waiting = max_waiting
        self._waiting: deque[_Ask] = deque()
        self._serving: asyncio.Task[None] | None = None

    async def of(self, people: Iterable[str]) -> Found:
        """Return what was sent about ``people``, in the order it was kept.

        Each current record comes with the last versions before it that were about the
        same person.

        Raises:
            StoreUnavailableError: the database is away, or too slow.
        """
        if len(self._waiting) >= self._max_waiting:
            self._failed(TOO_MANY)
            raise StoreUnavailableError(TOO_MANY)
        found: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Ask(list(people), found))
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve())
        return await found

    async def close(self) -> None:
        """Read no more; whoever waits is refused."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
        _refuse(self._waiting, "closed")

    async def _serve(self) -> None:
        try:
            # Whoever else asks in this turn of the loop.
            await asyncio.sleep(0)
            while self._waiting:
                await self._serve_next()
        finally:
            self._serving = None

    async def _serve_next(self) -> None:
        """Read for those who wait, as many as are served in one go."""
        group: list[_Ask] = []
        people: dict[str, None] = {}
        while self._waiting and (not group or len(people) < PEOPLE_AT_ONCE):
            ask = self._waiting.popleft()
            # Who gave up meanwhile is nobody to read for.
            if not ask.found.done():
                group.append(ask)
                people.update(dict.fromkeys(ask.people))
        if not group:
            return
        started = time.perf_counter()
        try:
            rows = await self._read(list(people))
        except StoreUnavailableError as error:
            self._failed(str(error))
            _refuse(group, str(error))
        else:
            if self._observer is not None:
                took = time.perf_counter() - started
                self._observer.collected_read(len(people), took)
            self._deliver(group, rows)
        finally:
            # A bug of ours is raised, and leaves nobody waiting.
            _refuse(group, "not read")

    async def _read(self, people: Sequence[str]) -> Sequence[Row]:
        try:
            with as_store_errors():
                async with asyncio.timeout(self._seconds):
                    return await self._rows.of(people)
        except StoreUnavailableError as error:
            await self._rows.give_up()
            if isinstance(error.__cause__, TimeoutError):
                raise StoreUnavailableError(TOO_LATE) from error
            raise

    def _deliver(self, group: Sequence[_Ask], rows: Sequence[Row]) -> None:
        by_person: dict[str, dict[str, list[CollectedRow]]] = {}
        moment = self._moment
        for id_, person, connector, envelope, at, sequence, verified, is_newest in rows:
            sent = by_person.setdefault(person, {})
            sent.setdefault(connector, []).append(
                CollectedRow(
                    envelope, moment(at), sequence, bool(is_newest), verified, id_
                )
            )
        for ask in group:
            if not ask.found.done():
                found = {p: by_person[p] for p in ask.people if p in by_person}
                ask.found.set_result(found)

    def _failed(self, reason: str) -> None:
        if self._observer is not None:
            self._observer.collected_unread(reason)


def _refuse(asks: Iterable[_Ask], reason: str) -> None:
    for ask in asks:
        if not ask.found.done():
            ask.found.set_exception(StoreUnavailableError(reason))


class _Rows(Protocol):
    """Reads the rows of people from one kind of database."""

    async def of(self, people: Sequence[str]) -> Sequence[Row]:
        """Return them, in the order in which they were kept."""

    async def give_up(self) -> None:
        """Let the connection go, and what it is at, after a failure."""

    async def close(self) -> None:
        """Close the connection."""


class _RowsOfSQLite:
    """One connection, in a thread of its own."""

    def __init__(self, file: Path) -> None:
        # What is not there is not made.
        self._address = f"file:{quote(str(file))}?mode=rw"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="collected")
        self._connection: sqlite3.Connection | None = None

    async def of(self, people: Sequence[str]) -> Sequence[Row]:
        """See ``_Rows``."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._of, people)

    def _of(self, people: Sequence[str]) -> Sequence[Row]:
        connection = self._connection
        if connection is None:
            connection = self._connection = sqlite3.connect(
                self._address,
                uri=True,
                timeout=READ_SECONDS,
                isolation_level=None,
                # It is interrupted, and closed in the end, by others.
                check_same_thread=False,
            )
        found: list[Row] = []
        # Of one moment, for all of them.
        connection.execute("BEGIN")
        try:
            for person in people:
                rows = connection.execute(_PLAIN, (person,)).fetchall()
                if len(rows) == PLAIN_ROWS or not all(row[-1] for row in rows):
                    rows = connection.execute(VERSIONS_OF_ONE, (person,)).fetchall()
                found += rows
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        return found

    async def give_up(self) -> None:
        """See ``_Rows``."""
        # What it is at ends by that; the next who reads waits for it to.
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.interrupt()
            self._thread.submit(connection.close)

    async def close(self) -> None:
        """See ``_Rows``."""
        await self.give_up()
        await asyncio.to_thread(self._thread.shutdown)


class _RowsOfPostgreSQL:
    """One connection of the pool, kept."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None

    async def of(self, people: Sequence[str]) -> Sequence[Row]:
        """See ``_Rows``."""
        is_kept = self._connection is not None
        try:
            with as_store_errors():
                return await self._of(people)
        except StoreUnavailableError:
            if not is_kept:
                raise
        # The server may have been started anew since, or a table changed.
        await self.give_up()
        return await self._of(people)

    async def _of(self, people: Sequence[str]) -> Sequence[Row]:
        connection = self._connection
        if connection is None:
            connection = self._connection = await self._engine.connect()
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None  # noqa: S101 - it was just opened
        # By the driver itself: a transaction of one statement is one round trip, and
        # the driver keeps what the server prepared.
        found: Sequence[Row] = await driver.fetch(VERSIONS_OF_ALL, people)
        return found

    async def give_up(self) -> None:
        """See ``_Rows``."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(StoreUnavailableError), as_store_errors():
                # Not given back to the pool: something may still come by it.
                await connection.invalidate()
                await connection.close()

    async def close(self) -> None:
        """See ``_Rows``."""
        await self.give_up()


@asynccontextmanager
async def open_collected(
    store: Store,
    observer: ReadingObserver | None = None,
    *,
    seconds: float = READ_SECONDS,
    max_waiting: int = MAX_WAITING,
) -> AsyncIterator[CollectedReader]:
    """Open a reader of what was collected, until the end."""
    dialect = store.engine.dialect
    rows = (
        _RowsOfPostgreSQL(store.engine)
        if store.file is None
        else _RowsOfSQLite(store.file)
    )
    column = collected_records.c.collected_at
    moment: Any = column.type.dialect_impl(dialect).result_processor(dialect, None)
    assert moment is not None  # noqa: S101 - ``Moment`` has one
    reader = CollectedReader(
        rows, moment, observer, seconds=seconds, max_waiting=max_waiting
    )
    try:
        yield reader
    finally:
        await reader.close()
        await rows.close()
