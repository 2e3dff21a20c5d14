"""Keep what agencies sent: every version of a record, with its envelope as signed.

One row is the current one of a document; the others stay as they were. Each transaction
keeps some records and looks at, and writes, their digests, sequence numbers and
documents: whatever a result says is committed with it, and two transfers at once take
turns.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from bureau.collection import Outcome
from bureau.ledger.seen import SeenRevocation
from bureau.versions.marks import add_newer
from bureau.versions.memory import SeenVersion
from connectors.quality import Alteration, Version, alteration
from policy.calendar import SHANGHAI
from store.collection.sequences import Place, Sequences
from store.collection.stated import Kept, KnownRecord, StatedRecord
from store.collection.tables import collected_records
from store.connections import Reader
from store.database import POSTGRESQL
from store.documents import note_documents
from store.quality.versions import keep as keep_versions
from store.registration.registrations import CHANNEL
from store.store import Store

STREAM = "records"
HELD_SECONDS = 0.05
"""About so long one transaction holds the writer, whom every answer waits for."""
LEAST, MOST = 20, 500
"""So many records it keeps at least, and at most."""


@dataclass(slots=True)
class _Current:
    """The current version of a document, in the table or about to be."""

    order: tuple[datetime, int]
    version: Version
    id: int | None
    """``None`` for a row that this batch inserts."""
    row: dict[str, Any] = field(default_factory=dict)


Follow = Callable[[Connection, Sequence[SeenRevocation], datetime], object]
"""Does what follows from revocations that current records state, in the transaction."""


def nothing_follows(_: Connection, __: Sequence[SeenRevocation], ___: datetime) -> None:
    """Let records stand by themselves, for whoever only reads them."""


class StoredRecords:
    """Every record that was collected."""

    def __init__(self, store: Store, follow: Follow = nothing_follows) -> None:
        self._writer = store.writer
        self._reader = Reader(store.engine)
        self._follow = follow
        self._at_once = LEAST
        """How many are written in one transaction, by how long the last one took."""

    async def known(self, connector: str, digests: Sequence[str]) -> set[str]:
        """Return which of ``digests`` were collected before.

        Raises:
            StoreUnavailableError: that cannot be known now.
        """
        async with self._reader.connect() as connection:
            return await connection.run_sync(_known, connector, digests)

    async def keep(
        self,
        connector: str,
        records: Sequence[StatedRecord | KnownRecord],
        at: datetime,
    ) -> Sequence[Kept]:
        """Keep ``records``; return what became of each, in order.

        In as many transactions as let whoever else has to write wait for a moment only,
        as every look-up does for its place on the audit log.

        Raises:
            StoreUnavailableError: some are not kept, or nobody knows.
        """
        kept: list[Kept] = []
        while len(kept) < len(records):
            some = records[len(kept) : len(kept) + self._at_once]
            work = partial(_keep, connector=connector, records=some, at=at)
            kept += await self._writer.write(partial(self._timed, work))
        return kept

    def _timed(
        self, keep: Callable[..., Sequence[Kept]], connection: Connection
    ) -> Sequence[Kept]:
        """Keep some records, and see by that how many fit into the next transaction."""
        began = time.perf_counter()
        kept = keep(connection, follow=self._follow)
        took = time.perf_counter() - began
        fitting = int(len(kept) * HELD_SECONDS / took)
        self._at_once = min(max(fitting, LEAST), MOST)
        return kept


def _known(connection: Connection, connector: str, digests: Sequence[str]) -> set[str]:
    column = collected_records.c
    rows = connection.execute(
        select(column.digest).where(
            column.connector == connector, column.digest.in_(digests)
        )
    )
    return set(rows.scalars())


def _keep(
    connection: Connection,
    connector: str,
    records: Sequence[StatedRecord | KnownRecord],
    at: datetime,
    follow: Follow,
) -> Sequence[Kept]:
    sequences = Sequences(connection, connector, STREAM)
    first_day = (sequences.begun_at or at).astimezone(SHANGHAI).date()
    known = _known(connection, connector, [record.digest for record in records])
    stated = [record for record in records if isinstance(record, StatedRecord)]
    current = _current(connection, {record.document for record in stated})
    kept = []
    rows: list[dict[str, Any]] = []
    outdated: list[int] = []
    seen: dict[str, SeenVersion] = {}
    for record in records:
        if record.digest in known or isinstance(record, KnownRecord):
            number = record.sequence
            gap = None if number is None else sequences.take(number)
            kept.append(Kept(Outcome.ALREADY_KNOWN, number, gap))
            continue
        sequence = sequences.number_of(record.sequence)
        if sequences.place(sequence) is Place.USED:
            kept.append(Kept(Outcome.REFUSED, sequence))
            continue
        gap = sequences.take(sequence)
        before = current.get(record.document)
        altered = None
        # The last signature counts, and of one second the higher number.
        order = record.signed_at, sequence
        is_current = before is None or before.order < order
        if before is not None:
            older, newer = before.version, record.version
            if not is_current:
                older, newer = newer, older
            altered = alteration(older, newer)
        row = _row(record, at, is_current=is_current, altered=altered)
        row |= {"connector": connector, "sequence": sequence}
        rows.append(row)
        known.add(record.digest)
        if is_current:
            add_newer(seen, record.seen)
            if before is not None:
                _outdate(before, outdated)
            current[record.document] = _Current(order, record.version, None, row)
        outcome = Outcome.ACCEPTED if is_current else Outcome.SUPERSEDED
        is_news = (
            before is None
            and record.issued_on is not None
            and record.issued_on >= first_day
        )
        kept.append(Kept(outcome, sequence, gap, altered, is_news))
    if outdated:
        connection.execute(
            update(collected_records)
            .where(collected_records.c.id.in_(outdated))
            .values(is_current=False)
        )
    if rows:
        connection.execute(insert(collected_records), rows)
    keep_versions(connection, seen, is_sent=True)
    note_documents(
        connection,
        {one.certificate: one.known_as for one in stated if one.known_as is not None},
    )
    follow(connection, _revoked(stated, rows), at)
    sequences.write(at)
    _notify(connection, rows)
    return kept


def _notify(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Notify all gateways of ``rows``, once they are committed."""
    if rows and connection.dialect.name == POSTGRESQL:
        # Nothing of the registry changed, so its sequence stays as it is.
        connection.execute(text(f"NOTIFY {CHANNEL}"))


def _revoked(
    stated: Sequence[StatedRecord], rows: Sequence[Mapping[str, Any]]
) -> list[SeenRevocation]:
    """Return what the records say of revocations that are current now."""
    current = {row["digest"] for row in rows if row["is_current"]}
    return [
        one.revocation
        for one in stated
        if one.revocation is not None and one.digest in current
    ]


def _outdate(before: _Current, outdated: list[int]) -> None:
    if before.id is None:
        before.row["is_current"] = False
    else:
        outdated.append(before.id)


def _current(connection: Connection, documents: set[str]) -> dict[str, _Current]:
    if not documents:
        return {}
    column = collected_records.c
    rows = connection.execute(
        select(
            column.id,
            column.document,
            column.sequence,
            column.signed_at,
            column.person,
            column.issued_on,
            column.first_issued_on,
        ).where(column.document.in_(documents), column.is_current)
    )
    return {
        row.document: _Current(
            (row.signed_at, row.sequence),
            Version(frozenset({row.person}), row.issued_on, row.first_issued_on),
            row.id,
        )
        for row in rows
    }


def _row(
    record: StatedRecord,
    at: datetime,
    *,
    is_current: bool,
    altered: Alteration | None,
) -> dict[str, Any]:
    return {
        "digest": record.digest,
        "certificate": record.certificate,
        "person": record.people[0],
        "document": record.document,
        "envelope": record.envelope,
        "key_id": record.key_id,
        "signed_at": record.signed_at,
        "collected_at": at,
        "is_current": is_current,
        "item": record.item,
        "level": record.level,
        "issued_on": record.issued_on,
        "first_issued_on": record.first_issued_on,
        "unlawful_change": altered,
        "verified": record.verified,
    }
