"""The signed bytes that decisions rest on: kept once, sealed, erased by one way alone.

An erasure is said in a row of its own before anything is removed; the database removes
no bytes of which no row says so (``m0010_payments``). The digest stays with the
decisions.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select

from bureau.ledger.evidence import SealedEvidence
from store.connections import Reader
from store.credentials.issued import erase as erase_credentials
from store.ledger.payment_tables import evidence, evidence_erasures
from store.ledger.tables import decisions
from store.store import Store

kept = evidence.c


class StoredEvidence:
    """The signed bytes in a database, for who reads or erases them."""

    def __init__(self, store: Store) -> None:
        self._write = store.writer.write
        self._reader = Reader(store.engine)

    async def find(self, digest: str) -> SealedEvidence | None:
        """Return bytes by their digest; ``None`` if they are not, or no more, kept.

        Raises:
            StoreUnavailableError: the database is away.
        """
        async with self._reader.connect() as connection:
            return await connection.run_sync(find, digest)

    async def erase_of_person(
        self, people: Sequence[str], reason: str, at: datetime
    ) -> int:
        """Erase what decisions on a person rest on, given by all pseudonyms.

        Return how many bytes were erased. Those on which another person's decision
        rests too are kept until that is over. Their credentials are revoked.

        Raises:
            StoreUnavailableError: nothing is erased, or it is not known.
        """
        return await self._write(lambda c: _erase_of_person(c, people, reason, at))

    async def erase_before(self, before: datetime, reason: str, at: datetime) -> int:
        """Erase what was kept before a moment and no later decision rests on.

        Raises:
            StoreUnavailableError: nothing is erased, or it is not known.
        """
        return await self._write(lambda c: _erase_before(c, before, reason, at))


def keep(
    connection: Connection, sealed: Sequence[SealedEvidence], at: datetime
) -> None:
    """Keep bytes that are not kept yet."""
    by_digest = {one.digest: one for one in sealed}
    if not by_digest:
        return
    found = select(kept.digest).where(kept.digest.in_(by_digest))
    there = set(connection.scalars(found))
    rows = [
        {
            "digest": one.digest,
            "key": one.key,
            "nonce": one.nonce,
            "sealed": one.sealed,
            "kept_at": at,
        }
        for one in by_digest.values()
        if one.digest not in there
    ]
    if rows:
        connection.execute(insert(evidence), rows)


def find(connection: Connection, digest: str) -> SealedEvidence | None:
    """Return bytes by their digest; ``None`` if they are not, or no more, kept."""
    row = connection.execute(select(evidence).where(kept.digest == digest)).first()
    if row is None:
        return None
    return SealedEvidence(row.digest, row.key, row.nonce, row.sealed)


def _erase_of_person(
    connection: Connection, people: Sequence[str], reason: str, at: datetime
) -> int:
    erase_credentials(connection, people, at)
    of_person = decisions.c.person.in_(people)
    rests = decisions.c.evidence == kept.digest
    return _erase(
        connection,
        exists().where(rests, of_person) & ~exists().where(rests, ~of_person),
        reason,
        at,
    )


def _erase_before(
    connection: Connection, before: datetime, reason: str, at: datetime
) -> int:
    later = exists().where(
        decisions.c.evidence == kept.digest, decisions.c.recorded_at >= before
    )
    return _erase(connection, (kept.kept_at < before) & ~later, reason, at)


def _erase(
    connection: Connection, which: ColumnElement[bool], reason: str, at: datetime
) -> int:
    digests = list(connection.scalars(select(kept.digest).where(which)))
    for digest in digests:
        said = {"digest": digest, "reason": reason, "erased_at": at}
        connection.execute(insert(evidence_erasures).values(said))
        connection.execute(delete(evidence).where(kept.digest == digest))
    return len(digests)
