"""Read rows as the log commits to them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Row, Select, Table, select

from bureau.transparency.rows import row_bytes
from bureau.transparency.sources import SOURCES, Source
from store.audit.tables import audit_records
from store.collection.tables import collected_records
from store.ledger.payment_tables import (
    correction_answers,
    corrections,
    evidence_erasures,
    judgements,
    payment_steps,
)
from store.ledger.tables import (
    claim_moves,
    decisions,
    false_claims,
    false_record_withdrawals,
    false_records,
    recovery_events,
    seen_revocations,
)
from store.prepared import among
from store.quality.tables import seen_versions
from store.registration.tables import connector_events, sanction_events, sanctions
from store.status.tables import state_changes
from store.transparency.tables import logged_facts

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        *(audit_records, logged_facts, collected_records, seen_versions),
        *(state_changes, connector_events, sanctions, sanction_events, decisions),
        *(judgements, payment_steps, corrections, correction_answers, claim_moves),
        *(false_records, false_record_withdrawals, false_claims, recovery_events),
        *(seen_revocations, evidence_erasures),
    )
}
"""The tables of all sources."""


def rows_of(
    connection: Connection, source: Source, ids: Sequence[int]
) -> dict[int, tuple[str, bytes]]:
    """Return by its id each of these rows that there is: its kind, and its bytes."""
    some = _some(source.name, connection.dialect)
    found = connection.execute(some, {"among": list(ids)}).all()
    return dict(as_committed(source, found))


@lru_cache(maxsize=len(SOURCES) * 2)
def _some(name: str, dialect: Dialect) -> Select[Any]:
    """Return what selects those rows of a source whose ids are ``among`` some."""
    source = SOURCES[name]
    return committed(source).where(among(TABLES[source.table].c.id, dialect))


def committed(source: Source) -> Select[Any]:
    """Return what selects the columns of a source that are committed to."""
    table = TABLES[source.table]
    return select(*(table.c[name] for name in source.columns))


def as_committed(
    source: Source, rows: Iterable[Row[Any]]
) -> Iterator[tuple[int, tuple[str, bytes]]]:
    """Yield of each row its id, its kind and the bytes that are committed to."""
    names = source.columns
    for row in rows:
        values = dict(zip(names, row, strict=True))
        yield row[0], (source.kind_of(values), row_bytes(source, values))
