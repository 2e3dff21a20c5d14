"""Mark anew what was kept before there was a normal form.

A row's marks were made of the spelling that came. The bytes that were signed are beside
most rows, so they are read again as they would be today, and marked by that: a change
of state acts then on its certificate, of a document's versions one is current, and no
agency answers what it had replaced by what it sent. It is done in the transaction of
the steps, with the keys, once.

What has no bytes keeps what it has: a payment's and a proof's certificate is known by
its place alone, unless it was collected; what was answered live is marked anew when it
is seen again (``store.quality.counts``). So do rows whose bytes do not verify any more,
or whose connector's manifest is gone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, func, select, update

from bureau.certificate_ids import CertificateIds
from bureau.documents import document_of, document_of_id, version_mark
from bureau.versions.marks import add_newer, seen_as
from bureau.versions.memory import Seen, SeenVersion
from connectors.collection.judge import BelievedRecord, judge_record
from connectors.decoding.decode import Decoder
from connectors.manifest import Manifest
from connectors.status.changes import SentChange, read_change
from policy.calendar import SHANGHAI
from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord
from policy.documents import Document
from policy.identity import Identity
from signing.envelope import Envelope
from signing.trust import TrustBundle
from store.collection.tables import collected_records
from store.documents import documents, note_documents, row_of_document
from store.ledger.tables import decisions, false_records
from store.quality.versions import keep as keep_versions
from store.status.tables import state_changes

PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What rows are read and marked with."""

    ids: CertificateIds
    pseudonym: Callable[[Identity], str]
    manifests: Mapping[str, tuple[Manifest, Decoder]]
    """Of every connector there ever was, as far as they are known."""
    bundle: TrustBundle
    """Every key there ever was, as far as they are known."""

    def record(self, row: Row[Any]) -> BelievedRecord | None:
        """Read what was collected; ``None`` if it cannot be read any more."""
        known = self.manifests.get(row.connector)
        if known is None:
            return None
        manifest, decoder = known
        at: datetime = row.collected_at
        found = judge_record(
            Envelope(row.envelope.encode("ascii")),
            self.bundle,
            decoder=decoder,
            signature=manifest.signature,
            at=at,
            today=at.astimezone(SHANGHAI).date(),
        )
        return found if isinstance(found, BelievedRecord) else None

    def change(self, row: Row[Any]) -> SentChange | None:
        """Read a change of state; ``None`` if it cannot be read any more."""
        known = self.manifests.get(row.connector)
        if known is None:
            return None
        manifest, decoder = known
        found = read_change(
            Envelope(row.envelope.encode("ascii")),
            bundle=self.bundle,
            decoder=decoder,
            at=row.received_at,
            skew=timedelta(seconds=manifest.signature.skew_seconds),
        )
        return found if isinstance(found, SentChange) else None

    def seen(self, believed: BelievedRecord, at: datetime) -> Seen:
        """Return the version that a collected record is, as versions are known."""
        record, proof = believed.record, believed.proof
        catalogue = load_catalogue()
        return seen_as(record, proof, at, catalogue=catalogue, mark=self.ids.mark)

    def marks(
        self, connector: str, institution: str, record: CertificateRecord
    ) -> tuple[dict[str, Any], Document]:
        """Return what both kinds of rows are marked with."""
        row = {
            "certificate": self.ids.seal_record(connector, record),
            "person": self.pseudonym(record.holder),
        }
        return row, document_of(self.ids, institution, record)


def _has_any(connection: Connection, *tables: Table) -> bool:
    return any(
        connection.execute(select(table.c.id).limit(1)).first() is not None
        for table in tables
    )


def _has_sent(connection: Connection) -> bool:
    """Say whether an agency sent anything."""
    return _has_any(connection, state_changes, collected_records)


def _has_rows(connection: Connection) -> bool:
    """Say whether there is any row to be marked anew."""
    return _has_sent(connection) or _has_any(connection, decisions, false_records)


def remark(connection: Connection, reader: Reader) -> None:
    """Mark every row anew that can be."""
    for rows in _pages(connection, collected_records):
        _remark_records(connection, reader, rows)
    _choose_current(connection)
    for rows in _pages(connection, state_changes):
        _remark_changes(connection, reader, rows)
    for table in (decisions, false_records):
        for rows in _pages(connection, table):
            ids = {row.certificate for row in rows}
            known = {one: document_of_id(reader.ids, one) for one in ids}
            note_documents(
                connection, {one: doc for one, doc in known.items() if doc is not None}
            )


def add_serials(connection: Connection, reader: Reader) -> None:
    """Mark what was sent by institution and number alone, too.

    What was answered gets that mark when it is seen again.
    """
    known = documents.c
    of_number = (
        update(documents)
        .where(known.document_number == bindparam("of"))
        .values(document_serial=bindparam("serial"))
    )
    for rows in _pages(connection, collected_records):
        believed = [(row.connector, reader.record(row)) for row in rows]
        marked = [
            reader.marks(connector, one.proof.key.institution, one.record)[1]
            for connector, one in believed
            if one is not None
        ]
        # Under every id that it was ever kept by: that is what was paid for.
        serials = {one.number: one.serial for one in marked}
        if serials:
            values = [{"of": of, "serial": serial} for of, serial in serials.items()]
            connection.execute(of_number, values)
    for rows in _pages(connection, state_changes):
        _remark_changes(connection, reader, rows)


REMARKINGS = (("0009", _has_rows, remark), ("0015", _has_sent, add_serials))
"""From which step on rows are marked so when they are written, and what does it."""


def _pages(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    last = 0
    while True:
        rows = connection.execute(
            select(table).where(table.c.id > last).order_by(table.c.id).limit(PAGE)
        ).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _remark_records(
    connection: Connection, reader: Reader, rows: Sequence[Row[Any]]
) -> None:
    found: dict[str, Document] = {}
    changed: list[dict[str, Any]] = []
    seen: dict[str, SeenVersion] = {}
    for row in rows:
        believed = reader.record(row)
        if believed is None:
            document = document_of_id(reader.ids, row.certificate)
            if document is not None:
                found[row.certificate] = document
            continue
        add_newer(seen, reader.seen(believed, row.collected_at))
        institution = believed.proof.key.institution
        marks, document = reader.marks(row.connector, institution, believed.record)
        # Also under the id of then: that is what was paid for, and stored by others.
        found[row.certificate] = found[marks["certificate"]] = document
        marks["document"] = reader.ids.mark(
            version_mark(row.connector, believed.row, believed.record)
        )
        changed.append({"of": row.id, **marks})
    note_documents(connection, found)
    keep_versions(connection, seen, is_sent=True)
    _write(connection, collected_records, changed)


def _remark_changes(
    connection: Connection, reader: Reader, rows: Sequence[Row[Any]]
) -> None:
    read: list[dict[str, Any]] = []
    by_place: list[dict[str, Any]] = []
    for row in rows:
        sent = reader.change(row)
        if sent is not None:
            institution = sent.proof.key.institution
            marks, document = reader.marks(row.connector, institution, sent.record)
            read.append({"of": row.id, **marks, **row_of_document(document)})
        elif (known := document_of_id(reader.ids, row.certificate)) is not None:
            by_place.append({"of": row.id, "document_place": known.place})
    _write(connection, state_changes, read)
    _write(connection, state_changes, by_place)


def _write(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        values: dict[str, Any] = {
            name: bindparam(name) for name in rows[0] if name != "of"
        }
        connection.execute(
            update(table).where(table.c.id == bindparam("of")).values(values), rows
        )


def _choose_current(connection: Connection) -> None:
    """Let of each document the version be current that was signed last."""
    version = collected_records.alias()
    several = (
        select(version.c.document).group_by(version.c.document).having(func.count() > 1)
    )
    column = collected_records.c
    newest = (
        select(version.c.id)
        .where(version.c.document == column.document)
        .order_by(
            func.coalesce(version.c.signed_at, version.c.collected_at).desc(),
            version.c.sequence.desc(),
        )
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(
        update(collected_records)
        .where(column.document.in_(several))
        .values(is_current=column.id == newest)
    )
