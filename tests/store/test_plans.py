"""What a store is asked reads no long table through, and puts no long answer in order.

Everything that ``calls`` names is asked, and the log by each of its filters, of tables
with rows; each statement's plan is looked at. What may read all is named here, and why.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import text

from benchmarks.databases import Database
from benchmarks.growth import Words, fillings
from benchmarks.ledgers import COUNTED
from bureau.caller import Purpose
from bureau.look_ups.audit import AuditEvent, AuditSelection
from connectors.elements import Elements
from store.audit.log import StoredAuditLog
from store.audit.pages import BY_INDEX
from store.store import Store
from tests.store.audit.records import ALICE, BOB, NOON
from tests.store.calls import CALLS, audit_log
from tests.store.ledger.plans import (
    FALSE_RECORDS,
    Statement,
    plan_of,
    scans,
    sorts,
    statements_heard,
)

ROWS = 2_000
SHORT = frozenset(
    {
        *("change_sequence", "connectors", "connector_events", "sanctions"),
        *("sanction_events", "sanction_proposals", "corrections"),
        *("correction_answers", "audit_intents", "evidence_erasures", "listed"),
        *("false_claims", "log_head", "log_checkpoints", "collection_streams"),
    }
)
"""Tables of agencies, of which there are some, of what officers have to look at, and of
what is under way, or was erased; the log's head, what was signed of it, and what a
statement calls what it found."""
READS_ALL = {
    "audit.log.StoredAuditLog.export": "all of it is asked for, in its order",
    "connections.Reader.connect": "a test's own question",
    "ledger.evidence.StoredEvidence.erase_before": "once in years, by a command",
    "ledger.evidence.StoredEvidence.erase_of_person": "once in years, by a command",
    "ledger.ledger.StoredLedger.sums": "sums of all recoveries, which are few",
    "ledger.reading.StoredDecisions.count": "counts all decisions, where none is named",
}
IN_ORDER = (
    *("audit.", "filter ", "status.events.", "ledger.events.", "collection.positions."),
    *("ledger.reading.StoredDecisions.page", "ledger.reading.StoredDecisions.booked"),
    *("ledger.reconciliation.", "ledger.rechecks.StoredRechecks.paid"),
    *("ledger.ledger.StoredLedger.recoveries", "quality.versions.StoredVersions.after"),
    "status.changes.StoredStates.people_after",
)
"""What asks for a page or a part of what may be long."""
EVERY = Elements(
    organisation="office-1",
    matter_code="matter-1",
    business_number="business-1",
)
FILTERS = {
    "request_id": AuditSelection(request_id="r"),
    "business_number": AuditSelection(
        elements=replace(EVERY, organisation=None, matter_code=None)
    ),
    "case_number": AuditSelection(case_number="case-1"),
    "person": AuditSelection(people=[ALICE, BOB]),
    "officer": AuditSelection(officers=[ALICE]),
    "event": AuditSelection(event=AuditEvent.READ),
    "organisation": AuditSelection(elements=Elements(organisation="office-1")),
    "caller": AuditSelection(caller="caller-1"),
    "matter_code": AuditSelection(elements=Elements(matter_code="matter-1")),
    "purpose": AuditSelection(purpose=Purpose.RECOVERY),
}
"""A filter that is answered by each index."""
INDEXES = {
    **{name: name.partition("_")[0] for name in BY_INDEX},
    "business_number": "business",
    "": "time",
}


async def fill(store: Store) -> None:
    """Add rows to all tables that grow, and let PostgreSQL count them."""
    is_sqlite = store.engine.dialect.name == "sqlite"
    words = Words(Database.SQLITE if is_sqlite else Database.POSTGRESQL)
    async with store.engine.begin() as connection:
        statements = [statement for statement, _ in fillings(words)]
        for statement in (*statements, FALSE_RECORDS):
            numbers = {"first": 1, "last": ROWS}
            await connection.execute(text(f"{COUNTED} {statement}"), numbers)
        if not is_sqlite:
            # It does so by itself, and SQLite never.
            await connection.execute(text("ANALYZE"))


async def without_rows(store: Store) -> set[str]:
    """Return the tables of which PostgreSQL knows that to read them is to read nothing.

    SQLite counts no rows, and tells which index it would take of any table.
    """
    if store.engine.dialect.name == "sqlite":
        return set()
    empty = "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples <= 0"
    async with store.engine.connect() as connection:
        return set((await connection.execute(text(empty))).scalars())


async def test_no_question_reads_a_long_table_through(store: Store) -> None:
    await fill(store)
    short = SHORT | await without_rows(store)
    heard: list[tuple[str, Statement]] = []
    for name, call in CALLS.items():
        with statements_heard() as statements, contextlib.suppress(Exception):
            await call(store)
        heard += [(name, one) for one in statements]
    log = audit_log(store)
    for name, selection in filters():
        with statements_heard() as statements:
            await log.page(selection, first=51, before=None)
            await log.page(selection, first=51, before=99)
        heard += [(f"filter {name}", one) for one in statements]

    found = {}
    async with store.engine.connect() as connection:
        for name, statement in heard:
            read = set(await connection.run_sync(scans, statement)) - short
            if read and name not in READS_ALL:
                found[name] = f"reads all of {read}: {statement}"
            if name.startswith(IN_ORDER) and await connection.run_sync(
                sorts, statement
            ):
                found[name] = f"puts in order: {statement}"
    assert "\n".join(map(str, found.items())) == ""


def filters() -> Iterator[tuple[str, AuditSelection]]:
    """Yield each filter, alone, with days, and with every other one."""
    for name, selection in {"": AuditSelection(), **FILTERS}.items():
        yield name, selection
        yield f"{name} of days", replace(selection, from_=NOON, to=NOON)
    yield (
        "all",
        AuditSelection(
            event=AuditEvent.READ,
            caller="caller-1",
            request_id="r",
            purpose=Purpose.RECOVERY,
            case_number="case-1",
            elements=EVERY,
            officers=[ALICE],
            people=[ALICE, BOB],
            from_=NOON,
            to=NOON,
        ),
    )


async def test_each_filter_is_answered_by_its_own_index(store: Store) -> None:
    await fill(store)
    log = audit_log(store)
    found = {
        name: await indexes_of(store, log, selection)
        for name, selection in {"": AuditSelection(), **FILTERS}.items()
    }
    # Whatever else is stated: by what fewest records have in common.
    of_one = replace(FILTERS["caller"], case_number="case-1", purpose=Purpose.RECOVERY)

    assert found == {name: {INDEXES[name]} for name in ("", *BY_INDEX)}
    assert await indexes_of(store, log, of_one) == {"case"}


async def indexes_of(
    store: Store, log: StoredAuditLog, selection: AuditSelection
) -> set[str]:
    """Return by which of the log's indexes a page is read."""
    with statements_heard() as heard:
        await log.page(selection, first=51, before=None)
    plans = []
    async with store.engine.connect() as connection:
        plans = [await connection.run_sync(plan_of, one) for one in heard]
    assert plans
    return {
        name
        for name in INDEXES.values()
        if any(f"audit_records_by_{name}" in plan for plan in plans)
    }
