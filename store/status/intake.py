"""Take changes of state in: written once, in order, and never taken back.

A change is written with what follows from it, so that both are there or neither. One
that is refused spoils no other, and uses no number up: what is put right may come under
its own. The order of the rows is the order in which they were committed: all who write
wait for each other.

A change may come before the certificate that it is of, and is kept for it; it may also
be of none, because somebody mistyped it. Nobody can tell the two apart here, so it is
taken, and told.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, insert, or_, select, text, update

from bureau.collection import Gap, Outcome
from policy.certificate import CertificateState
from policy.documents import Document
from store.collection.sequences import Place, Sequences
from store.collection.tables import collected_records
from store.database import POSTGRESQL
from store.documents import documents, known_alike, marks_kept, row_of_document
from store.ledger.tables import decisions
from store.quality.counts import seen_alike
from store.quality.tables import seen_certificates
from store.registration.registrations import CHANNEL
from store.registration.tables import change_sequence
from store.status.tables import state_changes
from store.store import Store

STREAM = "states"
TOGETHER = 10
"""How many changes are written in one transaction.

They take six milliseconds, half of it for the transaction itself, and whoever asks
about people waits meanwhile: nothing is answered that is not on the audit log.
"""


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

# Made once: to make them for each change takes longer than to run them.
_ADDED = insert(state_changes).returning(state_changes.c.id)
_SAME_BYTES = select(state_changes.c.id).where(
    state_changes.c.connector == bindparam("connector"),
    state_changes.c.digest == bindparam("digest"),
)

Follow = Callable[[Connection, NewChange], None]
"""Does what follows from a change, in its transaction."""


class StatesIntake:
    """Writes changes of state, and what follows from them."""

    def __init__(self, store: Store, follow: Follow) -> None:
        self._writer = store.writer
        self._is_shared = store.engine.dialect.name == POSTGRESQL
        self._follow = follow

    async def take(
        self,
        connector: str,
        changes: Sequence[NewChange],
        at: datetime,
    ) -> Sequence[Taken]:
        """Keep ``changes``, a few a transaction; return what became of each, in order.

        Raises:
            StoreUnavailableError: the last of them are not kept, or nobody knows.
        """
        taken: list[Taken] = []
        for start in range(0, len(changes), TOGETHER):
            some = changes[start : start + TOGETHER]
            taken += await self._take_together(connector, some, at)
        return taken

    async def _take_together(
        self, connector: str, changes: Sequence[NewChange], at: datetime
    ) -> Sequence[Taken]:
        def work(connection: Connection) -> Sequence[Taken]:
            sequences = Sequences(connection, connector, STREAM)
            unheard = _of_nothing(connection, changes)
            taken = [
                self._take(connection, sequences, change, unheard) for change in changes
            ]
            sequences.write(at)
            if any(one.outcome is Outcome.ACCEPTED for one in taken):
                self.notify(connection)
            return taken

        return await self._writer.write(work)

    def _take(
        self,
        connection: Connection,
        sequences: Sequences,
        change: NewChange,
        unheard: Container[NewChange],
    ) -> Taken:
        """Write one change, if there is nothing against it.

        From those that are ``unheard`` of nothing follows.
        """
        stated, is_unheard = change.sequence, change in unheard
        if _is_known(connection, change):
            gap = None if stated is None else sequences.take(stated)
            is_unknown = is_unheard or not _is_of_seen(connection, change)
            return Taken(Outcome.ALREADY_KNOWN, stated, gap, is_unknown)
        sequence = sequences.number_of(stated)
        if sequences.place(sequence) is Place.USED:
            return Taken(Outcome.REFUSED, sequence)
        numbered = replace(change, sequence=sequence)
        if is_unheard:
            _insert(connection, numbered)
        else:
            self.add(connection, numbered)
        gap = sequences.take(sequence)
        is_unknown = is_unheard or not _is_of_seen(connection, change)
        return Taken(Outcome.ACCEPTED, sequence, gap, is_unknown)

    def add(self, connection: Connection, change: NewChange) -> int:
        """Write ``change`` and what follows from it; return its place in the order."""
        id_ = _insert(connection, change)
        self._follow(connection, change)
        return id_

    def notify(self, connection: Connection) -> None:
        """Notify all gateways, once it is committed, that something changed."""
        connection.execute(
            update(change_sequence).values(value=change_sequence.c.value + 1)
        )
        if self._is_shared:
            connection.execute(text(f"NOTIFY {CHANNEL}"))


def _insert(connection: Connection, change: NewChange) -> int:
    row = {name: getattr(change, name) for name in _KEPT}
    row |= row_of_document(change.document)
    id_: int = connection.execute(_ADDED, row).scalar_one()
    return id_


def _of_nothing(
    connection: Connection, changes: Sequence[NewChange]
) -> Container[NewChange]:
    """Return those of which nothing is kept, by whichever mark of their documents.

    Nothing was paid for that they could be of, so nothing follows from them; most of a
    registry's changes are of certificates that nobody ever asked about.
    """
    ids = [change.certificate for change in changes]
    kept = {
        *connection.execute(
            select(collected_records.c.certificate)
            .where(collected_records.c.certificate.in_(ids))
            .union_all(
                select(decisions.c.certificate).where(decisions.c.certificate.in_(ids))
            )
        ).scalars(),
        *marks_kept(connection, documents, [one.document for one in changes]),
        *marks_kept(connection, seen_certificates, [one.document for one in changes]),
    }
    return [
        change
        for change in changes
        if change.certificate not in kept and kept.isdisjoint(change.document.marks)
    ]


def _is_known(connection: Connection, change: NewChange) -> bool:
    """Say whether the very bytes were taken in before."""
    which = {"connector": change.connector, "digest": change.digest}
    return connection.execute(_SAME_BYTES, which).first() is not None


def _is_of_seen(connection: Connection, change: NewChange) -> bool:
    """Say whether its certificate was ever collected, paid for or answered.

    What agencies answered live is noted as far as there is time for it
    (``gateway.registry.quality``), so that ``False`` is a doubt and no proof.
    """
    document = change.document
    known = known_alike(connection, document)
    if any(document.may_be(one) for _, one in known):
        return True
    # What came before documents were noted is known by its id, or its place, alone.
    collected, paid = collected_records.c, decisions.c
    found = connection.execute(
        select(
            or_(
                select(collected.id)
                .where(collected.certificate == change.certificate)
                .exists(),
                select(paid.id).where(paid.certificate == change.certificate).exists(),
            )
        )
    )
    if found.scalar_one():
        return True
    return any(map(document.may_be, seen_alike(connection, document)))
