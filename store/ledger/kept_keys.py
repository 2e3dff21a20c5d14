"""Keep what is believed of each key, as it was when that changed: facts of the log."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bureau.evidence.facts import KEY, Fact, key_fact, moment
from bureau.transparency.sources import Kind
from signing.trust import TrustedKey
from store.connections import Reader
from store.store import Store
from store.transparency.facts import note_fact
from store.transparency.tables import logged_facts

column = logged_facts.c


class StoredKeys:
    """The history of the keys that were ever believed."""

    def __init__(self, store: Store) -> None:
        self._writer = store.writer
        self._reader = Reader(store.engine)

    async def note(self, keys: Iterable[TrustedKey], at: datetime) -> None:
        """Keep what is believed of ``keys``, where that is not what is kept.

        Raises:
            StoreUnavailableError: the database is away.
        """
        facts = [*map(key_fact, keys)]

        def changed(connection: Connection) -> list[Fact]:
            return [one for one in facts if kept_as(connection, one, at) is None]

        async with self._reader.connect() as connection:
            wanted = await connection.run_sync(changed)
        if wanted:

            def work(connection: Connection) -> None:
                for one in wanted:
                    note_key(connection, one, at)

            await self._writer.write(work)


def note_key(connection: Connection, fact: Fact, at: datetime) -> int:
    """Keep a key as it is, unless it is kept so; return the fact's number."""
    kept = kept_as(connection, fact, at)
    if kept is not None:
        return kept
    # Of its own moment, so that a key which is again what it was is noted again.
    known = {**fact, "knownFrom": moment(at)}
    return note_fact(connection, Kind.KEY_EVENT, known, at)


def kept_as(connection: Connection, fact: Fact, at: datetime) -> int | None:
    """Return the number of the newest fact of a key, if that says the same."""
    newest = key_at(connection, fact["kid"], at)
    if newest is None:
        return None
    said = {name: one for name, one in newest.body.items() if name != "knownFrom"}
    return int(newest.id) if said == fact else None


def key_at(connection: Connection, kid: str, at: datetime) -> Row[Any] | None:
    """Return what was kept of a key last by a moment; ``None`` if nothing was."""
    of_key = (
        select(logged_facts)
        .where(column.kind == Kind.KEY_EVENT, column.at <= at)
        .where(column.body["kid"].as_string() == kid)
        .where(column.body["format"].as_string() == KEY)
        .order_by(column.at.desc(), column.id.desc())
    )
    found: Sequence[Row[Any]] = connection.execute(of_key.limit(1)).all()
    return found[0] if found else None
