"""Keep of each certificate the newest version that any gateway saw or was sent.

A version that is written has a new number, and numbers are in the order of commits:
every gateway reads on from the last one that it knows.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Row, Select, delete, select

from bureau.versions.memory import Seen, SeenVersion
from store.commits import UntilCommitted
from store.connections import Reader
from store.prepared import PreparedInsert, among
from store.quality.tables import seen_versions
from store.store import Store

PAGE = 2000
"""How many are read at once."""
_NEWEST = select(seen_versions.c.id).order_by(seen_versions.c.id.desc()).limit(1)


class StoredVersions:
    """Implements ``bureau.versions.memory.VersionStore``."""

    def __init__(self, store: Store) -> None:
        self._writer = store.writer
        self._reader = Reader(store.engine)
        self._page = UntilCommitted[tuple[int, Seen]](store.commits)

    async def keep(self, seen: Seen) -> tuple[Seen, range]:
        """See ``VersionStore``."""

        def work(connection: Connection) -> tuple[Seen, range]:
            before = connection.scalar(_NEWEST) or 0
            newer = keep(connection, seen)
            return newer, range(before, connection.scalar(_NEWEST) or 0)

        return await self._writer.write(work)

    async def of(self, marks: Iterable[str]) -> Seen:
        """See ``VersionStore``."""
        async with self._reader.connect() as connection:
            return await connection.run_sync(_of, list(marks))

    async def last(self) -> int:
        """Return the number of the last version; 0 if there is none.

        Raises:
            StoreUnavailableError: the database is away.
        """
        async with self._reader.connect() as connection:
            return await connection.scalar(_NEWEST) or 0

    async def after(self, id_: int) -> tuple[int, Seen]:
        """Return the next page of versions after number ``id_``, and its end.

        Raises:
            StoreUnavailableError: the database is away.
        """
        return await self._page.get(id_, partial(self._after, id_))

    async def _after(self, id_: int) -> tuple[int, Seen]:
        column = seen_versions.c.id
        page = select(seen_versions).where(column > id_).order_by(column).limit(PAGE)
        async with self._reader.connect() as connection:
            rows = (await connection.execute(page)).all()
        return (rows[-1].id if rows else id_), _seen(rows)


def keep(connection: Connection, seen: Seen, *, is_sent: bool = False) -> Seen:
    """Keep in a transaction what is newer than what is there; return what is newer.

    Of one second the first one stays, but if it ``is_sent``: those have an order.
    """
    newer = {}
    there = _of(connection, list(seen))
    for mark, known in there.items():
        at = seen[mark].signed_at
        if known.signed_at > at or (known.signed_at == at and not is_sent):
            newer[mark] = known
    written = {mark: one for mark, one in seen.items() if mark not in newer}
    if replaced := [mark for mark in written if mark in there]:
        connection.execute(_delete(connection.dialect), {"among": replaced})
    if written:
        _insert(connection.dialect).run(connection, _rows(written))
    return newer


@lru_cache(maxsize=8)
def _insert(dialect: Dialect) -> PreparedInsert:
    return PreparedInsert(seen_versions, dialect)


def _rows(seen: Seen) -> list[Mapping[str, object]]:
    return [
        {
            "mark": mark,
            "signed_at": one.signed_at,
            "said": one.said,
            "digest": one.digest,
            "key_id": one.key_id,
            "seen_at": one.seen_at,
        }
        for mark, one in seen.items()
    ]


def _of(connection: Connection, marks: Sequence[str]) -> dict[str, SeenVersion]:
    if not marks:
        return {}
    rows = connection.execute(_select(connection.dialect), {"among": marks})
    return _seen(rows.all())


@lru_cache(maxsize=8)
def _select(dialect: Dialect) -> Select[Any]:
    return select(seen_versions).where(among(seen_versions.c.mark, dialect))


@lru_cache(maxsize=8)
def _delete(dialect: Dialect) -> Delete:
    return delete(seen_versions).where(among(seen_versions.c.mark, dialect))


def _seen(rows: Sequence[Row[tuple[object, ...]]]) -> dict[str, SeenVersion]:
    return {
        row.mark: SeenVersion(
            row.signed_at,
            row.said,
            row.digest,
            row.key_id,
            row.seen_at,
            saved=row.signed_at,
            row=row.id,
        )
        for row in rows
    }
