"""Tell agencies of look-ups of their data: facts of the log, and lists made again."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from bureau.transparency.look_ups import (
    LookUpSeen,
    ToldLookUps,
    agencies_of,
    fact_of,
    kind_of,
    list_of,
)
from bureau.transparency.sources import FACTS, LOOK_UPS_OF, Kind
from store.audit.tables import audit_records
from store.commits import UntilCommitted
from store.connections import Reader
from store.store import Store
from store.transparency.committed import rows_of
from store.transparency.entries import NO_SALT, entry_with
from store.transparency.facts import note_fact
from store.transparency.finding import published
from store.transparency.tables import logged_facts

MOST = 1_000
"""Records of the audit log that one list is of."""
RECENT = 10_000
"""The facts among which the last one that told is looked for first: a minute's."""
PAGE = 50
"""Lists that are handed out at once."""
column, fact = audit_records.c, logged_facts.c
_SEEN = select(
    *(column.id, column.at, column.event, column.caller, column.purpose, column.sources)
).order_by(column.id)


class StoredLookUps:
    """Implements ``bureau.transparency.look_ups.LookUpsTold``, and makes the lists."""

    def __init__(self, store: Store, *, witnessed: bool = False) -> None:
        self._reader = Reader(store.engine)
        self._writer = store.writer
        self._witnessed = witnessed
        self._last = UntilCommitted[tuple[int | None, int]](store.commits)

    async def tell(self, at: datetime) -> int:
        """Make lists of what came since the last ones; return of how many records.

        Who begins on a database with records begins after them.

        Raises:
            StoreUnavailableError: none is made, or nobody knows.
        """
        told, newest = await self._last.get(None, self._how_far)
        if told is not None and told >= newest:
            return 0
        return await self._writer.write(lambda connection: _tell(connection, at))

    async def of(self, agency: str, after: int) -> Sequence[ToldLookUps]:
        """See ``LookUpsTold``."""
        async with self._reader.connect() as connection:
            return await connection.run_sync(_of, agency, after, self._witnessed)

    async def _how_far(self) -> tuple[int | None, int]:
        async with self._reader.connect() as connection:
            return await connection.run_sync(lambda c: (_told(c), _newest(c)))


def _told(connection: Connection) -> int | None:
    """Return the last record that was told of; ``None`` if nobody began to."""
    is_told = or_(fact.kind == Kind.LOOK_UPS, fact.kind.startswith(LOOK_UPS_OF))
    last = select(fact.body).where(is_told).order_by(fact.id.desc()).limit(1)
    newest = connection.execute(select(func.max(fact.id))).scalar() or 0
    body = connection.execute(last.where(fact.id > newest - RECENT)).scalar()
    if body is None and newest > RECENT:
        body = connection.execute(last).scalar()
    return None if body is None else int(body["to"])


def _newest(connection: Connection) -> int:
    return connection.execute(select(func.max(column.id))).scalar() or 0


def _tell(connection: Connection, at: datetime) -> int:
    told = _told(connection)
    if told is None:
        note_fact(connection, Kind.LOOK_UPS, {"to": _newest(connection)}, at)
        return 0
    some = connection.execute(_SEEN.where(column.id > told).limit(MOST))
    seen = [LookUpSeen(*row) for row in some]
    if not seen:
        return 0
    last = seen[-1].id
    agencies = agencies_of(seen)
    for agency in agencies:
        fact_ = fact_of(agency, told, last, *list_of(agency, seen))
        note_fact(connection, kind_of(agency), fact_, at)
    if not agencies:
        note_fact(connection, Kind.LOOK_UPS, {"to": last}, at)
    return len(seen)


def _of(
    connection: Connection, agency: str, after: int, witnessed: bool
) -> list[ToldLookUps]:
    size = published(connection, witnessed)
    # Not by the index of kinds, which has all of an agency's facts in another order.
    own = func.coalesce(fact.kind, "") == kind_of(agency)
    some = (
        select(fact.id, fact.body)
        .where(own, fact.id > after)
        .order_by(fact.id)
        .limit(PAGE)
    )
    found = []
    for id_, body in connection.execute(some).all():
        entry = entry_with(connection, FACTS.name, id_)
        if entry is None or entry.index >= size or entry.salts[0] == NO_SALT:
            break
        _, row = rows_of(connection, FACTS, [id_])[id_]
        found.append(
            ToldLookUps(
                id_, entry.index, row, entry.salts[0], _list(connection, agency, body)
            )
        )
    return found


def _list(connection: Connection, agency: str, body: dict[str, object]) -> bytes | None:
    """Return the list that a fact is of, made again; ``None`` if it is another one."""
    between = _SEEN.where(column.id > body["after"], column.id <= body["to"])
    seen = (LookUpSeen(*row) for row in connection.execute(between))
    _, raw = list_of(agency, seen)
    return raw if hashlib.sha256(raw).hexdigest() == body["digest"] else None


def told_as_json(told: ToldLookUps) -> dict[str, object]:
    """Return a list as an agency gets it."""
    return {
        "number": told.number,
        "index": told.index,
        "row": told.row.decode(),
        "salt": base64.b64encode(told.salt).decode(),
        "list": None if told.list is None else told.list.decode(),
    }
