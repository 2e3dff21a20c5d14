"""Take changes of state in: written once, in order, and never taken back.

A change is written with what follows from it, so that both are there or neither. One
that is refused spoils no other, and uses no number up: what is put right may come under
its own. The order of the rows is the order in which they were committed: all who write
wait for each other.

A change may come before the certificate that it is of, and is kept for it; it may also
be of none, because somebody mistyped it. Nobody can tell the two apart here, so it is
taken, and told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Select, bindparam, select, text, update

from bureau.collection import Gap, Outcome
from connectors.giving_way import give_way
from policy.certificate import CertificateState
from policy.documents import Document
from store.collection.sequences import Place, Sequences
from store.database import POSTGRESQL
from store.documents import row_of_document
from store.prepared import PreparedInsert, among
from store.registration.registrations import CHANNEL
from store.registration.tables import change_sequence
from store.status.kept import Kept
from store.status.tables import state_changes
from store.store import Store

STREAM = "states"
TOGETHER = 50
"""How many changes are written in one transaction, at most.

Whoever asks about people waits meanwhile: nothing is answered that is not on the audit
log. So whatever can be asked and written of all of them is, by one statement a table.
"""
FOLLOWED_TOGETHER = 10
"""After how many from which something may follow a transaction ends: to find that out
takes some milliseconds for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChange:
    """A change that an agency sent, as it is written."""

    connector: str
    sequence: int | None
    """``None`` for the next one that is free."""
    digest: str
    certificate: str
    """The sealed id."""
    document: Document
    """Of which one it is."""
    person: str
    """A pseudonym."""
    state: CertificateState
    effective_on: date
    reason: str
    envelope: str
    key_id: str
    signed_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome of one change; it is refused if its number was used."""

    outcome: Outcome
    sequence: int | None
    """Under which number; ``None`` for bytes that are known and came without one."""
    gap: Gap | None = None
    is_of_unknown: bool = False
    """Whether no certificate was ever seen that it could be of."""


_KEPT = tuple(name for name in NewChange.__slots__ if name != "document")

Follow = Callable[[Connection, NewChange], None]
"""Does what follows from a change, in its transaction."""


class StatesIntake:
    """Writes changes of state, and what follows from them."""

    def __init__(self, store: Store, follow: Follow) -> None:
        self._writer = store.writer
        self._is_shared = store.engine.dialect.name == POSTGRESQL
        self._insert = PreparedInsert(state_changes, store.engine.dialect)
        self._follow = follow

    async def take(
        self,
        connector: str,
        changes: Sequence[NewChange],
        at: datetime,
    ) -> Sequence[Taken]:
        """Keep ``changes``, some a transaction; return what became of each, in order.

        Raises:
            StoreUnavailableError: the last of them are not kept, or nobody knows.
        """
        taken: list[Taken] = []
        while len(taken) < len(changes):
            some = changes[len(taken) : len(taken) + TOGETHER]
            taken += await self._take_together(connector, some, at)
            await give_way()
        return taken

    async def _take_together(
        self, connector: str, changes: Sequence[NewChange], at: datetime
    ) -> Sequence[Taken]:
        """Keep the first of ``changes``, or all; return what became of those."""

        def work(connection: Connection) -> Sequence[Taken]:
            sequences = Sequences(connection, connector, STREAM)
            taken = self._take(connection, sequences, connector, changes)
            sequences.write(at)
            if any(one.outcome is Outcome.ACCEPTED for one in taken):
                self.notify(connection)
            return taken

        return await self._writer.write(work)

    def _take(
        self,
        connection: Connection,
        sequences: Sequences,
        connector: str,
        changes: Sequence[NewChange],
    ) -> Sequence[Taken]:
        """Write those against which there is nothing, in their order.

        They are written together, up to one from which something may follow: that finds
        what was sent before it, and nothing that came after.
        """
        known = _known(connection, connector, [one.digest for one in changes])
        kept = Kept(
            connection,
            [one.certificate for one in changes],
            [one.document for one in changes],
        )
        taken: list[Taken] = []
        fresh: list[NewChange] = []
        followed = 0
        for change in changes:
            if followed == FOLLOWED_TOGETHER:
                break
            stated, which = change.sequence, (change.certificate, change.document)
            is_unknown = not kept.is_of_seen(*which)
            if change.digest in known:
                gap = None if stated is None else sequences.take(stated)
                taken.append(Taken(Outcome.ALREADY_KNOWN, stated, gap, is_unknown))
                continue
            sequence = sequences.number_of(stated)
            if sequences.place(sequence) is Place.USED:
                taken.append(Taken(Outcome.REFUSED, sequence))
                continue
            gap = sequences.take(sequence)
            known.add(change.digest)
            fresh.append(replace(change, sequence=sequence))
            if kept.is_paid_for(*which):
                self._write(connection, fresh)
                self._follow(connection, fresh[-1])
                fresh.clear()
                followed += 1
            taken.append(Taken(Outcome.ACCEPTED, sequence, gap, is_unknown))
        self._write(connection, fresh)
        return taken

    def add(self, connection: Connection, change: NewChange) -> None:
        """Write ``change`` and what follows from it."""
        self._write(connection, [change])
        self._follow(connection, change)

    def _write(self, connection: Connection, changes: Sequence[NewChange]) -> None:
        self._insert.run(connection, [_row(change) for change in changes])

    def notify(self, connection: Connection) -> None:
        """Notify all gateways, once it is committed, that something changed."""
        connection.execute(
            update(change_sequence).values(value=change_sequence.c.value + 1)
        )
        if self._is_shared:
            connection.execute(text(f"NOTIFY {CHANNEL}"))


def _row(change: NewChange) -> dict[str, Any]:
    row = {name: getattr(change, name) for name in _KEPT}
    return row | row_of_document(change.document)


def _known(connection: Connection, connector: str, digests: Sequence[str]) -> set[str]:
    """Return those of ``digests`` whose very bytes were taken in before."""
    asked = {"connector": connector, "among": [*digests]}
    return set(connection.execute(_same_bytes(connection.dialect), asked).scalars())


@lru_cache(maxsize=8)
def _same_bytes(dialect: Dialect) -> Select[Any]:
    column = state_changes.c
    return select(column.digest).where(
        column.connector == bindparam("connector"), among(column.digest, dialect)
    )
