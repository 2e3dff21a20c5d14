"""Find all that proves a decision or a certificate: rows of the log, signed bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    or_,
    select,
)

from bureau.evidence.worth import SentVersions
from bureau.ledger.evidence import SealedEvidence
from connectors.connector import Collected
from signing.envelope import Envelope
from store.collection.tables import collected_records
from store.connections import Reader
from store.documents import alike, document_of_row
from store.ledger import evidence
from store.ledger.bases import facts_of
from store.ledger.kept_keys import key_at
from store.ledger.payment_tables import (
    correction_answers,
    corrections,
    evidence_erasures,
    judgements,
    payment_steps,
)
from store.ledger.standing import Known, known_of
from store.ledger.tables import (
    claim_moves,
    decisions,
    false_claims,
    false_records,
    recoveries,
    recovery_events,
    seen_revocations,
)
from store.registration.tables import connector_events
from store.status.changes import kept_changes
from store.status.tables import state_changes
from store.store import Store


@dataclass(slots=True)
class Bundled:
    """What a bundle is made of, before the log proves it."""

    rows: list[tuple[str, int]] = field(default_factory=list)
    """Each row by its source and number."""
    sealed: dict[str, SealedEvidence | None] = field(default_factory=dict)
    """Signed bytes that decisions rest on, by digest; ``None`` if they were erased."""
    sent: dict[str, bytes] = field(default_factory=dict)
    """Signed bytes that were sent, as they came."""
    versions: SentVersions | None = None
    """What was sent of the certificate that the bundle is about."""

    def add(self, table: Table, found: Sequence[Row[Any]]) -> None:
        """Add rows of a table."""
        self.rows += [(table.name, row.id) for row in found]


class StoredBundles:
    """Reads what bundles are made of."""

    def __init__(self, store: Store) -> None:
        self._reader = Reader(store.engine)

    async def of_decision(self, id_: int, until: datetime) -> Bundled | None:
        """Return what proves a decision, of all that was known before ``until``.

        ``None`` if there is none, or it was recorded later.

        Raises:
            StoreUnavailableError: the database is away.
        """
        async with self._reader.connect() as connection:
            return await connection.run_sync(_of_decision, id_, until)

    async def of_certificate(self, id_: str, until: datetime) -> Bundled | None:
        """Return what is kept of a certificate that was sent, by its sealed id.

        ``None`` if nothing is.

        Raises:
            StoreUnavailableError: the database is away.
        """
        async with self._reader.connect() as connection:
            return await connection.run_sync(_of_certificate, id_, until)


def _of_decision(connection: Connection, id_: int, until: datetime) -> Bundled | None:
    def rows(table: Table, *which: ColumnElement[bool], at: str = "at") -> None:
        known = [*which, table.c[at] < until] if at else [*which]
        bundled.add(table, _rows(connection, table, *known))

    column = decisions.c
    decision = connection.execute(
        select(decisions).where(column.id == id_, column.recorded_at < until)
    ).first()
    if decision is None:
        return None
    bundled = Bundled()
    bundled.add(decisions, [decision])
    judged = _rows(connection, judgements, judgements.c.decision == id_)
    bundled.add(judgements, judged)
    bundled.rows += [("logged_facts", fact) for fact in facts_of(connection, id_)]
    rows(payment_steps, payment_steps.c.claim == decision.claim)
    rows(claim_moves, claim_moves.c.claim == decision.claim, at="moved_at")
    rows(false_claims, false_claims.c.claim == decision.claim, at="proved_at")
    corrected = corrections.c.decision == id_
    rows(corrections, corrected, at="proposed_at")
    ids = select(corrections.c.id).where(corrected)
    answered = correction_answers.c.correction.in_(ids)
    rows(correction_answers, answered, at="answered_at")
    # A recovery follows the payment that is put beside a wrong one.
    of_claim = select(column.id).where(column.claim == decision.claim)
    opened = select(recoveries.c.id).where(recoveries.c.decision.in_(of_claim))
    rows(recovery_events, recovery_events.c.recovery.in_(opened))
    rows(connector_events, connector_events.c.connector == decision.connector)
    known = known_of(connection, decision.certificate)
    _add_of_certificate(connection, bundled, known, until)
    for digest in {decision.evidence, *(row.status_list for row in judged)}:
        if digest:
            bundled.sealed[digest] = evidence.find(connection, digest)
            # Whenever it was: what is erased is not shown for an earlier day either.
            rows(evidence_erasures, evidence_erasures.c.digest == digest, at="")
    return bundled


def _of_certificate(
    connection: Connection, id_: str, until: datetime
) -> Bundled | None:
    bundled, known = Bundled(), known_of(connection, id_)
    column = collected_records.c
    sent = _rows(
        connection,
        collected_records,
        column.certificate.in_(known.ids),
        column.collected_at < until,
    )
    bundled.add(collected_records, sent)
    for row in sent:
        bundled.sent[row.digest] = b"compact." + row.envelope.encode()
        _add_key(connection, bundled, row.key_id, row.collected_at)
    changes = _add_of_certificate(connection, bundled, known, until)
    if sent:
        bundled.versions = _versions(id_, sent, changes)
    agencies = {row.connector for row in sent}
    events = connector_events.c
    of_agencies = (events.connector.in_(agencies), events.at < until)
    bundled.add(connector_events, _rows(connection, connector_events, *of_agencies))
    return bundled if sent else None


def _add_of_certificate(
    connection: Connection, bundled: Bundled, known: Known, until: datetime
) -> Sequence[Row[Any]]:
    """Add what was sent, seen and proved of a certificate; return changes of state."""
    changes = [*_changes(connection, known, until)]
    for row in changes:
        bundled.add(state_changes, [row])
        bundled.sent[row.digest] = b"compact." + row.envelope.encode()
        _add_key(connection, bundled, row.key_id, row.received_at)
    seen, proved = seen_revocations.c, false_records.c
    of_it = (seen.certificate.in_(known.ids), seen.seen_at < until)
    bundled.add(seen_revocations, _rows(connection, seen_revocations, *of_it))
    of_it = (proved.certificate.in_(known.ids), proved.proved_at < until)
    bundled.add(false_records, _rows(connection, false_records, *of_it))
    return changes


def _versions(
    certificate: str, sent: Sequence[Row[Any]], changes: Sequence[Row[Any]]
) -> SentVersions:
    """Return what was sent; the newest is the one that was signed last."""
    newest = max(sent, key=lambda row: (_second(row.signed_at), row.sequence))
    return SentVersions(
        certificate=certificate,
        connector=newest.connector,
        newest=bytes.fromhex(newest.digest),
        versions=[
            (
                Envelope(row.envelope.encode()),
                Collected(
                    row.collected_at,
                    row.sequence,
                    is_history=row.id != newest.id,
                ),
            )
            for row in sent
            if row.connector == newest.connector
        ],
        changes=[change for _, change in kept_changes(changes)],
    )


def _second(at: datetime | None) -> float:
    return 0 if at is None else at.timestamp()


def _changes(
    connection: Connection, known: Known, until: datetime
) -> Iterator[Row[Any]]:
    """Yield the changes of state that were sent of a certificate."""
    column = state_changes.c
    may_be = or_(
        column.certificate.in_(known.ids), alike(state_changes, known.document)
    )
    for row in _rows(connection, state_changes, may_be, column.received_at < until):
        document = document_of_row(row)
        is_of_it = row.certificate in known.ids
        if is_of_it or (document is not None and document.may_be(known.document)):
            yield row


def _add_key(connection: Connection, bundled: Bundled, kid: str, at: datetime) -> None:
    """Add what was known of a key at a moment, if anything was kept."""
    newest = key_at(connection, kid, at)
    if newest is not None and ("logged_facts", newest.id) not in bundled.rows:
        bundled.rows.append(("logged_facts", newest.id))


def _rows(
    connection: Connection, table: Table, *which: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    statement = select(table).where(*which).order_by(table.c.id)
    return connection.execute(statement).all()
