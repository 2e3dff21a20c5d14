"""Rechecks in the database: how far they came, kept with what they found.

Implements ``bureau.ledger.recheck.RecheckBook``. A step is one transaction, which looks
at the position it began at: of two rechecks at once, or one that was killed and comes
again, a step counts once.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from bureau.ledger.recheck import Looked, Paid, Progress, Recheck, TakenOverError
from store.connections import Reader
from store.documents import note_documents
from store.ledger.causes import open_seen, open_sent
from store.ledger.payments import IS_PAID
from store.ledger.recheck_tables import recheck_parts, recheck_unanswered, rechecks
from store.ledger.standing import sent_about
from store.ledger.tables import decisions
from store.store import Store

T = TypeVar("T")
part, missing, decision = recheck_parts.c, recheck_unanswered.c, decisions.c


class StoredRechecks:
    """Keeps how far rechecks came."""

    def __init__(self, store: Store) -> None:
        self._write = store.writer.write
        self._reader = Reader(store.engine)

    async def begin(self, since: date, at: datetime, *, anew: bool) -> Recheck:
        """See ``RecheckBook``."""
        # Beside the writer: however long the ledger is, nobody waits for it.
        connectors = await self._read(lambda c: _connectors(c, since))
        return await self._write(lambda c: _begin(c, since, at, connectors, anew=anew))

    async def progress(self, recheck: Recheck) -> Sequence[Progress]:
        """See ``RecheckBook``."""
        return await self._read(lambda c: _progress(c, recheck.id))

    async def paid(
        self, recheck: Recheck, connector: str, after: int, most: int
    ) -> Sequence[Paid]:
        """See ``RecheckBook``."""
        statement = _paid_by(connector, recheck.since, after, most)
        return await self._read(lambda c: _paid(c, statement))

    async def unanswered(
        self, recheck: Recheck, connector: str, after: int, most: int
    ) -> Sequence[Paid]:
        """See ``RecheckBook``."""
        statement = (
            select(decision.id, decision.certificate)
            .join(recheck_unanswered, missing.decision == decision.id)
            .where(
                missing.recheck == recheck.id,
                missing.connector == connector,
                missing.decision > after,
            )
            .order_by(decision.id)
            .limit(most)
        )
        return await self._read(lambda c: _paid(c, statement))

    async def keep(self, looked: Looked) -> int:
        """See ``RecheckBook``."""
        return await self._write(lambda c: _keep(c, looked))

    async def finish(self, recheck: Recheck, connector: str) -> None:
        """See ``RecheckBook``."""
        statement = (
            update(recheck_parts)
            .where(part.recheck == recheck.id, part.connector == connector)
            .values(is_done=True)
        )
        await self._write(lambda c: c.execute(statement))

    async def end(self, recheck: Recheck, at: datetime) -> bool:
        """See ``RecheckBook``."""
        return await self._write(lambda c: _end(c, recheck, at))

    async def _read(self, work: Callable[[Connection], T]) -> T:
        async with self._reader.connect() as connection:
            return await connection.run_sync(work)


def _connectors(connection: Connection, since: date) -> list[str]:
    """Return by whose certificates anything was paid from a day on, in order."""
    found: list[str] = []
    last = ""
    # One by one from the index: to read all that was paid takes a while.
    next_one = func.min(decision.connector)
    while (
        connector := connection.scalar(
            select(next_one).where(decision.connector > last)
        )
    ) is not None:
        if _paid(connection, _paid_by(connector, since, 0, 1)):
            found.append(connector)
        last = connector
    return found


def _paid_by(
    connector: str, since: date, after: int, most: int
) -> Select[*tuple[int, str]]:
    """Return the next payments by an agency's certificates, in their order."""
    return (
        select(decision.id, decision.certificate)
        .where(
            decision.connector == connector,
            decision.id > after,
            decision.decided_on >= since,
            IS_PAID,
        )
        .order_by(decision.id)
        .limit(most)
    )


def _begin(
    connection: Connection,
    since: date,
    at: datetime,
    connectors: Sequence[str],
    *,
    anew: bool,
) -> Recheck:
    under_way = connection.execute(
        select(rechecks)
        .where(rechecks.c.ended_at.is_(None))
        .order_by(rechecks.c.id.desc())
    ).first()
    if under_way is not None and not anew:
        return Recheck(under_way.id, under_way.since, under_way.begun_at)
    connection.execute(
        update(rechecks).where(rechecks.c.ended_at.is_(None)).values(ended_at=at)
    )
    row = {"since": since, "begun_at": at}
    id_: int = connection.execute(
        insert(rechecks).values(row).returning(rechecks.c.id)
    ).scalar_one()
    parts = [
        {
            "recheck": id_,
            "connector": connector,
            "position": 0,
            "is_done": False,
            "asked": 0,
            "opened": 0,
        }
        for connector in connectors
    ]
    if parts:
        connection.execute(insert(recheck_parts), parts)
    return Recheck(id_, since, at)


def _progress(connection: Connection, recheck: int) -> list[Progress]:
    unanswered = (
        select(func.count())
        .where(missing.recheck == part.recheck, missing.connector == part.connector)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(recheck_parts, unanswered.label("unanswered"))
        .where(part.recheck == recheck)
        .order_by(part.connector)
    )
    return [
        Progress(
            connector=row.connector,
            position=row.position,
            is_done=row.is_done,
            asked=row.asked,
            opened=row.opened,
            unanswered=row.unanswered,
        )
        for row in rows
    ]


def _paid(connection: Connection, statement: Select[*tuple[int, str]]) -> list[Paid]:
    return [Paid(*row) for row in connection.execute(statement)]


def _keep(connection: Connection, looked: Looked) -> int:
    note_documents(connection, looked.documents)
    opened = len(open_seen(connection, looked.seen, looked.at))
    # What was sent before the document was known opens it now.
    certificates = {one.certificate for one in looked.paid}
    for certificate in sorted(sent_about(connection, certificates)):
        opened += len(open_sent(connection, certificate, looked.connector, looked.at))
    moved = connection.execute(
        update(recheck_parts)
        .where(
            part.recheck == looked.recheck,
            part.connector == looked.connector,
            part.position == looked.before,
        )
        .values(
            position=looked.after,
            asked=part.asked + len(looked.paid),
            opened=part.opened + opened,
        )
    )
    if moved.rowcount != 1:
        raise TakenOverError
    _note_unanswered(connection, looked)
    return opened


def _note_unanswered(connection: Connection, looked: Looked) -> None:
    ids = [one.decision for one in looked.paid]
    connection.execute(
        delete(recheck_unanswered).where(
            missing.recheck == looked.recheck, missing.decision.in_(ids)
        )
    )
    rows = [
        {"recheck": looked.recheck, "decision": id_, "connector": looked.connector}
        for id_ in ids
        if id_ not in looked.answered
    ]
    if rows:
        connection.execute(insert(recheck_unanswered), rows)


def _end(connection: Connection, recheck: Recheck, at: datetime) -> bool:
    under_way = connection.execute(
        select(part.connector).where(part.recheck == recheck.id, ~part.is_done)
    ).first()
    left = connection.execute(
        select(missing.decision).where(missing.recheck == recheck.id)
    ).first()
    if under_way is not None or left is not None:
        return False
    connection.execute(
        update(rechecks).where(rechecks.c.id == recheck.id).values(ended_at=at)
    )
    return True
