"""Take changes of state in: written once, in order, and never taken back.

A change is written with what follows from it, so that both are there or neither. One
that is refused spoils no other, and uses no number up: what is put right may come under
its own. The order of the rows is the order in which they were committed: all who write
wait for each other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select, text, update

from bureau.collection import Gap, Outcome
from policy.certificate import CertificateState
from store.collection.records import STREAM as RECORDS
from store.collection.sequences import Place, Sequences, is_of
from store.collection.tables import collected_records, collection_streams
from store.database import POSTGRESQL
from store.registration.registrations import CHANNEL
from store.registration.tables import change_sequence
from store.status.tables import state_changes
from store.store import Store

STREAM = "states"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChange:
    """A change that an agency sent, as it is written."""

    connector: str
    sequence: int
    digest: str
    certificate: str
    """The sealed id."""
    person: str
    """A pseudonym."""
    state: CertificateState
    effective_on: date
    reason: str
    envelope: str
    key_id: str
    signed_at: datetime
    received_at: datetime
    former: tuple[str, ...] = ()
    """Sealed ids that the certificate had by its spelling; not kept."""

    @property
    def certificates(self) -> tuple[str, ...]:
        """Every id under which something of the certificate may be kept."""
        return self.certificate, *self.former


class Refusal(StrEnum):
    """A reason not to take a change, though it verified."""

    NUMBER_USED = "NUMBER_USED"
    UNKNOWN_CERTIFICATE = "UNKNOWN_CERTIFICATE"


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome of one change."""

    outcome: Outcome
    gap: Gap | None = None
    refusal: Refusal | None = None


_KEPT = tuple(name for name in NewChange.__slots__ if name != "former")

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
        *,
        collects: bool,
    ) -> Sequence[Taken]:
        """Keep ``changes`` in one transaction; return what became of each, in order.

        With ``collects``, or once the connector sent records, a change has to be of a
        certificate that was collected.

        Raises:
            StoreUnavailableError: nothing of it is kept, or nobody knows.
        """

        def work(connection: Connection) -> Sequence[Taken]:
            sequences = Sequences(connection, connector, STREAM)
            must_be_known = collects or _sends_records(connection, connector)
            taken = [
                self._take(connection, sequences, change, must_be_known=must_be_known)
                for change in changes
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
        *,
        must_be_known: bool,
    ) -> Taken:
        """Write one change, if there is nothing against it."""
        if _is_known(connection, change):
            return Taken(Outcome.ALREADY_KNOWN, sequences.take(change.sequence))
        if sequences.place(change.sequence) is Place.USED:
            return Taken(Outcome.REFUSED, refusal=Refusal.NUMBER_USED)
        if must_be_known and not _is_collected(connection, change.certificates):
            return Taken(Outcome.REFUSED, refusal=Refusal.UNKNOWN_CERTIFICATE)
        self.add(connection, change)
        return Taken(Outcome.ACCEPTED, sequences.take(change.sequence))

    def add(self, connection: Connection, change: NewChange) -> int:
        """Write ``change`` and what follows from it; return its place in the order."""
        row = {name: getattr(change, name) for name in _KEPT}
        added = connection.execute(
            insert(state_changes).values(row).returning(state_changes.c.id)
        )
        id_: int = added.scalar_one()
        self._follow(connection, change)
        return id_

    def notify(self, connection: Connection) -> None:
        """Notify all gateways, once it is committed, that something changed."""
        connection.execute(
            update(change_sequence).values(value=change_sequence.c.value + 1)
        )
        if self._is_shared:
            connection.execute(text(f"NOTIFY {CHANNEL}"))


def _is_known(connection: Connection, change: NewChange) -> bool:
    """Say whether the very bytes were taken in before."""
    column = state_changes.c
    found = connection.execute(
        select(column.id)
        .where(column.connector == change.connector)
        .where(column.digest == change.digest)
    )
    return found.first() is not None


def _is_collected(connection: Connection, certificates: Sequence[str]) -> bool:
    column = collected_records.c
    found = connection.execute(
        select(column.id).where(column.certificate.in_(certificates)).limit(1)
    )
    return found.first() is not None


def _sends_records(connection: Connection, connector: str) -> bool:
    """Say whether an agency sent records, so that all of them are known."""
    found = connection.execute(
        select(collection_streams.c.sequence).where(
            *is_of(collection_streams, connector, RECORDS)
        )
    )
    return found.first() is not None
