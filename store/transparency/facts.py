"""Keep facts that are no row of another table, so that the log commits to them."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select

from store.store import Store
from store.transparency.tables import logged_facts


class StoredFacts:
    """Implements ``bureau.transparency.log.LoggedFacts``."""

    def __init__(self, store: Store) -> None:
        self._writer = store.writer

    async def note(self, kind: str, body: Mapping[str, Any], at: datetime) -> int:
        """See ``LoggedFacts``."""
        return await self._writer.write(
            lambda connection: note_fact(connection, kind, body, at)
        )


def note_fact(
    connection: Connection, kind: str, body: Mapping[str, Any], at: datetime
) -> int:
    """Keep a fact in the transaction there is, once; return its row's id."""
    column = logged_facts.c
    raw = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    digest = hashlib.sha256(raw).hexdigest()
    same = select(column.id).where(column.kind == kind, column.digest == digest)
    found = connection.execute(same).scalar()
    if found is None:
        # As it is kept: plain texts and numbers.
        row = {"kind": kind, "body": orjson.loads(raw), "digest": digest, "at": at}
        made = insert(logged_facts).values(row).returning(column.id)
        found = connection.execute(made).scalar_one()
    return int(found)
